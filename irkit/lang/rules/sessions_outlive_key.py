"""A key is deactivated but the sessions made with it go on (IRK237)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, warning
from irkit.model.access.kinds import CredentialKind as Kind


def check(view: View) -> Iterator[Diagnostic]:
    """Find key cuts without a cut of the key's own sessions."""
    changes = list(view.changes())
    cut = {kind for _, _, spec in changes for kind in spec.cuts}
    if Kind.GET_SESSION_TOKEN in cut:
        return
    helpful = sorted(s.id for s in view.catalogue if Kind.GET_SESSION_TOKEN in s.cuts)
    for _, step, spec in changes:
        if Kind.LONG_TERM_KEY in spec.cuts:
            yield warning(
                "IRK237",
                f"`{spec.id}` stops the key, and sessions made with it live on for up to 36 hours",
                step.span,
                help=f"add {' or '.join(f'`{name}`' for name in helpful)}" if helpful else "",
            )
