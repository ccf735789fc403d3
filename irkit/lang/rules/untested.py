"""A playbook without a test beside it (IRK246)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, warning


def check(view: View) -> Iterator[Diagnostic]:
    """Find playbooks nobody has tested."""
    if view.context.tested is False:
        yield warning(
            "IRK246",
            f"`{view.playbook.id}` has no test",
            view.top_span("playbook"),
            help=f"write cases under `unit:` of {view.playbook.id}.test.yaml, beside it",
        )
