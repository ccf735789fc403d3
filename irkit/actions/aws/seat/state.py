"""Whether a credential still works for whoever holds it.

If the credential itself is at hand (in a drill, for a canary), it is tried. Otherwise it is judged
by its policies and its end, and the answer says so. What cannot be judged is unknown, never dead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from irkit.actions.absent import IAM, or_none
from irkit.actions.arn import Principal
from irkit.actions.base import Answer, Read, Readers, SeatState, parameter
from irkit.actions.cloudtrail import History
from irkit.actions.iam_keys import key_status, list_keys
from irkit.actions.seat_policy import Judgement, judge_key, judge_session
from irkit.actions.shape import maybe_text
from irkit.canonical import Json
from irkit.clock import rfc3339
from irkit.model.spec import Permissions, Spec, Verb

_LONGEST_LIFE: Final = timedelta(hours=36)
_NOT_HERE: Final = (*IAM, "AccessDenied")


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Read):
    """Returns `alive`, `dead` or `unknown`."""

    spec: ClassVar[Spec] = Spec(
        id="aws.seat.state",
        version=1,
        verb=Verb.READ,
        summary="Find out whether a credential still works",
        needs=("aws",),
        permissions=Permissions(
            iam_read=(
                "cloudtrail:LookupEvents",
                "ec2:DescribeRegions",
                "iam:GetAccessKeyLastUsed",
                "iam:GetRole",
                "iam:GetRolePolicy",
                "iam:GetUser",
                "iam:GetUserPolicy",
                "iam:ListAccessKeys",
                "iam:ListRolePolicies",
                "iam:ListUserPolicies",
            ),
            only={"iam:GetAccessKeyLastUsed": "it is a long-term key that irkit does not hold"},
        ),
        d3fend=("D3-AM",),
        gotchas=(
            "Judged by policies, a seat counts as dead some seconds before AWS refuses it.",
            "Only a credential that is held can be tried.",
        ),
        result={"type": "string", "enum": ["alive", "dead", "unknown"]},
    )

    seat: str = parameter("text", "The id of the credential (AKIA… or ASIA…)")
    account: str = parameter("aws.account", "The account, where it is known", default="")

    async def read(self, readers: Readers) -> Answer:
        """Try the credential, or judge it."""
        tried = await self._tried(readers)
        if tried is not None:
            raw: Json = {"how": "tried", "why": "the credential was used"}
            return Answer(value=str(tried), raw=raw)
        now = readers.aws.now()
        judgement, gaps = await self._judged(readers, now)
        return Answer(
            value=str(judgement.state),
            raw={"how": "judged", "why": judgement.why},
            complete=not gaps,
            gaps=gaps,
            observed_through=rfc3339(now),
        )

    async def _tried(self, readers: Readers) -> SeatState | None:
        """Use the credential if it is held, under its own id or the one that names its provider."""
        if readers.seats is None:
            return None
        found = await readers.seats.probe(self.seat)
        return found or await readers.seats.probe(f"aws:{self.seat}")

    async def _judged(self, readers: Readers, now: datetime) -> tuple[Judgement, tuple[str, ...]]:
        accounts = (self.account,) if self.account else readers.aws.accounts()
        if self.seat.startswith("AKIA"):
            return await self._key(readers, accounts, now), ()
        if not self.seat.startswith("ASIA"):
            why = "it is no AWS credential, and not held"
            return Judgement(state=SeatState.UNKNOWN, why=why), ()
        history = History(readers=readers, since=now - _LONGEST_LIFE, until=now + _LONGEST_LIFE)
        for account in accounts:
            for event in await history.look_up(account, "ResourceName", self.seat):
                if maybe_text(event, "responseElements", "credentials", "accessKeyId") == self.seat:
                    return await judge_session(readers, event, now), tuple(history.gaps)
        why = "CloudTrail does not say how it was issued"
        return Judgement(state=SeatState.UNKNOWN, why=why), tuple(history.gaps)

    async def _key(self, readers: Readers, accounts: tuple[str, ...], now: datetime) -> Judgement:
        for account in accounts:
            call = readers.aws.call(
                "iam", "get_access_key_last_used", {"AccessKeyId": self.seat}, account=account
            )
            reply = await or_none(call, _NOT_HERE)
            name = maybe_text(reply.body, "UserName") if reply else ""
            if name:
                user = Principal(account=account, name=name)
                status = key_status({"keys": await list_keys(readers, user)}, self.seat)
                return await judge_key(readers, user, status or "deleted", now)
        return Judgement(state=SeatState.UNKNOWN, why="no pinned account has such a key")
