"""Strict YAML: what a reviewer reads is what is loaded, and no input does any harm."""

import json
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from irkit import yaml_strict
from irkit.canonical import Json
from irkit.decode import plain
from irkit.yaml_strict import MappingNode, ScalarNode, SequenceNode
from irkit.yaml_strict.builder import Builder


def loaded(text: str) -> Json:
    """Return what `text` means, which must be without problems."""
    node, found = yaml_strict.load(text, "f.yaml")
    assert found == ()
    assert node is not None
    return plain(node)


def codes(text: str) -> list[str]:
    """Return the codes of what is wrong with `text`."""
    return [found.code for found in yaml_strict.load(text, "f.yaml")[1]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("012345670123", "012345670123"),
        ("123456789012", 123456789012),
        ("1_000", "1_000"),
        ("+1", "+1"),
        ("-7", -7),
        ("-0", "-0"),
        ("0", 0),
        ("0x1f", "0x1f"),
        ("1:30", "1:30"),
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        ("2024-01-01", "2024-01-01"),
        ("no", "no"),
        ("on", "on"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("~", "~"),
        ('"1"', "1"),
        ("'true'", "true"),
        (".inf", ".inf"),
    ],
)
def test_a_scalar_means_what_it_looks_like(text: str, value: Json) -> None:
    """Only true, false, null and plain decimal integers are anything but text."""
    result = loaded(f"key: {text}")
    assert isinstance(result, dict)
    assert result["key"] == value
    assert type(result["key"]) is type(value)


def test_words_of_old_yaml_may_be_keys() -> None:
    """`on` and `no` are keys of their own spelling, not truth values."""
    assert loaded("on: 1\nno: 2\n") == {"on": 1, "no": 2}


def test_spans_name_line_and_column_from_one() -> None:
    """A node knows where it starts and ends, which is what diagnostics point at."""
    node, _ = yaml_strict.load("a:\n  - bcd\n", "f.yaml")
    assert isinstance(node, MappingNode)
    inner = node.get("a")
    assert isinstance(inner, SequenceNode)
    span = inner.items[0].span
    assert (span.line, span.column, span.end_line, span.end_column) == (2, 5, 2, 8)
    assert span.file == "f.yaml"


def test_a_mapping_gives_keys_and_values_by_name() -> None:
    """Nodes are looked up by the text of their key."""
    node, _ = yaml_strict.load("a: 1\n", "f.yaml")
    assert isinstance(node, MappingNode)
    assert isinstance(node.get("a"), ScalarNode)
    assert node.get("b") is None
    assert node.key("a") is not None
    assert node.key("b") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", ["IRK007"]),
        ("a: &x 1\n", ["IRK005"]),
        ("a: *x\n", ["IRK005"]),
        ("a: &x 1\nb: *x\n", ["IRK005", "IRK005"]),
        ("<<: {a: 1}\n", ["IRK009"]),
        ("a: !!str 1\n", ["IRK006"]),
        ("a: !local {}\n", ["IRK006"]),
        ("%YAML 1.2\n---\na: 1\n", ["IRK006"]),
        ("1: a\n", ["IRK008"]),
        ("true: a\n", ["IRK008"]),
        ("? [a]\n: b\n", ["IRK008"]),
        ("{a: 1}: 2\n", ["IRK008"]),
        ("a: {{ x }}\n", ["IRK015"]),
        ("a: 1\n---\nb: 2\n", ["IRK010"]),
        ("", ["IRK012"]),
        ("# nothing\n", ["IRK012"]),
        ("a: b: c\n", ["IRK003"]),
        ("a: [1, 2\n", ["IRK003"]),
        ("\t- a\n", ["IRK003"]),
        ("a: 9007199254740992\n", ["IRK013"]),
        ("a: \x07\n", ["IRK011"]),
        ("a: pay \u202eevil\n", ["IRK011"]),
        ("a: b\rc: d\n", ["IRK011"]),
        ('a: "\\0"\n', ["IRK011"]),
        ("a: \ud800\n", ["IRK011"]),
        ("[" * 33 + "]" * 33, ["IRK004"]),
    ],
)
def test_what_could_mislead_is_named(text: str, expected: list[str]) -> None:
    """Each hazard has a code of its own."""
    assert codes(text) == expected


