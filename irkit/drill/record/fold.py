"""The fold: from the trail's records to the drills in it, one small handler per type.

Unknown types are passed over, and so are records of a drill that never opened here: a later
version may write what this one does not know.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339
from irkit.drill.record.kinds import Ending, Kind
from irkit.drill.record.state import (
    Act,
    Anchor,
    Answered,
    BrokenSpan,
    Claim,
    Drill,
    End,
    Given,
    Heard,
    HintGiven,
    Joined,
    Judged,
    Loss,
    Said,
    SeatLife,
)
from irkit.model.run import Entry

Handler = Callable[[Drill, Entry], Drill]


def drills(entries: Iterable[Entry]) -> Mapping[str, Drill]:
    """Return every drill by its id, the oldest first. Blobs must be back in their places."""
    found: dict[str, Drill] = {}
    for entry in entries:
        name = _text(entry.body, "drill")
        if entry.type == Kind.OPENED:
            found[name] = _opened(entry)
        elif name in found and entry.type in _HANDLERS:
            found[name] = take(found[name], entry)
    return found


def take(drill: Drill, entry: Entry) -> Drill:
    """Return the drill with one more record of its own."""
    handler = _HANDLERS.get(entry.type)
    if handler is None:
        return drill
    taken = handler(drill, entry)
    return replace(taken, last_t=max(taken.last_t, _number(entry.body, "t")))


def _opened(entry: Entry) -> Drill:
    body = entry.body
    return Drill(
        id=_text(body, "drill"),
        scenario=_text(body, "scenario"),
        title=_text(body, "title"),
        version=_text(body, "version"),
        digest=_text(body, "digest"),
        source=_text(body, "source"),
        style=_text(body, "style"),
        seed=_number(body, "seed"),
        speed=_number(body, "speed"),
        solo=bool(body.get("solo")),
        lasts=_number(body, "lasts"),
        opened_at=parse_rfc3339(entry.ts),
        opened_by=_by(entry),
        first_n=entry.n,
    )


def _clock(drill: Drill, entry: Entry) -> Drill:
    anchor = Anchor(
        at=parse_rfc3339(entry.ts),
        t=_number(entry.body, "t"),
        speed=_number(entry.body, "speed"),
    )
    return replace(drill, anchors=(*drill.anchors, anchor))


def _joined(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    joined = Joined(t=_number(body, "t"), who=_text(body, "who"), role=_text(body, "role"))
    return replace(drill, people=(*drill.people, joined))


def _act(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    made = body.get("made")
    act = Act(
        t=_number(body, "t"),
        tactic=_text(body, "tactic"),
        do=_text(body, "do"),
        worked=bool(body.get("worked")),
        why=_text(body, "why"),
        using=_text(body, "using"),
        gives=_texts(body.get("gives")),
        made={sort: _texts(names) for sort, names in made.items()}
        if isinstance(made, Mapping)
        else {},
        again=bool(body.get("again")),
        attack=_text(body, "attack"),
        calls=_number(body, "calls"),
    )
    return replace(drill, acts=(*drill.acts, act))


def _lost(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    loss = Loss(t=_number(body, "t"), holding=_text(body, "holding"), seat=_text(body, "seat"))
    return replace(drill, losses=(*drill.losses, loss))


def _seat(drill: Drill, entry: Entry) -> Drill:
    return replace(drill, seats=_with_state(drill.seats, entry))


def _bystander(drill: Drill, entry: Entry) -> Drill:
    return replace(drill, bystanders=_with_state(drill.bystanders, entry))


def _with_state(known: Mapping[str, SeatLife], entry: Entry) -> Mapping[str, SeatLife]:
    body = entry.body
    id_ = _text(body, "seat")
    life = known.get(id_) or SeatLife(
        id=id_,
        kind=_text(body, "kind"),
        label=_text(body, "label"),
        by=_text(body, "by"),
        again=bool(body.get("again")),
    )
    states = (*life.states, (_number(body, "t"), _text(body, "state")))
    return {**known, id_: replace(life, states=states, records=(*life.records, entry.n))}


def _inject(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    given = Given(
        t=_number(body, "t"),
        inject=_text(body, "inject"),
        to=_text(body, "to"),
        channel=_text(body, "channel"),
        text=_text(body, "text"),
        why=_text(body, "why"),
        decision=_text(body, "decision"),
        skipped=entry.type == Kind.SKIPPED,
        by=_by(entry),
    )
    return replace(drill, injects=(*drill.injects, given))


def _hint(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    hint = HintGiven(
        t=_number(body, "t"),
        by=_by(entry),
        text=_text(body, "text"),
        points=_number(body, "points"),
    )
    return replace(drill, hints=(*drill.hints, hint))


def _broken(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    what, who, t = _text(body, "what"), _text(body, "whom"), _number(body, "t")
    if body.get("on"):
        return replace(drill, broken=(*drill.broken, BrokenSpan(t=t, what=what, who=who)))
    return replace(
        drill,
        broken=tuple(
            replace(span, until=t)
            if (span.what, span.who, span.until) == (what, who, None)
            else span
            for span in drill.broken
        ),
    )


def _claimed(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    claim = Claim(
        t=_number(body, "t"),
        by=_by(entry),
        run=_text(body, "run"),
        alive=_texts(body.get("alive")),
    )
    return replace(drill, claims=(*drill.claims, claim))


def _said(entry: Entry) -> Said:
    body = entry.body
    return Said(
        t=_number(body, "t"), by=_by(entry), text=_text(body, "text"), about=_text(body, "about")
    )


def _declared(drill: Drill, entry: Entry) -> Drill:
    return replace(drill, declared=(*drill.declared, _said(entry)))


def _decided(drill: Drill, entry: Entry) -> Drill:
    return replace(drill, decided=(*drill.decided, _said(entry)))


def _posted(drill: Drill, entry: Entry) -> Drill:
    return replace(drill, posts=(*drill.posts, _said(entry)))


def _noted(drill: Drill, entry: Entry) -> Drill:
    return replace(drill, notes=(*drill.notes, _said(entry)))


def _asked(drill: Drill, entry: Entry) -> Drill:
    return replace(drill, asked=(*drill.asked, _said(entry)))


def _heard(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    heard = Heard(
        t=_number(body, "t"),
        by=_by(entry),
        about=_text(body, "about"),
        voice=_text(body, "voice"),
        yes=bool(body.get("yes")),
    )
    return replace(drill, heard=(*drill.heard, heard))


def _answered(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    answer = Answered(
        t=_number(body, "t"),
        by=_by(entry),
        question=_text(body, "question"),
        answers=_texts(body.get("answers")),
    )
    return replace(drill, answered=(*drill.answered, answer))


def _judged(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    judged = Judged(
        t=_number(body, "t"),
        by=_by(entry),
        expectation=_text(body, "expectation"),
        met=bool(body.get("met")),
        note=_text(body, "note"),
    )
    return replace(drill, judged=(*drill.judged, judged))


def _ended(drill: Drill, entry: Entry) -> Drill:
    body = entry.body
    end = End(
        t=_number(body, "t"),
        at=parse_rfc3339(entry.ts),
        why=Ending(_text(body, "why")),
        text=_text(body, "text"),
        by=_by(entry),
    )
    return replace(drill, end=end)


def _scored(drill: Drill, entry: Entry) -> Drill:
    score = entry.body.get("score")
    return replace(drill, score=score if isinstance(score, Mapping) else {})


_HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        Kind.CLOCK: _clock,
        Kind.JOINED: _joined,
        Kind.ACT: _act,
        Kind.LOST: _lost,
        Kind.SEAT: _seat,
        Kind.BYSTANDER: _bystander,
        Kind.INJECT: _inject,
        Kind.SKIPPED: _inject,
        Kind.HINT: _hint,
        Kind.BROKEN: _broken,
        Kind.DECLARED: _declared,
        Kind.CLAIMED: _claimed,
        Kind.DECIDED: _decided,
        Kind.ANSWERED: _answered,
        Kind.ASKED: _asked,
        Kind.HEARD: _heard,
        Kind.POSTED: _posted,
        Kind.NOTED: _noted,
        Kind.JUDGED: _judged,
        Kind.ENDED: _ended,
        Kind.SCORED: _scored,
    }
)


def _by(entry: Entry) -> str:
    return _text(entry.body, "who")


def _text(body: JsonObject, key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _number(body: JsonObject, key: str) -> int:
    value = body.get(key)
    return value if type(value) is int else 0


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()
