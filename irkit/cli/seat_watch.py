"""The seats of an exercise: tried from the intruder's side while a run goes on.

The credentials are a drill's; in a live workspace there are none. This is the only part of the
command line that a run needs of the simulated world.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

import anyio

from irkit.canonical import JsonObject
from irkit.cli.opened import Invocation
from irkit.cli.output import Output
from irkit.cli.views import seats as view
from irkit.clock import parse_rfc3339
from irkit.diagnostics import IrkitError
from irkit.engine.seats import SuppliedSeats
from irkit.model.access.kinds import CredentialKind
from irkit.report.seats import SeatRow
from irkit.workspace.config import AwsConnection, OktaConnection, Workspace
from irkit.workspace.secrets import resolve

_EVERY = 2.0
_TAIL = 4
_ROLE = re.compile(r"\bin role (\S+) in ([0-9]{12})\b")
_NAMES = {
    CredentialKind.OKTA_SESSION: "okta session",
    CredentialKind.OKTA_FACTOR: "okta factor",
    CredentialKind.OKTA_IDP: "identity provider",
    CredentialKind.OKTA_OAUTH_TOKEN: "okta token",
    CredentialKind.SAML_SIGNING_KEY: "signing key",
    CredentialKind.FEDERATED_ROLE_SESSION: "aws session",
    CredentialKind.CHAINED_ROLE_SESSION: "chained session",
    CredentialKind.GET_SESSION_TOKEN: "token session",
    CredentialKind.LONG_TERM_KEY: "key",
}


@dataclass(slots=True)
class SeatWatch:
    """Tries every seat again and again, and says the line whenever it changes."""

    seats: SuppliedSeats
    output: Output
    states: dict[str, str] = field(default_factory=dict)
    checked_at: datetime | None = None

    async def look(self) -> tuple[SeatRow, ...]:
        """Try every seat once, and say the line if it has changed."""
        before = dict(self.states)
        async with anyio.create_task_group() as group:
            for seat in self.seats.entries:
                group.start_soon(self._try, seat)
        self.checked_at = self.output.clock()
        if self.states != before:
            value = view.to_json(self.rows(), checked_at=self.checked_at)
            self.output.progress(value, view.text)
        return self.rows()

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await anyio.sleep(_EVERY)

    def rows(self) -> tuple[SeatRow, ...]:
        """Return the seats as last seen."""
        return tuple(
            _row(seat, entry, self.states.get(seat, "unknown"))
            for seat, entry in self.seats.entries.items()
        )

    async def _try(self, seat: str) -> None:
        found = await self.seats.probe(seat)
        self.states[seat] = str(found or "unknown")


def supplied(invocation: Invocation) -> SuppliedSeats | None:
    """Return the seats of the workspace's exercise, None where it has none."""
    workspace = invocation.workspace
    if workspace.seats is None:
        return None
    from irkit.world.seats import probe_seat  # noqa: PLC0415  # only an exercise has it

    text = resolve(workspace.seats, root=workspace.root, environment=invocation.environment)
    okta, aws = _urls(workspace)
    seats = SuppliedSeats.read(text, lambda entry: str(probe_seat(entry, okta, aws)))
    return replace(seats, entries=_with_short_labels(seats.entries)) if seats.entries else None


def labels_of(invocation: Invocation) -> Mapping[str, str]:
    """Return the seats' names, where this is an exercise and its seats are still there."""
    with suppress(IrkitError):
        seats = supplied(invocation)
        return seats.labels if seats else {}
    return {}


def _urls(workspace: Workspace) -> tuple[str, str]:
    okta = [c.org_url for c in workspace.of("okta") if isinstance(c, OktaConnection)]
    aws = [c.endpoint_url for c in workspace.of("aws") if isinstance(c, AwsConnection)]
    return (okta or [""])[0], (aws or [""])[0]


def _with_short_labels(entries: Mapping[str, JsonObject]) -> dict[str, JsonObject]:
    """Give every seat a label short enough for a line of many, and unlike all others."""
    labels: dict[str, str] = {}
    for seat, entry in entries.items():
        label = _short_label(entry)
        if label in labels.values():
            label = f"{label} {seat[-_TAIL:]}"
        labels[seat] = label
    return {seat: {**entry, "label": labels[seat]} for seat, entry in entries.items()}


def _short_label(entry: JsonObject) -> str:
    kind, label = str(entry.get("kind", "")), str(entry.get("label", ""))
    role = _ROLE.search(label)
    name = next((said for known, said in _NAMES.items() if known == kind), None)
    if name is None:
        return label
    if kind == CredentialKind.LONG_TERM_KEY:
        key = str(entry["id"]).removeprefix("aws:")
        return f"{name} {key[:_TAIL]}..{key[-_TAIL:]}"
    return f"{name} {role[1]} {role[2][-_TAIL:]}" if role else name


def _row(seat: str, entry: JsonObject, state: str) -> SeatRow:
    texts = cast("Mapping[str, str | None]", entry)
    expires = texts.get("expires_at")
    return SeatRow(
        id=seat,
        label=texts.get("label") or seat,
        state=state,
        expires=parse_rfc3339(expires) if expires else None,
    )
