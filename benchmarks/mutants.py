"""Mutants: small changes to a module, each of which some test ought to notice.

Conditions are negated, comparisons and logical operators swapped, statements dropped, constants and
returned values changed. A mutant is the whole text of a module, made by replacing the text of one
node, so that comments and layout stay as they are.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_ARITHMETIC: Final[dict[type[ast.operator], str]] = {ast.Add: "-", ast.Sub: "+", ast.Mult: "//"}
_DROPPED: Final = (ast.Expr, ast.AugAssign, ast.Delete, ast.Raise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change: where it is, what it is, and the text of the module that has it."""

    line: int
    what: str
    text: str


def mutants(text: str) -> Iterator[Mutant]:
    """Yield every mutant of a module."""
    tree = ast.parse(text)
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        if id(node) in docstrings:
            continue
        tested = getattr(node, "test", None)
        if isinstance(tested, ast.Name | ast.Call | ast.Attribute):
            yield _mutant(text, tested, f"(not {ast.unparse(tested)})")
        for new in _replacements(node):
            yield _mutant(text, node, new)


def _mutant(text: str, node: ast.AST, new: str) -> Mutant:
    old = ast.get_source_segment(text, node) or ""
    return Mutant(
        line=getattr(node, "lineno", 0),
        what=f"{_short(old)} -> {_short(new)}",
        text=_replaced(text, node, new),
    )


def _replacements(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            word = _COMPARISONS[type(operator)]
            yield f"({ast.unparse(left)} {word} {ast.unparse(right)})"
        case ast.BoolOp(op=ast.And(), values=values):
            yield "(" + " or ".join(f"({ast.unparse(value)})" for value in values) + ")"
        case ast.BoolOp(op=ast.Or(), values=values):
            yield "(" + " and ".join(f"({ast.unparse(value)})" for value in values) + ")"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"bool({ast.unparse(operand)})"
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            word = _ARITHMETIC[type(operator)]
            yield f"({ast.unparse(left)} {word} {ast.unparse(right)})"
        case ast.Constant(value=bool(value)):
            yield str(not value)
        case ast.Constant(value=int(value)):
            yield str(value + 1)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "return None"
        case _ if isinstance(node, _DROPPED):
            yield "pass"


def _docstrings(tree: ast.Module) -> set[int]:
    """Return the ids of nodes that are documentation or types, which nothing tests."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found |= {id(node), id(node.value)}
        annotations = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for annotation in filter(None, annotations):
            found |= {id(inner) for inner in ast.walk(annotation)}
        for decorator in getattr(node, "decorator_list", ()):
            found |= {id(inner) for inner in ast.walk(decorator)}
        if isinstance(node, ast.Assert):
            found |= {id(inner) for inner in ast.walk(node)}
    return found


def _replaced(text: str, node: ast.AST, new: str) -> str:
    """Return `text` with the source of `node` replaced; columns count bytes."""
    lines = text.encode().splitlines(keepends=True)
    first, last = getattr(node, "lineno", 1) - 1, getattr(node, "end_lineno", 1) - 1
    start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
    before, after = lines[first][:start], lines[last][end:]
    return b"".join((*lines[:first], before, new.encode(), after, *lines[last + 1 :])).decode()


def _short(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= 60 else f"{joined[:57]}..."
