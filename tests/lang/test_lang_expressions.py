"""Expressions: JSON in, JSON out, bounded, without a way out of the sandbox."""

import json
import time
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irkit.canonical import Json
from irkit.diagnostics import IrkitError, Span
from irkit.lang.expressions import (
    Scope,
    Unknown,
    UnknownValue,
    check,
    evaluate,
    evaluate_condition,
    evaluate_items,
    names,
    references,
)
from irkit.lang.expressions.operations import OperationError, as_text, operate
from irkit.model.playbook import Expression, Template, Value

SCOPE: Scope = {
    "user": {"id": "00u1", "items": [1, 2], "keys": "k", "deep": {"x": {"y": 3}}},
    "sessions": [{"name": "b", "n": 2}, {"name": "a", "n": 1}],
    "nested": [["a"], ["b", "c"]],
    "result": "dead",
    "account": "012345670123",
    "yes": True,
    "nothing": None,
    "number": 7,
}


def value(source: str, scope: Scope = SCOPE) -> Json:
    """Evaluate a bare expression."""
    return evaluate(Expression(source=source), scope)


def text(source: str, scope: Scope = SCOPE) -> Json:
    """Evaluate a template."""
    return evaluate(Template(source=source), scope)


def refused(source: str, scope: Scope = SCOPE) -> str:
    """Return the code with which an expression fails."""
    with pytest.raises(IrkitError) as caught:
        value(source, scope)
    return caught.value.diagnostics[0].code


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("user.id", "00u1"),
        (" user.id ", "00u1"),
        ("user.items", [1, 2]),
        ("user.keys", "k"),
        ("user['items'][0]", 1),
        ("user.items[0:1]", [1]),
        ("user.items[-1]", 2),
        ("user.deep.x.y", 3),
        ("sessions | length", 2),
        ("sessions | count > 1", True),
        ("sessions | map(attribute='name') | join(', ')", "b, a"),
        ("sessions | map(attribute='name') | map('upper') | list", ["B", "A"]),
        ("sessions | selectattr('n', 'gt', 1) | map(attribute='name') | first", "b"),
        ("sessions | rejectattr('n', 'gt', 1) | length", 1),
        ("sessions | sort(attribute='n') | map(attribute='n') | list", [1, 2]),
        ("sessions | sort(attribute='n', reverse=true) | map(attribute='n') | list", [2, 1]),
        ("sessions | min(attribute='n')", {"name": "a", "n": 1}),
        ("sessions | max(attribute='n')", {"name": "b", "n": 2}),
        ("sessions | sum(attribute='n')", 3),
        ("[1, 1, 2] | unique", [1, 2]),
        ("[{'a': 1}, {'a': 1}] | unique | length", 1),
        ("[true, 1] | unique", [True, 1]),
        ("[3, 1] | select('gt', 2) | list", [3]),
        ("[3, 1] | reject('gt', 2) | list", [1]),
        ("nested | flatten", ["a", "b", "c"]),
        ("user.deep | keys", ["x"]),
        ("user.deep | values", [{"y": 3}]),
        ("' A ' | trim | lower", "a"),
        ("'a-b' | replace('-', '.') | upper", "A.B"),
        ("'a,b' | split(',')", ["a", "b"]),
        ("'12' | int + 1", 13),
        ("7 | int", 7),
        ("7 | string", "7"),
        ("yes | string", "true"),
        ("{'b': 1, 'a': [none]} | tojson", '{"a":[null],"b":1}'),
        ("missing | default('x')", "x"),
        ("user.missing | default('x')", "x"),
        ("nothing | default('x')", None),
        ("missing is defined", False),
        ("user.id is defined", True),
        ("nothing is none", True),
        ("account is string", True),
        ("'a' in nested[0]", True),
        ("result == 'dead' and not false", True),
        ("'x' if yes else 'y'", "x"),
        ("number // 2 + number % 2 - 1 * 1", 3),
        ("-number", -7),
        ("'a' + 'b'", "ab"),
        ("[1] + [2]", [1, 2]),
        ("(1, 2)", [1, 2]),
        ("true", True),
        ("none", None),
        ("'abc'[1]", "b"),
        ("'abc' | last", "c"),
        ("[[1, 2]] | sum(attribute='1')", 2),
    ],
)
def test_expressions_give_json_values(source: str, expected: Json) -> None:
    """Every operator and filter of the language gives the value it says."""
    result = value(source)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ account }}", "012345670123"),
        ("  {{ user.items }}\n", [1, 2]),
        ("{{ yes }}", True),
        ("a {{ user.id }} b", "a 00u1 b"),
        ("{{ number }}{{ number }}", "77"),
        ("{{ yes }} {{ nothing }} {{ nested }}", 'true null [["a"],["b","c"]]'),
        ("{{ {'a': {'b': 1}} }}", {"a": {"b": 1}}),
        ("{{ '}}' }}", "}}"),
        ('{{ "\\"}}" }}', '"}}'),
        ("{{ '{{' }}", "{{"),
        ("{% if x %} {# no #} {{ number }}", "{% if x %} {# no #} 7"),
        ("no expression", "no expression"),
        ("{{ user.id | upper }}", "00U1"),
    ],
)
def test_templates_give_values_or_text(source: str, expected: Json) -> None:
    """A whole expression keeps its type, text around it makes text, and `{%` means nothing."""
    result = text(source)
    assert result == expected
    assert type(result) is type(expected)


