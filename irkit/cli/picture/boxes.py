"""What a picture of a playbook shows, whatever draws it: a box a phase, a row a step.

The same playbook gives the same boxes, so that a picture in a repository changes only when the
playbook does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from irkit.clock import words
from irkit.model.playbook import (
    Approval,
    BlockStep,
    CallStep,
    DoStep,
    Hold,
    IfStep,
    Loop,
    ManualStep,
    ParallelStep,
    Phase,
    Playbook,
    ReadStep,
    RepeatStep,
    ReportStep,
    RequireStep,
    Step,
    UndoStep,
)
from irkit.model.visible import visible

ALWAYS: Final = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One step: how deep it stands, what kind it is, what it says, and its modifiers."""

    depth: int
    kind: str
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One phase. `needs` are the ids of the boxes that come before it."""

    id: str
    title: str
    facts: tuple[str, ...]
    rows: tuple[Row, ...]
    needs: tuple[str, ...]
    background: bool = False


def boxes(playbook: Playbook) -> tuple[Box, ...]:
    """Return the boxes in the order of the playbook, what always runs last."""
    found = [_phase(phase, playbook) for phase in playbook.phases]
    if playbook.always:
        rows = tuple(_rows(playbook.always, 0, playbook))
        ends = tuple(box.id for box in found if not _needed(box.id, found))
        title = "Always, whatever happened"
        found.append(Box(id=ALWAYS, title=title, facts=(), rows=rows, needs=ends))
    return tuple(found)


def approval_words(name: str, playbook: Playbook) -> str:
    """Return an approval in words: `1 of ir-oncall or ir-lead`."""
    approval: Approval | None = playbook.approvals.get(name)
    if approval is None:
        return name
    who = " or ".join(approval.roles) or "any approver"
    other = ", not the requester" if approval.exclude_requester else ""
    return f"{approval.need} of {who}{other}"


def _needed(box: str, all_boxes: list[Box]) -> bool:
    return any(box in other.needs for other in all_boxes)


def _phase(phase: Phase, playbook: Playbook) -> Box:
    facts = []
    if phase.approve:
        facts.append(f"approval: {approval_words(phase.approve, playbook)}")
    if phase.goal is not None:
        facts.append(f"goal: {words(phase.goal)}")
    if phase.background:
        facts.append("in the background")
    if phase.hold is Hold.REASSERT:
        facts.append("made again when lost")
    return Box(
        id=phase.id,
        title=visible(phase.name),
        facts=tuple(facts),
        rows=tuple(_rows(phase.steps, 0, playbook)),
        needs=phase.needs,
        background=phase.background,
    )


def _rows(steps: tuple[Step, ...], depth: int, playbook: Playbook) -> Iterator[Row]:
    for step in steps:
        yield _row(step, depth, playbook)
        yield from _inside(step, depth, playbook)


def _inside(step: Step, depth: int, playbook: Playbook) -> Iterator[Row]:
    match step:
        case IfStep():
            yield from _rows(step.then, depth + 1, playbook)
            if step.otherwise:
                yield Row(depth=depth, kind="else", text="")
                yield from _rows(step.otherwise, depth + 1, playbook)
        case ParallelStep():
            yield from _rows(step.branches, depth + 1, playbook)
        case BlockStep():
            yield from _rows(step.steps, depth + 1, playbook)
            if step.rescue:
                yield Row(depth=depth, kind="rescue", text="when that fails")
                yield from _rows(step.rescue, depth + 1, playbook)
        case RepeatStep():
            yield from _rows(step.steps, depth + 1, playbook)
        case _:
            return


def _row(step: Step, depth: int, playbook: Playbook) -> Row:
    kind, text = _said(step)
    notes = tuple(_notes(step, playbook))
    return Row(depth=depth, kind=kind, text=visible(text), notes=notes)


def _said(step: Step) -> tuple[str, str]:  # noqa: C901, PLR0911  # a table of the step forms
    match step:
        case ReadStep():
            return "read", f"{step.action} → {step.bind}" if step.bind else step.action
        case DoStep():
            return "do", step.action
        case ManualStep():
            return "manual", f"{step.to}: {step.text.source}"
        case RequireStep():
            return "require", step.condition.source
        case IfStep():
            return "if", step.condition.source
        case ParallelStep():
            return "parallel", "at the same time"
        case BlockStep():
            return ("for each", _over(step.loop)) if step.loop else ("steps", step.name)
        case RepeatStep():
            return "repeat", f"until {step.until.source}, at most {step.at_most} times"
        case CallStep():
            return "call", step.playbook
        case UndoStep():
            return "undo", ", ".join(step.phases)
        case ReportStep():
            return "report", step.template


def _notes(step: Step, playbook: Playbook) -> Iterator[str]:
    if isinstance(step, ReadStep | DoStep | CallStep) and step.loop is not None:
        yield visible(f"for each {_over(step.loop)}")
    if step.when is not None:
        yield visible(f"when {step.when.source}")
    if isinstance(step, ReadStep) and step.evidence:
        yield "evidence"
    if isinstance(step, DoStep | BlockStep | UndoStep) and step.approve:
        yield f"approval: {approval_words(step.approve, playbook)}"
    if isinstance(step, DoStep) and step.verify is not None:
        yield f"verified by {step.verify.action}"


def _over(loop: Loop) -> str:
    return f"{loop.variable} in {loop.over.source}"
