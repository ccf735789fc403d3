"""The end of a run: the outcome in a word, why it is no better, what lives on, what undo can do."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views import seats as seat_line
from irkit.cli.views.header import EXERCISE
from irkit.cli.views.layout import fit, section, unfold
from irkit.cli.views.style import Style, Tone
from irkit.clock import parse_rfc3339, rfc3339
from irkit.model import next_commands
from irkit.model.run import ChangeState, Run
from irkit.model.spec import Reversal
from irkit.report.open_items import Kind, OpenItem, open_items, title_of
from irkit.report.reading import (
    count_of,
    counted,
    object_of,
    objects_of,
    raw_of,
    text_of,
    texts_of,
)
from irkit.report.residual import ResidualAccess
from irkit.report.seats import SeatRow, checked, last_seen, worst_first
from irkit.report.sentences import mark_of, state_words
from irkit.report.standing import counts, state_of
from irkit.report.times import exact

_LIMIT: Final = 40
_PEOPLE_DECIDE: Final = frozenset({Kind.IN_DOUBT, Kind.LOST, Kind.APPROVAL, Kind.ANSWER})
_RESTORABLE: Final = frozenset({Reversal.EXACT, Reversal.LOSSY})
_SAID: Final = {
    "contained": "every change was made and read back, the watch is over, nothing is known to live",
    "completed": "every planned change was made and read back; containment was not claimed",
    "partial": "some of it is done, and some of it is not as planned",
    "failed": "nothing was done as planned",
    "refused": "guards refused all of it; nothing was changed",
    "cancelled": "somebody ended it; what was done stays done",
    "holding": "all is cut; irkit is still watching, and has not said contained",
    "waiting": "somebody has to act before it goes on",
    "in_doubt": "it is not known whether a change was made",
    "stopped": "it can go on where it stopped",
}


def to_json(
    run: Run,
    *,
    reasons: Iterable[str] = (),
    seats: Iterable[SeatRow] | None = None,
    checked_at: datetime | None = None,
    residual: Iterable[ResidualAccess] = (),
) -> JsonObject:
    """Return the JSON form. `reasons` say why the outcome is not a better one.

    `seats` are the seats as tried at `checked_at`; by default those of the last look.
    """
    rows = last_seen(run) if seats is None else worst_first(seats)
    made = [state for state in run.changes.values() if state.stage.written]
    items = open_items(run, seats=rows)
    return {
        "view": "result",
        "run": run.id,
        "case": run.case,
        "mode": run.mode,
        "title": run.title,
        "undoes": run.undoes,
        "outcome": str(state_of(run)),
        "reasons": list(reasons),
        "not_looked_at": list(_left_out(run)),
        "counts": counts(run),
        "opened_at": rfc3339(run.opened_at) if run.opened_at else "",
        "last_at": rfc3339(run.last_at) if run.last_at else "",
        "first_cut_at": _first(run, made),
        "made": len(made),
        "undo": _undo(made),
        "not_back": [_not_back(s) for s in made if _lost_for_good(s) and not run.undoes],
        "residual": [item.to_json() for item in residual],
        "seats": [row.to_json() for row in rows],
        "seats_checked_at": checked(run, rows, checked_at),
        "open": [item.to_json() for item in items],
        "next": list(_next(run, made, _lead(run, items))),
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the closing summary."""
    outcome = raw_of(value, "outcome")
    mode = "LIVE" if raw_of(value, "mode") == "live" else EXERCISE
    line = f"{style.marked(mark_of(outcome), state_words(outcome))}  "
    lines = [line + style.strong(f"{mode} · {text_of(value, 'title')}")]
    lines.append(_SAID.get(outcome, ""))
    seats = _seats(value, style)
    if seats:
        lines.append(seats)
    sections = (
        section("WHY", *_unique(texts_of(value, "reasons")), tone=Tone.BAD),
        section("DONE", *_done(value)),
        section("NOT SEEN", *texts_of(value, "not_looked_at"), tone=Tone.WARN),
        section("STILL OPEN", *_residual(value), tone=Tone.BAD),
        section("UNDO", *_undo_words(value)),
        section("NOT BACK", *_not_back_words(value), tone=Tone.WARN),
        section("OPEN", *_open(value), tone=Tone.WARN),
        section("NEXT", *texts_of(value, "next"), tone=Tone.KEY),
    )
    return style.page(*lines, "", *fit([unfold(each, style) for each in sections], _LIMIT, style))


