"""What people say to a drill that is on: each is one record, which the running process follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from irkit.canonical import Json
from irkit.clock import Clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.drill.absent import absent
from irkit.drill.exercise.injects import given
from irkit.drill.exercise.start import current
from irkit.drill.record.kinds import Ending, Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.record.state import Drill
from irkit.drill.scenario.decode import decode
from irkit.drill.scenario.model import Inject, Right, Role, Scenario, Style
from irkit.engine.read_back import read_back, same_words
from irkit.trail.journal import Journal
from irkit.trail.record import Actor

MARK: Final = "[EXERCISE] "

ASKING: Final = (Right.RUN, Right.DECIDE)
"""Who may have something approved: those who would do it, and those who answer for it."""


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
    """Says things to the drill that is on, in the name of `actor`.

    Whoever came in by a role's code acts in that `role` alone, whatever else is known of the name.
    """

    journal: Journal
    actor: Actor
    clock: Clock
    role: str = ""

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
        self._must_be(inject, tuple(to_come(drill)), "inject that is still to come")
        self._write(drill, Kind.SKIPPED, inject=inject)

    def give(self, inject: str) -> None:
        """Give an inject now, whatever it waits for."""
        drill = self._may(Right.STEER)
        open_ = to_come(drill)
        self._must_be(inject, tuple(open_), "inject that is still to come")
        self._write(drill, Kind.INJECT, **given(open_[inject], "by hand"))

    def hint(self) -> str:
        """Give the next hint, for its points, and return it; who only looks on cannot ask."""
        drill = self._may(*Right)
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
        drill = self._may(*Right)
        questions = tuple(item.id for item in scenario_of(drill).truth.questions)
        self._must_be(question, questions, "question")
        self._write(drill, Kind.ANSWERED, question=question, answers=list(answers))

    def ask(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Ask for somebody's yes in words; return its name and what the voice has to read back."""
        drill = self._may(*ASKING)
        about = f"A{len(drill.asked) + 1}"
        self._write(drill, Kind.ASKED, about=about, text=f"{MARK}{text}")
        return about, spoken_words(drill, about, f"{MARK}{text}")

    def hear(self, about: str, voice: str, *, yes: bool, words: str = "") -> None:
        """Record an approver's spoken yes or no. A yes takes the four words; it signs nothing.

        Raises:
            IrkitError: IRK861 if the words are others, IRK862 if `voice` asked for it.
        """
        drill = self._may(*ASKING)
        asked = {item.about: item for item in drill.asked}
        self._must_be(about, tuple(asked), "approval that was asked for")
        self._must_be_voice(drill, voice)
        if voice == asked[about].by:
            raise IrkitError(
                Diagnostic(
                    code="IRK862",
                    summary=f"{voice} asked for {about}, and is not the voice that approves it",
                    help="let somebody else read it back",
                )
            )
        if yes and not same_words(words, spoken_words(drill, about, asked[about].text)):
            raise IrkitError(
                Diagnostic(
                    code="IRK861",
                    summary=f"those are not the four words of {about}",
                    help="make sure that both have the same text before them, then read it again",
                )
            )
        self._write(drill, Kind.HEARD, about=about, voice=voice, yes=yes)

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

    def _write(self, drill: Drill, kind: Kind, **body: Json) -> None:
        now = drill.t_of(self.clock())
        log = DrillLog(drill=drill.id, journal=self.journal, seconds=lambda: now)
        log.write(kind, actor=self.actor, also=body)

    def _may(self, *rights: Right) -> Drill:
        """Return the drill if this person's roles allow it: one of the rights is enough.

        At a tabletop the facilitator does everything: the others talk, and nobody else types.

        Raises:
            IrkitError: IRK858 if they do not.
        """
        drill = self.drill
        scenario = scenario_of(drill)
        if any(may(drill, role, *rights) for role in self._held(drill, scenario)):
            return drill
        able = [name for name, role in scenario.roles.items() if role.can & set(rights)]
        raise IrkitError(
            Diagnostic(
                code="IRK858",
                summary=f"{self.actor.id} may not {_named(rights)} in this drill",
                help=f"take a role that may: irkit drill join {able[0] if able else 'ROLE'}",
            )
        )

    def _must_be_voice(self, drill: Drill, voice: str) -> None:
        """Take the voice of an approver who is there; the facilitator knows who else spoke."""
        scenario = scenario_of(drill)
        known = voices(drill, scenario)
        if known and not any(role.sees_truth for role in self._held(drill, scenario)):
            self._must_be(voice, known, "approver in this drill")

    def _held(self, drill: Drill, scenario: Scenario) -> tuple[Role, ...]:
        """Return the roles in which this person acts."""
        mine = (self.role,) if self.role else drill.role_of.get(self.actor.id, ())
        return tuple(scenario.roles[name] for name in mine if name in scenario.roles)

    def _must_be(self, name: str, known: tuple[str, ...], what: str) -> None:
        if name not in known:
            raise absent(f"there is no {what} `{name}`", name, known)


def may(drill: Drill, role: Role, *rights: Right) -> bool:
    """Say whether a role has one of these rights; at a tabletop the facilitator has all."""
    writes_for_all = drill.style == Style.TABLETOP and role.sees_truth
    return writes_for_all or bool(role.can & set(rights))


def voices(drill: Drill, scenario: Scenario) -> tuple[str, ...]:
    """Return who is there as an approver."""
    able = {role.name for role in scenario.roles.values() if Right.APPROVE in role.can}
    return tuple(dict.fromkeys(item.who for item in drill.people if item.role in able))


def to_come(drill: Drill) -> Mapping[str, Inject]:
    """Return the injects that were neither given nor left out, by their ids."""
    over = {item.inject for item in drill.injects}
    return {item.id: item for item in scenario_of(drill).injects if item.id not in over}


def spoken_words(drill: Drill, about: str, text: str) -> tuple[str, ...]:
    """Return the four words that an approver reads back: they stand for this text in this drill."""
    return read_back(f"{drill.id} {about}\n{text}")


def _named(rights: tuple[Right, ...]) -> str:
    return " or ".join(f"`{right}`" for right in rights) if len(rights) < len(Right) else "act"
