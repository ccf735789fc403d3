"""`irkit drill report` as people type it: a screen, documents, drills that died or are still on."""

import fcntl
import json
import os
import stat
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from page_reader import Page
from reported import card_of
from simulated import scenario, told

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from irkit.cli.main import application

from irkit.actions.load import catalogue
from irkit.canonical import Json
from irkit.drill.exercise.simulate import opened
from irkit.drill.exercise.start import LOCK
from irkit.drill.record.kinds import Ending, Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.scenario.model import Style
from irkit.engine.demo_approvers import enrol, seal
from irkit.engine.session import Session
from irkit.secret import Secret
from irkit.trail.record import Actor
from irkit.workspace import decode
from irkit.workspace.config import Account
from irkit.workspace.init import WorldFacts, init

pytestmark = pytest.mark.xdist_group("simulated")  # they share what was played once

DANA = Actor(id="dana@acme.example", kind="person", auth="local")
WORLD = WorldFacts(
    org="acme-small",
    okta_url="http://127.0.0.1:9001",
    okta_org_id="00oacme000001",
    aws_url="http://127.0.0.1:9002",
    aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
    accounts=(Account(id="012345678901", name="prod", read_role="r", write_role="w"),),
    okta_app="0oaaws",
    saml_provider="okta",
    secrets={"okta-token": Secret("the token"), "aws-secret-key": Secret("the key")},
)


@dataclass
class Place:
    """A workspace of an exercise, without a world: what was recorded is all there is."""

    root: Path

    @property
    def session(self) -> Session:
        """Open the workspace, as each command does."""
        return Session(
            workspace=decode.load(self.root),
            catalogue=catalogue(),
            environment={},
            actor_name=DANA.id,
        )

    def record(self, *records: tuple[Kind, int, dict[str, Json]], name: str = "teal-otter") -> None:
        """Record what a drill recorded."""
        with self.session.journal(writing=True) as journal:
            for kind, t, body in records:
                log = DrillLog(drill=name, journal=journal, seconds=lambda t=t: t)  # type: ignore[misc]
                log.write(kind, actor=DANA, also=body)

    def typed(self, *words: str) -> Result:
        """Type a command in it."""
        return CliRunner().invoke(application(), ["--workspace", str(self.root), *words])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A sealed workspace in which a drill began, and the intruder acted once."""
    root = tmp_path / "acme"
    root.mkdir()
    init(root, world=WORLD)
    enrol(decode.load(root))
    made = Place(root)
    seal(made.session)
    about = opened(scenario(), Style.SIMULATED, seed=7, speed=6, solo=False)
    act: dict[str, Json] = {"tactic": "push-spam", "do": "okta.push_mfa", "worked": False}
    made.record(
        (Kind.OPENED, 0, about),
        (Kind.CLOCK, 0, {"speed": 6, "why": "started"}),
        (Kind.JOINED, 0, {"role": "facilitator"}),
        (Kind.ACT, 95, {**act, "why": "the push was not approved", "calls": 2}),
    )
    return made


def score() -> dict[str, Json]:
    """Return the score of somebody who said nothing, so that no baseline has to be played."""
    left = told("suspend", 45)
    silent = replace(left, drill=replace(left.drill, claims=()))
    return {"score": card_of(silent)}


def finished(place: Place) -> None:
    """End the drill, and record its score."""
    place.record(
        (Kind.ENDED, 600, {"why": str(Ending.STOPPED), "text": "enough"}), (Kind.SCORED, 0, score())
    )


def test_the_whole_report_is_written_for_its_owner_alone(place: Place, tmp_path: Path) -> None:
    """By the ending of the file, readable by nobody else, and again with the same bytes."""
    finished(place)
    page, again = tmp_path / "report.html", tmp_path / "again.html"
    assert place.typed("drill", "report", "--out", str(page)).exit_code == 0
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "STOPPED" in Page(page.read_text(encoding="utf-8")).shown
    place.record(
        (Kind.OPENED, 0, opened(scenario(), Style.SIMULATED, seed=8, speed=1, solo=True)),
        name="later",
    )
    place.typed("drill", "report", "teal-otter", "--out", str(again))
    assert again.read_bytes() == page.read_bytes()


def test_the_report_is_printed_in_the_format_that_is_asked_for(place: Place) -> None:
    """Markdown and JSON on the screen; without a format it is the scorecard alone."""
    finished(place)
    assert place.typed("drill", "report", "--format", "md").output.startswith("# After-action")
    printed = json.loads(place.typed("drill", "report", "--format", "json").output)
    assert printed["exercise"]["drill"] == "teal-otter"
    assert printed["exercise"]["ended_why"] == "enough"
    assert printed["source"]["first"] < printed["source"]["last"]
    assert "of 100" in place.typed("drill", "report").output


def test_a_drill_that_died_says_where(place: Place) -> None:
    """No process serves it and nothing ended it: the report ends with its last record."""
    place.record((Kind.SCORED, 0, score()))
    printed = json.loads(place.typed("drill", "report", "--format", "json").output)
    assert printed["verdict"]["word"] == "BROKE OFF"
    assert printed["exercise"]["end"] == 95
    assert printed["exercise"]["ended_why"].endswith("the last record is at 95s")


def test_a_drill_that_is_on_is_the_facilitators(place: Place) -> None:
    """While a process serves it, its report is told with --truth only, and says that it is on."""
    place.record((Kind.SCORED, 0, score()))
    handle = os.open(place.root / ".irkit" / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert "IRK858" in place.typed("drill", "report", "--format", "json").output
        told_all = place.typed("drill", "report", "--format", "json", "--truth")
        assert json.loads(told_all.output)["exercise"]["state"] == "on"
    finally:
        os.close(handle)


def test_a_file_that_cannot_be_written_is_a_diagnostic(place: Place, tmp_path: Path) -> None:
    """The report names the file and what to do."""
    finished(place)
    said = place.typed("drill", "report", "--out", str(tmp_path / "none" / "report.html"))
    assert said.exit_code == 1
    assert "IRK621" in said.output
