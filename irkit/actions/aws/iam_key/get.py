"""Whose an access key is, whether it works, and when it was last used."""

from dataclasses import dataclass
from typing import ClassVar, Final

from irkit.actions.absent import IAM, or_none, says
from irkit.actions.arn import Principal
from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.iam_keys import key_status, list_keys
from irkit.actions.iam_principal import see_user
from irkit.actions.refusal import no_such
from irkit.actions.shape import entries, maybe_text, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb
from irkit.providers.call import CallError

_FOREIGN: Final = ("AccessDenied",)
"""AWS refuses to speak of a key of another account; and so it does without the right to ask."""

_RIGHT: Final = "iam:GetAccessKeyLastUsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Get(Read):
    """Finds one key among the pinned accounts."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_key.get",
        version=1,
        verb=Verb.READ,
        summary="Find out whose an access key is",
        needs=("aws",),
        target="aws.access_key",
        permissions=Permissions(iam_read=(_RIGHT, "iam:GetUser", "iam:ListAccessKeys")),
        reveals=(Kind.LONG_TERM_KEY,),
        d3fend=("D3-AM",),
        gotchas=(
            "When a key was last used is known some hours late, and only for one service.",
            "A key of an account that is not pinned is not found.",
        ),
        result={
            "type": "object",
            "properties": {
                "id": {"type": "string"},
                "account": {"type": "string"},
                "user": {"type": "string"},
                "user_name": {"type": "string"},
                "user_id": {"type": "string"},
                "status": {"type": "string"},
                "created_at": {"type": "string"},
                "last_used_at": {"type": "string"},
                "last_used_service": {"type": "string"},
                "last_used_region": {"type": "string"},
            },
        },
    )

    key: str = parameter("aws.access_key", "The id of the key (AKIA…)")
    account: str = parameter("aws.account", "The account, where it is known", default="")

    async def read(self, readers: Readers) -> Answer:
        """Ask each account for the key."""
        refused: list[str] = []
        for account in (self.account,) if self.account else readers.aws.accounts():
            call = readers.aws.call(
                "iam", "get_access_key_last_used", {"AccessKeyId": self.key}, account=account
            )
            try:
                reply = await or_none(call, IAM)
            except CallError as error:
                if not says(error, _FOREIGN):
                    raise
                refused.append(account)
                continue
            if reply is not None and maybe_text(reply.body, "UserName"):
                return await self._found(readers, account, reply.body)
        raise no_such(
            "access key of the pinned accounts",
            self.key,
            "look at the id again; or it belongs to another account, or was deleted"
            + (f"; or {_RIGHT} is missing in {', '.join(refused)}" if refused else ""),
        )

    async def _found(self, readers: Readers, account: str, used: Json) -> Answer:
        user = Principal(account=account, name=text(used, "UserName"))
        seen = {**await see_user(readers, user), "keys": await list_keys(readers, user)}
        status = key_status(seen, self.key)
        if not status:
            raise no_such(f"access key of {text(seen, 'arn')}", self.key, "it was just deleted")
        record = next(item for item in entries(seen, "keys") if item["id"] == self.key)
        value: dict[str, Json] = {
            "id": self.key,
            "account": account,
            "user": text(seen, "arn"),
            "user_name": user.name,
            "user_id": text(seen, "id"),
            "status": status,
            "created_at": text(record, "created"),
            "last_used_at": maybe_text(used, "AccessKeyLastUsed", "LastUsedDate"),
            "last_used_service": maybe_text(used, "AccessKeyLastUsed", "ServiceName"),
            "last_used_region": maybe_text(used, "AccessKeyLastUsed", "Region"),
        }
        return Answer(value=value, raw={"last_used": used, "keys": seen["keys"]})
