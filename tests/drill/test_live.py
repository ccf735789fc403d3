"""A drill with people: what they say in other terminals, who may say it, and how it ends."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from simulated import scenario

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from irkit.cli.main import application

from irkit.clock import system_clock
from irkit.diagnostics import IrkitError
from irkit.drill.exercise.lines import lines
from irkit.drill.exercise.live import Live
from irkit.drill.exercise.start import Wish, begun, known
from irkit.drill.exercise.steering import Steering
from irkit.drill.record.kinds import Ending, Kind
from irkit.drill.record.state import Drill
from irkit.drill.scenario.model import Inject, Style
from irkit.trail.record import Actor, Draft

DANA, BOB = "dana@acme.example", "bob@acme.example"
SOLO = Wish(style=Style.SIMULATED, speed=60, seed=7, solo=True, who=DANA)


def person(name: str) -> Actor:
    """Return somebody at a terminal."""
    return Actor(id=name, kind="person", auth="local")


@dataclass
class Night:
    """A drill, and what people do in it, one thing at each turn."""

    root: Path
    told: list[Inject] = field(default_factory=list)
    drills: tuple[Drill, ...] = ()

    def play(self, wish: Wish, *deeds: Callable[[Live, Steering], object]) -> Ending:
        """Play a drill in which these things are done, and then it is ended."""
        left = list(deeds)
        short = replace(scenario(), lasts=timedelta(hours=9))
        with begun(short, self.root, wish, told=self.told.append, heard=lambda _: None) as live:

            def next_deed() -> bool:
                if not left:
                    return True
                left.pop(0)(live, Steering(live.journal, person(DANA), system_clock))
                return False

            live.stopping = next_deed
            ending = live.run()
            self.drills = tuple(known(live.journal).values())
        return ending


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A night that has not begun, on ports that are its own."""
    return Night(tmp_path / "acme")


def test_what_people_say_is_what_the_records_tell(night: Night) -> None:
    """Declaring, deciding, answering, telling, noting, judging: each once, by whom, and when."""
    ending = night.play(
        SOLO,
        lambda _, me: me.declare("odd pushes"),
        lambda _, me: me.decide("D1", "refuse"),
        lambda _, me: me.answer("Q3", ("203.0.113.66",)),
        lambda _, me: me.post("press", "We look into it."),
        lambda _, me: me.note("nobody rang"),
        lambda _, me: me.judge("E5", met=True, note="calm"),
        lambda _, me: me.hint(),
        lambda _, me: me.skip("I4"),
        lambda _, me: me.give("I5"),
        lambda _, me: me.claim(),
    )
    (drill,) = night.drills
    assert ending is Ending.STOPPED
    assert drill.end is not None
    assert [said.text for said in drill.declared] == ["[EXERCISE] odd pushes"]
    assert (drill.decided[0].about, drill.decided[0].text) == ("D1", "refuse")
    assert drill.answered[0].answers == ("203.0.113.66",)
    assert drill.posts[0].about == "press"
    assert drill.notes[0].by == DANA
    assert drill.judged[0].met
    assert drill.hints[0].points == 2
    assert [item.inject for item in drill.injects if item.skipped] == ["I4"]
    assert drill.claims[0].by == DANA
    assert "I4" not in {inject.id for inject in night.told}
    assert [inject.id for inject in night.told].count("I5") == 1
    (by_hand,) = (item for item in drill.injects if item.inject == "I5")
    assert (by_hand.why, by_hand.by, by_hand.decision) == ("by hand", DANA, "D2")
    assert drill.broken or drill.acts


def test_a_pause_stops_the_intruder_too(night: Night) -> None:
    """Exercise time stands for both sides until it goes on."""
    seen: list[int] = []
    night.play(
        SOLO,
        lambda _, me: me.pause(),
        lambda live, _: seen.append(live.clock.seconds),
        lambda live, _: seen.append(live.clock.seconds),
        lambda _, me: me.go_on(),
        lambda live, _: seen.append(live.clock.seconds),
        lambda live, _: seen.append(live.clock.seconds),
    )
    assert seen[0] == seen[1] < seen[3]
    assert [anchor.speed for anchor in night.drills[0].anchors] == [60, 0, 60]


