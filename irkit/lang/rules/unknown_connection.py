"""`on` names no connection of the workspace, or is needed and missing (IRK208)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, problem
from irkit.model.playbook import DoStep, ReadStep


def check(view: View) -> Iterator[Diagnostic]:
    """Find steps that do not say on which of several connections, or name a wrong one."""
    connections = view.context.connections
    if connections is None:
        return
    for place in view.places:
        step, spec = place.step, view.spec(place.step)
        if not isinstance(step, ReadStep | DoStep) or spec is None:
            continue
        fitting = [name for name, provider in connections.items() if provider in spec.needs]
        node = view.value_at(step, "on")
        if step.connection and step.connection not in fitting:
            yield problem(
                "IRK208",
                f"`{step.connection}` is no connection that `{spec.id}` can use",
                node.span if node else step.span,
                help=f"there is {', '.join(fitting) or 'none'}",
            )
        for provider in spec.needs:
            names = [name for name, found in connections.items() if found == provider]
            if not names:
                yield problem(
                    "IRK208",
                    f"`{spec.id}` needs a connection to {provider}, and there is none",
                    step.span,
                    help="add one to irkit.yaml, then run `irkit check`",
                )
            elif len(names) > 1 and not step.connection:
                yield problem(
                    "IRK208",
                    f"there are several connections to {provider}",
                    step.span,
                    help=f"say which: `on: {names[0]}`",
                )
