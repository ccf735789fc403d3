"""`against` or `accepts` names a kind of credential that does not exist (IRK207)."""

from collections.abc import Iterator

from irkit.decode import nearest, scalars
from irkit.diagnostics import Diagnostic, Fix
from irkit.lang.view import View, problem
from irkit.model.access.kinds import CredentialKind
from irkit.yaml_strict import MappingNode, ScalarNode


def check(view: View) -> Iterator[Diagnostic]:
    """Find unknown kinds."""
    known = [str(kind) for kind in CredentialKind]
    for node in _nodes(view):
        if node.text not in known:
            near = nearest(node.text, known)
            yield problem(
                "IRK207",
                f"`{node.text}` is no kind of credential",
                node.span,
                label=f"did you mean `{near}`?" if near else "",
                help=f"known: {', '.join(known)}",
                fix=Fix(span=node.span, replacement=near) if near else None,
            )


def _nodes(view: View) -> Iterator[ScalarNode]:
    against, accepts = view.top("against"), view.top("accepts")
    if against is not None:
        yield from scalars(against)
    if isinstance(accepts, MappingNode):
        yield from (key for key, _ in accepts.items)
