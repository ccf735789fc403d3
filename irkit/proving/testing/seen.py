"""What was seen of a case: the runs, the provider's own state between them, and who still gets in.

Nothing here is live: it is a value, made while the world was up, so that judging it is pure and it
may come from another process.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, Span
from irkit.world.calls import Call
from irkit.world.faults import FaultKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at. `where` names the call or the step that tells more."""

    about: str
    holds: bool
    expected: str
    found: str
    span: Span | None = None
    where: str = ""


class Expectation(Protocol):
    """One thing that has to be so; `about` says what, `span` where it is written."""

    @property
    def about(self) -> str:
        """Return what it is about, in a few words."""

    @property
    def span(self) -> Span | None:
        """Return where it is written."""

    def judge(self, seen: "Seen") -> Check:
        """Say whether it is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One step of a run as the trail has it: `at` is the record's place, `keys` its items.

    `changes` says that it is an intent to change something.
    """

    at: int
    step: str
    action: str
    keys: tuple[str, ...]
    changes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of one planned change, as the run tells it."""

    step: str
    action: str
    target: str
    label: str
    stage: str
    why: str
    reversal: str

    def __str__(self) -> str:
        return f"{self.step}: {self.stage}{f' ({self.why})' if self.why else ''}"

    def is_about(self, name: str) -> bool:
        """Say whether the change is of the thing that a test calls `name`, or `ACCOUNT/NAME`."""
        words = {*_WORD.split(self.target), *_WORD.split(self.label)}
        return words.issuperset(name.split("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A no: of a guard, or of whoever refused an approval or the run itself."""

    code: str
    guard: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one run ended, and the calls the providers got from it."""

    result: str
    exit: int
    run: str = ""
    records: int = 0
    reasons: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    changes: tuple[Made, ...] = ()
    refused: tuple[Refused, ...] = ()
    reports: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def writes(self) -> tuple[Call, ...]:
        """Return the calls that changed something, whatever their caller was told."""
        return tuple(call for call in self.calls if took_effect(call))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One credential, tried from its holder's side."""

    id: str
    kind: str
    label: str
    user: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The provider's own state: `named` by what people call things, `whole` as undo restores it."""

    named: JsonObject
    whole: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything a case is judged by.

    `names` stand for what only the world knows, such as ids; `always` is what was looked at because
    every case has to hold in it.
    """

    start: State
    after: State
    first: Ended
    seats: tuple[Tried, ...]
    bystanders: tuple[Tried, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    second: Ended | None = None
    after_second: State | None = None
    undone: Ended | None = None
    after_undo: State | None = None
    always: tuple[Check, ...] = ()

    def named(self, name: str) -> str:
        """Return what a name such as `seat.long_term_key` stands for, or the name itself."""
        return self.names.get(name, name)

    def about(self, name: str) -> str:
        """Return what the run tells of a thing, by the name that a test gives it."""
        told = [str(made) for made in self.first.changes if made.is_about(name)]
        return "; ".join(told) or "no step changed it"


_REDIRECTS = 300
_WORD = re.compile(r"[ /:]+")


def took_effect(call: Call) -> bool:
    """Say whether a call changed something: the server's own status says so, but for one fault.

    A login page comes with 200 in the place of everything. Okta's log cannot show that a call with
    a fault that is both `applied` and an error took effect.
    """
    return call.write and 0 < call.status < _REDIRECTS and call.fault != FaultKind.OK_HTML


def differing(before: Json, after: Json, path: str = "") -> tuple[str, ...]:
    """Return the paths at which two states differ, down to the first value that is no object."""
    if before == after:
        return ()
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return tuple(
            found
            for key in sorted(before.keys() | after.keys())
            for found in differing(
                before.get(key), after.get(key), f"{path}.{key}" if path else key
            )
        )
    return (path,)
