"""An expression uses a name that is nowhere defined (IRK210), or only on some ways (IRK212)."""

from collections.abc import Iterator

from irkit.decode import nearest
from irkit.diagnostics import Diagnostic
from irkit.lang.expressions import references
from irkit.lang.names import Visible
from irkit.lang.uses import loop_of, sources, spanned
from irkit.lang.view import Place, View, problem, warning
from irkit.model.playbook import BlockStep, DoStep, Expression, RepeatStep, Template


def check(view: View) -> Iterator[Diagnostic]:
    """Find undefined and possibly missing names in steps and outputs."""
    for place in view.places:
        for source, visible in _used(view, place):
            yield from _judge(view, source, visible)
    for value in view.playbook.outputs.values():
        for source in spanned(value):
            yield from _judge(view, source, view.names.end)


def _used(view: View, place: Place) -> Iterator[tuple[Expression | Template, Visible]]:
    step = place.step
    visible = view.visible(step)
    loop = loop_of(step)
    for value in sources(step):
        for source in spanned(value):
            here = visible
            if isinstance(step, DoStep) and step.verify and source is step.verify.expect:
                here = visible.plus("result")
            if isinstance(step, RepeatStep) and source is step.until:
                here = view.names.after[step.id]
            if loop is not None and source is loop.over and not isinstance(step, BlockStep):
                here = Visible(visible.certain - {loop.variable}, visible.possible)
            yield source, here


def _judge(view: View, source: Expression | Template, visible: Visible) -> Iterator[Diagnostic]:
    inputs = frozenset(item.name for item in view.playbook.inputs)
    for path in sorted(references(source)):
        if path[0] == "inputs" and len(path) > 1 and path[1] not in inputs:
            yield _undefined(source, path[1], inputs, "inputs.")
        elif path[0] in visible.possible:
            yield warning(
                "IRK212",
                f"`{path[0]}` may be missing here",
                source.span,
                label="it is bound only on some ways to this step",
                help="bind it earlier, add the phase to `needs`, or use `default(…)`",
            )
        elif path[0] not in visible.certain:
            yield _undefined(source, path[0], visible.certain | visible.possible)


def _undefined(
    source: Expression | Template, word: str, known: frozenset[str], prefix: str = ""
) -> Diagnostic:
    near = "none" if word == "null" else nearest(word, known)
    return problem(
        "IRK210",
        f"`{prefix}{word}` is undefined",
        source.span,
        label=f"did you mean `{prefix}{near}`?" if near else "",
        help=f"there is {', '.join(prefix + name for name in sorted(known))}" if known else "",
    )
