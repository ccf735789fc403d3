"""The default of an input is no value of its type (IRK117), or unquoted digits (IRK241)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from irkit.diagnostics import Diagnostic, Fix, IrkitError
from irkit.lang.expressions import references
from irkit.lang.types import coerce, parse_type
from irkit.lang.view import View, problem
from irkit.model.playbook import Input, Template
from irkit.yaml_strict import MappingNode, ScalarNode

_ANY_TIME: Final = datetime(2100, 1, 1, tzinfo=UTC)


def check(view: View) -> Iterator[Diagnostic]:
    """Find defaults that could never be used."""
    for item in view.playbook.inputs:
        if item.default is None or references(item.default):
            continue
        node = _default(view, item)
        if parse_type(item.type).is_id and isinstance(node, ScalarNode) and type(node.value) is int:
            yield problem(
                "IRK241",
                f"`{item.name}` is an id, and these digits are read as a number",
                node.span,
                label="quote them",
                fix=Fix(span=node.span, replacement=f'"{node.text}"'),
            )
            continue
        yield from _judge(item, node)


def _judge(item: Input, node: ScalarNode | None) -> Iterator[Diagnostic]:
    if isinstance(item.default, Template):
        return
    try:
        coerce(parse_type(item.type), _plain(item), _ANY_TIME, name=f"the default of `{item.name}`")
    except IrkitError as error:
        for found in error.diagnostics:
            yield problem(
                "IRK117", found.summary, node.span if node else item.span, help=found.help
            )


def _plain(item: Input) -> "None | bool | int | str | tuple[str, ...]":
    default = item.default
    if default is None or isinstance(default, bool | int | str):
        return default
    if isinstance(default, tuple):
        return tuple(str(one) for one in default)
    return None


def _default(view: View, item: Input) -> ScalarNode | None:
    inputs = view.top("inputs")
    own = inputs.get(item.name) if isinstance(inputs, MappingNode) else None
    node = own.get("default") if isinstance(own, MappingNode) else None
    return node if isinstance(node, ScalarNode) else None