def test_a_real_incident_ends_it_at_once_whoever_says_so(night: Night) -> None:
    """Anybody may, no role is needed, and the log stays."""

    def real(live: Live, _: Steering) -> None:
        Steering(live.journal, person("max@acme.example"), system_clock).stop("fire", real=True)

    assert night.play(SOLO, real) is Ending.REAL
    assert night.drills[0].end is not None
    assert (night.drills[0].end.by, night.drills[0].end.text) == ("max@acme.example", "fire")


def test_who_has_no_right_is_told_which_role_has_it(night: Night) -> None:
    """A responder does not judge, and a guest does not claim, until they take a role that may."""
    refused: list[str] = []

    def guest(live: Live, _: Steering) -> None:
        bob = Steering(live.journal, person(BOB), system_clock)
        for deed in (bob.claim, bob.pause, lambda: bob.decide("D1", "refuse")):
            with pytest.raises(IrkitError) as raised:
                deed()
            refused.append(raised.value.diagnostics[0].code)
        bob.join("commander")
        bob.claim()

    night.play(replace(SOLO, solo=False), guest)
    assert refused == ["IRK858"] * 3
    assert night.drills[0].role_of[BOB] == ("commander",)
    assert night.drills[0].claims[0].by == BOB
    assert night.drills[0].role_of[DANA] == ("facilitator",)


def test_at_a_tabletop_the_facilitator_writes_for_all(night: Night) -> None:
    """The others talk; nobody else may write, and the facilitator needs no role besides."""
    refused: list[str] = []

    def talk(live: Live, dana: Steering) -> None:
        bob = Steering(live.journal, person(BOB), system_clock)
        with pytest.raises(IrkitError) as raised:
            bob.declare("fire")
        refused.append(raised.value.diagnostics[0].code)
        dana.declare("push requests that nobody asked for")
        dana.decide("D1", "refuse")
        dana.claim()

    night.play(replace(SOLO, solo=False, style=Style.TABLETOP), talk)
    assert refused == ["IRK858"]
    (drill,) = night.drills
    assert drill.role_of[DANA] == ("facilitator",)
    assert (len(drill.declared), len(drill.decided), len(drill.claims)) == (1, 1, 1)


def test_the_intruder_s_side_is_secret_until_the_end(night: Night) -> None:
    """While a drill is on, a participant's replay and report do not tell what the intruder does."""
    said: dict[str, str] = {}
    shown = ("trail show --full", "trail show --full --truth")

    def look(live: Live, _: Steering) -> None:
        live.play.log.write(Kind.ACT, tactic="push-spam", do="okta.push_mfa", worked=True, why="")
        for words in ("drill replay", "drill replay --truth", "drill report", *shown):
            whole = ["--workspace", str(night.root), "--as", BOB, *words.split()]
            said[words] = CliRunner().invoke(application(), whole).output

    night.play(replace(SOLO, solo=False), look)
    assert "push-spam" not in said["drill replay"]
    assert "push-spam" in said["drill replay --truth"]
    assert "IRK858" in said["drill report"]
    assert "drill.act" not in said["trail show --full"]
    assert "records of the intruder's side are left out" in said["trail show --full"]
    assert "drill.act" in said["trail show --full --truth"]
    for words in ("drill replay", "trail show --full"):
        over = CliRunner().invoke(application(), ["--workspace", str(night.root), *words.split()])
        assert "push-spam" in over.output


def test_a_spoken_yes_is_heard_with_its_words_and_signs_nothing(written: Steering) -> None:
    """The voice reads back four words of what was asked; who asked is no voice."""
    about, words = written.ask("Suspend Kai, and end what was opened from there")
    for asked, voice, said, code in (
        (about, "alice", "acid acorn agent album", "IRK861"),
        (about, DANA, " ".join(words), "IRK862"),
        ("A9", "alice", " ".join(words), "IRK857"),
    ):
        with pytest.raises(IrkitError) as raised:
            written.hear(asked, voice, yes=True, words=said)
        assert raised.value.diagnostics[0].code == code
    written.hear(about, "bob", yes=False)
    written.hear(about, "alice", yes=True, words=", ".join(words).upper())
    drill = written.drill
    assert [(item.voice, item.yes, item.by) for item in drill.heard] == [
        ("bob", False, DANA),
        ("alice", True, DANA),
    ]
    shown = [line.text for line in lines(drill, ()) if about in line.text]
    assert shown[-1] == f"alice says yes to A1, heard by {DANA}: no signature"
    other, others = written.ask("Suspend Kai, and end what was opened from there")
    assert (other, words != others) == ("A2", True)


