"""A run of an exercise becomes a test file that holds."""

from pathlib import Path

from test_playing import found_of

from irkit.cli.testing import EXITS
from irkit.proving.testing.decode import decode
from irkit.proving.testing.playing import Play, play, staged
from irkit.proving.testing.recording import expectations, setup
from irkit.proving.testing.results import judged
from irkit.proving.testing.suite import Suite

LEAKED = "leaked-aws-access-key"


def suite_of(text: str) -> Suite:
    """Decode what was written."""
    found = found_of(LEAKED)
    decoded = decode(text.encode(), Path(found.suite.file).name, found.book.main)
    assert decoded.suite is not None, decoded.diagnostics
    return decoded.suite


def test_a_recorded_run_is_a_test_that_holds() -> None:
    """Inputs and people come from the trail, expectations from the world, and all of them hold."""
    found = found_of(LEAKED, "what the key did not lead to")
    case = found.cases[0]
    with staged(case) as bench:
        seen = Play(bench, case, found.book, EXITS).seen()
        text = setup(bench.run_of(seen.first.run), found.book.main)
    assert "approvals:\n      - {phase: shut-out, by: alice, decision: approve}" in text
    assert f"result: {seen.first.result}" in text
    recorded = suite_of(text + expectations(seen)).cases[0]
    assert {item.about for item in recorded.expect} >= {
        *("result", "exit", "calls: writes", "reports: after-action"),
        *("seats: long_term_key", "aws.access_key seat.long_term_key: status"),
        "order: shut-out.quarantine before shut-out.deactivate",
    }
    again = play(recorded, found.book, EXITS)
    result = judged(LEAKED, found.suite.file, recorded, again, 0.0)
    assert [item.summary for item in result.diagnostics] == []
