"""The pages beside a drill that really runs: what is done in a browser takes its course."""

import threading
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from simulated import scenario
from table import Visitor

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from irkit.cli.main import application

from irkit.cli import drill_pages
from irkit.cli.opened import Invocation
from irkit.cli.options import Common
from irkit.drill.exercise.start import Wish, begun, known
from irkit.drill.pages.doors import Doors, secret_in
from irkit.drill.record.kinds import Ending
from irkit.drill.scenario.model import Inject, Style
from irkit.engine.runs import all_runs

DANA = "dana@acme.example"
WISH = Wish(style=Style.TABLETOP, speed=60, seed=7, solo=False, who=DANA)


def in_turn(*deeds: Callable[[], object]) -> Callable[[], bool]:
    """Do one thing at each turn of a drill."""
    left = list(deeds)

    def next_deed() -> bool:
        if left:
            left.pop(0)()
        return False

    return next_deed


def test_what_is_done_in_a_browser_moves_the_drill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its clock stands and goes on, a message is given, and a real incident ends it."""
    told: list[Inject] = []
    ran: list[bool] = []
    me = Invocation(common=Common())
    long = replace(scenario(), lasts=timedelta(hours=9))
    with (
        drill_pages.wanted("127.0.0.1:0", beyond=False) as door,
        begun(long, tmp_path / "acme", WISH, told=told.append, heard=lambda _: None) as live,
        drill_pages.served(me, live, door),
    ):
        assert door is not None
        doors = Doors(drill=live.play.log.drill, secret=secret_in(tmp_path / "acme" / ".irkit"))
        said = capsys.readouterr().out
        assert door.at.url in said
        assert doors.code("facilitator") in said
        lee = Visitor(door.at.url)
        lee.post("/", {"code": doors.code("facilitator"), "name": "Lee"})
        live.stopping = in_turn(
            lambda: lee.act("facilitator", "pause"),
            lambda: ran.append(live.clock.running),
            lambda: lee.act("facilitator", "resume"),
            lambda: ran.append(live.clock.running),
            lambda: lee.act("facilitator", "give", inject="I5"),
            lambda: lee.act("facilitator", "real", sure="yes"),
        )
        assert live.run() is Ending.REAL
        (drill,) = known(live.journal).values()
    assert ran == [False, True]
    assert "I5" in [inject.id for inject in told]
    assert drill.role_of["Lee"] == ("facilitator",)
    assert drill.end is not None
    assert drill.end.by == "Lee"


def test_an_approver_without_a_terminal_reads_the_plan_and_its_words(tmp_path: Path) -> None:
    """A plan that waits stands on the approver's page, with the words of `irkit approve`."""
    pages: list[str] = []
    root = tmp_path / "acme"
    wish = replace(WISH, style=Style.SIMULATED)
    nobody = Invocation(common=Common(quiet=True))
    with (
        drill_pages.wanted("127.0.0.1:0", beyond=False) as door,
        begun(scenario(), root, wish, told=lambda _: None, heard=lambda _: None) as live,
        drill_pages.served(nobody, live, door),
    ):
        assert door is not None
        doors = Doors(drill=live.play.log.drill, secret=secret_in(root / ".irkit"))
        ines, ola = Visitor(door.at.url), Visitor(door.at.url)
        ines.post("/", {"code": doors.code("approver"), "name": "Ines"})
        ola.post("/", {"code": doors.code("responder"), "name": "Ola"})
        assert "Nothing waits for a yes" in ines.get("/role/approver").text
        words = ["run", "okta-contractor-compromise", "-i", "user=kai.contractor@acme.example"]
        whole = ["--workspace", str(root), "--as", DANA, *words, "--no-wait"]
        assert CliRunner().invoke(application(), whole).exit_code == 4
        pages += [ines.get("/role/approver").text, ola.get("/role/responder").text]
        (run,) = all_runs(live.journal)
        live.play.end(Ending.STOPPED)
    assert f"irkit approve {run.id}" in pages[0]
    assert len(pages[0].partition('<p class="words">')[2].partition("</p>")[0].split()) == 4
    assert "kai.contractor@acme.example" in pages[0].partition("<pre>")[2].partition("</pre>")[0]
    assert "asks for signatures: close-the-door" in pages[1], "everybody knows of the run"
    assert '<p class="words">' not in pages[1]


def test_pages_stay_for_the_debriefing_until_somebody_ends_them() -> None:
    """A signal ends them; one that ended the drill has ended them too; none are no wait."""
    over: list[int] = []
    me = Invocation(common=Common(quiet=True))
    with drill_pages.wanted("127.0.0.1:0", beyond=False) as door:
        signal = threading.Timer(0.05, over.append, [2])
        signal.start()
        drill_pages.stay(me, door, over)
        assert over == [2]
        drill_pages.stay(me, door, over)
    drill_pages.stay(me, None, [])
    signal.join()
