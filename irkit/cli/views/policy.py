"""The policy on the screen: who, what each class of change needs, limits, what is protected."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final, cast

from irkit.canonical import Json, JsonObject, thaw
from irkit.cli.views.layout import table, wrap
from irkit.cli.views.style import Style, Tone, pad
from irkit.clock import words
from irkit.engine.policy_text import Difference
from irkit.engine.standing_policy import ApproverKey, Sealing
from irkit.report.mark import Mark
from irkit.report.reading import flag_of, object_of, objects_of, raw_of, text_of, texts_of
from irkit.workspace.policy import Policy

_WIDTH: Final = 14
_CLASSES: Final = (("reversal", "CHANGE THAT IS"), ("blast", "CHANGE THAT TOUCHES"))


def to_json(
    policy: Policy,
    sealed: Sealing,
    keys: Iterable[ApproverKey],
    pending: Iterable[Difference],
) -> JsonObject:
    """Return the JSON form."""
    whole = policy.to_json()
    return {
        "view": "policy",
        "mode": policy.mode,
        "digest": policy.digest,
        "sealed": sealed.has_trail and sealed.digest == policy.digest,
        "has_trail": sealed.has_trail,
        "sealed_digest": sealed.digest,
        "approvers": [key.to_json() for key in keys],
        "approvals": thaw(whole["approvals"]),
        "rules": thaw(whole["rules"]),
        "limits": dict(policy.limits),
        "protect": thaw(whole["protect"]),
        "pins": [pin.to_json() for pin in policy.pins],
        "trail_keys": list(policy.trail_keys),
        "pending": [item.to_json() for item in pending] if sealed.has_trail else [],
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the screen."""
    return style.page(
        *_state(value, style),
        "",
        *_approvers(value, style),
        "",
        *_needs(value, style),
        "",
        *_rest(value, style),
    )


def _state(value: JsonObject, style: Style) -> Iterator[str]:
    if flag_of(value, "sealed"):
        yield style.marked(Mark.GOOD, "SEALED: these rules are in force")
    elif flag_of(value, "has_trail"):
        yield style.marked(Mark.WAIT, "CHANGED: the files say otherwise than what is in force")
        for item in objects_of(value, "pending"):
            yield f"  {text_of(item, 'section')}"
            yield from (f"    - {line}" for line in texts_of(item, "gone"))
            yield from (f"    + {line}" for line in texts_of(item, "come"))
    else:
        yield style.marked(Mark.WAIT, "NOT SEALED: nothing live is written under these rules")
    if not flag_of(value, "sealed"):
        yield style.paint(Tone.KEY, "  irkit approvers seal")
    yield style.faint(f"  mode {text_of(value, 'mode')}, {raw_of(value, 'digest')}")


def _approvers(value: JsonObject, style: Style) -> Iterable[str]:
    rows = [
        (text_of(one, "name"), text_of(one, "state"), ", ".join(texts_of(one, "roles")) or "-")
        for one in objects_of(value, "approvers")
    ]
    return table(rows or [("nobody", "-", "-")], ("APPROVER", "STATE", "ROLES"), style)


def _needs(value: JsonObject, style: Style) -> Iterator[str]:
    approvals = object_of(value, "approvals")
    for name, head in _CLASSES:
        needs = object_of(approvals, name)
        rows = [(key, _need(cast("JsonObject", need))) for key, need in needs.items()]
        yield from table(rows, (head, "NEEDS"), style)
        yield ""
    change = object_of(object_of(value, "rules"), "change")
    told = _need(change) if change else "2 approvals where there are two people"
    yield f"{pad('new policy', _WIDTH)}{told}"
    alone = approvals.get("alone")
    if isinstance(alone, dict):
        yield from wrap(_alone(alone), style, first=pad("alone", _WIDTH), rest=" " * _WIDTH)


def _need(need: JsonObject) -> str:
    count = cast("int", need["need"])
    if not count:
        return "nobody"
    said = "1 approval" if count == 1 else f"{count} approvals"
    roles = texts_of(need, "roles")
    if roles:
        said += f" from {' or '.join(roles)}"
    if flag_of(need, "exclude_requester"):
        said += ", not the requester"
    seconds = need.get("valid_s")
    if isinstance(seconds, int):
        said += f", for {words(timedelta(seconds=seconds))}"
    return said


def _alone(alone: JsonObject) -> str:
    roles = " or ".join(texts_of(alone, "roles")) or "anybody"
    kinds = ", ".join(texts_of(alone, "reversal"))
    within = words(timedelta(seconds=cast("int", alone["confirm_within_s"])))
    return (
        f"{roles} may do up to {alone['at_most']} changes that are {kinds} under break-glass; "
        f"to be confirmed within {within}"
    )


def _rest(value: JsonObject, style: Style) -> Iterator[str]:
    limits = object_of(value, "limits")
    said = ", ".join(f"{kind}: {_number(limit)}" for kind, limit in limits.items()) or "none"
    yield from wrap(said, style, first=pad("limits", _WIDTH), rest=" " * _WIDTH)
    pins = objects_of(value, "pins")
    for pattern in texts_of(value, "protect") or ("nothing",):
        own = [
            text_of(pin, "label") for pin in pins if f"{pin['kind']}:{pin['pattern']}" == pattern
        ]
        found = ", ".join(own) or "nothing pinned: irkit protect pin"
        first = pad("protected", _WIDTH)
        yield from wrap(f"{pattern} ({found})", style, first=first, rest=" " * _WIDTH)
    yield f"{pad('trail key', _WIDTH)}{', '.join(texts_of(value, 'trail_keys')) or 'none'}"


def _number(limit: Json) -> str:
    return str(limit)