def _left_out(run: Run) -> Iterator[str]:
    """Yield what the configuration kept reads from looking at, with how many reads it kept."""
    kept = Counter(text for fact in run.reads.values() for text in fact.left_out)
    for text, number in kept.items():
        yield f"{text} (in {number} reads)" if number > 1 else text


def _first(run: Run, made: list[ChangeState]) -> str:
    """Return when the first change that cuts was made; of an undo, the first change."""
    moments = [s.made_at for s in made if s.made_at and (run.undoes or s.step.cuts)]
    return rfc3339(min(moments)) if moments else ""


def _undo(made: list[ChangeState]) -> dict[str, int]:
    found = Counter(state.step.reversal for state in made if not state.undone)
    return {str(kind): found[kind] for kind in Reversal if found[kind]}


def _lost_for_good(state: ChangeState) -> bool:
    return state.step.reversal in {Reversal.SELF_HEALING, Reversal.LOSSY, Reversal.DESTRUCTIVE}


def _not_back(state: ChangeState) -> JsonObject:
    return {
        "what": title_of(state),
        "reversal": str(state.step.reversal),
        "because": state.step.because,
    }


def _lead(run: Run, items: Sequence[OpenItem]) -> str:
    """Return the command to type first: of what waits for a person, else of the most urgent.

    What an undo gave back may well be alive, and asks for no further cut.
    """
    urgent = [item for item in items if not (run.undoes and item.kind is Kind.SEAT)]
    waiting = (item for item in urgent if item.kind in _PEOPLE_DECIDE)
    found = next(waiting, urgent[0] if urgent else None)
    return found.command if found else ""


def _next(run: Run, made: list[ChangeState], first: str) -> Iterator[str]:
    if first:
        yield first
    if run.undoes:
        yield next_commands.on("status", run.case or run.id)
        yield "irkit trail verify"
    yield next_commands.report(run.id)
    yield next_commands.on("trail export", run.id)
    if not run.undoes and any(state.step.reversal in _RESTORABLE for state in made):
        yield next_commands.on("undo", run.id)


def _seats(value: JsonObject, style: Style) -> str:
    checked = raw_of(value, "seats_checked_at")
    if not checked:
        return ""
    return seat_line.text({"seats": value["seats"], "checked_at": checked}, style=style)


def _done(value: JsonObject) -> Iterator[str]:
    told = " · ".join(
        f"{number} {stage.replace('_', ' ')}"
        for stage, number in object_of(value, "counts").items()
    )
    yield told or "nothing was changed"
    if not count_of(value, "made") or not raw_of(value, "opened_at"):
        return
    opened = parse_rfc3339(raw_of(value, "opened_at"))
    whole = f"{exact(parse_rfc3339(raw_of(value, 'last_at')) - opened)} in all"
    if raw_of(value, "first_cut_at"):
        first = parse_rfc3339(raw_of(value, "first_cut_at"))
        what = "first change" if raw_of(value, "undoes") else "first cut"
        whole = f"{what} {exact(first - opened)} after opening; {whole}"
    yield whole


def _residual(value: JsonObject) -> Iterator[str]:
    for item in objects_of(value, "residual"):
        end = text_of(item, "expires")
        accepted = text_of(item, "accepted")
        reason = f" (accepted: {accepted})" if accepted else ""
        yield f"✖ {text_of(item, 'kind')}: {f'over by itself {end}' if end else 'OPEN'}{reason}"


def _undo_words(value: JsonObject) -> Iterator[str]:
    undo = object_of(value, "undo")
    if raw_of(value, "undoes"):
        did = "took" if count_of(value, "made") else "takes"
        yield f"this {did} back run {text_of(value, 'undoes')}"
    elif exact := count_of(undo, str(Reversal.EXACT)):
        yield f"{counted(exact, 'change')} can be taken back exactly"


def _not_back_words(value: JsonObject) -> Iterator[str]:
    for item in objects_of(value, "not_back"):
        because = f": {text_of(item, 'because')}" if raw_of(item, "because") else ""
        yield f"▲ {text_of(item, 'what')} ({raw_of(item, 'reversal')}){because}"


def _open(value: JsonObject) -> Iterator[str]:
    for item in objects_of(value, "open"):
        yield f"▲ {text_of(item, 'kind')}: {text_of(item, 'what')}, on {text_of(item, 'owner')}"
        if raw_of(item, "help"):
            yield f"  = help: {text_of(item, 'help')}"


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
