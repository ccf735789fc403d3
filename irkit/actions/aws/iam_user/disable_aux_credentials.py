"""Switch off what an IAM user has beside keys and password: SSH keys, API keys, certificates."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers
from irkit.actions.iam_principal import see_user, user_target
from irkit.actions.iam_user_action import UserAction
from irkit.actions.iam_user_credentials import (
    credential_target,
    list_credentials,
    set_credential,
)
from irkit.actions.shape import entries, text
from irkit.actions.touches import own_id
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableAuxCredentials(UserAction):
    """Takes each credential from Active to Inactive, and back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.disable_aux_credentials",
        version=1,
        verb=Verb.DO,
        summary="Switch off an IAM user's SSH keys, API keys and certificates",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.user_credential",
        permissions=Permissions(
            iam_read=(
                "iam:GetUser",
                "iam:ListSSHPublicKeys",
                "iam:ListServiceSpecificCredentials",
                "iam:ListSigningCertificates",
            ),
            iam_write=(
                "iam:UpdateSSHPublicKey",
                "iam:UpdateServiceSpecificCredential",
                "iam:UpdateSigningCertificate",
            ),
        ),
        does_not_cut=(
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
            Kind.GET_FEDERATION_TOKEN,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1098.001", "T1098.004"),
        d3fend=("D3-CR",),
        gotchas=(
            "Bedrock's long-term API keys are among them: switching access keys off misses them.",
            "Git over CodeCommit and clients of Keyspaces stop for this user.",
            "Access keys and the console are not touched.",
        ),
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and these credentials."""
        return {
            **await see_user(readers, self.principal),
            "credentials": await list_credentials(readers, self.principal),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Switch each active one off."""
        return tuple(
            Change(
                id=f"disable-{text(item, 'id')}",
                target=credential_target(seen, item),
                verb="deactivate",
                before={"status": item["status"]},
                after={"status": "Inactive"},
            )
            for item in entries(seen, "credentials")
            if item["status"] == "Active"
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the credential's status, None if it is not there."""
        for item in entries(seen, "credentials"):
            if own_id(credential_target(seen, item)) == own_id(target):
                return {"status": item["status"]}
        return {"status": None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the credentials, or the user without any."""
        found = tuple(credential_target(seen, item) for item in entries(seen, "credentials"))
        return found or (user_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Switch the credential off."""
        return await set_credential(writers, self.principal, change.target, "Inactive")

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Switch the credential on."""
        status = text(change.before, "status")
        return await set_credential(writers, self.principal, change.target, status)
