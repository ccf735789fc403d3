"""Making a draft ready to be written: checked, private values apart, small enough for a line."""

from dataclasses import dataclass, replace
from typing import Final

from irkit.canonical import CanonicalError, Json, canonical
from irkit.trail import problems
from irkit.trail.kept import Kept
from irkit.trail.record import MAX_LINE, Draft
from irkit.trail.redaction import redact

MAX_FIELD: Final = 60_000
_ROOM: Final = 2_048
"""What a line needs besides the body and the actor's and run's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A draft and the canonical bytes of its body."""

    draft: Draft
    body: bytes


def prepare(draft: Draft, kept: Kept) -> Prepared:
    """Check `draft`; a private field becomes `{"$c"}`, one that is too big `{"$blob", "size"}`.

    Raises:
        IrkitError: IRK702 if it has no canonical form or still does not fit on a line.
    """
    try:
        body = canonical(draft.body)
        if draft.private:
            draft = _apart(draft, kept)
            body = canonical(draft.body)
        if len(body) > MAX_FIELD:
            draft = replace(draft, body=_outsource(draft, kept))
            body = canonical(draft.body)
        rest = len(canonical([draft.actor.to_json(), draft.run, draft.type]))
    except CanonicalError as error:
        raise problems.refused_draft(draft.type, str(error)) from error
    if len(body) + rest + _ROOM > MAX_LINE:
        raise problems.refused_draft(draft.type, f"it is longer than {MAX_LINE} bytes")
    return Prepared(draft=draft, body=body)


def _apart(draft: Draft, kept: Kept) -> Draft:
    """Keep the private values where they can be shown or forgotten, and only commit to them."""
    body, openings = redact(draft.body, draft.private)
    kept.openings.put(openings)
    return replace(draft, body=body, private=())


def _outsource(draft: Draft, blobs: Kept) -> dict[str, Json]:
    """Move the biggest fields to blobs until the rest fits."""
    body = dict(draft.body)
    sizes = {name: canonical(value) for name, value in body.items()}
    total = sum(len(data) for data in sizes.values())
    for name, data in sorted(sizes.items(), key=lambda item: -len(item[1])):
        if total <= MAX_FIELD:
            break
        body[name] = {"$blob": blobs.put(data), "size": len(data)}
        total -= len(data)
    return body
