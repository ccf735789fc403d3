"""Carrying an action out by its own verbs, without the engine around it."""

import pytest
from stage import Hands, Stage

from irkit.actions.base import Action, Applied
from irkit.canonical import Json
from irkit.diagnostics import IrkitError
from irkit.model.change import Change


def planned(stage: Stage, action: Action) -> tuple[Change, ...]:
    """Probe and plan."""

    async def work(hands: Hands) -> tuple[Change, ...]:
        return action.plan(await action.probe(hands.readers))

    return stage.do(work)


def made(stage: Stage, action: Action) -> list[tuple[Change, Applied]]:
    """Probe, plan and make every change."""

    async def work(hands: Hands) -> list[tuple[Change, Applied]]:
        changes = action.plan(await action.probe(hands.readers))
        return [(c, await action.apply(c, hands.readers, hands.writers)) for c in changes]

    return stage.do(work)


def undone(stage: Stage, action: Action, done: list[tuple[Change, Applied]]) -> None:
    """Take changes back, the last one first."""

    async def work(hands: Hands) -> None:
        for change, applied in reversed(done):
            await action.undo(change, applied, hands.readers, hands.writers)

    stage.do(work)


def refused(stage: Stage, action: Action) -> str:
    """Return the code and summary with which planning is refused."""
    with pytest.raises(IrkitError) as caught:
        planned(stage, action)
    return f"{caught.value.diagnostics[0].code} {caught.value.diagnostics[0].summary}"


def saved(change: Change) -> dict[str, Json]:
    """Return what a change keeps."""
    assert isinstance(change.saved, dict)
    return change.saved
