"""The trail on the screen: three outcomes, and the middle one never looks like the good one."""

from dataclasses import replace

import pytest
from golden_story import STYLE
from lapsus_run import ROOT, partial_run

from irkit.canonical import JsonObject
from irkit.cli.views import trail
from irkit.trail.verdict import Anchor, Finding, Outcome, Place, Verdict


def _verdict(outcome: Outcome, **more: object) -> JsonObject:
    base = Verdict(
        outcome=outcome,
        findings=(),
        origin="acme.example/irkit/oncall+5f3a",
        size=80,
        root=ROOT,
        anchors=(),
        anchored_size=0,
        deep=False,
    )
    return replace(base, **more).to_json()  # type: ignore[arg-type]


def _first_line(value: JsonObject) -> str:
    return trail.verification_text(value, style=STYLE).splitlines()[0]


def test_words_are_those_of_the_verdict() -> None:
    """The view knows the same three outcomes as verification."""
    assert {trail.TAMPERED, trail.CONSISTENT, trail.ANCHORED} == {str(item) for item in Outcome}


def test_only_an_anchored_trail_gets_a_tick() -> None:
    """Consistent is not anchored, and does not look like it."""
    assert _first_line(_verdict(Outcome.ANCHORED)).startswith("✔ ANCHORED")
    assert _first_line(_verdict(Outcome.CONSISTENT)).startswith("▲ CONSISTENT, NOT ANCHORED")
    assert _first_line(_verdict(Outcome.TAMPERED)).startswith("✖ TAMPERED")


@pytest.mark.parametrize("outcome", [Outcome.CONSISTENT, Outcome.TAMPERED])
def test_no_bare_ok(outcome: Outcome) -> None:
    """Neither of the other outcomes says OK anywhere."""
    text = trail.verification_text(_verdict(outcome), style=STYLE)
    assert "ok" not in text.lower().split()
    assert "✔" not in text


def test_consistent_trail_says_how_to_anchor_it() -> None:
    """The middle outcome ends with the command that makes it the good one."""
    text = trail.verification_text(_verdict(Outcome.CONSISTENT), style=STYLE)
    assert text.splitlines()[-1].strip() == "irkit trail anchor --tsa URL"


def test_first_finding_says_where_and_why() -> None:
    """A tampered trail names the record, the line and the byte."""
    finding = Finding(
        code="chain.prev", text="altered", place=Place(record=17, line=23, offset=9120)
    )
    text = trail.verification_text(_verdict(Outcome.TAMPERED, findings=(finding,)), style=STYLE)
    assert "✖ chain.prev at record 17, line 23, byte 9120: altered" in text


def test_records_after_the_last_anchor_are_counted() -> None:
    """What nobody outside vouches for is said even of an anchored trail."""
    anchor = Anchor(source="rfc3161", size=70, root=ROOT, at="2026-11-24T02:30:00.000Z")
    value = _verdict(Outcome.ANCHORED, anchors=(anchor,), anchored_size=70)
    text = trail.verification_text(value, style=STYLE)
    assert "rfc3161: 70 records at 2026-11-24T02:30:00.000Z" in text
    assert "10 records after the last anchor could be cut off unseen" in text


def test_record_line_shows_index_time_type_and_who() -> None:
    """A record is one line that begins with its index."""
    value = trail.record_json(partial_run().records[0])
    line = trail.record_text(value, style=STYLE)
    assert line.startswith("    40  2026-11-24 02:23:00Z  run.opened            alice@acme")
    assert len(line) <= STYLE.width


def test_full_record_shows_its_whole_body() -> None:
    """With `full` nothing of the body is cut."""
    value = trail.record_json(partial_run().records[0])
    text = trail.record_text(value, style=STYLE, full=True)
    assert '"case": "teal-otter"' in text
    assert "…" not in text


def test_hostile_body_stays_on_its_line() -> None:
    """A line break in a record's text does not make a second record."""
    record = replace(partial_run().records[0], body={"title": "x\n    41  2026 fake\x1b[A"})
    for full in (False, True):
        text = trail.record_text(trail.record_json(record), style=STYLE, full=full)
        assert "\x1b" not in text
        assert not any(line.startswith("    41") for line in text.splitlines())


def test_listing_has_a_heading() -> None:
    """Many records stand under one heading."""
    values = [trail.record_json(record) for record in partial_run().records[:3]]
    lines = trail.records_text(values, style=STYLE).splitlines()
    assert lines[0].split() == ["N", "TIME", "(UTC)", "TYPE", "WHO", "WHAT"]
    assert len(lines) == 4
