"""What a reader should know besides the outcome: what went otherwise than planned, and when."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from irkit.clock import parse_rfc3339, words
from irkit.model.run import Run
from irkit.report.open_items import title_of
from irkit.report.reading import flag_of, raw_of
from irkit.report.story_model import Finding, PhaseStory, StoryEntry
from irkit.report.times import exact

BAD, WARN = "bad", "warn"


def findings(
    run: Run, records: Iterable[StoryEntry], reached: Sequence[PhaseStory]
) -> tuple[Finding, ...]:
    """Return the findings in the order in which they happened, missed goals last."""
    return (
        *(found for entry in records for found in _of_record(run, entry)),
        *_goals(run, reached),
    )


def _of_record(run: Run, entry: StoryEntry) -> Iterator[Finding]:
    for severity, what in _said(run, entry):
        yield Finding(severity=severity, what=what, at=parse_rfc3339(entry.ts), run=run.id)


def _said(run: Run, entry: StoryEntry) -> Iterator[tuple[str, str]]:
    body = entry.body
    match entry.type:
        case "guard.refused":
            yield BAD, f"A guard refused: {raw_of(body, 'summary')}"
        case "hold.checked":
            yield from _look(run, entry)
        case "breakglass.used":
            yield WARN, f"{raw_of(body, 'by')} acted alone: {raw_of(body, 'reason')}"
        case "answer" if flag_of(body, "silent"):
            yield WARN, f"Nobody answered {raw_of(body, 'step')} in time"
        case "step.read" if raw_of(body, "error") or body.get("complete", True) is False:
            gaps = body.get("gaps")
            told = ", ".join(map(str, gaps)) if isinstance(gaps, list | tuple) else ""
            yield WARN, f"{raw_of(body, 'step')} could not see all: {raw_of(body, 'error') or told}"
        case _:
            yield from _of_change(_title(run, entry), entry)


def _of_change(title: str, entry: StoryEntry) -> Iterator[tuple[str, str]]:
    body = entry.body
    match entry.type, raw_of(body, "outcome"):
        case "step.drifted", _:
            yield BAD, f"{title}: somebody changed it after it was planned; not made"
        case "step.verify_failed", _:
            yield BAD, f"{title}: read back and not as planned"
        case "step.result", "failed":
            yield BAD, f"{title}: failed: {raw_of(body, 'error')}"
        case "step.result", "unknown":
            yield WARN, f"{title}: in doubt: {raw_of(body, 'error')}"
        case "step.skipped", "failed":
            yield BAD, f"{title}: could not be planned: {raw_of(body, 'why')}"
        case "step.skipped", outcome if outcome != "already":
            yield WARN, f"{title}: not made: {raw_of(body, 'why')}"
        case _:
            pass


def _title(run: Run, entry: StoryEntry) -> str:
    state = run.changes.get(raw_of(entry.body, "change"))
    return title_of(state) if state else raw_of(entry.body, "step")


def _look(run: Run, entry: StoryEntry) -> Iterator[tuple[str, str]]:
    lost = entry.body.get("lost")
    for change in lost if isinstance(lost, list | tuple) else ():
        state = run.changes.get(str(change))
        yield BAD, f"{title_of(state) if state else change}: somebody took it back"
    added = entry.body.get("added")
    if isinstance(added, int) and added:
        yield WARN, f"The logs showed {added} more after the first trace"


def _goals(run: Run, reached: Sequence[PhaseStory]) -> Iterator[Finding]:
    for phase in reached:
        if phase.in_time is not False or phase.goal_s is None:
            continue
        goal = words(timedelta(seconds=phase.goal_s))
        took = exact(timedelta(seconds=phase.reached_s)) if phase.reached_s is not None else ""
        told = f"reached after {took}" if took else "not reached"
        what = f"Goal missed: {phase.name} within {goal}; it was {told}"
        yield Finding(severity=WARN, what=what, at=phase.reached_at, run=run.id)
