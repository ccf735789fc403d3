"""Deny a bucket to everybody but the responders, whatever else allows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.dependencies import own_identities
from irkit.actions.refusal import cannot_reach
from irkit.actions.resource_policy import policy_text, statement_of, with_statement
from irkit.actions.s3_buckets import bucket_policy, bucket_target, find_bucket, of_bucket
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, entries, entry, listed, maybe_text, texts
from irkit.actions.where import Where
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_POLICY: Final = "policy"
_SID: Final = "IRKitLockdown"
_PEOPLE: Final = frozenset({"aws.role", "aws.user"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockdown(SettingsOf):
    """Adds a deny for all but named principals to one bucket's policy."""

    spec: ClassVar[Spec] = Spec(
        id="aws.s3_bucket.lockdown",
        version=1,
        verb=Verb.DO,
        summary="Deny an S3 bucket to everybody but the responders",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.bucket_setting",
        permissions=Permissions(
            iam_read=(
                "cloudtrail:DescribeTrails",
                "iam:GetRole",
                "s3:GetBucketLocation",
                "s3:GetBucketPolicy",
            ),
            iam_write=("s3:DeleteBucketPolicy", "s3:PutBucketPolicy"),
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(seconds=60),
        closes_door=True,
        attack=("T1530", "T1537"),
        d3fend=("D3-AL",),
        gotchas=(
            "Every consumer of the bucket fails, the business included.",
            "irkit's own roles and `keep` are let in; without them only the root user can undo it.",
            "AWS services acting for themselves are let in: deliveries, and CloudFront's readers.",
            "A bucket that a trail writes to is refused: its evidence must go on.",
            "Lock down first and block public access after: S3 then refuses a public policy anew.",
        ),
    )

    bucket: str = parameter("text", "The bucket's name")
    account: str = parameter("aws.account", "The account the bucket must belong to")
    keep: tuple[str, ...] = parameter(
        "list of text", "Further principals that keep access, by ARN; * is allowed", default=()
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read the policy, who irkit is, and whether the log is kept in the bucket."""
        where = await find_bucket(readers, self.bucket, self.account)
        own = await own_identities(replace(readers, okta_reader=None))
        mine = {target.label for target in own if target.kind in _PEOPLE}
        return {
            "tenant": where.tenant,
            "bucket": self.bucket,
            "settings": {_POLICY: await bucket_policy(readers, where, self.bucket)},
            "keep": listed(sorted({*self.keep, *mine})),
            "trails": listed(await _trails_into(readers, where, self.bucket)),
        }

    def thing(self, seen: Seen) -> Target:
        """Return the bucket."""
        return bucket_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:
        """Return the policy with the deny.

        Raises:
            IrkitError: if a trail writes its log to the bucket.
        """
        trails = texts(seen, "trails")
        if trails:
            raise cannot_reach(
                f"{self.bucket} holds the log of {', '.join(trails)}",
                "deny the intruder instead (`aws.iam_role.deny_session`), or log elsewhere",
            )
        policy = at(seen, "settings", _POLICY)
        statement = self._statement(texts(seen, "keep"))
        if statement_of(policy, _SID) == statement:
            return {_POLICY: policy}
        return {_POLICY: with_statement(policy, statement)}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Put the policy, or delete it."""
        where = await find_bucket(readers, self.bucket, self.account)
        given = of_bucket(where, self.bucket)
        if value is None:
            return await where.send(writers, "s3", "delete_bucket_policy", {**given})
        return await where.send(
            writers, "s3", "put_bucket_policy", {**given, "Policy": policy_text(entry(value))}
        )

    def _statement(self, keep: tuple[str, ...]) -> dict[str, Json]:
        arn = f"arn:aws:s3:::{self.bucket}"
        return {
            "Sid": _SID,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {
                "ArnNotLike": {"aws:PrincipalArn": listed(keep)},
                # Whoever asks without credentials has neither key, and is denied as well.
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        }


async def _trails_into(readers: Readers, where: Where, bucket: str) -> tuple[str, ...]:
    body = await where.read(readers, "cloudtrail", "describe_trails")
    return tuple(
        maybe_text(trail, "TrailARN")
        for trail in entries(body, "trailList")
        if maybe_text(trail, "S3BucketName") == bucket
    )
