"""Give an IAM user a new console password, handed over through Secrets Manager.

The password is in this process's memory between two calls and nowhere else. If they are interrupted
nobody knows it: the look says that it was not handed over, and another one is made.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.aws_calls import sent
from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.iam_console import console_target, see_console, unknown_password
from irkit.actions.iam_principal import see_user
from irkit.actions.iam_user_action import UserAction
from irkit.actions.key_secret import current_version, see_secret, version_of
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import at, entry, text, texts
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb
from irkit.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetConsolePassword(OneWay, UserAction):
    """Sets a random password that must be changed, and stores it as the secret's new version."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.reset_console_password",
        version=1,
        verb=Verb.DO,
        summary="Give an IAM user a new console password through Secrets Manager",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        target="aws.console_password",
        permissions=Permissions(
            iam_read=("iam:GetLoginProfile", "iam:GetUser", "secretsmanager:DescribeSecret"),
            iam_write=("iam:UpdateLoginProfile", "secretsmanager:PutSecretValue"),
        ),
        does_not_cut=(Kind.CONSOLE_SESSION, Kind.LONG_TERM_KEY, Kind.GET_SESSION_TOKEN),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        attack=("T1098",),
        d3fend=("D3-CRO",),
        gotchas=(
            "Evict the intruder first: whoever can read the secret reads the password.",
            "The next sign-in sets the lasting password: hand it over to the person, not by mail.",
            "Whoever is signed in to the console stays so.",
            "AWS does not tell whether somebody set yet another password afterwards: watch for it.",
        ),
    )
    instead: ClassVar[str] = "run it again: another password is made and handed over"

    secret: str = parameter("text", "The secret that hands the password over: ARN, or name")
    region: str = parameter("aws.region", "The secret's region", default="us-east-1")

    async def probe(self, readers: Readers) -> Seen:
        """Read the login profile and which versions the secret has; never its value."""
        user = self.principal
        return {
            **await see_user(readers, user),
            "console": await see_console(readers, user),
            "secret": await see_secret(readers, self.secret, user.account, self.region),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Set and hand over a password, unless the one handed over was not used yet."""
        target = console_target(seen)
        if seen["console"] is None:
            raise cannot_reach(
                f"there is no {target.label}", "nobody can sign in with one: there is no need"
            )
        if self._handed_over(seen):
            return ()
        return (
            Change(
                id="reset",
                target=target,
                verb="reset console password",
                before=self.state(seen, target),
                after={"handed_over": True},
                saved={"console": seen["console"], "version": current_version(seen)},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return whether the password is one that the secret hands over, and was not used yet."""
        return {"handed_over": self._handed_over(seen)}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the password."""
        return (console_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set a new password, then store it."""
        user, password = self.principal, unknown_password()
        changed = await sent(
            writers,
            "iam",
            "update_login_profile",
            {"UserName": user.name, "Password": password, "PasswordResetRequired": True},
            account=user.account,
        )
        before = text(change.saved, "version")
        stored = await sent(
            writers,
            "secretsmanager",
            "put_secret_value",
            {
                "SecretId": self.secret,
                "ClientRequestToken": version_of(change.target.id, before),
                "SecretString": _secret_string(user.name, password),
            },
            account=user.account,
            region=self.region,
        )
        return Applied(
            request_ids=(*changed.request_ids, *stored.request_ids), status=stored.status
        )

    def _handed_over(self, seen: Seen) -> bool:
        """Say whether the secret's current version was made for this user from the one before."""
        stages = entry(seen, "secret", "stages")
        before = next((name for name in stages if "AWSPREVIOUS" in texts(stages, name)), "")
        made = version_of(console_target(seen).id, before)
        return current_version(seen) == made and at(seen, "console", "reset_required") is True


def _secret_string(name: str, password: Secret) -> Secret:
    return Secret(json.dumps({"UserName": name, "Password": password.reveal()}))
