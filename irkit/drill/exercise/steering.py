"""What people say to a drill that is on: each is one record, which the running process follows."""

from dataclasses import dataclass
from typing import Final

from irkit.clock import Clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.drill.absent import absent
from irkit.drill.exercise.start import current
from irkit.drill.record.kinds import Ending, Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.record.state import Drill
from irkit.drill.scenario.decode import decode
from irkit.drill.scenario.model import Right, Scenario, Style
from irkit.trail.journal import Journal
from irkit.trail.record import Actor

MARK: Final = "[EXERCISE] "


def scenario_of(drill: Drill) -> Scenario:
    """Return the scenario as the trail carries it: what is on is not changed by an edited file.

    Raises:
        IrkitError: if this version of irkit cannot read it.
    """
    decoded = decode(drill.source.encode(), f"{drill.scenario}.yaml")
    if decoded.scenario is None:
        raise IrkitError(*decoded.diagnostics)
    return decoded.scenario


def require_over(drill: Drill) -> None:
    """Let its score be told, which says what the intruder has.

    Raises:
        IrkitError: IRK858 while the drill is on.
    """
    if drill.end is None:
        raise IrkitError(
            Diagnostic(
                code="IRK858",
                summary=f"{drill.id} is still on, and its score tells what the intruder has",
                help="irkit drill status; or, for the facilitator: irkit drill report --truth",
            )
        )


@dataclass(frozen=True, slots=True)
class Steering:
    """Says things to the drill that is on, in the name of `actor`."""

    journal: Journal
    actor: Actor
    clock: Clock

    @property
    def drill(self) -> Drill:
        """Return the drill as it stands."""
        return current(self.journal)

    def join(self, role: str) -> None:
        """Take a role."""
        drill = self.drill
        self._must_be(role, tuple(scenario_of(drill).roles), "role")
        self._write(drill, Kind.JOINED, role=role)

    def pause(self) -> None:
        """Let no exercise time pass."""
        self._write(self._may(Right.STEER), Kind.CLOCK, speed=0, why="paused")

    def go_on(self) -> None:
        """Let exercise time pass again."""
        drill = self._may(Right.STEER)
        if not drill.running:
            self._write(drill, Kind.CLOCK, speed=drill.speed, why="resumed")

    def skip(self, inject: str) -> None:
        """Leave an inject out."""
        drill = self._may(Right.STEER)
        given = {item.inject for item in drill.injects}
        open_ = tuple(item.id for item in scenario_of(drill).injects if item.id not in given)
        self._must_be(inject, open_, "inject that is still to come")
        self._write(drill, Kind.SKIPPED, inject=inject)

    def hint(self) -> str:
        """Give the next hint, for its points, and return it."""
        drill = self.drill
        hints = scenario_of(drill).hints
        if len(drill.hints) >= len(hints):
            raise IrkitError(
                Diagnostic(
                    code="IRK857",
                    summary="there is no further hint",
                    help=f"{len(hints)} were given",
                )
            )
        hint = hints[len(drill.hints)]
        self._write(drill, Kind.HINT, text=hint.text, points=hint.points)
        return hint.text

    def declare(self, text: str) -> None:
        """Declare an incident."""
        self._write(self._may(Right.DECLARE), Kind.DECLARED, text=f"{MARK}{text}")

    def claim(self) -> None:
        """Say that it is contained; the running process tries every seat and records it."""
        self._write(self._may(Right.CLAIM), Kind.SAID_CONTAINED)

    def decide(self, decision: str, option: str) -> None:
        """Take a decision of the scenario."""
        drill = self._may(Right.DECIDE)
        decisions = scenario_of(drill).decisions
        self._must_be(decision, tuple(decisions), "decision")
        self._must_be(option, decisions[decision].options, f"option of `{decision}`")
        self._write(drill, Kind.DECIDED, about=decision, text=option)

    def answer(self, question: str, answers: tuple[str, ...]) -> None:
        """Answer a question about what happened; the last answer counts."""
        drill = self.drill
        questions = tuple(item.id for item in scenario_of(drill).truth.questions)
        self._must_be(question, questions, "question")
        self._write(drill, Kind.ANSWERED, question=question, answers=list(answers))

    def post(self, audience: str, text: str) -> None:
        """Tell an audience something."""
        self._write(self._may(Right.POST), Kind.POSTED, about=audience, text=f"{MARK}{text}")

    def note(self, text: str) -> None:
        """Note something."""
        self._write(self.drill, Kind.NOTED, text=text)

    def judge(self, expectation: str, *, met: bool, note: str) -> None:
        """Say whether an expectation was met that nothing else can show."""
        drill = self._may(Right.STEER)
        known = tuple(item.id for item in scenario_of(drill).expect)
        self._must_be(expectation, known, "expectation")
        self._write(drill, Kind.JUDGED, expectation=expectation, met=met, note=note)

    def stop(self, text: str, *, real: bool) -> Drill:
        """End the drill at once; a real incident may be said by anybody."""
        drill = self.drill if real else self._may(Right.STEER)
        why = Ending.REAL if real else Ending.STOPPED
        self._write(drill, Kind.ENDED, why=str(why), text=text)
        return drill

    def _write(self, drill: Drill, kind: Kind, **body: str | int | bool | list[str]) -> None:
        now = drill.t_of(self.clock())
        log = DrillLog(drill=drill.id, journal=self.journal, seconds=lambda: now)
        log.write(kind, actor=self.actor, also={name: _json(item) for name, item in body.items()})

    def _may(self, right: Right) -> Drill:
        """Return the drill if this person's roles allow it.

        At a tabletop the facilitator does everything: the others talk, and nobody else types.

        Raises:
            IrkitError: IRK858 if they do not.
        """
        drill = self.drill
        roles = scenario_of(drill).roles
        mine = drill.role_of.get(self.actor.id, ())
        held = [roles[name] for name in mine if name in roles]
        writes_for_all = drill.style == Style.TABLETOP and any(role.sees_truth for role in held)
        if writes_for_all or any(right in role.can for role in held):
            return drill
        able = [name for name, role in roles.items() if right in role.can]
        raise IrkitError(
            Diagnostic(
                code="IRK858",
                summary=f"{self.actor.id} may not `{right}` in this drill",
                help=f"take a role that may: irkit drill join {able[0] if able else 'ROLE'}",
            )
        )

    def _must_be(self, name: str, known: tuple[str, ...], what: str) -> None:
        if name not in known:
            raise absent(f"there is no {what} `{name}`", name, known)


def _json(value: str | int | bool | list[str]) -> "str | int | bool | tuple[str, ...]":
    return tuple(value) if isinstance(value, list) else value
