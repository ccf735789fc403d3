"""A bug of irkit's own in one step: said as what it is, while the other steps go on."""

from irkit.diagnostics import Diagnostic
from irkit.log import logger


def own_bug(error: Exception) -> Diagnostic:
    """Return the diagnostic for an error that no code should have raised, and log it."""
    logger().warning("step.broke", error=repr(error))
    return Diagnostic(
        code="IRK902",
        summary=f"this step met a bug of irkit's own: {type(error).__name__}: {error}",
        help="other steps are not affected; do this one by hand, and report it with IRKIT_LOG=1",
    )
