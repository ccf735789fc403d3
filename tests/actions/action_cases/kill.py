"""One changing action aimed at an intruder, whose own credentials judge what it cuts."""

from dataclasses import dataclass

from action_cases.case import Prepare
from irkit.model.access import CredentialKind


@dataclass(frozen=True, slots=True)
class Kill:
    """One action aimed at an intruder."""

    prepare: Prepare
    reach: tuple[str, ...]
    """Parts of the labels of the seats it is aimed at: these and no others may die."""
    plants: tuple[CredentialKind, ...] = ()
    """What the intruder has beside the story."""

    @property
    def name(self) -> str:
        """The situation's name."""
        return getattr(self.prepare, "__name__", "")
