"""A literal in a playbook looks like a secret (IRK242)."""

from collections.abc import Iterator

from irkit.decode import scalars
from irkit.diagnostics import Diagnostic
from irkit.diagnostics.literals import looks_secret
from irkit.lang.view import View, problem


def check(view: View) -> Iterator[Diagnostic]:
    """Find such literals anywhere in the file."""
    if view.root is None or not looks_secret(view.playbook.source):
        return
    for node in scalars(view.root):
        found = looks_secret(node.text)
        if found:
            yield problem(
                "IRK242",
                f"this looks like {found}",
                node.span,
                help="playbooks carry no credentials: connections are in irkit.yaml; replace it",
            )
