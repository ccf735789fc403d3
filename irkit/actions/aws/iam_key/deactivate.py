"""Switch an access key off, so that it can be switched on again."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.arn import Principal, principal
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.iam_keys import key_status, key_target, list_keys, set_status
from irkit.actions.iam_principal import see_user
from irkit.actions.refusal import no_such
from irkit.actions.shape import text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Deactivate(Action):
    """Takes one key from Active to Inactive, and back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_key.deactivate",
        version=1,
        verb=Verb.DO,
        summary="Switch off an access key of an IAM user",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.access_key",
        permissions=Permissions(
            iam_read=("iam:GetUser", "iam:ListAccessKeys"), iam_write=("iam:UpdateAccessKey",)
        ),
        cuts=(Kind.LONG_TERM_KEY,),
        does_not_cut=(
            Kind.GET_SESSION_TOKEN,
            Kind.GET_FEDERATION_TOKEN,
            Kind.ROLE_SESSION,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1078.004", "T1098.001", "T1552.001"),
        d3fend=("D3-CR",),
        gotchas=(
            "Sessions made from the key live on for up to 36 hours: quarantine the user first.",
            "Every workload that uses the key fails at once.",
            "An intruder who still can makes a second key: watch the user's list of keys.",
        ),
    )

    user: str = parameter("aws.user", "The key's user: ARN, or name with `account`")
    key: str = parameter("aws.access_key", "The id of the key (AKIA…)")
    account: str = parameter("aws.account", "The account, where `user` is no ARN", default="")

    @property
    def principal(self) -> Principal:
        """The user."""
        return principal("user", self.user, self.account)

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its keys."""
        return {
            **await see_user(readers, self.principal),
            "keys": await list_keys(readers, self.principal),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Switch the key off; a key that is not there may be a wrong id, so that is an error."""
        status = key_status(seen, self.key)
        if not status:
            raise no_such(
                f"access key of {text(seen, 'arn')}",
                self.key,
                "it was deleted, or it is another user's: `aws.iam_key.get` says whose",
            )
        if status == "Inactive":
            return ()
        return (
            Change(
                id="deactivate",
                target=key_target(seen, self.key),
                verb="deactivate",
                before={"status": status},
                after={"status": "Inactive"},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the key's status."""
        return {"status": key_status(seen, self.key) or None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the key."""
        return (key_target(seen, self.key),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Switch it off."""
        return await set_status(writers, self.principal, self.key, "Inactive")

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Give it the status it had."""
        return await set_status(writers, self.principal, self.key, text(change.before, "status"))
