"""Judging a credential without holding it: by the policies that bind it and by its end.

Only an explicit deny of everything that matters, or the end of its life, makes a seat dead here.
What else might stop it (boundaries, organisation policies) is not looked at, and a deny of only
some calls, or that hangs on what is not known here (an address, a second factor), is taken for
none: this errs towards alive.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from irkit.actions.arn import Principal
from irkit.actions.base import Readers, SeatState
from irkit.actions.iam_principal import fetch_role, fetch_user
from irkit.actions.policy_reach import WHAT_MATTERS
from irkit.actions.shape import at, text, texts
from irkit.actions.trace.events import session_of, user_session_of
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339
from irkit.model.access import (
    Credential,
    CredentialKind,
    Decision,
    ImplicitDeny,
    Policies,
    Policy,
    PolicyError,
    Request,
    decide,
    parse_policy,
)
from irkit.model.access.operators import Condition
from irkit.model.access.policy import Patterns

_EVERYTHING: Final = Patterns(values=("*",))
_ISSUED: Final = "aws:tokenissuetime"
_KNOWN: Final = frozenset({_ISSUED, "aws:principalarn", "aws:userid"})
"""The keys of a request that follow from the credential alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was concluded, and from what."""

    state: SeatState
    why: str


async def judge_session(readers: Readers, issued: JsonObject, now: datetime) -> Judgement:
    """Judge the session that an event of CloudTrail says was issued."""
    session = session_of(issued) or user_session_of(issued)
    if session is None:
        return Judgement(state=SeatState.UNKNOWN, why="no event says how it was issued")
    expires = text(session, "expires_at")
    if expires and parse_rfc3339(expires) <= now:
        return Judgement(state=SeatState.DEAD, why=f"it expired at {expires}")
    credential = await _credential(readers, session)
    return await _judge(readers, credential, now)


async def judge_key(readers: Readers, user: Principal, status: str, now: datetime) -> Judgement:
    """Judge an access key of `user`."""
    if status != "Active":
        return Judgement(state=SeatState.DEAD, why=f"the key is {status}")
    record = await fetch_user(readers, user)
    credential = Credential(
        kind=CredentialKind.LONG_TERM_KEY,
        account=user.account,
        principal_arn=text(record, "Arn"),
        user_id=text(record, "UserId"),
        name=user.name,
    )
    return await _judge(readers, credential, now)


async def _judge(readers: Readers, credential: Credential, now: datetime) -> Judgement:
    policies = Policies(identity=await _inline(readers, credential))
    for action in WHAT_MATTERS:
        decision = decide(credential, policies, Request(action=action, time=now))
        if not (decision.denied_explicitly or _beyond(credential, decision)):
            return Judgement(
                state=SeatState.ALIVE, why=f"no inline policy denies it {action} explicitly"
            )
    return Judgement(state=SeatState.DEAD, why="an inline policy denies it everything that matters")


def _beyond(credential: Credential, decision: Decision) -> bool:
    """Say whether credentials of this kind can never do it, whatever the policies are."""
    why = decision.why
    return isinstance(why, ImplicitDeny) and why.layer == str(credential.kind)


async def _credential(readers: Readers, session: JsonObject) -> Credential:
    account = text(session, "account")
    issued_at = parse_rfc3339(text(session, "started_at"))
    if "role" in session:
        name = text(session, "role").rpartition("/")[2]
        record = await fetch_role(readers, Principal(account=account, name=name))
        return Credential(
            kind=CredentialKind.ROLE_SESSION,
            account=account,
            principal_arn=text(record, "Arn"),
            user_id=f"{text(record, 'RoleId')}:{text(session, 'name')}",
            name=name,
            session_name=text(session, "name"),
            issued_at=issued_at,
        )
    name = text(session, "user").rpartition("/")[2]
    record = await fetch_user(readers, Principal(account=account, name=name))
    return Credential(
        kind=CredentialKind(text(session, "kind")),
        account=account,
        principal_arn=text(record, "Arn"),
        user_id=text(record, "UserId"),
        name=name,
        issued_at=issued_at,
    )


async def _inline(readers: Readers, credential: Credential) -> tuple[Policy, ...]:
    kind = "role" if credential.is_role else "user"
    named: dict[str, Json] = {"RoleName" if kind == "role" else "UserName": credential.name}
    names: list[str] = []
    async for page in readers.aws.pages(
        "iam", f"list_{kind}_policies", named, account=credential.account
    ):
        names += texts(page.body, "PolicyNames")
    found: list[Policy] = []
    for name in names:
        reply = await readers.aws.call(
            "iam", f"get_{kind}_policy", {**named, "PolicyName": name}, account=credential.account
        )
        document = at(reply.body, "PolicyDocument")
        if isinstance(document, dict):
            found += _certain(document, name, credential.kind)
    return tuple(found)


def _certain(document: JsonObject, name: str, kind: CredentialKind) -> tuple[Policy, ...]:
    """Return what the policy certainly denies; one that cannot be read denies nothing here."""
    try:
        policy = parse_policy(document, name)
    except PolicyError:
        return ()
    certain = (
        statement
        for statement in policy.statements
        if _EVERYTHING == statement.actions == statement.resources
        and all(_is_known(condition, kind) for condition in statement.conditions)
    )
    return (replace(policy, statements=tuple(certain)),)


def _is_known(condition: Condition, kind: CredentialKind) -> bool:
    """Say whether a condition asks for what is known of a credential that is not held."""
    known = {_ISSUED} if kind is CredentialKind.GET_FEDERATION_TOKEN else _KNOWN
    return condition.key.lower() in known and not any("${" in item for item in condition.wanted)
