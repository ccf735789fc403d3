"""Take an IAM user's console password away."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.aws_calls import sent
from irkit.actions.base import Applied, Readers, Seen, Writers
from irkit.actions.iam_console import console_target, see_console, unknown_password
from irkit.actions.iam_principal import see_user
from irkit.actions.iam_user_action import UserAction
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableConsole(UserAction):
    """Deletes the login profile; undo makes one with a password that nobody knows."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.disable_console",
        version=1,
        verb=Verb.DO,
        summary="Take an IAM user's console password away",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        target="aws.console_password",
        permissions=Permissions(
            iam_read=("iam:GetLoginProfile", "iam:GetUser"),
            iam_write=("iam:CreateLoginProfile", "iam:DeleteLoginProfile"),
        ),
        does_not_cut=(Kind.CONSOLE_SESSION, Kind.LONG_TERM_KEY, Kind.GET_SESSION_TOKEN),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1078.004", "T1098"),
        d3fend=("D3-CR",),
        gotchas=(
            "Whoever is signed in to the console stays so: quarantine the user as well.",
            "Access keys go on working.",
            "Undo cannot bring the old password back: it makes one that nobody knows.",
            "Hand a new one over with aws.iam_user.reset_console_password.",
        ),
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its login profile."""
        return {
            **await see_user(readers, self.principal),
            "console": await see_console(readers, self.principal),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Delete the login profile, if there is one."""
        if seen["console"] is None:
            return ()
        target = console_target(seen)
        return (
            Change(
                id="disable-console",
                target=target,
                verb="delete console password",
                before=self.state(seen, target),
                after={"password": False},
                saved=seen["console"],
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return whether there is a password."""
        return {"password": seen["console"] is not None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the password."""
        return (console_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Delete the login profile."""
        user = self.principal
        named = {"UserName": user.name}
        return await sent(writers, "iam", "delete_login_profile", named, account=user.account)

    async def undo(
        self,
        change: Change,  # noqa: ARG002
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Make a login profile whose password nobody knows and that must be changed."""
        user = self.principal
        return await sent(
            writers,
            "iam",
            "create_login_profile",
            {
                "UserName": user.name,
                "Password": unknown_password(),
                "PasswordResetRequired": True,
            },
            account=user.account,
        )
