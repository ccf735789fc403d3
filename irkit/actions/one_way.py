"""Changes without a way back: their undo is a refusal that says what helps instead."""

from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Writers
from irkit.actions.refusal import no_way_back
from irkit.model.change import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWay(Action):
    """An action of any class but EXACT whose effect stays."""

    instead: ClassVar[str]
    """What a person does where an undo would be wished for."""

    async def undo(
        self,
        change: Change,  # noqa: ARG002 - the refusal is the same for all
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,  # noqa: ARG002
    ) -> Applied:
        """Refuse, saying what to do instead."""
        raise no_way_back(self.spec.id, self.instead)
