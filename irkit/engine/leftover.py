"""What access is left after all a playbook does, for the plan to show and the outcome to judge."""

from collections.abc import Mapping

from irkit.engine.walk import Book
from irkit.lang.residual import certain_cuts, residual
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Catalogue


def leftover(book: Book, catalogue: Catalogue, *, federated: bool = False) -> Mapping[str, str]:
    """Return the kinds that are left, each with the reason it is accepted for, or empty text."""
    playbook = book.main
    cuts = certain_cuts(playbook, catalogue, book.calls)
    left = residual([Kind(kind) for kind in playbook.against], cuts, federated=federated)
    return {str(item.kind): playbook.accepts.get(item.kind, "") for item in left}


def open_residual(book: Book, catalogue: Catalogue, *, federated: bool = False) -> tuple[str, ...]:
    """Return the kinds that are left and not accepted."""
    left = leftover(book, catalogue, federated=federated)
    return tuple(kind for kind, why in left.items() if not why)
