"""Approvers on the screen: who may say yes, and what a change of the policy waits for."""

from collections.abc import Iterable, Iterator
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.layout import table
from irkit.cli.views.style import Style, Tone
from irkit.cli.views.times import full
from irkit.clock import parse_rfc3339, words
from irkit.engine.policy_change import Proposal, Sealed
from irkit.engine.reach import Ping
from irkit.engine.standing_policy import ApproverKey, Sealing, Standing
from irkit.model.quorum import Tally
from irkit.report.mark import Mark
from irkit.report.reading import (
    count_of,
    flag_of,
    object_of,
    objects_of,
    raw_of,
    text_of,
    texts_of,
)
from irkit.workspace.approvers import Person

_HEAD: Final = ("WHO", "STATE", "ROLES", "KEY", "FINGERPRINT")
_SEAL: Final = "irkit approvers seal"


def list_json(keys: Iterable[ApproverKey], sealed: Sealing, digest: str) -> JsonObject:
    """Return the JSON form of the list; `digest` is that of the policy as the files say it."""
    return {
        "view": "approvers",
        "sealed": sealed.has_trail and sealed.digest == digest,
        "has_trail": sealed.has_trail,
        "approvers": [key.to_json() for key in keys],
    }


def list_text(value: JsonObject, *, style: Style) -> str:
    """Return the table of approvers."""
    rows = [
        (
            text_of(item, "name"),
            raw_of(item, "state"),
            ", ".join(texts_of(item, "roles")) or "-",
            raw_of(item, "kind").removesuffix("@openssh.com"),
            raw_of(item, "fingerprint"),
        )
        for item in objects_of(value, "approvers")
    ]
    if not rows:
        add = "  irkit approvers add NAME --key FILE.pub --role ir-oncall"
        return style.page("There are no approvers yet.", style.paint(Tone.KEY, add))
    lines = table(rows, _HEAD, style)
    if not flag_of(value, "sealed"):
        lines += ["", style.marked(Mark.WAIT, "this is not the sealed policy; next:")]
        lines.append(style.paint(Tone.KEY, f"  {_SEAL}"))
    return style.page(*lines)


def enrolled_text(value: JsonObject, *, style: Style) -> str:
    """Return what was enrolled, and that it does not count before it is sealed."""
    roles = ", ".join(texts_of(value, "roles")) or "no role"
    said = f"{text_of(value, 'name')} is enrolled with {raw_of(value, 'kind')} ({roles})"
    return style.page(
        style.marked(Mark.GOOD, said),
        f"  {raw_of(value, 'fingerprint')}",
        "  compare this fingerprint with its owner, by voice",
        "  it counts once it is sealed:",
        style.paint(Tone.KEY, f"  {_SEAL}"),
    )


def dismissed_text(value: JsonObject, *, style: Style) -> str:
    """Return who was taken out and which keys count no more."""
    lines = [style.marked(Mark.GOOD, f"{text_of(value, 'name')} is taken out")]
    lines += [f"  revoked from now on: {key}" for key in texts_of(value, "revoked")]
    lines += ["  the rest counts once it is sealed:", style.paint(Tone.KEY, f"  {_SEAL}")]
    return style.page(*lines)


def tested_text(value: JsonObject, *, style: Style) -> str:
    """Return that a person can sign, and whether it counts already."""
    lines = [style.marked(Mark.GOOD, f"{text_of(value, 'name')} can sign with this key")]
    lines.append(f"  {raw_of(value, 'kind')} {raw_of(value, 'fingerprint')}")
    if value.get("touched") is not None:
        pin = "checked its PIN" if flag_of(value, "verified") else "asked for no PIN"
        lines.append(f"  the security key was touched and {pin}")
    asked = object_of(value, "ping")
    if asked:
        passed = words(
            parse_rfc3339(raw_of(asked, "answered")) - parse_rfc3339(raw_of(asked, "at"))
        )
        late = "" if flag_of(asked, "in_time") else ", too late"
        lines.append(f"  the ping is answered after {passed}{late}, and recorded")
    if raw_of(value, "state") != Standing.IN_FORCE:
        lines += [
            style.marked(Mark.WAIT, f"the key is {raw_of(value, 'state')}; next:"),
            style.paint(Tone.KEY, f"  {_SEAL}"),
        ]
    return style.page(*lines)


