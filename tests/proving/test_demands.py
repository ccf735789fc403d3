"""The block `preflight:` of a test file."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml
from proving_text import reader

from irkit.canonical import thaw
from irkit.diagnostics import Diagnostic
from irkit.proving.canary.schema import canary_schema
from irkit.proving.preflight.demands import Demands, decode_preflight
from irkit.proving.preflight.schema import preflight_schema


def decoded(*entries: str) -> tuple[Demands, list[Diagnostic]]:
    """Decode the entries of a preflight block."""
    top = reader("preflight:\n" + "".join(f"  - {entry}\n" for entry in entries))
    demands = decode_preflight(top)
    return demands, list(top.problems.all())


def test_every_limit_is_read() -> None:
    """Each check takes the limits that are its own."""
    demands, found = decoded(
        "{check: targets, inputs: {user: canary@acme.example}}",
        "{check: approvers, quorum: 2, keys_valid_for: 30d}",
        "{check: reach, ack_within: 10m, asked_within: 7d}",
        "{check: secrets, age_max: 90d}",
        "{check: clocks, skew_max: 2s}",
        "{check: logs, okta_lag_max: 5m, cloudtrail_lag_max: 20m}",
        '{check: limits, left_min: "60%"}',
    )
    assert found == []
    assert demands == Demands(
        inputs={"user": "canary@acme.example"},
        quorum=2,
        keys_valid_for=timedelta(days=30),
        ack_within=timedelta(minutes=10),
        asked_within=timedelta(days=7),
        secret_age=timedelta(days=90),
        skew=timedelta(seconds=2),
        okta_lag=timedelta(minutes=5),
        cloudtrail_lag=timedelta(minutes=20),
        left_percent=60,
    )


def test_no_block_asks_for_nothing_more() -> None:
    """Without a block the defaults hold."""
    assert decode_preflight(reader("irkit: 1\n")) == Demands()


@pytest.mark.parametrize(
    ("entry", "code", "said"),
    [
        ("{check: clock, skew_max: 2s}", "IRK105", "no check called `clock` takes limits"),
        ("{check: clocks, skew: 2s}", "IRK101", "unknown key `skew`"),
        ("{check: clocks, skew_max: soon}", "IRK106", "is no duration"),
        ("{check: limits, left_min: half}", "IRK105", "no percentage"),
        ('{check: limits, left_min: "101%"}', "IRK105", "no percentage"),
        ("{check: limits}", "IRK104", "has no `left_min`"),
        ("{skew_max: 2s}", "IRK104", "has no `check`"),
        ("clocks", "IRK103", "must be a mapping"),
        ("{check: approvers, quorum: 0}", "IRK105", "at least 1"),
    ],
)
def test_a_limit_that_cannot_be_meant_is_told(entry: str, code: str, said: str) -> None:
    """What is wrong has its place and its code."""
    _, found = decoded(entry)
    assert code in {item.code for item in found}
    assert any(said in item.summary for item in found), found
    assert all(item.at is not None for item in found)


def test_a_check_is_there_once() -> None:
    """Two entries for one check contradict each other."""
    _, found = decoded("{check: clocks, skew_max: 2s}", "{check: clocks, skew_max: 3s}")
    assert [item.code for item in found] == ["IRK108"]


DOCS = Path(__file__).parents[2] / "docs/how-to"


@pytest.mark.parametrize(
    ("page", "block", "schema"),
    [
        ("preflight.md", "preflight", preflight_schema()),
        ("canary.md", "canary", canary_schema()),
    ],
)
def test_editors_accept_what_the_pages_show(
    page: str, block: str, schema: Mapping[str, object]
) -> None:
    """The schema of a block accepts the example of its page, and nothing it does not know."""
    text = (DOCS / page).read_text().partition("```yaml test\n")[2].partition("```")[0]
    shown = yaml.safe_load(text)[block]
    check = jsonschema.Draft202012Validator(thaw(schema))  # type: ignore[arg-type]
    assert list(check.iter_errors(shown)) == []
    wrong = [*shown, {"check": "clock"}] if isinstance(shown, list) else {**shown, "plnat": "x"}
    assert list(check.iter_errors(wrong))
