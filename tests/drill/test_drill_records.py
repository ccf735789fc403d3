"""The records of a drill: everything that is written is what the fold tells."""

from datetime import UTC, datetime, timedelta

from irkit.canonical import Json
from irkit.drill.record.fold import drills
from irkit.drill.record.kinds import KINDS, Ending, Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.record.state import Drill
from irkit.engine.history import inflated
from irkit.engine.memory import MemoryJournal
from irkit.trail.record import Actor, Draft

START = datetime(2026, 3, 21, 2, 5, tzinfo=UTC)
DANA = Actor(id="dana@acme.example", kind="person", auth="local")
OPENED: dict[str, Json] = {
    "scenario": "ours",
    "title": "Ours",
    "version": "1.0.0",
    "digest": "sha256:1",
    "source": "irkit: 1\n",
    "style": "simulated",
    "seed": 7,
    "speed": 6,
    "solo": True,
    "lasts": 5400,
}


class Desk:
    """A journal with a clock that a test moves, and a drill in it."""

    def __init__(self) -> None:
        """Open the drill."""
        self.now = START
        self.seconds = 0
        self.journal = MemoryJournal(clock=lambda: self.now)
        self.log = DrillLog(drill="teal-otter", journal=self.journal, seconds=lambda: self.seconds)
        self.log.write(Kind.OPENED, also=OPENED)

    def drill(self) -> Drill:
        """Return what the records add up to."""
        (drill,) = drills(inflated(self.journal.replay(), self.journal.blobs)).values()
        return drill


def play(desk: Desk) -> None:
    """Write a record of every type."""
    log = desk.log
    log.write(Kind.CLOCK, speed=6, why="started")
    log.write(Kind.JOINED, who="dana@acme.example", role="responder")
    desk.seconds = 90
    log.write(
        Kind.ACT,
        tactic="key",
        do="aws.create_key",
        worked=True,
        using="aws:ASIA1",
        gives=["aws_key"],
        made={"keys": ["AKIA1"]},
        again=False,
        attack="T1098.001",
        calls=3,
    )
    log.write(
        Kind.SEAT, seat="aws:AKIA1", kind="long_term_key", label="key", state="alive", by="key"
    )
    log.write(Kind.BYSTANDER, seat="okta:maria", kind="okta_session", label="Maria", state="alive")
    log.write(Kind.INJECT, inject="I1", to="responder", channel="chat", text="hm", why="at 1m")
    log.write(Kind.DECLARED, actor=DANA, text="incident")
    log.write(Kind.SAID_CONTAINED, actor=DANA)
    log.write(Kind.CLAIMED, actor=DANA, run="R1", alive=["aws:AKIA1"])
    log.write(Kind.DECIDED, actor=DANA, about="D1", text="refuse")
    log.write(Kind.ANSWERED, actor=DANA, question="Q1", answers=["AKIA1"])
    log.write(Kind.ASKED, actor=DANA, about="A1", text="suspend Kai")
    log.write(Kind.HEARD, actor=DANA, about="A1", voice="alice", yes=True)
    log.write(Kind.POSTED, actor=DANA, about="press", text="We look into it.")
    log.write(Kind.NOTED, actor=DANA, text="nobody rang")
    log.write(Kind.JUDGED, actor=DANA, expectation="E5", met=True, note="calm")
    log.write(Kind.HINT, actor=DANA, text="look at AWS", points=2)
    log.write(Kind.BROKEN, what="okta_limit", on=True)
    desk.seconds = 200
    log.write(Kind.BROKEN, what="okta_limit", on=False)
    log.write(Kind.SKIPPED, actor=DANA, inject="I2")
    log.write(Kind.LOST, holding="aws_key", seat="aws:AKIA1")
    log.write(Kind.SEAT, seat="aws:AKIA1", state="dead")
    log.write(Kind.ENDED, why=str(Ending.EVICTED), text="nothing left")
    log.write(Kind.SCORED, score={"total": 71})


def test_a_drill_tells_what_was_written() -> None:
    """Nothing that a record of a drill says is lost on the way to a report."""
    desk = Desk()
    play(desk)
    drill = desk.drill()
    assert {record.type for record in desk.journal.replay()} == KINDS
    assert drill.acts[0].made == {"keys": ("AKIA1",)}
    assert drill.seats["aws:AKIA1"].states == ((90, "alive"), (200, "dead"))
    assert drill.seats["aws:AKIA1"].died_at == 200
    assert [seat.id for seat in drill.alive_at(150)] == ["aws:AKIA1"]
    assert drill.alive_at(200) == ()
    assert drill.bystanders["okta:maria"].state == "alive"
    assert drill.claims[0].false
    assert drill.claims[0].by == DANA.id
    assert drill.broken[0].until == 200
    assert [given.skipped for given in drill.injects] == [False, True]
    assert drill.answered[0].answers == ("AKIA1",)
    assert (drill.asked[0].about, drill.asked[0].text) == ("A1", "suspend Kai")
    assert (drill.heard[0].voice, drill.heard[0].yes, drill.heard[0].by) == ("alice", True, DANA.id)
    assert drill.role_of == {DANA.id: ("responder",)}
    assert drill.end is not None
    assert drill.end.why is Ending.EVICTED
    assert drill.score == {"total": 71}
    assert not drill.running


def test_exercise_time_is_not_the_trails_time() -> None:
    """A pause takes no exercise time, and a fast exercise takes more of it."""
    desk = Desk()
    desk.log.write(Kind.CLOCK, speed=6, why="started")
    desk.now, desk.seconds = START + timedelta(minutes=1), 360
    desk.log.write(Kind.CLOCK, speed=0, why="paused")
    desk.now = START + timedelta(minutes=11)
    desk.log.write(Kind.CLOCK, speed=6, why="resumed")
    drill = desk.drill()
    assert drill.t_of(START + timedelta(seconds=30)) == 180
    assert drill.t_of(START + timedelta(minutes=5)) == 360
    assert drill.t_of(START + timedelta(minutes=12)) == 720
    assert drill.at_of(180) == START + timedelta(seconds=30)
    assert drill.at_of(720) == START + timedelta(minutes=12)
    assert drill.running


def test_what_a_later_version_writes_is_passed_over() -> None:
    """A record of a type that is not known here changes nothing and breaks nothing."""
    desk = Desk()
    before = desk.drill()
    body: dict[str, Json] = {"drill": "teal-otter", "t": 5, "sky": "grey"}
    desk.journal.append(Draft(type="drill.weather", actor=DANA, body=body))
    assert desk.drill() == before
