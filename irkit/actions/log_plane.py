"""Where pinned accounts keep the log of what happens in them: the facts behind its guard."""

from collections.abc import Mapping
from typing import Final

from irkit.actions.base import Readers
from irkit.actions.shape import entries, maybe_text, text
from irkit.actions.where import Where
from irkit.model.change import Target
from irkit.model.owners import OWNERS
from irkit.model.spec import Spec

_PLACES: Final = frozenset({"aws.bucket", "aws.kms_key"})
_KEY: Final = ":key/"


def may_hold_log(spec: Spec) -> bool:
    """Say whether an action changes something that a log can be kept in."""
    return OWNERS.get(spec.target, spec.target) in _PLACES


async def log_plane(readers: Readers) -> Mapping[str, str]:
    """Return the buckets and keys of all trails, by target key, with the trail each belongs to.

    Every account is asked in its home region, which shows the trails that cover all regions. A
    bucket's name is the same in every account, and so is not another account's either.

    Raises:
        CallError: if an account does not say.
    """
    accounts = readers.aws.accounts()
    found: dict[str, str] = {}
    for account in accounts:
        body = await Where(account=account).read(readers, "cloudtrail", "describe_trails")
        for trail in entries(body, "trailList"):
            why = f"trail {text(trail, 'TrailARN')}"
            bucket = maybe_text(trail, "S3BucketName")
            found |= {_key_of("aws.bucket", owner, bucket): why for owner in accounts if bucket}
            key = maybe_text(trail, "KmsKeyId")
            if _KEY in key:
                found[_key_of("aws.kms_key", key.split(":")[4], key.rpartition("/")[2])] = why
    return found


def _key_of(kind: str, account: str, name: str) -> str:
    return Target(kind=kind, tenant=f"aws:{account}", id=name, label=name).key
