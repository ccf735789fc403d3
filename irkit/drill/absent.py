"""What a drill or its scenario does not have, and what was meant."""

from collections.abc import Sequence

from irkit.decode import nearest
from irkit.diagnostics import Diagnostic, IrkitError


def absent(summary: str, name: str, known: Sequence[str]) -> IrkitError:
    """Return the error for a `name` that is none of `known`."""
    near = nearest(name, known)
    meant = f"did you mean `{near}`?" if near else f"there is: {', '.join(known) or 'none'}"
    return IrkitError(Diagnostic(code="IRK857", summary=summary, help=meant))
