"""L4 by the timer: the canary, as whoever the timer acts as, whose key the test file names."""

import anyio

from irkit.diagnostics import IrkitError
from irkit.proving.canary.flight import Canary
from irkit.proving.proof import Proof
from irkit.proving.shelf import Shelf, Shelved
from irkit.proving.testing.endings import Exits


def prove(shelf: Shelf, shelved: Shelved, exits: Exits) -> Proof:  # noqa: ARG001  # one form for all
    """Let a canary out that nobody watches.

    Raises:
        IrkitError: where it may not be let out.
    """
    session = shelf.session
    with session.journal(writing=True) as journal:
        session.check_policy(session.consent(journal))
        canary = Canary(shelf=shelf, shelved=shelved, journal=journal, heard=_unheard)
        try:
            return anyio.run(canary.make)
        except IrkitError as error:
            if canary.begun:  # what it found until then is kept
                return canary.came_to_nothing(error)
            raise


def _unheard(told: str) -> None:
    """Hear nothing: what is wrong is in the proof."""
