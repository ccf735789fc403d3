"""Delete an access key that was switched off before, for good."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.aws_calls import sent
from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.iam_keys import key_status, key_target, list_keys
from irkit.actions.iam_principal import see_user
from irkit.actions.iam_user_action import UserAction
from irkit.actions.key_secret import last_used
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import entries, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(OneWay, UserAction):
    """Takes one inactive key away."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_key.delete",
        version=1,
        verb=Verb.DO,
        summary="Delete an access key that is switched off",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.DESTRUCTIVE,
        target="aws.access_key",
        permissions=Permissions(
            iam_read=("iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAccessKeys"),
            iam_write=("iam:DeleteAccessKey",),
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
        attack=("T1098.001",),
        d3fend=("D3-CR",),
        gotchas=(
            "Nobody has the secret, so the key cannot be made again.",
            "An active key is refused: switch it off first and see who misses it.",
            "Sessions made from the key live on for up to 36 hours.",
            "Whether and when it was last used is only known until it is deleted; it is saved.",
        ),
    )
    instead: ClassVar[str] = "give the workload a new key: aws.iam_key.rotate_to_secret"

    key: str = parameter("aws.access_key", "The id of the key (AKIA…)")

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its keys, and when this one was last used."""
        user = self.principal
        seen = {**await see_user(readers, user), "keys": await list_keys(readers, user)}
        there = bool(key_status(seen, self.key))
        return {**seen, "last_used": await last_used(readers, user, self.key) if there else ""}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Delete the key; a key that is not there may be a wrong id, so that is an error."""
        status = key_status(seen, self.key)
        target = key_target(seen, self.key)
        if not status:
            raise no_such(
                f"access key of {text(seen, 'arn')}",
                self.key,
                "look at the id again; if it was deleted, there is nothing to do",
            )
        if status != "Inactive":
            raise cannot_reach(
                f"{target.label} is {status}: only keys that nobody misses are deleted",
                "run aws.iam_key.deactivate first, and wait until nobody needs it",
            )
        created = next(
            text(item, "created") for item in entries(seen, "keys") if item["id"] == self.key
        )
        return (
            Change(
                id="delete",
                target=target,
                verb="delete",
                before=self.state(seen, target),
                after={"status": None},
                saved={"created": created, "last_used": text(seen, "last_used")},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the key's status, None if it is not there."""
        return {"status": key_status(seen, self.key) or None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the key."""
        return (key_target(seen, self.key),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Delete the key."""
        user = self.principal
        return await sent(
            writers,
            "iam",
            "delete_access_key",
            {"UserName": user.name, "AccessKeyId": self.key},
            account=user.account,
        )
