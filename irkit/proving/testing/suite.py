"""A test file as data: the cases of one playbook, with what they inherit already in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from irkit.diagnostics import Span
from irkit.model.access.kinds import CredentialKind
from irkit.model.approval import Decision
from irkit.proving.policy import Policy
from irkit.proving.testing.seen import Expectation
from irkit.proving.world_facts import FIXTURE, SEED
from irkit.world.faults import Fault

BIG: Final = 5000
"""How many people the sweep over a large company has, where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The world of a case: `story` is another intrusion that is played in it, empty for none.

    `plant` are further seats, `admins` roles the intruder gave out, `regions` those that irkit
    looks into; without any, the one that the company is in.
    """

    fixture: str = FIXTURE
    seed: int = SEED
    users: int | None = None
    intruder: bool = True
    story: str = ""
    regions: tuple[str, ...] = ()
    plant: tuple[CredentialKind, ...] = ()
    admins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What people decide about a phase, or about whatever waits where none is named."""

    phase: str = ""
    by: tuple[str, ...]
    decision: Decision = Decision.APPROVE
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a manual step is answered, or that nobody answers it in time."""

    values: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A fault that is in force during the first run."""

    fault: Fault
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run in one world, and what has to be so afterwards.

    Where `approvals` is None, the approvers sign whatever waits for them. `down` are providers that
    cannot be reached. `twice` runs the playbook again, `undo` takes the first run back.
    """

    name: str
    span: Span | None = None
    world: Setting = field(default_factory=Setting)
    inputs: Mapping[str, str] = field(default_factory=dict)
    requester: str
    approvals: tuple[Decided, ...] | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    faults: tuple[Broken, ...] = ()
    down: tuple[str, ...] = ()
    twice: bool = False
    undo: bool = False
    expect: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeps:
    """What the generated tests start from: a case (the first one), and how large a company."""

    case: str = ""
    users: int = BIG
    within: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A test file. One without cases only says how often the playbook is to be proven."""

    playbook: str
    cases: tuple[Case, ...]
    policy: Policy
    sweeps: Sweeps
    file: str

    @property
    def swept(self) -> Case:
        """Return the case that the sweeps start from; there has to be one."""
        return next((case for case in self.cases if case.name == self.sweeps.case), self.cases[0])
