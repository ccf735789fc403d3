"""What a playbook leaves to the intruder, in the words of a screen."""

from irkit.clock import words
from irkit.engine.leftover import leftover
from irkit.engine.walk import Book
from irkit.lang.residual import EXPIRES
from irkit.model.access.kinds import CredentialKind
from irkit.model.spec import Catalogue
from irkit.report.residual import ResidualAccess


def residual_rows(book: Book, catalogue: Catalogue) -> tuple[ResidualAccess, ...]:
    """Return the kinds of credentials that are left, with how long they live at most."""
    return tuple(
        ResidualAccess(kind=kind, expires=_expires(kind), accepted=accepted)
        for kind, accepted in leftover(book, catalogue).items()
    )


def _expires(kind: str) -> str:
    end = EXPIRES.get(CredentialKind(kind))
    return f"within {words(end)}" if end is not None else ""
