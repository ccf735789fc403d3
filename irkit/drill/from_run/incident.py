"""What a run's records say of the intruder: which ways in were found, in which order.

Read from what the run read (traces, users, logs), what it changed, and the seats it tried. Only
kinds, order and which belongs to which are kept for the scenario; names are, to be replaced.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339
from irkit.model.run import Run
from irkit.report.reading import object_of, objects_of, raw_of, texts_of


class What(StrEnum):
    """One thing that the intruder had or made."""

    FACTOR = "factor"
    API_TOKEN = "api_token"  # noqa: S105  # a word
    PROVIDER = "provider"
    ROLE_SESSION = "role_session"
    CHAINED = "chained"
    KEY = "key"
    KEY_SESSION = "key_session"
    MACHINE = "machine"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105  # a word as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Something of the intruder's that the run came upon; `at` is None where no record says when.

    `account` is the AWS account it was in, empty for Okta.
    """

    what: What
    account: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as far as one run knows it.

    Attributes:
        run: The run's id.
        playbook: What was run.
        people: The logins of those it was about, the first one first.
        key: Whether it began with a leaked access key.
        signs: What the intruder had, in the order of time; what has no time comes last.
        addresses: From where the intruder came.
        signers: How many people signed.
    """

    run: str
    playbook: str
    people: tuple[str, ...]
    key: bool
    signs: tuple[Sign, ...]
    addresses: tuple[str, ...] = ()
    signers: int = 1

    def has(self, what: What) -> bool:
        """Say whether there was such a thing."""
        return any(sign.what is what for sign in self.signs)

    def accounts(self, what: What) -> tuple[str, ...]:
        """Return in which accounts there was such a thing, in order."""
        return tuple(dict.fromkeys(sign.account for sign in self.signs if sign.what is what))


_CHANGED: Final = {
    "okta.user.remove_factor": What.FACTOR,
    "okta.api_token.revoke": What.API_TOKEN,
    "okta.idp.deactivate": What.PROVIDER,
    "aws.iam_role.deny_session": What.ROLE_SESSION,
    "aws.iam_role.revoke_sessions": What.CHAINED,
    "aws.ec2_instance.isolate": What.MACHINE,
    "aws.ec2_instance.stop": What.MACHINE,
    "aws.ec2_instance.terminate": What.MACHINE,
}
"""What a change was against."""

_SEATS: Final = {
    "okta factor": What.FACTOR,
    "okta token": What.REFRESH_TOKEN,
    "identity provider": What.PROVIDER,
    "chained session": What.CHAINED,
    "token session": What.KEY_SESSION,
}
"""How seats are called on the line of an exercise; `irkit.cli.seat_watch` names them."""


def incident_of(run: Run) -> Incident:
    """Return what a run knows of its incident; one that took another back knows of none."""
    if run.undoes:
        return Incident(run=run.id, playbook="", people=(), key=False, signs=())
    reader = _Reader(run)
    signs = tuple(_once(sorted(reader.signs(), key=_when)))
    return Incident(
        run=run.id,
        playbook=run.playbook_file.removesuffix(".yaml"),
        people=tuple(dict.fromkeys(reader.people())),
        key=any(fact.action == "aws.iam_key.trace" for fact in run.reads.values()),
        signs=signs,
        addresses=tuple(dict.fromkeys(reader.addresses())),
        signers=len({reader.signer(body) for _, _, body in run.approvals}) or 1,
    )


def _when(sign: Sign) -> tuple[bool, str]:
    return sign.at is None, sign.at.isoformat() if sign.at else ""


def _once(signs: Iterable[Sign]) -> Iterator[Sign]:
    """Yield each thing once an account: what a trace found and a change cut is one."""
    seen: set[tuple[What, str]] = set()
    for sign in signs:
        if (sign.what, sign.account) not in seen:
            seen.add((sign.what, sign.account))
            yield sign


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one run."""

    run: Run

    def signs(self) -> Iterator[Sign]:
        """Yield everything that the run came upon."""
        for fact in self.run.reads.values():
            match fact.action:
                case "okta.user.get":
                    yield from self._added(_one(fact.value))
                case "aws.federation.trace":
                    for session in _many(fact.value):
                        yield _started(What.ROLE_SESSION, session)
                        yield from _led_to(session)
                case "aws.iam_key.trace":
                    yield from _led_to(_one(fact.value))
                case _:
                    pass
        yield from self._cut()
        yield from self._tried()

    def _cut(self) -> Iterator[Sign]:
        for state in self.run.changes.values():
            if (what := _CHANGED.get(state.step.action)) is not None:
                tenant, _, account = state.change.target.tenant.partition(":")
                yield Sign(what=what, account=account if tenant == "aws" else "")

    def _tried(self) -> Iterator[Sign]:
        names = {name for _, seats in self.run.seats for name in seats}
        for start, what in _SEATS.items():
            if any(name.startswith(start) for name in names):
                yield Sign(what=what)

    def people(self) -> Iterator[str]:
        """Yield the logins of those whom the run was about."""
        for fact in self.run.reads.values():
            if fact.action == "okta.user.get" and fact.value:
                yield raw_of(_one(fact.value), "login")
        for state in self.run.changes.values():
            if state.change.target.kind == "okta.user":
                yield state.change.target.label

    def addresses(self) -> Iterator[str]:
        """Yield from where the intruder came."""
        for fact in self.run.reads.values():
            if fact.action == "aws.federation.trace":
                for session in _many(fact.value):
                    for one in (session, *objects_of(session, "chained")):
                        if address := raw_of(one, "source_ip"):
                            yield address

    def signer(self, body: JsonObject) -> str:
        """Return who signed."""
        return raw_of(object_of(body, "statement"), "approver")

    def _added(self, user: JsonObject) -> Iterator[Sign]:
        """Yield what is newer than the time from which the run looked."""
        since = _moment(raw_of(self.run.inputs, "since"))
        for what, key in ((What.FACTOR, "factors"), (What.API_TOKEN, "api_tokens")):
            for one in objects_of(user, key):
                made = _moment(raw_of(one, "created"))
                if since is not None and made is not None and made >= since:
                    yield Sign(what=what, at=made)


def _led_to(found: JsonObject) -> Iterator[Sign]:
    """Yield everything that came of one credential."""
    for session in objects_of(found, "chained"):
        yield _started(What.CHAINED, session)
    for key in objects_of(found, "keys_created"):
        yield Sign(what=What.KEY, account=_account_in(raw_of(key, "user")))
    for session in objects_of(found, "user_sessions"):
        yield _started(What.KEY_SESSION, session)
    for arn in texts_of(found, "instances_started"):
        yield Sign(what=What.MACHINE, account=_account_in(arn))


def _started(what: What, session: JsonObject) -> Sign:
    at = _moment(raw_of(session, "started_at"))
    return Sign(what=what, account=raw_of(session, "account"), at=at)


def _account_in(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""  # noqa: PLR2004  # arn:aws:service:region:account:…


def _moment(text: str) -> datetime | None:
    try:
        return parse_rfc3339(text)
    except ValueError:
        return None


def _one(value: Json) -> JsonObject:
    return object_of({"value": value}, "value")


def _many(value: Json) -> tuple[JsonObject, ...]:
    return objects_of({"value": value}, "value")
