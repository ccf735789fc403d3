"""Nodes as values of the model: constants stay, text with `{{ }}` becomes a template."""

from irkit.decode import Problems, heading, wrong
from irkit.lang.expressions import check, is_template
from irkit.model.playbook import Expression, Template, Value
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode


def value(node: Node, problems: Problems) -> Value:
    """Read any value; expressions in it are checked, not evaluated."""
    match node:
        case ScalarNode(value=str() as text):
            if is_template(text):
                return template(node, problems)
            return text
        case ScalarNode():
            return node.value
        case SequenceNode():
            return tuple(value(item, problems) for item in node.items)
        case MappingNode():
            return {key.text: value(item, problems) for key, item in node.items}


def template(node: Node, problems: Problems, what: str = "this") -> Template:
    """Read text that may hold expressions."""
    if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
        wrong(node, problems, what, "text")
        return Template(source="", span=node.span)
    result = Template(source=node.value, span=node.span)
    _checked(result, problems)
    return result


def expression(node: Node, problems: Problems, what: str) -> Expression:
    """Read a bare expression; `true`, `false` and numbers are expressions as well."""
    if not isinstance(node, ScalarNode) or node.value is None:
        wrong(node, problems, what, "an expression")
        return Expression(source="false", span=heading(node))
    source = node.text.strip()
    if source.startswith("{{") and source.endswith("}}"):
        problems.add(
            "IRK121",
            f"{what} is an expression already",
            node.span,
            label="write it without `{{ }}`",
            help=source[2:-2].strip(),
        )
        source = source[2:-2]
    result = Expression(source=source, span=node.span)
    _checked(result, problems)
    return result


def _checked(source: Expression | Template, problems: Problems) -> None:
    found = check(source)
    if found:
        problems.extend((found,))
