"""The Jinja sandbox: the only module that imports Jinja for playbooks.

What Jinja offers beyond expressions over JSON is taken out rather than guarded: no globals, no
methods, no calls, no attributes of Python objects, its own filters only where they work on
attributes of items. Operators are intercepted. Compile-time folding is off, since it would run
filters while a file is merely checked.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, cast

from jinja2 import StrictUndefined, TemplateError, Undefined, nodes, pass_context
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS

from irkit.lang.expressions.filters import FILTERS, Filter, listed
from irkit.lang.expressions.operations import OperationError, operate
from irkit.lang.expressions.programs import ExpressionSyntaxError, MissingError, Path, no_such
from irkit.lang.expressions.unknowns import Scope, Unknown, UnknownValue

_TESTS: Final = tuple(
    "undefined none true false boolean integer number string mapping sequence in eq ne lt le gt "  # noqa: SIM905
    "ge == != < <= > >= equalto lessthan greaterthan odd even divisibleby".split()
)
_LAZY_FILTERS: Final = ("map", "select", "reject", "selectattr", "rejectattr")
_FAILURES: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
_REFUSED: Final[tuple[tuple[type[nodes.Node], str, str], ...]] = (
    (nodes.Call, "nothing can be called", "use a filter, for example `name | lower`"),
    (nodes.Concat, "there is no `~`", "write a text with several `{{ }}`"),
    (nodes.Pow, "there is no `**`", ""),
    (nodes.Div, "there is no `/`: numbers are whole", "use `//`"),
)


class _Environment(ImmutableSandboxedEnvironment):
    """Looks names up in mappings and lists alone, and takes operators to `operate`."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%", "**"))

    def getattr(self, obj: object, attribute: str) -> object:
        """Return the item called `attribute`; Python attributes do not exist here."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: object, argument: object) -> object:
        """Return an item of a mapping, a list or a text; slices never come here."""
        if isinstance(obj, Unknown):
            raise UnknownValue(obj)
        if isinstance(argument, Unknown):
            raise UnknownValue(argument)
        if isinstance(obj, Undefined):
            return super().getitem(obj, argument)  # raises
        if isinstance(obj, Mapping) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if (
            isinstance(obj, list | tuple | str)
            and type(argument) is int
            and -len(obj) <= argument < len(obj)
        ):
            return obj[argument]
        return self.undefined(no_such(str(argument), obj, "the value"), obj=obj)

    def call_binop(
        self,
        context: Context,  # noqa: ARG002  # Jinja's signature
        operator: str,
        left: object,
        right: object,
    ) -> object:
        """Apply a binary operator within the bounds."""
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
        return operate(operator, left, right)


class Sandboxed:
    """One compiled expression."""

    def __init__(self, source: str) -> None:
        """Compile `source`.

        Raises:
            ExpressionSyntaxError: if it is no expression of the language.
        """
        environment = _environment()
        try:
            tree = _parse(environment, source)
            _allow(tree)
            self.references: frozenset[Path] = frozenset(_paths(tree))
            self._call = environment.compile_expression(source, undefined_to_none=False)
        except TemplateError as error:
            raise ExpressionSyntaxError(error.message or "no expression") from None
        except (RecursionError, MemoryError, SyntaxError, OverflowError) as error:
            raise ExpressionSyntaxError("the expression is too complicated") from error

    def run(self, scope: Scope) -> object:
        """Return the value in `scope`.

        Raises:
            MissingError: for a name or key that is not there.
            OperationError: for an operation that does not work on its values.
            UnknownValue: if it needs an unknown value.
        """
        try:
            value = self._call(dict(scope))
            if isinstance(value, Undefined):
                str(value)
        except TemplateError as error:
            raise MissingError(error.message or "undefined") from None
        except _FAILURES as error:
            raise OperationError(str(error) or type(error).__name__) from None
        return value


@lru_cache(maxsize=1)
def _environment() -> _Environment:
    environment = _Environment(undefined=StrictUndefined, optimized=False, cache_size=0)
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update(FILTERS)
    environment.filters.update({name: _eager(JINJA_FILTERS[name]) for name in _LAZY_FILTERS})
    environment.filters["default"] = environment.filters["d"] = _default
    environment.tests.clear()
    environment.tests.update({name: _known(cast("Filter", TESTS[name])) for name in _TESTS})
    environment.tests["defined"] = _defined
    return environment


def _eager(lazy: Filter) -> Filter:
    @pass_context
    def run(context: Context, value: object, *arguments: object, **named: object) -> object:
        return listed(cast("Iterable[object]", lazy(context, value, *arguments, **named)))

    return run


def _known(test: Filter) -> Filter:
    def run(value: object, *arguments: object) -> object:
        for item in (value, *arguments):
            if isinstance(item, Unknown):
                raise UnknownValue(item)
        return test(value, *arguments)

    return run


def _default(value: object, instead: object = "") -> object:
    return instead if isinstance(value, Undefined) else value


def _defined(value: object) -> bool:
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    return not isinstance(value, Undefined)


def _parse(environment: _Environment, source: str) -> nodes.Expr:
    parser = Parser(environment, source, state="variable")
    tree = parser.parse_expression()
    if not parser.stream.eos:
        raise ExpressionSyntaxError(f"`{parser.stream.current.value}` is not expected here")
    return tree


def _allow(tree: nodes.Expr) -> None:
    for node in (tree, *tree.find_all(nodes.Node)):
        for kind, message, help_ in _REFUSED:
            if isinstance(node, kind):
                raise ExpressionSyntaxError(message, help_)
        if isinstance(node, nodes.Name) and node.name == "self":
            raise ExpressionSyntaxError("`self` cannot be used: Jinja has its own")
        if isinstance(node, nodes.Const) and isinstance(node.value, float):
            raise ExpressionSyntaxError("numbers are whole", "write it without a point")


def _paths(node: nodes.Node) -> Iterator[Path]:
    path: list[str] = []
    inner: nodes.Node = node
    while True:
        if isinstance(inner, nodes.Getattr):
            path.insert(0, inner.attr)
            inner = inner.node
        elif (
            isinstance(inner, nodes.Getitem)
            and isinstance(inner.arg, nodes.Const)
            and isinstance(inner.arg.value, str)
        ):
            path.insert(0, inner.arg.value)
            inner = inner.node
        else:
            break
    if isinstance(inner, nodes.Name):
        yield (inner.name, *path)
        return
    for child in inner.iter_child_nodes():
        yield from _paths(child)
