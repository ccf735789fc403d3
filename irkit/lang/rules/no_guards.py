"""A playbook that changes things has no guards of its own and none in `irkit.yaml` (IRK239)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, warning


def check(view: View) -> Iterator[Diagnostic]:
    """Find playbooks that could hit anything."""
    guarded = view.playbook.protect or view.context.protected
    limited = view.playbook.limits or view.context.limits
    if any(True for _ in view.changes()) and not (guarded and limited):
        missing = [] if guarded else ["`protect`"]
        missing += [] if limited else ["`limit`"]
        yield warning(
            "IRK239",
            f"this playbook changes things and has no {' and no '.join(missing)}",
            view.top_span("guards") or view.playbook.span,
            help="add `guards:` with `protect` and `limit`",
        )
