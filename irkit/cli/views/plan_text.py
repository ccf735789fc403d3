"""A plan on the screen: what would change, what undo can bring back, what stays open.

The summary keeps to 24 lines; the full form shows every change with the keys that differ.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views import plan_changes
from irkit.cli.views.header import EXERCISE
from irkit.cli.views.layout import Piece, Section, fit, section, size, unfold
from irkit.cli.views.style import Style, Tone, pad
from irkit.cli.views.times import age
from irkit.clock import parse_rfc3339
from irkit.model.spec import Reversal
from irkit.report.reading import (
    count_of,
    counted,
    flag_of,
    object_of,
    objects_of,
    raw_of,
    text_of,
    texts_of,
)
from irkit.report.times import clock

LINES: Final = 24
_NO_LIMIT: Final = 10**6
_PHASE: Final = 16
_UNDO_WORDS: Final = {
    Reversal.ADDITIVE: "only added",
    Reversal.EXACT: "exactly restorable",
    Reversal.SELF_HEALING: "heals at next sign-in",
    Reversal.LOSSY: "only in part",
    Reversal.DESTRUCTIVE: "never",
}


def text(value: JsonObject, *, style: Style, full: bool = False) -> str:
    """Return the summary (at most 24 lines), or with `full` every change."""
    top, bottom = tuple(_top(value, style)), tuple(_bottom(value))
    unfolded = tuple(unfold(each, style) for each in bottom)
    if full:
        everything = plan_changes.lines(objects_of(value, "parts"), style)
        return style.page(*fit([*top, *unfolded], _NO_LIMIT, style), "", *everything)
    roomy, brief = _phases(value, brief=False), _phases(value, brief=True)
    for ways in ((*top, roomy, *unfolded), (*top, roomy, *bottom)):
        if size(ways) <= LINES:
            return style.page(*fit(ways, LINES, style))
    return style.page(*fit((*top, brief, *bottom), LINES, style))


def _top(value: JsonObject, style: Style) -> Iterator[Section]:
    mode = "LIVE" if raw_of(value, "mode") == "live" else EXERCISE
    yield section("PLAN", f"{mode} · {text_of(value, 'title')}", tone=Tone.STRONG)
    observed = parse_rfc3339(raw_of(value, "observed_at"))
    yield _seen(value, observed, style)
    if raw_of(value, "undoes"):
        yield section("TAKES BACK", text_of(value, "undoes"))
    changes, targets = count_of(value, "changes"), count_of(value, "targets")
    already = count_of(value, "already")
    told = f"{counted(changes, 'change')} to {counted(targets, 'target')}"
    if not changes:
        told = "nothing to change"
    yield section("CHANGES", told + (f"; {already} already so" if already else ""))


def _seen(value: JsonObject, observed: datetime, style: Style) -> Section:
    until = observed + timedelta(seconds=count_of(value, "valid_s"))
    told = f"{clock(observed)}, {age(observed, style)}"
    if style.now >= until:
        return section("SEEN", f"▲ {told}: too old to run, it is made anew", tone=Tone.WARN)
    return section("SEEN", f"{told}; good until {clock(until)}, {age(until, style)}")


def _phases(value: JsonObject, *, brief: bool) -> Section:
    """Return the phases with what each does; `brief` puts a phase on one line."""
    pieces: list[Piece] = []
    for part in objects_of(value, "parts"):
        if not count_of(part, "changes"):
            continue
        number = counted(count_of(part, "changes"), "change")
        head = f"{pad(text_of(part, 'id'), _PHASE)} {number}"
        works = objects_of(part, "work")
        if brief:
            said = " · ".join(_work(work) for work in works)
            pieces.append(Piece(text=f"{head}: {said}"))
            continue
        where = _where(tuple(object_of(part, "tenants")))
        pieces.append(Piece(text=f"{head} in {where}", tone=Tone.STRONG))
        pieces += [Piece(text=f"  {_work(work)}: {_targets(work)}") for work in works]
    return Section(label="", pieces=tuple(pieces), least=4)


def _work(work: JsonObject) -> str:
    number = len(texts_of(work, "targets"))
    return f"{number} × {text_of(work, 'title')}" if number > 1 else text_of(work, "title")


def _targets(work: JsonObject) -> str:
    first, *others = texts_of(work, "targets")
    return f"{first} and {len(others)} more" if others else first


def _where(tenants: tuple[str, ...]) -> str:
    if len(tenants) <= 2:  # noqa: PLR2004  # more would not fit a line
        return ", ".join(tenants)
    return f"{tenants[0]} and {len(tenants) - 1} more tenants"


def _bottom(value: JsonObject) -> Iterator[Section]:
    reversal = object_of(value, "reversal")
    undo = " · ".join(
        f"{n} {_UNDO_WORDS.get(Reversal(kind), kind)}" for kind, n in reversal.items()
    )
    yield section("UNDO", *([undo] if undo else []))
    yield _irreversible(value)
    yield _approvals(value)
    unknown = [
        f"{text_of(item, 'path')}: {text_of(item, 'why')}"
        for part in objects_of(value, "parts")
        for item in objects_of(part, "unknowns")
    ]
    yield section("UNKNOWN", *(f"? {item}" for item in unknown), tone=Tone.WARN)
    unseen = [f"? {text_of(i, 'step')}: {text_of(i, 'why')}" for i in objects_of(value, "not_seen")]
    yield section("NOT SEEN", *unseen, tone=Tone.WARN)
    refused = objects_of(value, "refused")
    yield section(
        "REFUSED",
        *(f"✖ {' '.join(filter(None, _words(item)))}" for item in refused),
        *(
            f"  {help_}"
            for help_ in dict.fromkeys(text_of(item, "help") for item in refused)
            if help_
        ),
        tone=Tone.BAD,
    )
    yield _residual(value)
    yield section("DIGEST", raw_of(value, "digest"))
    pieces = tuple(Piece(text=command, tone=Tone.KEY) for command in texts_of(value, "next"))
    yield Section(label="NEXT", pieces=pieces, least=len(pieces))


def _words(item: JsonObject) -> tuple[str, str]:
    return text_of(item, "code"), text_of(item, "summary")


def _irreversible(value: JsonObject) -> Section:
    counted_: dict[tuple[str, str, str], int] = {}
    for item in objects_of(value, "not_back"):
        key = (text_of(item, "action"), raw_of(item, "reversal"), text_of(item, "because"))
        counted_[key] = counted_.get(key, 0) + count_of(item, "changes")
    lines = [
        f"▲ {n} × {action} ({reversal}): {because or 'no reason given'}"
        for (action, reversal, because), n in counted_.items()
    ]
    return section("NOT BACK", *lines, tone=Tone.WARN)


def _approvals(value: JsonObject) -> Section:
    lines = []
    for part in objects_of(value, "parts"):
        if not count_of(part, "changes"):
            continue
        lines.append(f"{text_of(part, 'id')}: {need_words(object_of(part, 'need'))}")
    return section("APPROVAL", *lines)


def need_words(need: JsonObject) -> str:
    """Return a need in words: `2 of ir-lead, identity-owner, not the requester`."""
    number = count_of(need, "need")
    if not number:
        return "nobody needs to approve"
    who = ", ".join(texts_of(need, "roles")) or "any approver"
    other = ", not the requester" if flag_of(need, "exclude_requester") else ""
    return f"{number} from {who}{other}"


def _residual(value: JsonObject) -> Section:
    lines = []
    for item in objects_of(value, "residual"):
        state = text_of(item, "expires")
        accepted = text_of(item, "accepted")
        end = f"over by itself {state}" if state else "OPEN"
        reason = f" (accepted: {accepted})" if accepted else ""
        lines.append(f"✖ {text_of(item, 'kind')}: {end}{reason}")
    return section("STILL OPEN", *lines, tone=Tone.BAD)
