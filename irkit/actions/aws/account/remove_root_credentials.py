"""Leave a member account's root user without any credential of its own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.one_way import OneWay
from irkit.actions.root_credentials import credential_target, credentials, remove, see_root
from irkit.actions.shape import text
from irkit.actions.touches import own_id
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRootCredentials(OneWay):
    """Removes password, keys, certificates and MFA devices, one change each."""

    spec: ClassVar[Spec] = Spec(
        id="aws.account.remove_root_credentials",
        version=1,
        verb=Verb.DO,
        summary="Remove all credentials of a member account's root user",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        blast=Blast.ACCOUNT,
        target="aws.root_credential",
        permissions=Permissions(
            iam_read=(
                "iam:ListOrganizationsFeatures",
                "organizations:DescribeOrganization",
                "organizations:ListRoots",
                "sts:AssumeRoot",
            ),
            iam_write=("sts:AssumeRoot",),
        ),
        does_not_cut=(
            Kind.CONSOLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.GET_FEDERATION_TOKEN,
            Kind.ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1078.004",),
        d3fend=("D3-CR",),
        gotchas=(
            "A root session that is open goes on: only a service control policy stops it.",
            "Whoever reads the account's mailbox can ask for a new password once that is allowed.",
            "The management account's root user is out of reach: see docs/how-to/by-hand.md.",
            "Give the reading role sts:AssumeRoot for the task IAMAuditRootUserCredentials only.",
            "The organization must manage root credentials centrally.",
        ),
    )
    instead: ClassVar[str] = (
        "allow a password recovery: `aws sts assume-root` with the task IAMCreateRootUserPassword, "
        "then recover it by the account's e-mail address"
    )

    account: str = parameter("aws.account", "The member account")

    async def probe(self, readers: Readers) -> Seen:
        """Look as root, in a session that can only look."""
        return await see_root(readers, self.account)

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Remove each credential; MFA devices last, because a password is worth more without."""
        found = credentials(seen)
        first = tuple(_id(target) for target in found if not own_id(target).startswith("mfa:"))
        return tuple(
            Change(
                id=_id(target),
                target=target,
                verb="remove",
                before={"present": True},
                after={"present": False},
                saved={"management": text(seen, "management")},
                needs=first if own_id(target).startswith("mfa:") else (),
            )
            for target in found
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return whether the credential is there."""
        return {"present": target.id in {found.id for found in credentials(seen)}}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the credentials, or the password without any."""
        return credentials(seen) or (credential_target(self.account, "password", ""),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Remove the credential, as root, in a session that can only do that."""
        management = text(change.saved, "management")
        return await remove(writers, self.account, management, change.target)


def _id(target: Target) -> str:
    return f"remove-{own_id(target).rstrip(':').replace(':', '-', 1)}"
