"""Shut every bucket of an account to the public, those made later too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.aws_account import account_target
from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.s3_buckets import ALL_BLOCKED
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at
from irkit.actions.where import Where
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_BLOCK: Final = "public_access"
_ABSENT: Final = ("NoSuchPublicAccessBlockConfiguration",)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPublic(SettingsOf):
    """Blocks public access to all buckets of one account, in all four ways."""

    spec: ClassVar[Spec] = Spec(
        id="aws.s3_account.block_public",
        version=1,
        verb=Verb.DO,
        summary="Block public access to every S3 bucket of an account",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.ACCOUNT,
        target="aws.account_setting",
        permissions=Permissions(
            iam_read=("s3:GetAccountPublicAccessBlock",),
            iam_write=("s3:PutAccountPublicAccessBlock",),
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(minutes=5),
        closes_door=True,
        attack=("T1530",),
        d3fend=("D3-NTF",),
        gotchas=(
            "Every public web site and download in the account is gone at once.",
            "Accounts that a bucket's policy names still get in: only the public is kept out.",
            "A policy of the organization may set it as well, and then cannot be undone here.",
        ),
    )

    account: str = parameter("aws.account", "The account")

    async def probe(self, readers: Readers) -> Seen:
        """Read what the account blocks; `none set` and `all off` are not the same."""
        found = await self._where.find(
            readers, "s3control", "get_public_access_block", {"AccountId": self.account}, _ABSENT
        )
        block = at(found, "PublicAccessBlockConfiguration")
        return {"account": self.account, "settings": {_BLOCK: block}}

    def thing(self, seen: Seen) -> Target:
        """Return the account."""
        return account_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:  # noqa: ARG002 - it is the same for all
        """Return that all is blocked."""
        return {_BLOCK: dict(ALL_BLOCKED)}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the block, or take it away."""
        given: dict[str, Json] = {"AccountId": self.account}
        if value is None:
            return await self._where.send(
                writers, "s3control", "delete_public_access_block", {**given}
            )
        return await self._where.send(
            writers,
            "s3control",
            "put_public_access_block",
            {**given, "PublicAccessBlockConfiguration": value},
        )

    @property
    def _where(self) -> Where:
        return Where(account=self.account)
