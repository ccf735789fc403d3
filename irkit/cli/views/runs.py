"""The table of runs, and the single best next act over all of them."""

from collections.abc import Iterable, Mapping

from irkit.canonical import JsonObject
from irkit.cli.views.layout import table
from irkit.cli.views.status import item_lines
from irkit.cli.views.style import Style
from irkit.cli.views.times import since
from irkit.clock import rfc3339
from irkit.model.quorum import Tally
from irkit.model.run import Run
from irkit.report.open_items import open_items
from irkit.report.reading import count_of, flag_of, objects_of, raw_of, text_of
from irkit.report.sentences import GOOD, TAKEN_BACK, mark_of, state_words
from irkit.report.standing import state_of

_HEAD = ("RUN", "CASE", "STATE", "OPENED", "CHANGES", "OPEN", "WHAT")
Tallies = Mapping[str, Mapping[str, Tally]]


def to_json(runs: Iterable[Run], *, tallies: Tallies | None = None) -> JsonObject:
    """Return the JSON form. `tallies` are the counted approvals by run and part."""
    listed = tuple(runs)
    undone = {run.undoes for run in listed if any(s.stage.written for s in run.changes.values())}
    return {
        "view": "runs",
        "runs": [
            {**_row(run, (tallies or {}).get(run.id)), "taken_back": run.id in undone}
            for run in listed
        ],
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the table."""
    rows = objects_of(value, "runs")
    if not rows:
        return style.page("There are no runs.", "  irkit run PLAYBOOK")
    return style.page(*table([_cells(row, style) for row in rows], _HEAD, style))


def _row(run: Run, tallies: Mapping[str, Tally] | None) -> JsonObject:
    states = run.changes.values()
    return {
        "run": run.id,
        "case": run.case,
        "mode": run.mode,
        "title": run.title,
        "undoes": run.undoes,
        "state": str(state_of(run, tallies)),
        "opened_at": rfc3339(run.opened_at) if run.opened_at else "",
        "changes": len(states),
        "verified": sum(state.stage.good for state in states),
        "open": len(open_items(run, tallies=tallies)),
    }


def _cells(row: JsonObject, style: Style) -> tuple[str, ...]:
    state = raw_of(row, "state")
    if state in GOOD and flag_of(row, "taken_back"):
        state = TAKEN_BACK
    exercise = "" if raw_of(row, "mode") == "live" else "[EXERCISE] "
    return (
        text_of(row, "run"),
        text_of(row, "case") or "-",
        f"{mark_of(state)} {state_words(state)}",
        since(raw_of(row, "opened_at"), style) or "-",
        f"{count_of(row, 'verified')}/{count_of(row, 'changes')}",
        str(count_of(row, "open")),
        f"{exercise}{text_of(row, 'title')}",
    )


def what_now_json(runs: Iterable[Run], *, tallies: Tallies | None = None) -> JsonObject:
    """Return what to do next, the most urgent first, over all `runs`."""
    found = [
        (item, run) for run in runs for item in open_items(run, tallies=(tallies or {}).get(run.id))
    ]
    ranks = {kind: rank for rank, kind in enumerate(type(found[0][0].kind))} if found else {}
    ordered = sorted(found, key=lambda pair: ranks[pair[0].kind])
    return {
        "view": "what_now",
        "items": [
            {**item.to_json(), "run": run.id, "case": run.case, "title": run.title}
            for item, run in ordered
        ],
    }


def what_now(value: JsonObject, *, style: Style) -> str:
    """Return the next act in full, and how many more are open."""
    items = objects_of(value, "items")
    if not items:
        return style.page("Nothing is open and nobody is waited for.")
    first = items[0]
    name = text_of(first, "case") or text_of(first, "run")
    lines = [style.strong(f"Next, in {name} ({text_of(first, 'title')}):")]
    lines += item_lines(first, style)
    if len(items) > 1:
        lines += ["", f"Then {len(items) - 1} more: irkit status"]
    return style.page(*lines)
