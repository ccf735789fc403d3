"""The exact text an approver is shown and whose digest is signed: `irkit.display/v1`.

It depends on the plan and nothing else: not on width, colour, locale, time or the Python it runs
on, so that years later it can be rendered again and compared. It is ASCII throughout: a look-alike
letter in a login shows as its escape. Its form never changes; another form is another version.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from irkit.canonical import Json, canonical, digest_bytes
from irkit.model.change import Change
from irkit.model.plan import Part, Plan, PlannedStep
from irkit.model.visible import ascii_only

VERSION: Final = "irkit.display/v1"


def display_text(
    plan: Plan, parts: Sequence[str], *, run: str | None = None, requester: str = ""
) -> str:
    """Return the text for approving `parts` (their ids) of `plan`, in the order given.

    Raises:
        KeyError: if the plan has no such part.
    """
    known = {part.id: part for part in plan.parts}
    lines = [VERSION, *_head(plan, run, requester)]
    for part in parts:
        lines += ["", *_part(known[part], plan.header.digest)]
    return "\n".join([*lines, ""])


def display_digest(text: str) -> str:
    """Return the digest that a statement's `display` holds."""
    return digest_bytes(text.encode())


def _head(plan: Plan, run: str | None, requester: str) -> Iterator[str]:
    header = plan.header
    yield f"mode: {header.mode}"
    yield f"run: {ascii_only(run or '-')}"
    yield f"requester: {ascii_only(requester or '-')}"
    yield f"title: {ascii_only(header.title)}"
    yield f"playbook: {ascii_only(header.playbook)} {header.playbook_digest}"
    yield f"inputs: {_json(header.inputs)}"
    yield f"tenants: {ascii_only(' '.join(header.tenants))}"
    yield f"guards: {ascii_only(' '.join(header.guards) or '-')}"
    yield f"observed at: {header.observed_at}"
    if header.undoes:
        yield f"takes back: {ascii_only(header.undoes)}"
    yield f"policy: {header.policy}"
    yield f"header: {header.digest}"


def _part(part: Part, header: str) -> Iterator[str]:
    need = part.need
    who = f" from {', '.join(need.roles)}" if need.roles else ""
    other = ", not the requester" if need.exclude_requester else ""
    changes = list(part.changes)
    yield f"part: {ascii_only(part.id)} {part.digest(header)}"
    yield f"phase: {ascii_only(part.phase)}"
    yield ascii_only(f"approvals: {need.need}{who}{other}, good for {need.valid_s} s")
    yield f"when a change is lost: {'made again' if part.hold == 'reassert' else 'alarm only'}"
    yield f"changes: {len(changes)}"
    number = 0
    for step in part.steps:
        for change in step.changes:
            number += 1
            yield from _change(number, change, step)
    for unknown in part.unknowns:
        yield f"not known yet: {ascii_only(unknown.path)}: {ascii_only(unknown.why)}"


def _change(number: int, change: Change, step: PlannedStep) -> Iterator[str]:
    target = change.target
    yield f"{number}. {ascii_only(step.title)}: {ascii_only(target.label)}"
    yield f"   write: {ascii_only(change.verb)}"
    yield f"   target: {ascii_only(target.kind)} {ascii_only(target.id)}"
    yield f"   tenant: {ascii_only(target.tenant)}"
    yield f"   action: {ascii_only(step.action)} version {step.version}"
    yield f"   reversal: {step.reversal}, touches: {step.blast}"
    if step.because:
        yield f"   because: {ascii_only(step.because)}"
    if step.overrides:
        yield f"   OVERRIDES GUARD: {ascii_only(', '.join(step.overrides))}"
    if step.undoes:
        yield f"   takes back: {ascii_only(step.undoes)}"
    yield f"   before: {_json(change.before)}"
    yield f"   after: {_json(change.after)}"


def _json(value: Json) -> str:
    """Return canonical JSON with everything but printable ASCII escaped."""
    text = json.dumps(json.loads(canonical(value)), sort_keys=True, separators=(",", ":"))
    return ascii_only(text)
