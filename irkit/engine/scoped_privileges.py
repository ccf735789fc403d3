"""The resources that a plan's writes are limited to, where the plan knows all of them.

A right of a role is limited only if every step that uses it is planned and every one names its
resource. What is found later (a session that was minted in between, a phase that waits for an
answer) is in no plan yet: as long as there is a step that may still need the right elsewhere, it
stays `*`. A session is made for steps that are planned, and is limited to theirs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from irkit.engine.walk import Book
from irkit.model.iam_resources import arns_for
from irkit.model.iam_rights import Right
from irkit.model.plan import Plan, PlannedStep
from irkit.model.playbook import CallStep, DoStep, Playbook, Step, walk
from irkit.model.spec import Catalogue
from irkit.providers.aws.session_policy import Reach, reach

_AWS: Final = "aws:"


def resources_of(book: Book, plan: Plan, catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    """Return the ARNs of each right to write that the plan limits; what is left out is `*`."""
    unsettled = frozenset(_unsettled(book, plan))
    found: dict[str, set[str]] = {}
    everywhere = {
        right for action in unsettled for right in catalogue[action].permissions.iam_write
    }
    for step in _steps(plan):
        texts = tuple(_texts(step))
        for right in catalogue[step.action].permissions.iam_write:
            arns = arns_for(right, texts)
            if arns:
                found.setdefault(right, set()).update(arns)
            else:
                everywhere.add(right)
    return {right: tuple(sorted(found[right])) for right in sorted(found.keys() - everywhere)}


def session_rights(
    rights: Iterable[str], steps: Iterable[PlannedStep], tenant: str
) -> tuple[Right, ...]:
    """Return the rights to make the changes of these steps in one account.

    Each is on what all of the changes name, or on everything where one of them names nothing.
    """
    named = tuple(
        (change.target.label, change.target.id)
        for step in steps
        for change in step.changes
        if change.target.tenant == tenant
    )
    found: list[Right] = []
    for right in rights:
        arns = [arns_for(right, texts) for texts in named]
        on = frozenset[str]().union(*arns) if all(arns) else frozenset[str]()
        found.append(Right(action=right, on=tuple(sorted(on))))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimit:
    """What the sessions for one action in one account are limited to.

    `named` are the ARNs that its changes name, none where a change names nothing; `reach` is how
    many of them a session policy has room for.
    """

    action: str
    tenant: str
    named: tuple[str, ...]
    reach: Reach


def session_limits(plan: Plan, catalogue: Catalogue) -> Iterator[SessionLimit]:
    """Yield what the writing sessions of a plan are limited to, part by part."""
    for part in plan.parts:
        found: dict[tuple[str, str], list[PlannedStep]] = {}
        for step in part.steps:
            for tenant in {change.target.tenant for change in step.changes}:
                if tenant.startswith(_AWS):
                    found.setdefault((step.action, tenant), []).append(step)
        for (action, tenant), steps in sorted(found.items()):
            rights = session_rights(catalogue[action].permissions.iam_write, steps, tenant)
            named = frozenset(arn for right in rights for arn in right.on)
            yield SessionLimit(
                action=action, tenant=tenant, named=tuple(sorted(named)), reach=reach(rights)
            )


def _steps(plan: Plan) -> Iterator[PlannedStep]:
    for part in plan.parts:
        yield from (step for step in part.steps if step.changes)


def _texts(step: PlannedStep) -> Iterator[str]:
    """Yield where a step names what it is about."""
    for change in step.changes:
        yield from (change.target.label, change.target.id)


def _unsettled(book: Book, plan: Plan) -> Iterator[str]:
    """Yield the actions that may still get targets which the plan does not know."""
    planned = {step.action for step in _steps(plan)}
    open_phases = {part.phase for part in plan.parts if part.unknowns}
    for phase in book.main.phases:
        for action in _actions(phase.steps, book.calls):
            if phase.id in open_phases or action not in planned:
                yield action
    yield from _actions(book.main.always, book.calls)


def _actions(steps: tuple[Step, ...], calls: Mapping[str, Playbook]) -> Iterator[str]:
    for step in walk(steps):
        if isinstance(step, DoStep):
            yield step.action
        if isinstance(step, CallStep):
            called = calls.get(step.playbook)
            for phase in called.phases if called else ():
                yield from _actions(phase.steps, calls)
