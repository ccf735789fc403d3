"""The drill commands as people type them, in one process."""

import json
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from simulated import played, scenario

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from irkit.cli.main import application

from irkit.cli.views import drill as view
from irkit.cli.views import scorecard as card
from irkit.cli.views.style import Style
from irkit.drill.exercise.compare import Row
from irkit.drill.exercise.lines import lines
from irkit.drill.measures.scorecard import scorecard
from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import deeds

pytestmark = pytest.mark.xdist_group("simulated")  # they share what was played once

LAPSUS = "lapsus-contractor-okta-aws"
STYLE = Style(now=scenario().starts)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory that is no workspace."""
    monkeypatch.chdir(tmp_path)


def typed(*words: str) -> Result:
    """Type a command and return what it said."""
    return CliRunner().invoke(application(), ["drill", *words])


@pytest.mark.usefixtures("empty")
def test_scenarios_are_listed_and_shown() -> None:
    """Without a workspace too; the intruder's plan only where it is asked for."""
    listed = json.loads(CliRunner().invoke(application(), ["--json", "drill", "list"]).output)
    assert LAPSUS in {item["id"] for item in listed["scenarios"]}
    shown = typed("show", LAPSUS)
    assert "okta-contractor-compromise" in shown.output
    assert "push-spam" not in shown.output
    assert "push-spam" in typed("show", LAPSUS, "--truth").output


def test_a_comparison_is_a_table_for_screens_and_pages() -> None:
    """The response's title, how often it lied, and what it left."""
    row = Row(
        response="suspend",
        title="Suspend the user",
        seeds=30,
        false=30,
        evicted=0,
        goal=30,
        acts_after_cut=37,
        acts_after_claim=None,
        data=40,
        last_act=4620,
        left=("long_term_key",),
    )
    value = view.compared(scenario(), [row], 30)
    shown = view.compared_text(value, style=STYLE)
    assert "30/30" in shown
    assert "suspend left long_term_key" in shown
    head, rule, line = view.compared_markdown(value).splitlines()
    assert head.count("|") == rule.count("|") == line.count("|")
    assert line.startswith("| Suspend the user | 30/30 | 0/30 | 30/30 | 37 | - | 40 | 77m |")


def test_a_scorecard_says_the_lie_first() -> None:
    """What matters most is in the second line, in words, and the cap is explained."""
    told = played("suspend", minutes=45)
    value = scorecard(Told.of(scenario(), told.drill, told.runs)).to_json()
    shown = card.text(value, style=STYLE).splitlines()
    assert "FALSE ALL-CLEAR" in shown[1]
    assert any("capped" in line for line in shown)
    true = played("playbook")
    value = scorecard(Told.of(scenario(), true.drill, true.runs)).to_json()
    assert "EVICTED" in card.text(value, style=STYLE).splitlines()[1]


def test_participants_do_not_see_the_intruder() -> None:
    """The status of a drill shows seats and the intruder's acts to the facilitator only."""
    told = played("suspend", minutes=45)
    found = deeds(told.drill, told.runs)
    value = view.going_on(told.drill, found, 1500, truth=False)
    assert "INTRUDER" not in view.going_on_text(value, style=STYLE)
    assert "seats" not in value
    value = view.going_on(told.drill, found, 1500, truth=True)
    shown = view.going_on_text(value, style=STYLE)
    assert "ALIVE" in shown
    assert "INTRUDER" in shown
    line = view.line_json(lines(told.drill, found)[0])
    assert view.line_text(line, style=STYLE)


@pytest.mark.usefixtures("empty")
def test_a_drill_may_be_played_in_a_directory_that_is_none_yet(tmp_path: Path) -> None:
    """Looking for the scenario wants no workspace there: an empty directory will do, or none."""
    for name in ("missing", "."):
        words = ["--workspace", str(tmp_path / name), "drill", "run", "lapsus-contractor-okta-was"]
        said = CliRunner().invoke(application(), words)
        assert "IRK852" in said.output
        assert "IRK166" not in said.output


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("listen", "code"), [("0.0.0.0:0", "IRK864"), ("acme.example:80", "IRK863")]
)
def test_pages_are_served_where_somebody_chose(listen: str, code: str, tmp_path: Path) -> None:
    """Nothing has begun when the address is refused."""
    said = typed("run", LAPSUS, "--listen", listen)
    assert said.exit_code == 1
    assert code in said.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "lapsus-contractor-okta-was"), "IRK852"),
        (("quick", LAPSUS, "--response", "suspnd"), "IRK857"),
        (("run", LAPSUS, "--style", "tabeltop"), "IRK857"),
    ],
)
def test_what_there_is_not_is_said(words: tuple[str, ...], code: str) -> None:
    """A misspelled scenario, response or style names what was meant."""
    said = typed(*words)
    assert said.exit_code == 1
    assert code in said.output
    assert "there is" in said.output or "mean" in said.output