def test_digits_stay_text() -> None:
    """What an intruder writes into a log is never turned into a number."""
    assert text("{{ account }}") == "012345670123"
    assert value("account", {"account": "111111111111"}) == "111111111111"


def test_values_are_evaluated_inside() -> None:
    """Lists and mappings keep their shape, constants stay."""
    source: Value = {"a": (1, Template(source="{{ number }}")), "b": "text"}
    assert evaluate(source, SCOPE) == {"a": [1, 7], "b": "text"}


@pytest.mark.parametrize(
    "source",
    [
        "missing",
        "user.missing",
        "user.id.upper",
        "user.__class__",
        "user['__class__']",
        "missing.x | default(1)",
        "missing + 1",
        "[missing, 1]",
        "{'a': missing}",
        "sessions[9]",
        "range",
        "dict",
        "lipsum",
        "cycler",
        "namespace",
        "loop",
        "null",
        "sessions | map(attribute='nope') | list | tojson",
        "user[nothing]",
        "[missing]",
        "missing == 1",
    ],
)
def test_what_is_not_there_is_an_error(source: str) -> None:
    """No name, key or Python attribute is invented."""
    assert refused(source) in {"IRK220", "IRK221"}


@pytest.mark.parametrize(
    "source",
    [
        "a b",
        "",
        "(",
        "1 +",
        "user.id()",
        "''.join(sessions)",
        "range(10)",
        "1 / 2",
        "2 ** 9",
        "'a' ~ 'b'",
        "1.5",
        "sessions | nofilter",
        "user is notatest",
        "x | attr('y')",
        "'a' | center(9)",
        "'%s' | format(1)",
        "(" * 900,
        "1" + "+1" * 900,
        "x" * 3_000 + " + 1",
        "user.id; 1",
        "{{ user }}",
        "a = 1",
        "lambda: 1",
        "self",
        "(self) is defined",
        "[self.x]",
    ],
)
def test_what_is_no_expression_is_refused_before_it_runs(source: str) -> None:
    """Syntax is checked without a scope, and evaluation says the same."""
    found = check(Expression(source=source, span=None))
    assert found is not None
    assert found.code == "IRK120"
    assert refused(source) == "IRK120"


@pytest.mark.parametrize(
    "source",
    [
        "'a' * 9",
        "[1] * 9",
        "'%s' % 1",
        "1 + 'a'",
        "1 < 'a'",
        "true + 1",
        "1 // 0",
        "1 % 0",
        "9007199254740991 + 1",
        "9007199254740991 * 9007199254740991",
        "12345678901234567890",
        "-user.id",
        "user | first",
        "[] | first",
        "1 | length",
        "1 | list",
        "1 | keys",
        "1 | values",
        "[1, 'a'] | sort",
        "[[1], [2]] | sort",
        "'a' | split('')",
        "'a' | join(1)",
        "1 | lower",
        "'x' | int",
        "'99999999999999999999' | int",
        "{1: 2}",
        "sessions | map('nofilter') | list",
        "sessions | map('join', sessions)",
        "sessions | map('upper') | list",
        "sessions | sort(attribute='nope')",
        "[[1]] | sum(attribute='1')",
        "sessions | map | list",
        "user | flatten",
        "user.items in 1",
    ],
)
def test_what_values_cannot_do_is_an_error(source: str) -> None:
    """An operation on the wrong values never gives a made-up result."""
    assert refused(source) in {"IRK220", "IRK221"}