def ping_json(ping: Ping, person: Person | None, by_hand: tuple[str, ...]) -> JsonObject:
    """Return the JSON form of a ping that was just sent; `reach` is how to find the person."""
    return {
        "view": "approver_pinged",
        **ping.to_json(),
        "reach": person.reach if person is not None else "",
        "sign": f"irkit approvers test {ping.name} --key ~/.ssh/id_ed25519",
        "by_hand": list(by_hand),
    }


def ping_text(value: JsonObject, *, style: Style) -> str:
    """Return whom to reach, by when, and what they are to type."""
    until = full(parse_rfc3339(raw_of(value, "until")), style)
    reach = text_of(value, "reach") or "as usual, but not through the identity provider"
    return style.page(
        style.marked(Mark.WAIT, f"{text_of(value, 'name')} is asked to sign by {until}"),
        f"  reach them: {reach}",
        "  they type, here:",
        style.paint(Tone.KEY, f"  {text_of(value, 'sign')}"),
        "  or anywhere, and the second line here:",
        *(style.paint(Tone.KEY, f"  {line}") for line in texts_of(value, "by_hand")),
    )


def sealed_json(sealed: Sealed) -> JsonObject:
    """Return the JSON form of a policy that was put in force."""
    return {
        "view": "policy_sealed",
        "origin": sealed.origin,
        "policy": sealed.digest,
        "record": sealed.record,
        "began": sealed.began,
    }


def sealed_text(value: JsonObject, *, style: Style) -> str:
    """Return that a policy is in force."""
    if flag_of(value, "began"):
        told = f"sealed: the trail {text_of(value, 'origin')} has begun"
    else:
        told = f"sealed: in force from record {count_of(value, 'record')} on"
    return style.page(style.marked(Mark.GOOD, told), f"  policy {raw_of(value, 'policy')}")


def proposal_json(proposal: Proposal, counted: Tally) -> JsonObject:
    """Return the JSON form of a policy that waits for approvals."""
    return {
        "view": "policy_proposed",
        "policy": proposal.digest,
        "requester": proposal.requester,
        "display": proposal.text,
        "differences": [item.to_json() for item in proposal.differences],
        "need": proposal.need.need,
        "have": list(counted.have),
        "missing": counted.missing,
        "may_still": list(counted.may_still),
        "denied_by": list(counted.denied_by),
    }


def proposal_text(value: JsonObject, *, style: Style) -> str:
    """Return what would change, and who has to say yes to it."""
    return style.page(raw_of(value, "display").rstrip("\n"), "", *_wait(value, style))


def _wait(value: JsonObject, style: Style) -> Iterator[str]:
    denied = texts_of(value, "denied_by")
    if denied:
        yield style.marked(Mark.BAD, f"denied by {', '.join(denied)}: change the policy files")
        return
    have = ", ".join(texts_of(value, "have"))
    said = f" ({have} said yes)" if have else ""
    who = " or ".join(texts_of(value, "may_still")) or "anybody in the policy in force"
    missing = count_of(value, "missing")
    if not missing:
        told = f"approved{said}; somebody who did not sign it puts it in force"
        yield style.marked(Mark.WAIT, told)
        yield style.paint(Tone.KEY, f"  {_SEAL}")
        return
    yield style.marked(
        Mark.WAIT, f"waits for {missing} of {count_of(value, 'need')} approvals from {who}{said}"
    )
    yield style.paint(Tone.KEY, f"  {_SEAL} --as WHO --key ~/.ssh/id_ed25519")
    yield style.faint("  without irkit: irkit approvers seal --as WHO --write FILE")


def statement_text(value: JsonObject, *, style: Style) -> str:
    """Return how to sign a statement that was written to a file with stock OpenSSH."""
    return style.page(
        style.marked(Mark.GOOD, f"wrote {text_of(value, 'file')}, for {text_of(value, 'as')}"),
        f"  what it means is in {text_of(value, 'display')}",
        "  they sign it with:",
        style.paint(Tone.KEY, f"  {text_of(value, 'sign')}"),
        "  and the signature is added with:",
        style.paint(Tone.KEY, f"  {text_of(value, 'add')}"),
    )
