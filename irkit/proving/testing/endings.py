"""How a run ended, read off its records: the result, what was said, and in which order."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, cast

from irkit.canonical import JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.history import Inflated, inflated
from irkit.engine.runner import Driven
from irkit.model.run import Run, Stage
from irkit.proving.testing.people import step_of
from irkit.proving.testing.seen import Act, Ended, Made, Refused
from irkit.report.standing import state_of
from irkit.trail.journal import Journal

_KEY: Final = re.compile(r"\[([^\]]*)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """The exit codes of commands; supplied by the floor that has commands."""

    of_driven: Callable[[Driven], int]
    of_diagnostics: Callable[[tuple[Diagnostic, ...]], int]


def ended(
    run: Run,
    code: int,
    journal: Journal,
    refused: tuple[Diagnostic, ...],
) -> Ended:
    """Return how a run ended, with this exit code; `refused` are decisions that did not count."""
    entries = tuple(inflated(journal.replay(run.id), journal.blobs))
    reasons = tuple(_reasons(entries))
    no = (*_refusals(entries), *(_refused(item) for item in refused))
    return Ended(
        run=run.id,
        records=run.count,
        result=str(state_of(run)),
        exit=code,
        reasons=reasons or _why_not(run),
        said=tuple(_said(entries, reasons, no)),
        acts=tuple(_acts(entries, run)),
        changes=tuple(_changes(run)),
        refused=no,
        reports=tuple(PurePath(file).stem for file in run.reports.values()),
        diagnostics=refused,
    )


def not_opened(error: BaseException, exits: Exits) -> Ended:
    """Return the ending of a run that could not even be opened."""
    found = tuple(_diagnostics(error))
    if not found:
        raise error
    return Ended(
        result="error",
        exit=exits.of_diagnostics(found),
        reasons=tuple(item.summary for item in found),
        said=tuple(text for item in found for text in (item.summary, item.help) if text),
        refused=tuple(_refused(item) for item in found),
        diagnostics=found,
    )


def _diagnostics(error: BaseException) -> Iterator[Diagnostic]:
    if isinstance(error, IrkitError):
        yield from error.diagnostics
    elif isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            if not isinstance(inner, IrkitError | BaseExceptionGroup):
                raise error
            yield from _diagnostics(inner)


def _refused(item: Diagnostic) -> Refused:
    return Refused(code=item.code, guard="", summary=item.summary)


def _text(body: JsonObject, key: str) -> str:
    return cast("str", body.get(key) or "")


def _reasons(entries: tuple[Inflated, ...]) -> Iterator[str]:
    for entry in entries:
        if entry.type == "run.closed":
            yield from cast("tuple[str, ...]", entry.body.get("reasons") or ())


def _why_not(run: Run) -> tuple[str, ...]:
    """Return why a run that is not over is not."""
    waiting = [f"{step} has no answer" for step in run.asked if step not in run.answers]
    planned = {state.part for state in run.changes.values() if state.stage is Stage.PLANNED}
    return (*waiting, *(f"the part {part} is not done" for part in sorted(planned)))


def _refusals(entries: tuple[Inflated, ...]) -> Iterator[Refused]:
    for entry in entries:
        if entry.type == "guard.refused":
            yield Refused(
                code=_text(entry.body, "code"),
                guard=_text(entry.body, "guard"),
                summary=_text(entry.body, "summary"),
            )


def _said(
    entries: tuple[Inflated, ...], reasons: tuple[str, ...], refused: tuple[Refused, ...]
) -> Iterator[str]:
    yield from reasons
    yield from (item.summary for item in refused)
    for entry in entries:
        match entry.type:
            case "step.asked":
                yield _text(entry.body, "text")
            case "step.skipped":
                yield _text(entry.body, "why")
            case "step.read":
                yield from (text for text in (_text(entry.body, "error"),) if text)
            case _:
                pass


def _acts(entries: tuple[Inflated, ...], run: Run) -> Iterator[Act]:
    """Yield each step as it was made first: a read recorded, an intent, a question, a report."""
    for entry in entries:
        match entry.type:
            case "step.intent":
                path = _text(entry.body, "change").partition("#")[0]
            case "step.read" | "step.asked" | "report.written":
                path = _text(entry.body, "step")
            case _:
                continue
        planned = run.steps.get(path)
        action = planned[1].action if planned else _text(entry.body, "action")
        yield Act(
            at=entry.n,
            step=step_of(path),
            action=action,
            keys=_keys(path),
            changes=entry.type == "step.intent",
        )


def _keys(path: str) -> tuple[str, ...]:
    return tuple(_KEY.findall(path))


def _changes(run: Run) -> Iterator[Made]:
    for state in run.changes.values():
        target = state.change.target
        yield Made(
            step=state.step.path,
            action=state.step.action,
            target=target.id,
            label=target.label,
            stage=str(state.stage),
            why=state.why,
            reversal=str(state.step.reversal),
        )
