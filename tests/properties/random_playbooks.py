"""Random playbooks as data, over a handful of names, and random facts about runs of them."""

from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from irkit.canonical import Json
from irkit.model.playbook import (
    BlockStep,
    Check,
    DoStep,
    Expression,
    IfStep,
    Loop,
    ManualStep,
    OnError,
    ParallelStep,
    Phase,
    Playbook,
    ReadStep,
    RepeatStep,
    ReportStep,
    RequireStep,
    Step,
    Template,
    UndoStep,
    WhenEmpty,
)

_CONDITIONS: Final = (
    "inputs.flag",
    "not inputs.flag",
    "inputs.users | length > 1",
    "found.ok",
    "answer.theirs",
    "missing.name",
    "true",
)
_LISTS: Final = ("inputs.users", "inputs.pairs", "inputs.none", "many", "found.list")
_VALUES: Final = ("{{ item }}", "{{ found.id }}", "{{ inputs.users[0] }}", "{{ error.summary }}")
INPUTS: Final[dict[str, Json]] = {
    "flag": True,
    "users": ["ana", "ben", "chen", "dina", "ana"],
    "pairs": [{"role": "a"}, {"role": "b"}],
    "none": [],
}
ANSWERS: Final[tuple[Json, ...]] = (
    {"id": "00u1", "ok": True, "list": ["x", "y"]},
    {"id": "00u2", "ok": False, "list": []},
    ["a", "b", "c"],
    [],
    "text",
    None,
)


class _Ids:
    """Gives every step an id of its own."""

    def __init__(self) -> None:
        self._next = 0

    def new(self, word: str) -> str:
        self._next += 1
        return f"p.{word}{self._next}"


def _expression(draw: st.DrawFn, of: tuple[str, ...]) -> Expression:
    return Expression(source=draw(st.sampled_from(of)))


def _loop(draw: st.DrawFn) -> Loop | None:
    if draw(st.booleans()):
        return None
    first = draw(st.none() | st.integers(1, 2))
    return Loop(
        variable="item",
        over=_expression(draw, _LISTS),
        concurrency=draw(st.integers(1, 3)),
        flatten=draw(st.booleans()),
        when_empty=draw(st.sampled_from([WhenEmpty.OK, WhenEmpty.STOP])),
        first=first,
        then_percent=draw(st.none() | st.integers(1, 100)) if first else None,
    )


def _when(draw: st.DrawFn) -> Expression | None:
    return _expression(draw, _CONDITIONS) if draw(st.integers(0, 3)) == 0 else None


def _leaf(draw: st.DrawFn, ids: _Ids) -> Step:
    value = Template(source=draw(st.sampled_from(_VALUES)))
    on_error = draw(st.sampled_from(OnError))
    match draw(st.sampled_from(("read", "do", "manual", "require", "report", "undo"))):
        case "read":
            return ReadStep(
                id=ids.new("get"),
                action=draw(st.sampled_from(["okta.user.get", "aws.federation.trace"])),
                arguments={"user": value},
                loop=_loop(draw),
                bind=draw(st.sampled_from([None, "found", "many"])),
                when=_when(draw),
                on_error=on_error,
            )
        case "do":
            return DoStep(
                id=ids.new("suspend"),
                action=draw(st.sampled_from(["okta.user.suspend", "aws.iam_role.deny_session"])),
                arguments={"user": value},
                loop=_loop(draw),
                bind=draw(st.sampled_from([None, "found"])),
                when=_when(draw),
                on_error=on_error,
                verify=_check() if draw(st.integers(0, 3)) == 0 else None,
            )
        case "manual":
            return ManualStep(
                id=ids.new("manual"),
                text=Template(source="Call."),
                to="lead",
                within=timedelta(minutes=5),
                bind="answer",
                if_silent=on_error,
            )
        case "require":
            say = Template(source="no")
            return RequireStep(
                id=ids.new("require"), condition=_expression(draw, _CONDITIONS), say=say
            )
        case "report":
            return ReportStep(id=ids.new("report"), template="after-action.md")
        case _:
            return UndoStep(id=ids.new("undo"), phases=("p",))


def _check() -> Check:
    return Check(
        action="okta.user.get",
        arguments={"user": "ana"},
        expect=Expression(source="result.ok"),
        within=timedelta(seconds=5),
    )


def _step(draw: st.DrawFn, ids: _Ids, depth: int) -> Step:
    if depth == 0 or draw(st.integers(0, 2)) > 0:
        return _leaf(draw, ids)
    match draw(st.sampled_from(("if", "parallel", "block", "repeat"))):
        case "if":
            return IfStep(
                id=ids.new("if"),
                condition=_expression(draw, _CONDITIONS),
                then=_steps(draw, ids, depth - 1),
                otherwise=_steps(draw, ids, depth - 1),
            )
        case "parallel":
            return ParallelStep(id=ids.new("parallel"), branches=_steps(draw, ids, depth - 1))
        case "block":
            return BlockStep(
                id=ids.new("block"),
                steps=_steps(draw, ids, depth - 1),
                loop=_loop(draw),
                rescue=_steps(draw, ids, depth - 1) if draw(st.booleans()) else (),
                when=_when(draw),
            )
        case _:
            return RepeatStep(
                id=ids.new("repeat"),
                until=_expression(draw, _CONDITIONS),
                at_most=draw(st.integers(1, 3)),
                every=timedelta(seconds=1),
                steps=_steps(draw, ids, depth - 1),
            )


def _steps(draw: st.DrawFn, ids: _Ids, depth: int) -> tuple[Step, ...]:
    return tuple(_step(draw, ids, depth) for _ in range(draw(st.integers(1, 3))))


@st.composite
def _playbooks(draw: st.DrawFn) -> Playbook:
    ids = _Ids()
    names = ["p", "q"][: draw(st.integers(1, 2))]
    phases = tuple(
        Phase(
            id=name,
            name=name,
            steps=_steps(draw, ids, 2),
            needs=tuple(names[:number]) if draw(st.booleans()) else (),
        )
        for number, name in enumerate(names)
    )
    return Playbook(
        id="random",
        title="Random",
        version="1.0.0",
        about="Random.",
        phases=phases,
        always=_steps(draw, ids, 0) if draw(st.booleans()) else (),
    )


def playbooks() -> SearchStrategy[Playbook]:
    """Return random playbooks: every kind of step but `call`, nested two deep."""
    return _playbooks()
