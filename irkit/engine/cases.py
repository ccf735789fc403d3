"""Cases: the runs of one incident under a name people can say, such as `teal-otter`.

A case is a fold over records, like everything else: `case.opened`, `case.noted`, `case.closed` and
the runs that name it. Nothing about a case is kept anywhere but in the trail.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339, rfc3339
from irkit.decode import SLUG
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.history import revealed
from irkit.engine.ulid import speakable
from irkit.trail.journal import Journal
from irkit.trail.record import Actor, Draft, Record

_MAX_NAME: Final = 64
_MAX_NOTE: Final = 16_000
_TRIES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing that was noted."""

    at: datetime
    by: str
    text: str

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"at": rfc3339(self.at), "by": self.by, "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. A run may name one that was never opened by hand: then nobody titled it."""

    name: str
    title: str = ""
    opened_at: datetime
    opened_by: str
    runs: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    closed_at: datetime | None = None
    closed_by: str = ""
    left: tuple[str, ...] = ()


def cases(journal: Journal) -> Mapping[str, Case]:
    """Return every case by name, in the order they began."""
    found: dict[str, Case] = {}
    for record in journal.replay():
        take = _HANDLERS.get(record.type)
        name = record.body.get("case")
        if take is not None and isinstance(name, str) and name:
            told = replace(record, body=revealed(record, journal.blobs))
            found[name] = take(found.get(name) or _begun(record, name), told)
    return found


def require(found: Mapping[str, Case], name: str) -> Case:
    """Return one case.

    Raises:
        IrkitError: IRK630 if there is none of that name.
    """
    if name in found:
        return found[name]
    near = get_close_matches(name, found, n=1)
    known = f"did you mean `{near[0]}`?" if near else f"there is: {', '.join(found) or 'none'}"
    raise _problem("IRK630", f"there is no case `{name}`", known)


def open_case(
    journal: Journal,
    actor: Actor,
    *,
    name: str = "",
    title: str = "",
    random: Callable[[int], bytes],
) -> Case:
    """Record a new case and return it; without a name it gets one that was never used here.

    Raises:
        IrkitError: IRK631 for a name that is none or is taken.
    """
    known = cases(journal)
    chosen = name or fresh_name(known, random)
    if not SLUG.fullmatch(chosen) or len(chosen) > _MAX_NAME:
        raise _problem(
            "IRK631",
            f"{chosen!r} is no name for a case",
            "use lower-case words joined by hyphens, such as teal-otter, or give none",
        )
    if chosen in known:
        raise _problem(
            "IRK631",
            f"there is a case `{chosen}` already, opened {rfc3339(known[chosen].opened_at)}",
            f"see it with `irkit case show {chosen}`, or choose another name",
        )
    body: JsonObject = {"case": chosen, "title": title}
    private = ("/title",) if title else ()
    journal.append(Draft(type="case.opened", actor=actor, body=body, private=private))
    return cases(journal)[chosen]


def fresh_name(known: Iterable[str], random: Callable[[int], bytes]) -> str:
    """Return a speakable name that is not among `known`; with a number where words run out."""
    taken = frozenset(known)
    for attempt in range(_TRIES):
        name = speakable(random(2))
        if attempt > _TRIES // 2:
            name = f"{name}-{random(1)[0]}"
        if name not in taken:
            return name
    raise _problem("IRK631", "no free name was found for the case", "give one of your own")


def note(journal: Journal, actor: Actor, name: str, text: str) -> None:
    """Record a note; one on a closed case is kept as well.

    Raises:
        IrkitError: IRK630 if there is no such case, IRK632 if the text is empty or too long.
    """
    require(cases(journal), name)
    if not text.strip() or len(text) > _MAX_NOTE:
        raise _problem(
            "IRK632", f"a note has 1 to {_MAX_NOTE} characters", "put longer texts in a file"
        )
    body: JsonObject = {"case": name, "text": text}
    journal.append(Draft(type="case.noted", actor=actor, body=body, private=("/text",)))


def close(journal: Journal, actor: Actor, name: str, left: Iterable[str]) -> None:
    """Record that a case is over; `left` is what stays undone without holding it open.

    Raises:
        IrkitError: IRK630 if there is no such case, IRK633 if it is closed already.
    """
    found = require(cases(journal), name)
    if found.closed_at is not None:
        raise _problem(
            "IRK633",
            f"the case {name} was closed at {rfc3339(found.closed_at)} by {found.closed_by}",
            f"see it with `irkit case show {name}`",
        )
    items: list[Json] = list(left)
    journal.append(Draft(type="case.closed", actor=actor, body={"case": name, "left": items}))


def _begun(record: Record, name: str) -> Case:
    return Case(name=name, opened_at=parse_rfc3339(record.ts), opened_by=record.actor.id)


def _opened(case: Case, record: Record) -> Case:
    return replace(case, title=str(record.body.get("title") or ""))


def _noted(case: Case, record: Record) -> Case:
    text = str(record.body.get("text") or "")
    added = Note(at=parse_rfc3339(record.ts), by=record.actor.id, text=text)
    return replace(case, notes=(*case.notes, added))


def _closed(case: Case, record: Record) -> Case:
    left = record.body.get("left")
    return replace(
        case,
        closed_at=parse_rfc3339(record.ts),
        closed_by=record.actor.id,
        left=tuple(str(item) for item in left) if isinstance(left, list | tuple) else (),
    )


def _run(case: Case, record: Record) -> Case:
    title = case.title or str(record.body.get("title") or "")
    return replace(case, title=title, runs=(*case.runs, str(record.run)))


_HANDLERS: Final[Mapping[str, Callable[[Case, Record], Case]]] = {
    "case.opened": _opened,
    "case.noted": _noted,
    "case.closed": _closed,
    "run.opened": _run,
}


def _problem(code: str, summary: str, help_text: str) -> IrkitError:
    return IrkitError(Diagnostic(code=code, summary=summary, help=help_text))
