"""Lines: one spelling, the same verdict with and without orjson, the published JSON vectors."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from irkit.canonical import CanonicalError, canonical, parse
from irkit.trail.fast_json import parse_line
from irkit.trail.merkle import leaf_hash
from irkit.trail.record import (
    GENESIS_PREV,
    Actor,
    Draft,
    Place,
    RecordError,
    decode_line,
    encode_line,
    record_of,
)

DRAFT = Draft(
    type="note", run="R", actor=Actor(id="a", kind="person", auth="os"), body={"k": ["v", 1]}
)
PLACE = Place(
    n=3,
    prev=GENESIS_PREV,
    ts="2026-11-24T03:05:00.000Z",
    boot="b",
    mono=7,
    c=2,
    rn=1,
)
LINE = encode_line(DRAFT, canonical(DRAFT.body), PLACE)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=126), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_line_is_canonical_and_reads_back() -> None:
    """The line is built without a JSON encoder and is canonical all the same."""
    assert canonical(parse(LINE)) == LINE
    assert decode_line(LINE) == record_of(DRAFT, PLACE, leaf_hash(LINE))


@given(JSON, st.text(max_size=5), st.none() | st.integers(0, 9), st.integers(0, 5))
def test_every_line_is_canonical(body: Any, text: str, rn: int | None, skew: int) -> None:
    """Whatever is in it, an encoded line is canonical and gives the record back."""
    run = None if rn is None else text
    draft = Draft(type=text, run=run, actor=Actor(id=text, kind=text, auth=text), body={"x": body})
    place = Place(n=0, prev=GENESIS_PREV, ts=PLACE.ts, boot=text, mono=0, c=0, rn=rn, skew=skew)
    line = encode_line(draft, canonical(draft.body), place)
    assert canonical(parse(line)) == line
    assert decode_line(line) == record_of(draft, place, leaf_hash(line))


BAD = {
    "white space": LINE.replace(b",", b", ", 1),
    "escape": LINE.replace(b'"note"', b'"n\\u006fte"'),
    "float": LINE.replace(b'"mono":7', b'"mono":7.0'),
    "negative zero": LINE.replace(b'"mono":7', b'"mono":-0'),
    "exponent": LINE.replace(b'"mono":7', b'"mono":1e2'),
    "big integer": LINE.replace(b'"mono":7', b'"mono":9007199254740992'),
    "surrogate": LINE.replace(b'"note"', b'"\\ud800"'),
    "mark": b"\xef\xbb\xbf" + LINE,
    "carriage return": LINE + b"\r",
    "two of a key": LINE.replace(b'"v":1', b'"v":1,"v":1'),
    "order": b'{"v":1,' + LINE[1:].replace(b',"v":1', b""),
    "utf-16": LINE.decode().encode("utf-16"),
    "not utf-8": LINE.replace(b'"note"', b'"\xff"'),
    "truncated": LINE[:-1],
    "empty": b"",
}


@pytest.mark.parametrize("name", BAD)
def test_other_spellings_are_refused(name: str) -> None:
    """Every other spelling of a record is refused, by both parsers alike."""
    with pytest.raises(RecordError) as caught:
        decode_line(BAD[name])
    assert caught.value.code == "record.not-canonical"
    with pytest.raises(CanonicalError) as slow:
        parse(BAD[name])
    assert str(caught.value) == str(slow.value)


WRONG = {
    "version": LINE.replace(b'"v":1', b'"v":2'),
    "missing": LINE.replace(b',"v":1', b""),
    "extra": LINE.replace(b',"v":1', b',"v":1,"w":1'),
    "actor": LINE.replace(b'"id":"a"', b'"id":1'),
    "actor fields": LINE.replace(b'"id":"a"', b'"if":"a"'),
    "body": LINE.replace(b'{"k":["v",1]}', b"[]"),
    "count": LINE.replace(b'"n":3', b'"n":-3'),
    "count is true": LINE.replace(b'"n":3', b'"n":true'),
    "run without rn": LINE.replace(b'"rn":1', b'"rn":null'),
    "run is a number": LINE.replace(b'"run":"R"', b'"run":1'),
    "time": LINE.replace(b".000Z", b"Z"),
    "time is a number": LINE.replace(b'"2026-11-24T03:05:00.000Z"', b"1"),
    "no skew": LINE.replace(b'"ts"', b'"skew":0,"ts"'),
    "skew is true": LINE.replace(b'"ts"', b'"skew":true,"ts"'),
}


@pytest.mark.parametrize("name", WRONG)
def test_malformed_fields_are_refused(name: str) -> None:
    """A canonical line that is no record is refused as such."""
    parse(WRONG[name])
    with pytest.raises(RecordError) as caught:
        decode_line(WRONG[name])
    assert caught.value.code == "record.fields"


def test_length_is_limited() -> None:
    """A line beyond 65,535 bytes is refused before it is parsed."""
    with pytest.raises(RecordError) as caught:
        decode_line(LINE.replace(b'"note"', b'"' + b"x" * 65_535 + b'"'))
    assert caught.value.code == "record.too-long"


@given(
    JSON.map(canonical)
    | st.binary(max_size=20)
    | st.recursive(
        st.floats() | st.integers() | st.text(max_size=4),
        lambda i: st.lists(i, max_size=3) | st.dictionaries(st.text(max_size=3), i, max_size=3),
    ).map(
        lambda v: json.dumps(v, separators=(",", ":"), ensure_ascii=False).encode(
            "utf-8", "replace"
        )
    )
)
def test_fast_and_slow_parsers_agree(data: bytes) -> None:
    """The optional fast path never changes a verdict, a value or a message."""
    try:
        slow: object = parse(data)
    except CanonicalError as error:
        slow = str(error)
    try:
        fast: object = parse_line(data)
    except CanonicalError as error:
        fast = str(error)
    assert repr(fast) == repr(slow)


def test_depth_is_limited_alike() -> None:
    """Nesting beyond 32 levels is refused, up to it accepted, by both parsers."""
    for depth, fits in ((32, True), (33, True), (34, False), (2000, False)):
        data = b"[" * depth + b"]" * depth
        for read in (parse, parse_line):
            if fits:
                read(data)
            else:
                with pytest.raises(CanonicalError):
                    read(data)


@given(JSON)
def test_canonical_form_is_rfc_8785(value: Any) -> None:
    """Inside the subset our bytes are those of an RFC 8785 implementation."""
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("arrays", True),
        ("french", False),
        ("structures", False),
        ("unicode", True),
        ("values", False),
        ("weird", False),
    ],
)
def test_published_json_vectors(name: str, inside: bool, vectors: Callable[[str], Path]) -> None:
    """The published vectors give the published bytes, or are refused for a reason."""
    folder = vectors("rfc8785")
    value = json.loads((folder / "input" / f"{name}.json").read_bytes())
    expected = (folder / "output" / f"{name}.json").read_bytes()
    assert rfc8785.dumps(value) == expected
    if inside:
        assert canonical(value) == expected
    else:
        with pytest.raises(CanonicalError):
            canonical(value)
