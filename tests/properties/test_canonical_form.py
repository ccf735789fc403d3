"""Canonical JSON: one spelling for one value, and a refusal for everything outside the subset."""

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_values import json_values

from irkit.canonical import (
    MAX_DEPTH,
    MAX_INTEGER,
    CanonicalError,
    Json,
    canonical,
    digest,
    parse,
    thaw,
)


@given(json_values())
def test_what_is_written_is_read_back(value: Json) -> None:
    """Reading canonical bytes gives the value, and writing that gives the same bytes."""
    data = canonical(value)
    assert thaw(parse(data)) == thaw(value)
    assert canonical(parse(data)) == data


@given(json_values())
def test_it_is_plain_sorted_json(value: Json) -> None:
    """Any JSON reader understands it, and there is no space and no other key order in it."""
    data = canonical(value)
    plain = json.dumps(
        thaw(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert data == plain


@given(st.dictionaries(st.text("abc", max_size=3), st.integers(0, 9)))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    """Two ways to build the same object have one digest."""
    backwards = dict(reversed(value.items()))
    assert digest(value) == digest(backwards) == digest(MappingProxyType(value))


@given(json_values(), st.sampled_from([b" ", b"\n"]))
def test_another_spelling_of_the_same_value_is_refused(value: Json, extra: bytes) -> None:
    """White space is valid JSON and not canonical."""
    with pytest.raises(CanonicalError):
        parse(canonical(value) + extra)


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        b"bytes",
        {1: "a"},
        {"ключ": 1},
        {"a": [{"b": {1, 2}}]},
        "\ud800",
        {"a": "\udfff"},
    ],
    ids=repr,
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    """Nothing outside the subset is coerced into it."""
    with pytest.raises(CanonicalError):
        canonical(value)  # type: ignore[arg-type]


def _nested(depth: int, *, mapping: bool) -> Json:
    value: Json = "leaf"
    for _ in range(depth):
        value = {"k": value} if mapping else [value]
    return value


@pytest.mark.parametrize("mapping", [True, False])
def test_depth_is_limited_exactly(mapping: bool) -> None:
    """32 levels pass, 33 do not, for objects and lists alike."""
    assert parse(canonical(_nested(MAX_DEPTH, mapping=mapping)))
    with pytest.raises(CanonicalError, match="levels"):
        canonical(_nested(MAX_DEPTH + 1, mapping=mapping))


def test_an_empty_container_is_as_deep_as_a_value() -> None:
    """An empty list may stand where a text may, one level below the deepest list."""
    value: Json = []
    for _ in range(MAX_DEPTH):
        value = [value]
    assert canonical(value) == b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)


def test_the_refusal_says_where() -> None:
    """The message leads to the value."""
    with pytest.raises(CanonicalError, match=r"\$\.a\[1\]\.b"):
        canonical({"a": [0, {"b": 1.5}]})  # type: ignore[dict-item]


class _Word(str):
    """A text of another type."""

    __slots__ = ()


class _Own(Mapping[str, Json]):
    """A mapping that is no dict."""

    def __getitem__(self, key: str) -> Json:
        return {"a": 1}[key]

    def __iter__(self) -> Iterator[str]:
        return iter(("a",))

    def __len__(self) -> int:
        return 1


def test_other_mappings_and_texts_have_the_form_of_plain_ones() -> None:
    """What behaves as a JSON value is one."""
    assert canonical(_Own()) == b'{"a":1}'
    assert canonical([_Word("x"), True, None]) == b'["x",true,null]'
