"""A canary's warrant on the screen: the exact text, who signs, and whether it is in force."""

from datetime import datetime

from irkit.canonical import JsonObject
from irkit.cli.views.layout import wrap
from irkit.cli.views.style import Style, Tone
from irkit.clock import rfc3339
from irkit.engine.warranting import Asked
from irkit.model.approval import Decision
from irkit.report.mark import Mark
from irkit.report.reading import count_of, raw_of, text_of, texts_of


def to_json(asked: Asked, now: datetime) -> JsonObject:
    """Return how a warrant stands."""
    warrant, tally = asked.state.warrant, asked.tally(now)
    return {
        "view": "warrant",
        "digest": warrant.digest,
        "playbook": warrant.playbook,
        "text": asked.text,
        "until": rfc3339(warrant.until),
        "in_force": asked.state.in_force(now, asked.fold.revoked),
        "need": warrant.need.need,
        "have": list(tally.have),
        "missing": tally.missing,
        "may_still": list(tally.may_still),
        "denied_by": list(tally.denied_by),
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return whether it is in force, and if not, who has to say yes."""
    digest, playbook = raw_of(value, "digest"), text_of(value, "playbook")
    denied = texts_of(value, "denied_by")
    if denied:
        return style.page(style.marked(Mark.BAD, f"denied by {', '.join(denied)}"))
    if not count_of(value, "missing"):
        told = f"in force until {raw_of(value, 'until')}: irkit may let the canary out"
        return style.page(
            style.marked(Mark.GOOD, told), style.paint(Tone.KEY, f"  irkit canary {playbook}")
        )
    have = ", ".join(texts_of(value, "have"))
    said = f" ({have} said yes)" if have else ""
    who = " or ".join(texts_of(value, "may_still")) or "anybody in the policy in force"
    told = f"waits for {count_of(value, 'missing')} of {count_of(value, 'need')} approvals from "
    first, *rest = wrap(f"{told}{who}{said}", style, rest="    ")
    return style.page(
        style.marked(Mark.WAIT, first),
        *rest,
        style.paint(Tone.KEY, f"  irkit approve {digest} --key ~/.ssh/id_ed25519"),
        style.faint("  without irkit: add --as WHO --out FILE"),
    )


def proposed_text(value: JsonObject, *, style: Style) -> str:
    """Return the text of a warrant that was just asked for, and who has to say yes."""
    return f"{raw_of(value, 'text')}\n{text(value, style=style)}"


def asking_json(asked: Asked, decision: Decision, *, approver: str, key: str) -> JsonObject:
    """Return the JSON form of what somebody is asked to sign."""
    return {
        "view": "warrant_asked",
        "digest": asked.state.warrant.digest,
        "mode": asked.state.warrant.mode,
        "decision": str(decision),
        "approver": approver,
        "key": key,
        "text": asked.text,
    }


def asking_text(value: JsonObject, *, style: Style) -> str:
    """Return the text that is signed as it is, and below it what is not part of it."""
    return raw_of(value, "text") + style.page(
        "",
        f"you          {text_of(value, 'approver')}, with {text_of(value, 'key')}",
        f"you say      {style.strong(raw_of(value, 'decision').upper())} to all of the above",
    )
