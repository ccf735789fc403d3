"""Times given to actions: absolute, or relative to the provider's clock."""

from datetime import datetime

from irkit.clock import parse_time
from irkit.diagnostics import Diagnostic, IrkitError


def moment(text: str, now: datetime) -> datetime:
    """Return the moment that `text` names.

    Raises:
        IrkitError: if it names none.
    """
    try:
        return parse_time(text, now)
    except ValueError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK194",
                summary=f"`{text}` is no time: {error}",
                help="write 2026-11-24T03:05:00Z, or `24 hours ago`",
            )
        ) from error
