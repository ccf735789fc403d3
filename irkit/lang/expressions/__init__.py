"""Evaluating expressions and templates: JSON in and JSON out.

Only expressions are given to Jinja, never text: a text is split at its `{{ }}`, and what is in
between is compiled once, in a sandbox of our own (`sandbox`, the only module that knows Jinja).
Names are looked up in mappings alone, nothing can be called, and operators and filters are bounded.
A plain dotted path, which is nearly every expression there is, needs no Jinja at all.

Undefined names are errors; unknown values raise `UnknownValue`.
"""

from collections.abc import Mapping
from typing import NoReturn, TypeAlias, cast

from irkit.canonical import Json
from irkit.decode import shown
from irkit.diagnostics import Diagnostic, IrkitError, Label, Span
from irkit.lang.expressions.operations import OperationError, budget, plain, truth
from irkit.lang.expressions.programs import (
    Dotted,
    ExpressionSyntaxError,
    MissingError,
    Path,
    Program,
    compile_expression,
    compile_template,
    is_template,
)
from irkit.lang.expressions.unknowns import Scope, ScopeValue, Unknown, UnknownValue
from irkit.model.playbook import Expression, Template, Value

__all__ = [
    "Path",
    "Scope",
    "ScopeValue",
    "Unknown",
    "UnknownValue",
    "check",
    "evaluate",
    "evaluate_condition",
    "evaluate_items",
    "is_template",
    "names",
    "references",
]

Source: TypeAlias = "Expression | Template | Value"


def evaluate(source: Source, scope: Scope) -> Json:
    """Return the JSON value of `source`; lists and mappings are evaluated inside.

    Raises:
        IrkitError: if a name is undefined, an operation is impossible or the result is too large.
        UnknownValue: if it needs a value that is not known yet.
    """
    match source:
        case Expression() | Template():
            return cast("Json", _run(source, scope, allow_unknown=False))
        case Mapping():
            return {key: evaluate(item, scope) for key, item in source.items()}
        case tuple():
            return [evaluate(item, scope) for item in source]
        case _:
            return source


def evaluate_condition(source: Expression, scope: Scope) -> bool:
    """Return the truth of a `when`, `if`, `require`, `expect` or `until`; nothing else passes.

    Raises:
        IrkitError: as `evaluate`, and if the result is neither true nor false.
        UnknownValue: as `evaluate`.
    """
    value = evaluate(source, scope)
    try:
        return truth(value)
    except OperationError as error:
        help_ = "compare it, for example `sessions | length > 0`"
        _fail(source, "IRK221", str(error), help_)


def evaluate_items(source: Expression, scope: Scope) -> tuple[ScopeValue, ...]:
    """Return the items a `for_each` runs over; single items may be unknown, the list may not.

    Raises:
        IrkitError: as `evaluate`, and if the result is no list.
        UnknownValue: if the list itself is not known yet.
    """
    value = _run(source, scope, allow_unknown=True)
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    if not isinstance(value, list):
        _fail(source, "IRK221", "`for_each` needs a list", "end the expression with a list")
    return tuple(value)


def references(source: Source) -> frozenset[Path]:
    """Return every dotted path `source` reads; none where it cannot be compiled."""
    match source:
        case Expression() | Template():
            try:
                return _compiled(source).references
            except ExpressionSyntaxError:
                return frozenset()
        case Mapping():
            return frozenset[Path]().union(*map(references, source.values()))
        case tuple():
            return frozenset[Path]().union(*map(references, source))
        case _:
            return frozenset()


def names(source: Source) -> frozenset[str]:
    """Return the names `source` needs from its scope."""
    return frozenset(path[0] for path in references(source))


def check(source: Expression | Template) -> Diagnostic | None:
    """Return what is wrong with the syntax of `source`, if anything."""
    try:
        _compiled(source)
    except ExpressionSyntaxError as error:
        return _diagnostic("IRK120", str(error), source.span, error.help)
    return None


def _run(source: Expression | Template, scope: Scope, *, allow_unknown: bool) -> object:
    try:
        program = _compiled(source)
        with budget(unlimited=isinstance(program, Dotted)):
            return plain(program.run(scope), allow_unknown=allow_unknown)
    except ExpressionSyntaxError as error:
        _fail(source, "IRK120", str(error), error.help)
    except MissingError as error:
        _fail(source, "IRK220", str(error))
    except OperationError as error:
        _fail(source, "IRK221", str(error))


def _fail(source: Expression | Template, code: str, why: str, help_: str = "") -> NoReturn:
    raise IrkitError(
        _diagnostic(code, f"{shown(source.source.strip())}: {why}", source.span, help_)
    )


def _diagnostic(code: str, summary: str, span: Span | None, help_: str) -> Diagnostic:
    return Diagnostic(code=code, summary=summary, at=Label(span=span) if span else None, help=help_)


def _compiled(source: Expression | Template) -> Program:
    if isinstance(source, Expression):
        return compile_expression(source.source)
    return compile_template(source.source)