@pytest.mark.parametrize(
    "source",
    [
        "big | join(long)",
        "big | map('replace', 'x', long) | list",
        "big + big + big | map('tojson') | join(long)",
        "long | replace('x', long)",
        f"[{', '.join(['long'] * 150)}]",
        "big | map('join', big) | list",
        "big | sum(attribute='0') + [1]",
    ],
)
def test_results_are_bounded_in_size_and_time(source: str) -> None:
    """Repetition by way of filters ends at the budget, not at the end of memory."""
    scope: Scope = {"big": ["x" * 50] * 5_000, "long": "x" * 500_000}
    start = time.monotonic()
    assert refused(source, scope) in {"IRK220", "IRK221"}
    assert time.monotonic() - start < 5


def test_operators_refuse_what_the_syntax_keeps_out() -> None:
    """The bounds do not depend on the syntax check alone."""
    with pytest.raises(OperationError, match=r"no `\*\*`"):
        operate("**", 2, 3)
    with pytest.raises(OperationError, match="no text form"):
        as_text(object())


def test_a_lookup_of_a_large_answer_is_not_bounded() -> None:
    """Ten thousand users of two kilobytes are what one read may well give."""
    scope: Scope = {"users": [{"id": str(n), "profile": "x" * 10_000} for n in range(10_000)]}
    assert len(evaluate_items(Expression(source="users"), scope)) == 10_000
    assert value("users | length", scope) == 10_000
    assert text("{{ users }}", scope) == scope["users"]


def test_a_deep_result_is_refused() -> None:
    """Values deeper than JSON may be here end with an error."""
    deep: object = 1
    for _ in range(40):
        deep = [deep]
    with pytest.raises(IrkitError, match="nested"):
        evaluate(Expression(source="x"), cast("Scope", {"x": deep}))


def test_an_undefined_name_inside_a_list_is_named() -> None:
    """The message speaks of the name, not of what it would have broken."""
    with pytest.raises(IrkitError, match="'missing' is undefined"):
        value("[missing, 1]")


def test_errors_point_at_the_expression() -> None:
    """The span of the source is the span of the problem."""
    span = Span(file="f", line=3, column=5, end_line=3, end_column=9)
    with pytest.raises(IrkitError) as caught:
        evaluate(Expression(source="nope", span=span), {})
    found = caught.value.diagnostics[0]
    assert found.at is not None
    assert found.at.span == span
    assert "`nope` is undefined" in found.summary


def test_a_missing_key_says_what_is_there() -> None:
    """The message lists the keys, so that a typo is seen."""
    with pytest.raises(IrkitError, match="`user` has no `idd`; it has id, login"):
        evaluate(Expression(source="user.idd"), {"user": {"id": 1, "login": 2}})


def test_conditions_are_true_or_false_only() -> None:
    """A text `false` must not count as true."""
    assert evaluate_condition(Expression(source="yes"), SCOPE) is True
    assert evaluate_condition(Expression(source="1 > 2"), SCOPE) is False
    for source in ("'false'", "sessions", "1", "nothing"):
        with pytest.raises(IrkitError, match="must be true or false"):
            evaluate_condition(Expression(source=source), SCOPE)


UNKNOWN = Unknown("after okta.user.suspend")
OPEN: Scope = {"u": UNKNOWN, "some": [1, UNKNOWN], "has": {"k": UNKNOWN, "v": 1}, "yes": True}


@pytest.mark.parametrize(
    "source",
    [
        "u",
        "u.x",
        "u.x.y",
        "u['x']",
        "has.k",
        "has.k.z",
        "has",
        "has['k']",
        "u == 1",
        "1 == u",
        "u != 1",
        "u > 1",
        "u + 1",
        "1 + u",
        "-u",
        "not u",
        "u and yes",
        "u if yes else 1",
        "1 if u else 2",
        "u | length",
        "u | default(1)",
        "u | first",
        "u | list",
        "u | keys",
        "u | values",
        "u | lower",
        "u | int",
        "u | string",
        "u is defined",
        "u is none",
        "u is string",
        "u in [1]",
        "'abc'[u:]",
        "u[0:1]",
        "1 in u",
        "2 in some",
        "some",
        "some | last",
        "some | sort",
        "some | unique",
        "some | join",
        "some | map('string') | list",
        "some | select('gt', 0) | list",
        "some | sum",
        "some[1]",
        "some[u]",
        "[u]",
        "{'a': u}",
        "'abc' | replace(u, 'x')",
        "[has] | map(attribute='k') | map('lower') | list",
        "[u] | map(attribute='k') | list",
        "[u] | sort(attribute='k')",
    ],
)
def test_what_needs_an_unknown_value_is_unknown(source: str) -> None:
    """No operation turns an unknown into a value; it says which one and why."""
    with pytest.raises(UnknownValue) as caught:
        value(source, OPEN)
    assert caught.value.unknowns == (UNKNOWN,)
    assert str(caught.value) == "after okta.user.suspend"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("yes or u", True),
        ("false and u", False),
        ("1 if yes else u", 1),
        ("has.v", 1),
        ("some | length", 2),
        ("some[0]", 1),
        ("some | first", 1),
        ("1 in some", True),
    ],
)
def test_what_does_not_need_the_unknown_is_known(source: str, expected: Json) -> None:
    """An unknown beside the way taken does not matter."""
    assert value(source, OPEN) == expected


