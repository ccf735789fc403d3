"""Save a KMS key from deletion, switch it on, and end grants on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import no_such
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, text
from irkit.actions.where import HOME, Where, named
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_PENDING: Final = frozenset({"PendingDeletion", "PendingReplicaDeletion"})
"""The second is a primary key's that waits for its replicas in other regions to be deleted."""

_ABSENT: Final = ("NotFoundException",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protect(OneWay, SettingsOf):
    """Cancels one key's deletion, enables it, and revokes the grants that are named."""

    spec: ClassVar[Spec] = Spec(
        id="aws.kms_key.protect",
        version=1,
        verb=Verb.DO,
        summary="Save a KMS key from deletion and end grants on it",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="aws.kms_key_setting",
        permissions=Permissions(
            iam_read=("kms:DescribeKey", "kms:ListGrants"),
            iam_write=("kms:CancelKeyDeletion", "kms:EnableKey", "kms:RevokeGrant"),
            only={
                "kms:CancelKeyDeletion": "its deletion is scheduled",
                "kms:EnableKey": "it is switched off",
                "kms:RevokeGrant": "grants are named",
            },
            given={"kms:RevokeGrant": "grants"},
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(minutes=5),
        attack=("T1485", "T1486"),
        d3fend=("D3-CR",),
        gotchas=(
            "A key that is gone cannot be brought back, and with it everything it encrypted.",
            "Whoever may schedule the deletion does it again: look at the key's policy.",
            "A revoked grant can work for up to five minutes, and an AWS service may need it.",
        ),
    )
    instead: ClassVar[str] = "a key is never given up by an undo; make the grant anew if need be"
    first: ClassVar[Mapping[str, str]] = MappingProxyType({"enabled": "deletion"})

    key: str = parameter("text", "The key: ARN, or id with `account`")
    grants: tuple[str, ...] = parameter("list of text", "Grants to revoke, by id", default=())
    account: str = parameter("aws.account", "The account, where `key` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `key` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read the key's state, and which of the grants there are."""
        where, key = self._place()
        body = await where.find(readers, "kms", "describe_key", {"KeyId": key}, _ABSENT)
        if body is None:
            raise no_such("KMS key", key, f"look in {where.account}/{where.region}")
        given: dict[str, Json] = {"KeyId": key}
        grants = await where.listed(readers, "kms", "list_grants", "Grants", given)
        there = {text(grant, "GrantId") for grant in grants}
        return {
            "tenant": where.tenant,
            "id": key,
            "arn": text(body, "KeyMetadata", "Arn"),
            "settings": {
                "deletion": text(body, "KeyMetadata", "KeyState") in _PENDING,
                "enabled": at(body, "KeyMetadata", "Enabled"),
                **{f"grant-{name}": name in there for name in self.grants},
            },
        }

    def thing(self, seen: Seen) -> Target:
        """Return the key."""
        tenant = text(seen, "tenant")
        return Target(
            kind="aws.kms_key", tenant=tenant, id=text(seen, "id"), label=text(seen, "arn")
        )

    def goals(self, seen: Seen) -> Mapping[str, Json]:  # noqa: ARG002 - it is the same for all
        """Return a key that stays and works, without the grants."""
        revoked = {f"grant-{name}": False for name in self.grants}
        return {"deletion": False, "enabled": True, **revoked}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Make one call."""
        where, key = self._place()
        if name == "deletion":
            return await where.send(writers, "kms", "cancel_key_deletion", {"KeyId": key})
        if name == "enabled":
            return await where.send(writers, "kms", "enable_key", {"KeyId": key})
        grant = name.removeprefix("grant-")
        return await where.send(writers, "kms", "revoke_grant", {"KeyId": key, "GrantId": grant})

    def _place(self) -> tuple[Where, str]:
        return named("kms", "key/", self.key, self.account, self.region)
