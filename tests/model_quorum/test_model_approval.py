"""Statements: one spelling, strictly read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.canonical import Json, canonical
from irkit.model.approval import (
    DRILL_NAMESPACE,
    LIVE_NAMESPACE,
    Decision,
    Statement,
    StatementError,
    TrailView,
)

NOW = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
DIGEST = "sha256:" + "a" * 64
STATEMENT = Statement(
    origin="acme.example/irkit",
    run="01JDC0000000000000000000R1",
    mode="live",
    header=DIGEST,
    parts=(DIGEST,),
    policy=DIGEST,
    decision=Decision.APPROVE,
    approver="bob@acme",
    requester="alice@acme",
    nonce="n",
    nb=NOW,
    exp=NOW + timedelta(minutes=30),
    display=DIGEST,
    trail=TrailView(size=3, root="A" * 43 + "="),
)


def test_statement_round_trips() -> None:
    """What was encoded is decoded to the same statement."""
    assert Statement.decode(STATEMENT.canonical()) == STATEMENT


def test_policy_statement_has_no_run() -> None:
    """A statement about a policy belongs to no run."""
    statement = replace(STATEMENT, run=None)
    assert Statement.decode(statement.canonical()) == statement


def test_namespace_follows_the_mode() -> None:
    """A drill's approvals are signed in a namespace of their own."""
    assert STATEMENT.namespace == LIVE_NAMESPACE
    assert replace(STATEMENT, mode="drill").namespace == DRILL_NAMESPACE


BAD: dict[str, dict[str, Json]] = {
    "version": {"v": 2},
    "type": {"type": "irkit.approval/v2"},
    "missing text": {"nonce": ""},
    "number for text": {"approver": 7},
    "header": {"header": "sha256:xyz"},
    "mode": {"mode": "prod"},
    "decision": {"decision": "maybe"},
    "no parts": {"parts": []},
    "parts are no list": {"parts": DIGEST},
    "part is no digest": {"parts": ["x"]},
    "part is a number": {"parts": [1]},
    "part twice": {"parts": [DIGEST, DIGEST]},
    "empty run": {"run": ""},
    "run is a number": {"run": 1},
    "no offset": {"nb": "2026-11-24T03:05:00.000"},
    "no time": {"exp": "later"},
    "ends before it begins": {"exp": "2026-11-24T03:05:00.000Z"},
    "trail": {"trail": {"size": 1}},
    "trail is a list": {"trail": []},
    "size": {"trail": {"size": 0, "root": "A" * 43 + "="}},
    "size is true": {"trail": {"size": True, "root": "A" * 43 + "="}},
    "root": {"trail": {"size": 1, "root": "A"}},
    "unknown field": {"extra": 1},
}


@pytest.mark.parametrize("name", BAD)
def test_malformed_field_is_refused(name: str) -> None:
    """Each malformed field makes the whole statement unreadable."""
    body = canonical({**STATEMENT.to_json(), **BAD[name]})
    with pytest.raises(StatementError):
        Statement.decode(body)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"v": 1}', STATEMENT.canonical() + b"\n", b"\xff"]
)
def test_other_bytes_are_refused(data: bytes) -> None:
    """Bytes that are no canonical statement are refused."""
    with pytest.raises(StatementError):
        Statement.decode(data)


def test_other_spelling_of_a_time_is_refused() -> None:
    """The same moment with another offset is another text, and is not accepted."""
    body = {**STATEMENT.to_json(), "nb": "2026-11-24T04:05:00.000+01:00"}
    with pytest.raises(StatementError, match="milliseconds"):
        Statement.decode(canonical(body))


@given(st.integers(0, len(STATEMENT.canonical()) - 1), st.integers(1, 255))
def test_every_other_byte_gives_another_statement_or_none(position: int, mask: int) -> None:
    """No changed byte decodes to the statement that was signed."""
    data = bytearray(STATEMENT.canonical())
    data[position] ^= mask
    try:
        decoded = Statement.decode(bytes(data))
    except StatementError:
        return
    assert decoded != STATEMENT
