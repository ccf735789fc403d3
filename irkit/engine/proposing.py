"""Proposing: drafted steps become parts, with the approvals they need, and are recorded."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import anyio.to_thread

from irkit import __version__
from irkit.canonical import Json
from irkit.clock import rfc3339
from irkit.diagnostics import Diagnostic
from irkit.engine.desk import Desk
from irkit.engine.guards.growth import outgrown
from irkit.engine.leaves import UnknownLeaf, Walked
from irkit.engine.planning import not_planned
from irkit.model.change import Change
from irkit.model.plan import Header, Part, PartNeed, Plan, PlannedStep, Unknown
from irkit.model.playbook import Approval, BlockStep, DoStep, Phase, UndoStep, walk

_Drafts = dict[str, list[PlannedStep]]

OVERRIDE: Final = PartNeed(need=2, exclude_requester=True)
"""What it takes to override a guard: two people, neither of them the one who asks for it."""


async def propose(desk: Desk, phases: tuple[str, ...], walked: Walked) -> None:
    """Record the drafted steps of `phases`: the plan at first, supplements after."""
    parts = [
        _part(desk, phase, steps) for phase, steps in (await _take_drafts(desk, phases)).items()
    ]
    if desk.run.header is None:
        body = _first(desk, parts, walked)
        # The fold reads the plan back: two of a large one would not be needed at once.
        parts.clear()
        # A security key wants to be touched, which takes as long as it takes.
        signed = await anyio.to_thread.run_sync(desk.context.sign_request, body)
        await desk.record("plan.proposed", {**body, **signed})
    while parts:
        await desk.record("plan.extended", _extension(desk, parts.pop(0)))


async def _take_drafts(desk: Desk, phases: tuple[str, ...]) -> _Drafts:
    """Take the drafts out of the desk, each target once."""
    taken = _Taken(desk)
    drafts: _Drafts = {}
    for phase, step in desk.take_drafts(phases):
        single = taken.disjoint(step)
        if isinstance(single, Diagnostic):
            await not_planned(desk, step.path, single)
        else:
            drafts.setdefault(phase, []).append(single)
    return drafts


class _Taken:
    """What changes under way or proposed already speak of: a target, and an aspect of it.

    Two changes of one target go together where they speak of different things: its status, and its
    sessions. Where they would write the same thing twice, the second is left out or refused.
    """

    def __init__(self, desk: Desk) -> None:
        self._spoken: dict[str, list[tuple[Change, str]]] = {}
        for state in desk.run.changes.values():
            if not state.stage.terminal:
                self._add(state.change, state.step.action)

    def disjoint(self, step: PlannedStep) -> PlannedStep | Diagnostic:
        """Return `step` without changes planned before, or the conflict with another one."""
        own: list[Change] = []
        already = list(step.already)
        for change in step.changes:
            before = self._same_aspect(change)
            if before is None:
                own.append(change)
            elif before[1] == step.action and before[0].after == change.after:
                already.append(change.target.label)
            else:
                return Diagnostic(
                    code="IRK605",
                    summary=(
                        f"{change.target.label} is already changed by {before[0].id} in this plan"
                    ),
                    help="put the two steps into phases that need one another, or drop one",
                )
        for change in own:
            self._add(change, step.action)
        return replace(step, changes=tuple(own), already=tuple(already))

    def _add(self, change: Change, action: str) -> None:
        self._spoken.setdefault(change.target.key, []).append((change, action))

    def _same_aspect(self, change: Change) -> tuple[Change, str] | None:
        for other, action in self._spoken.get(change.target.key, ()):
            if _overlap(other.after, change.after):
                return other, action
        return None


def _overlap(one: Json, other: Json) -> bool:
    """Say whether two states speak of the same thing: objects without a common key do not."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return not one.keys().isdisjoint(other)
    return True