def test_a_text_with_an_unknown_in_it_is_unknown() -> None:
    """No half-filled text leaves the evaluator."""
    with pytest.raises(UnknownValue):
        text("account {{ u }}", OPEN)


def test_a_loop_runs_over_a_list_with_unknown_items() -> None:
    """A failed item is one unknown; the others go on."""
    assert evaluate_items(Expression(source="some"), OPEN) == (1, UNKNOWN)
    with pytest.raises(UnknownValue):
        evaluate_items(Expression(source="u"), OPEN)
    with pytest.raises(IrkitError, match="needs a list"):
        evaluate_items(Expression(source="yes"), OPEN)


def test_an_unknown_is_only_itself() -> None:
    """It can be shown and found by identity, and nothing else."""
    assert repr(UNKNOWN) == "Unknown('after okta.user.suspend')"
    assert UNKNOWN == UNKNOWN  # noqa: PLR0124  # the point of the test
    assert {UNKNOWN: 1}[UNKNOWN] == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("inputs.user.id", {("inputs", "user", "id")}),
        ("a['b'].c[0].d", {("a", "b", "c")}),
        ("a.b | map(attribute=c) | join(d)", {("a", "b"), ("c",), ("d",)}),
        ("true and none is none", set()),
        ("{'k': x}[y.z]", {("x",), ("y", "z")}),
        ("a b c", set()),
    ],
)
def test_references_are_the_paths_that_are_read(
    source: str, expected: set[tuple[str, ...]]
) -> None:
    """What the dependency analysis works from."""
    assert references(Expression(source=source)) == expected


def test_names_are_the_roots_of_all_that_a_value_reads() -> None:
    """Values, lists and texts count with everything in them."""
    source: Value = {
        "a": (Template(source="{{ x.y }} and {{ z | length }}"),),
        "b": Template(source="{{ broken"),
        "c": 1,
    }
    assert names(source) == {"x", "z"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=10,
)
_NAMES = st.sampled_from(["a", "b", "c"])
_SIGNS = [".", "[", "]", "(", ")", "{", "}", ":", ",", "+", "-", "*", "//", "%", "==", "<", "|"]
_WORDS = ["and", "or", "not", "in", "is", "if", "else", "none", "true", "defined", "a", "b", "c"]
_REST = ["0", "1", "'x'", "length", "first", "map", "sort", "join", "default('y')", ".x", "['k']"]
_PIECES = st.sampled_from([*_SIGNS, *_WORDS, *_REST])


def outcome(source: Expression | Template, scope: dict[str, Json]) -> tuple[str, Json]:
    """Return the value of `source`, or the code with which it fails."""
    try:
        return "value", evaluate(source, cast("Scope", scope))
    except IrkitError as error:
        return "code", error.diagnostics[0].code


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=8), st.dictionaries(_NAMES, _JSON))
def test_any_expression_gives_json_or_a_diagnostic(
    pieces: list[str], scope: dict[str, Json]
) -> None:
    """Never another exception, and never a value JSON cannot hold."""
    kind, result = outcome(Expression(source=" ".join(pieces)), scope)
    if kind == "value":
        assert json.loads(json.dumps(result)) == result
    else:
        assert result in {"IRK120", "IRK220", "IRK221"}


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_template_gives_json_or_a_diagnostic(source: str) -> None:
    """The same for whole texts."""
    kind, result = outcome(Template(source="{{" + source), {})
    if kind == "value":
        assert json.loads(json.dumps(result)) == result
    else:
        assert result in {"IRK120", "IRK220", "IRK221"}


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "k", "id"]), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["a", "b"]), _JSON),
)
def test_a_dotted_path_means_the_same_with_and_without_jinja(
    path: list[str], scope: dict[str, Json]
) -> None:
    """The short way is the same language as the long one."""
    dotted = ".".join(path)
    short, long = (outcome(Expression(source=text), scope) for text in (dotted, f"({dotted})"))
    assert short == long
