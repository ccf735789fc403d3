"""A playbook as data: what the decoder makes of the YAML and everything else works from.

Values that may hold expressions stay unevaluated here (`Template`, `Expression`); evaluating them
is `irkit.lang.expressions`. Every node knows where it stands in its file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from irkit.diagnostics import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A bare expression: the right side of `when`, `if`, `expect`, `until`, `for_each`."""

    source: str
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Text with `{{ }}` in it. A text that is one whole `{{ expr }}` gives the value itself."""

    source: str
    span: Span | None = None


Value: TypeAlias = "None | bool | int | str | Template | tuple[Value, ...] | Mapping[str, Value]"
"""A value as written: constants, templates, and lists and mappings of them."""


class OnError(StrEnum):
    """What a failure does to the rest of its sequence."""

    STOP = "stop"
    CONTINUE = "continue"


class WhenEmpty(StrEnum):
    """What a loop over nothing means."""

    OK = "ok"
    STOP = "stop"


class Hold(StrEnum):
    """What happens when a verified change is lost while irkit watches."""

    WATCH = "watch"
    REASSERT = "reassert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A `for_each`: one variable over the items of an expression."""

    variable: str
    over: Expression
    concurrency: int = 1
    flatten: bool = False
    when_empty: WhenEmpty | None = None
    first: int | None = None
    then_percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A `verify:` of the playbook's own: read, then expect, within a time."""

    action: str
    arguments: Mapping[str, Value]
    expect: Expression
    within: timedelta
    connection: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBase:
    """What every step has: an id that is stable and unique in the playbook, and modifiers."""

    id: str
    name: str = ""
    span: Span | None = None
    when: Expression | None = None
    on_error: OnError = OnError.STOP
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStep(StepBase):
    """`read: ACTION`: observe."""

    action: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    connection: str | None = None
    loop: Loop | None = None
    bind: str | None = None
    evidence: bool = False
    timeout: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoStep(StepBase):
    """`do: ACTION`: change. `approve` names an approval of the playbook."""

    action: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    connection: str | None = None
    loop: Loop | None = None
    bind: str | None = None
    approve: str | None = None
    verify: Check | None = None
    hold: Hold | None = None
    timeout: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualStep(StepBase):
    """`manual: TEXT`: a person does or decides something. `ask` maps names to input types."""

    text: Template
    to: str
    within: timedelta
    if_silent: OnError = OnError.STOP
    ask: Mapping[str, str] = field(default_factory=dict)
    bind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequireStep(StepBase):
    """`require: EXPR`: stop when false, saying `say`."""

    condition: Expression
    say: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class IfStep(StepBase):
    """`if: EXPR` with `then` and `otherwise` (written `else`)."""

    condition: Expression
    then: tuple["Step", ...]
    otherwise: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelStep(StepBase):
    """`parallel:` all branches finish; the group fails if any failed."""

    branches: tuple["Step", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockStep(StepBase):
    """`steps:` as a group, once or for each item, with an optional `rescue`."""

    steps: tuple["Step", ...]
    loop: Loop | None = None
    rescue: tuple["Step", ...] = ()
    approve: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatStep(StepBase):
    """`repeat:` bounded waiting until an expression holds."""

    until: Expression
    at_most: int
    every: timedelta
    steps: tuple["Step", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStep(StepBase):
    """`call: PLAYBOOK`: only inputs go in and only outputs come out."""

    playbook: str
    arguments: Mapping[str, Value] = field(default_factory=dict)
    loop: Loop | None = None
    bind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStep(StepBase):
    """`undo: [phase, …]`: take back what those phases changed in this run."""

    phases: tuple[str, ...]
    approve: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStep(StepBase):
    """`report: TEMPLATE`: render a template of `templates/`."""

    template: str


Step: TypeAlias = (
    ReadStep
    | DoStep
    | ManualStep
    | RequireStep
    | IfStep
    | ParallelStep
    | BlockStep
    | RepeatStep
    | CallStep
    | UndoStep
    | ReportStep
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A group with a goal, an approval and the phases it needs; one part of the plan."""

    id: str
    name: str
    steps: tuple[Step, ...]
    goal: timedelta | None = None
    approve: str | None = None
    needs: tuple[str, ...] = ()
    background: bool = False
    hold: Hold = Hold.WATCH
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One declared input: `type` as written (`list of aws.account`), asked for or defaulted."""

    name: str
    type: str
    ask: str = ""
    default: Value = None
    required: bool = True
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A named approval: how many, from which roles (none: any approver), who is excluded."""

    name: str
    need: int
    roles: tuple[str, ...] = ()
    exclude_requester: bool = False
    valid: timedelta | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """One `protect:` entry: a kind (`aws.role`) and a name pattern with `*`."""

    kind: str
    pattern: str
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """A whole playbook; `digest` is over the file's bytes, `source` their text."""

    id: str
    title: str
    version: str
    about: str
    phases: tuple[Phase, ...]
    labels: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    claims_contained: bool = False
    accepts: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    protect: tuple[Protection, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    always: tuple[Step, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    file: str = ""
    digest: str = ""
    source: str = ""
    span: Span | None = None


def children(step: Step) -> tuple[tuple[Step, ...], ...]:
    """Return the sequences of steps directly inside `step`."""
    match step:
        case IfStep():
            return (step.then, step.otherwise)
        case ParallelStep():
            return tuple((branch,) for branch in step.branches)
        case BlockStep():
            return (step.steps, step.rescue)
        case RepeatStep():
            return (step.steps,)
        case _:
            return ()


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield every step of `steps` and of what they hold, top to bottom."""
    for step in steps:
        yield step
        for sequence in children(step):
            yield from walk(sequence)


def all_steps(playbook: Playbook) -> Iterator[Step]:
    """Yield every step of the playbook, phases first and `always` last."""
    for phase in playbook.phases:
        yield from walk(phase.steps)
    yield from walk(playbook.always)