def _first(desk: Desk, parts: list[Part], walked: Walked) -> dict[str, Json]:
    """Return what is recorded of a new plan, whose blob is kept."""
    context = desk.context
    known = {step.action: step.version for part in parts for step in part.steps}
    header = Header(
        playbook=context.book.main.id,
        playbook_digest=context.book.main.digest,
        title=context.book.main.title,
        inputs=desk.run.inputs,
        tenants=context.connections.tenants(),
        mode=context.mode,
        policy=context.policy,
        guards=context.guards.names,
        irkit=__version__,
        actions=known,
        observed_at=rfc3339(context.clock()),
        undoes=desk.run.undoes,
    )
    plan = Plan(header=header, parts=(*parts, *_open_parts(walked)))
    digests: list[Json] = [
        {"id": part.id, "digest": part.digest(header.digest)} for part in plan.parts
    ]
    return {
        "header": header.digest,
        "parts": digests,
        "blob": context.blobs.put_chunks(plan.chunks()),
        "nonce": context.nonce,
        "requester": desk.run.requester,
    }


def _extension(desk: Desk, part: Part) -> dict[str, Json]:
    """Return what is recorded of a part that is added, whose blob is kept."""
    assert desk.run.header is not None
    header = desk.run.header.digest
    return {
        "header": header,
        "part": {"id": part.id, "digest": part.digest(header)},
        "blob": desk.context.blobs.put_chunks(part.content()),
        "reason": "added" if part.id != part.phase else "known now",
        "nonce": desk.run.nonce,
    }


def _open_parts(walked: Walked) -> list[Part]:
    """Return, for each phase with steps that are not known yet, a part that says so."""
    unknowns: dict[str, list[Unknown]] = {}
    for leaf in walked.leaves:
        if isinstance(leaf, UnknownLeaf):
            unknowns.setdefault(leaf.phase, []).append(Unknown(path=leaf.path, why=leaf.why))
    return [
        Part(id=f"{phase}?", phase=phase, need=PartNeed(), unknowns=tuple(found))
        for phase, found in unknowns.items()
    ]


def _part(desk: Desk, phase: str, steps: list[PlannedStep]) -> Part:
    earlier = sum(
        part.phase == phase and part.id != f"{phase}?" for part in desk.run.parts.values()
    )
    with_changes = tuple(step for step in steps if step.changes)
    declared = _phase(desk, phase)
    return Part(
        id=phase if not earlier else f"{phase}+{earlier}",
        phase=phase,
        need=_need(desk, declared, with_changes, later=earlier > 0),
        steps=tuple(steps),
        hold=str(declared.hold) if declared else "watch",
    )


def _phase(desk: Desk, phase: str) -> Phase | None:
    return next((p for p in desk.context.book.main.phases if p.id == phase), None)


def _need(
    desk: Desk, phase: Phase | None, steps: tuple[PlannedStep, ...], *, later: bool
) -> PartNeed:
    """Return the strictest need of the phase, of its steps' own approvals and of the policy.

    A part that comes `later` and lets a step grow is signed by somebody in any case.
    """
    if not steps:
        return PartNeed()
    approvals = desk.context.book.main.approvals
    names = {phase.approve} if phase else set()
    if phase:
        names |= {
            step.approve
            for step in walk(phase.steps)
            if isinstance(step, DoStep | UndoStep | BlockStep)
        }
    named: list[Approval | None] = [approvals[name] for name in sorted(filter(None, names))]
    needs = [desk.context.consent.need(steps, approval) for approval in named or [None]]
    if any(step.overrides for step in steps):
        needs.append(OVERRIDE)
    if later and outgrown(desk.run, steps):
        needs.append(PartNeed(need=1))
    return PartNeed(
        need=max(need.need for need in needs),
        roles=_stricter_roles(needs),
        exclude_requester=any(need.exclude_requester for need in needs),
        valid_s=min(need.valid_s for need in needs),
    )


def _stricter_roles(needs: list[PartNeed]) -> tuple[str, ...]:
    """Return the roles of the need that asks for most people; ties: the shortest list."""
    limited = [need for need in needs if need.roles]
    if not limited:
        return ()
    return min(limited, key=lambda need: (-need.need, len(need.roles))).roles