def test_who_came_in_by_a_role_acts_in_that_role_alone(written: Steering) -> None:
    """A code gives one role's rights, whatever else the name has."""
    as_comms = replace(written, role="comms")
    as_comms.post("press", "We look into it.")
    with pytest.raises(IrkitError) as raised:
        as_comms.pause()
    assert raised.value.diagnostics[0].code == "IRK858"
    with pytest.raises(IrkitError) as raised:
        replace(written, role="nobody").hint()
    assert raised.value.diagnostics[0].code == "IRK858"


@pytest.mark.parametrize(
    "deed",
    [
        lambda me: me.decide("D1", "reset"),
        lambda me: me.decide("D9", "refuse"),
        lambda me: me.answer("Q9", ("x",)),
        lambda me: me.skip("I99"),
        lambda me: me.give("I99"),
        lambda me: me.join("king"),
        lambda me: me.judge("E99", met=True, note=""),
    ],
)
def test_what_the_scenario_does_not_have_is_refused(
    deed: Callable[[Steering], None], written: Steering
) -> None:
    """Nothing is recorded that no report could make sense of."""
    before = written.journal.head().size
    with pytest.raises(IrkitError) as raised:
        deed(written)
    assert raised.value.diagnostics[0].code == "IRK857"
    assert written.journal.head().size == before


def test_a_drill_whose_process_died_is_ended_where_it_was(night: Night) -> None:
    """Nobody hears what is said to it; the next one says so in a record, and begins anew."""

    def die(live: Live, _: Steering) -> None:
        live.journal.append(
            Draft(
                type=str(Kind.OPENED),
                actor=person(DANA),
                body={"drill": "dead-otter", "scenario": "x", "source": ""},
            )
        )

    night.play(SOLO, die)
    words = ["--workspace", str(night.root), "--as", DANA, "drill", "declare", "fire"]
    assert "IRK884" in CliRunner().invoke(application(), words).output
    night.play(SOLO)
    dead = next(drill for drill in night.drills if drill.id == "dead-otter")
    assert dead.end is not None
    assert dead.end.why is Ending.DIED
    assert [drill.end is not None for drill in night.drills] == [True] * 3


def test_two_drills_in_one_workspace_are_refused(night: Night) -> None:
    """One world, one intruder, one log."""
    codes: list[str] = []

    def again(live: Live, _: Steering) -> None:
        with (
            pytest.raises(IrkitError) as raised,
            begun(scenario(), night.root, SOLO, told=night.told.append, heard=lambda _: None),
        ):
            pass
        codes.append(raised.value.diagnostics[0].code)

    night.play(SOLO, again)
    assert codes == ["IRK855"]


def test_a_live_workspace_is_never_one_for_a_drill(tmp_path: Path) -> None:
    """An exercise does not come near anything real."""
    from irkit.workspace.init import init  # noqa: PLC0415

    init(tmp_path, org="acme")
    with (
        pytest.raises(IrkitError) as raised,
        begun(scenario(), tmp_path, SOLO, told=lambda _: None, heard=lambda _: None),
    ):
        pass
    assert raised.value.diagnostics[0].code in {"IRK859", "IRK151"}


@pytest.fixture
def written() -> Steering:
    """A drill that is on in a journal in memory, with Dana in every role."""
    from irkit.drill.exercise.simulate import opened  # noqa: PLC0415
    from irkit.drill.record.log import DrillLog  # noqa: PLC0415
    from irkit.engine.memory import MemoryJournal  # noqa: PLC0415

    journal = MemoryJournal(clock=system_clock)
    log = DrillLog(drill="teal-otter", journal=journal, seconds=lambda: 0)
    about = opened(scenario(), Style.SIMULATED, seed=7, speed=1, solo=True)
    log.write(Kind.OPENED, also=about)
    for role in scenario().roles:
        log.write(Kind.JOINED, actor=person(DANA), role=role)
    return Steering(journal, person(DANA), system_clock)  # type: ignore[arg-type]