def test_a_second_key_points_at_the_first() -> None:
    """A duplicate key names both places, and keeps the first value."""
    node, found = yaml_strict.load("a: 1\nb: 2\na: 3\n", "f.yaml")
    assert found[0].at is not None
    assert found[0].at.span.line == 3
    assert found[0].also[0].span.line == 1
    assert node is not None
    assert plain(node) == {"a": 1, "b": 2}


def test_several_problems_are_reported_together() -> None:
    """Nothing stops at the first problem that leaves the structure clear."""
    assert codes("a: 1\na: 2\n1: x\nb: !t 3\n") == ["IRK007", "IRK008", "IRK006"]


def test_thirty_two_levels_are_allowed() -> None:
    """The limit itself passes, one more does not."""
    assert codes("[" * 32 + "]" * 32) == []


def test_line_ends_of_windows_are_read() -> None:
    """CRLF is a line end, and lines count the same."""
    assert loaded("a: 1\r\nb:\r\n  - c\r\n") == {"a": 1, "b": ("c",)}


def test_a_byte_order_mark_is_ignored_only_at_the_start() -> None:
    """Some editors write one; in the middle it is an invisible character."""
    assert loaded("\ufeffa: 1\n") == {"a": 1}
    assert codes("a: \ufeff1\n") == ["IRK011"]


def test_bytes_that_are_no_utf8_name_their_line() -> None:
    """The line of the first bad byte is given."""
    node, found = yaml_strict.load_bytes(b"a: 1\nb: \xff\n", "f.yaml")
    assert node is None
    assert found[0].code == "IRK001"
    assert found[0].at is not None
    assert found[0].at.span.line == 2


def test_a_file_at_the_limit_is_read_and_one_byte_more_is_not() -> None:
    """Size is counted in bytes."""
    text = "# " + "é" * (yaml_strict.MAX_BYTES // 2 - 4) + "\na: 1"
    assert len(text.encode()) == yaml_strict.MAX_BYTES - 1
    assert codes(text + " ") == []
    assert codes(text + "  ") == ["IRK002"]
    assert yaml_strict.load_bytes(b"a" * (yaml_strict.MAX_BYTES + 1), "f")[1][0].code == "IRK002"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{" * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "a" * 10_000_000,
        '"' * 99_999,
        "[" + "a," * 400_000 + "]",
        "&a " * 100_000,
        "a: " + "9" * 200_000,
        "\n".join(f"k{n}: {{}}" for n in range(60_000)),
        "\n".join("a: 1" for _ in range(100_000)),
        "\x00" * 500_000,
        "a: &a [x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n",
        "%TAG ! tag:x,2000:\n" * 10_000,
        "a: 1\n" * 100 + "b: " + "[" * 2_000,
    ],
    ids=range(15),
)
def test_hostile_input_is_refused_quickly(text: str) -> None:
    """Bombs end in a few diagnostics within a moment, never in a crash."""
    start = time.monotonic()
    _, found = yaml_strict.load(text, "f.yaml")
    assert 1 <= len(found) <= 100
    assert time.monotonic() - start < 5


def test_a_failure_of_the_reader_itself_is_a_diagnostic() -> None:
    """Even one that names no place."""
    builder = Builder("f.yaml", "")
    builder.unreadable(yaml.YAMLError("odd"))
    node, found = builder.finish()
    assert node is None
    assert [item.code for item in found] == ["IRK003"]
    assert found[0].at is not None
    assert found[0].at.span.line == 1


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_tree_or_a_reason(text: str) -> None:
    """The loader never raises, and without a tree there is always a diagnostic."""
    node, found = yaml_strict.load(text, "f.yaml")
    assert node is not None or found


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:-[]{},&*!|>'\"#%@?\n \t0{}<", max_size=120))
def test_any_text_of_yaml_signs_gives_a_tree_or_a_reason(text: str) -> None:
    """The same with the characters that mean something."""
    node, found = yaml_strict.load(text, "f.yaml")
    assert node is not None or found


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_a_reason(data: bytes) -> None:
    """The same for bytes."""
    node, found = yaml_strict.load_bytes(data, "f.yaml")
    assert node is not None or found


_KEYS = st.text(alphabet="abcxyz_", min_size=1, max_size=6)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=5))
def test_json_is_read_back_as_it_was(value: dict[str, Json]) -> None:
    """JSON of the subset is YAML with the same meaning."""
    result = loaded(json.dumps(value))
    assert json.dumps(result, sort_keys=True) == json.dumps(value, sort_keys=True)
