"""Nothing grows unnoticed: what a change reaches is counted again before its write.

A group's change hits its members, and a group may get members while people sign. More than a fifth
more than were planned stop it. Targets that turn up later are no such growth: nothing that was not
planned is done, so that they wait in a part of their own. That such a part is signed by somebody
even where its class needs nobody, `outgrown` sees to.
"""

import re
from collections.abc import Iterable
from typing import Final

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.change import Change
from irkit.model.owners import reached, touched
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "growth"
OVERRIDABLE = False

_AT_MOST_PERCENT: Final = 120
"""Of what was planned."""

_KEYS: Final = re.compile(r"\[[^\]]*\]")


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:
    """Refuse a change that would reach many more than it was planned for."""
    for change in step.changes if facts.before_write and not step.undoes else ():
        state = run.changes.get(change.id)
        if state is None:
            continue
        planned, now = _members(state.change), _members(change)
        if _is_more(now, planned):
            return Refusal(
                guard=NAME,
                code="IRK327",
                summary=f"{change.target.label} would hit {now} members now, and {planned} were "
                "planned",
                help=f"see who came in; then plan it again, and have that approved: irkit replan "
                f"{run.id}",
            )
    return None


def outgrown(run: Run, steps: Iterable[PlannedStep]) -> bool:
    """Say whether `steps`, planned later, let one step of the playbook come to many more targets.

    The items of a loop are one step. It is counted against the part it was first planned in.
    """
    later: dict[str, set[str]] = {}
    for step in steps:
        later.setdefault(_of_playbook(step), set()).update(_targets(step))
    first: dict[str, tuple[str, set[str]]] = {}
    for part in run.parts.values():
        for step in part.steps:
            name = _of_playbook(step)
            if name not in later or not step.changes:
                continue
            home, planned = first.setdefault(name, (part.id, set()))
            (planned if home == part.id else later[name]).update(_targets(step))
    return any(
        _is_more(len(planned | later[name]), len(planned)) for name, (_, planned) in first.items()
    )


def _members(change: Change) -> int:
    """Return how many it hits besides its own target and whom that belongs to."""
    return len(reached(change)) - len(touched(change.target))


def _is_more(now: int, planned: int) -> bool:
    return now * 100 > planned * _AT_MOST_PERCENT


def _of_playbook(step: PlannedStep) -> str:
    return _KEYS.sub("", step.path)


def _targets(step: PlannedStep) -> Iterable[str]:
    return (change.target.key for change in step.changes)
