"""L4 by the timer: the canary, as whoever the timer acts as, whose key the test file names."""

import anyio

from irkit.proving.canary.flight import Canary
from irkit.proving.proof import Proof
from irkit.proving.shelf import Shelf, Shelved
from irkit.proving.testing.endings import Exits


def prove(shelf: Shelf, shelved: Shelved, exits: Exits) -> Proof:  # noqa: ARG001  # one form for all
    """Let a canary out that nobody watches.

    Raises:
        IrkitError: where it may not be let out, or proved nothing.
    """
    session = shelf.session
    with session.journal(writing=True) as journal:
        session.check_policy(session.consent(journal))
        canary = Canary(shelf=shelf, shelved=shelved, journal=journal, heard=_unheard)
        return anyio.run(canary.make)


def _unheard(told: str) -> None:
    """Hear nothing: what is wrong is in the proof."""
