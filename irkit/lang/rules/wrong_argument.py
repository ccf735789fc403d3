"""A constant argument is no value of its parameter's type (IRK116), or unquoted digits (IRK241)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from irkit.diagnostics import Diagnostic, Fix, IrkitError
from irkit.lang.types import InputType, coerce, parse_type
from irkit.lang.view import View, problem
from irkit.model.playbook import DoStep, ReadStep
from irkit.yaml_strict import Node, ScalarNode

_ANY_TIME: Final = datetime(2100, 1, 1, tzinfo=UTC)


def check(view: View) -> Iterator[Diagnostic]:
    """Find constants that cannot be what the action wants."""
    for place in view.places:
        step, spec = place.step, view.spec(place.step)
        if not isinstance(step, ReadStep | DoStep) or spec is None:
            continue
        for key, node in view.arguments(step):
            parameter = spec.parameter(key.text)
            type_ = _type(parameter.type) if parameter else None
            if type_ is not None:
                yield from _judge(key.text, type_, node)


def _type(text: str) -> InputType | None:
    try:
        return parse_type(text)
    except ValueError:
        return None


def _judge(name: str, type_: InputType, node: Node) -> Iterator[Diagnostic]:
    if not isinstance(node, ScalarNode) or "{{" in node.text:
        return
    if type_.is_id and type(node.value) is int:
        yield problem(
            "IRK241",
            f"`{name}` is an id, and these digits are read as a number",
            node.span,
            label="quote them",
            fix=Fix(span=node.span, replacement=f'"{node.text}"'),
        )
        return
    try:
        coerce(type_, node.value, _ANY_TIME, name=f"`{name}`", span=node.span)
    except IrkitError as error:
        for found in error.diagnostics:
            yield problem("IRK116", found.summary, node.span, help=found.help)
