"""Seats: single credentials that somebody holds, and whether they still work.

A probe uses the credential over HTTP for something harmless, the way its holder would. Only a
proper answer counts: alive if the provider served it, dead if the provider refused the credential,
and unknown for everything else, because a time-out is not a refusal. Seats can be written to a
file and probed by another process, which needs nothing of the simulators.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from irkit.canonical import Json
from irkit.clock import parse_rfc3339, rfc3339
from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.aws_probe import ask_aws
from irkit.world.aws_query import AwsKey
from irkit.world.golden_saml import still_believed
from irkit.world.okta_probe import ask_okta
from irkit.world.probing import SeatState

_OKTA_KINDS = frozenset(kind for kind in CredentialKind if kind.startswith("okta_"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One credential.

    Attributes:
        id: Speakable and unique, such as `aws:ASIA…` or `okta-session:kai`.
        kind: What kind of credential it is.
        label: What a person should read.
        account: The AWS account it works in, empty for Okta.
        user: Whose it is: the Okta login, or the name of the IAM user.
        expires_at: When it ends by itself, if it does.
        calls: What a probe tries; the seat is dead only if all are refused.
        credentials: The secret parts by name.
    """

    id: str
    kind: CredentialKind
    label: str
    user: str
    account: str = ""
    expires_at: datetime | None = None
    calls: tuple[str, ...] = ()
    credentials: Mapping[str, Secret] = field(default_factory=dict)
    okta_url: str = ""
    aws_url: str = ""

    def probe(self) -> SeatState:
        """Use the credential, and say whether it still works."""
        return probe_seat(self, self.okta_url, self.aws_url)

    @property
    def access_key_id(self) -> str:
        """The key id of an AWS credential, empty for others. It is no secret."""
        key_id = self.credentials.get("access_key_id")
        return key_id.reveal() if key_id else ""


class Seats:
    """Seats by id, in the order they were taken."""

    def __init__(self, seats: Iterable[Seat] = ()) -> None:
        """Start with `seats`."""
        self._seats = {seat.id: seat for seat in seats}

    def add(self, seat: Seat) -> Seat:
        """Add a seat and return it."""
        self._seats[seat.id] = seat
        return seat

    def __iter__(self) -> Iterator[Seat]:
        return iter(tuple(self._seats.values()))

    def __len__(self) -> int:
        return len(self._seats)

    def __getitem__(self, seat_id: str) -> Seat:
        return self._seats[seat_id]

    def of_kind(self, kind: CredentialKind) -> tuple[Seat, ...]:
        """Return the seats of one kind."""
        return tuple(seat for seat in self if seat.kind is kind)

    def states(self) -> Mapping[str, SeatState]:
        """Probe every seat."""
        return {seat.id: seat.probe() for seat in self}

    def json(self) -> str:
        """Return all seats as JSON text, secrets included: for a file that only its owner reads."""
        return json.dumps({"seats": [seat_to_json(seat) for seat in self]}, indent=2) + "\n"


def seats_from_json(text: str) -> Seats:
    """Read what `Seats.json` wrote."""
    content = cast("Mapping[str, list[Mapping[str, Json]]]", json.loads(text))
    return Seats(seat_from_json(item) for item in content["seats"])


def seat_to_json(seat: Seat) -> Mapping[str, Json]:
    """Return one seat as JSON, secrets included."""
    return {
        "id": seat.id,
        "kind": str(seat.kind),
        "label": seat.label,
        "user": seat.user,
        "account": seat.account,
        "expires_at": rfc3339(seat.expires_at) if seat.expires_at else None,
        "calls": list(seat.calls),
        "credentials": {name: secret.reveal() for name, secret in seat.credentials.items()},
        "okta_url": seat.okta_url,
        "aws_url": seat.aws_url,
    }


def seat_from_json(entry: Mapping[str, Json]) -> Seat:
    """Read one seat from its JSON form."""
    expires_at = entry.get("expires_at")
    credentials = cast("Mapping[str, str]", entry.get("credentials", {}))
    return Seat(
        id=str(entry["id"]),
        kind=CredentialKind(str(entry["kind"])),
        label=str(entry.get("label", "")),
        user=str(entry.get("user", "")),
        account=str(entry.get("account", "")),
        expires_at=parse_rfc3339(expires_at) if isinstance(expires_at, str) else None,
        calls=tuple(cast("list[str]", entry.get("calls", []))),
        credentials={name: Secret(value) for name, value in credentials.items()},
        okta_url=str(entry.get("okta_url", "")),
        aws_url=str(entry.get("aws_url", "")),
    )


def probe_seat(entry: Seat | Mapping[str, Json], okta_url: str, aws_url: str) -> SeatState:
    """Say whether a seat still works, given where the providers are. Needs no world object."""
    seat = entry if isinstance(entry, Seat) else seat_from_json(entry)
    if seat.kind is CredentialKind.SAML_SIGNING_KEY:
        return still_believed(aws_url, seat.credentials)
    if seat.kind in _OKTA_KINDS:
        return ask_okta(okta_url, seat.kind, seat.credentials)
    return _summary(ask_aws(aws_url, _aws_key(seat), call) for call in seat.calls)


def _aws_key(seat: Seat) -> AwsKey:
    return AwsKey(
        id=seat.access_key_id,
        secret=seat.credentials["secret_access_key"],
        token=seat.credentials.get("session_token"),
    )


def _summary(states: Iterable[SeatState]) -> SeatState:
    """One call that works is enough to be alive; all must be refused to be dead."""
    seen = set()
    for state in states:
        if state is SeatState.ALIVE:
            return SeatState.ALIVE
        seen.add(state)
    return SeatState.DEAD if seen == {SeatState.DEAD} else SeatState.UNKNOWN


__all__ = [
    "Seat",
    "SeatState",
    "Seats",
    "probe_seat",
    "seat_from_json",
    "seat_to_json",
    "seats_from_json",
]
