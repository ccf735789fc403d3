"""When people are told something: at a time, after a tactic, on an occasion; each once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from irkit.canonical import Json
from irkit.drill.exercise.agenda import Agenda
from irkit.drill.record.kinds import Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.scenario.model import Inject, Occasion


@dataclass(slots=True)
class Injects:
    """The injects of one drill: which were given, which are on their way."""

    injects: tuple[Inject, ...]
    agenda: Agenda
    log: DrillLog
    told: Callable[[Inject], None]
    begun: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)

    def start(self) -> None:
        """Put those in the agenda that come at a time."""
        for inject in self.injects:
            if inject.at is not None:
                self._soon(inject, int(inject.at.total_seconds()), f"at {inject.at}")

    def tactic_worked(self, tactic: str, t: int) -> None:
        """Let those come that follow a tactic."""
        for inject in self.injects:
            if inject.after == tactic:
                self._soon(inject, t + int(inject.delay.total_seconds()), f"after {tactic}")

    def occasion(self, occasion: Occasion, t: int) -> None:
        """Let those come that wait for an occasion."""
        for inject in self.injects:
            if inject.when is occasion:
                self._soon(inject, t + int(inject.delay.total_seconds()), f"when {occasion}")

    def leave_out(self, inject: str) -> None:
        """Give one no more; the record is written by who said so."""
        self.begun.add(inject)
        self.over.add(inject)

    def by_hand(self, inject: str) -> None:
        """Tell what the facilitator gave by hand; the record is written by who did so."""
        for item in self.injects:
            if item.id == inject and inject not in self.over:
                self.leave_out(inject)
                self.told(item)

    def next(self) -> tuple[Inject, ...]:
        """Return those that may still come."""
        return tuple(inject for inject in self.injects if inject.id not in self.over)

    def _soon(self, inject: Inject, t: int, why: str) -> None:
        if inject.id in self.begun:
            return
        self.begun.add(inject.id)
        self.agenda.put(t, lambda: self._give(inject, why))

    def _give(self, inject: Inject, why: str) -> None:
        if inject.id in self.over:
            return
        self.over.add(inject.id)
        self.log.write(Kind.INJECT, also=given(inject, why))
        self.told(inject)


def given(inject: Inject, why: str) -> dict[str, Json]:
    """Return what is recorded when people are told something."""
    return {
        "inject": inject.id,
        "to": inject.to,
        "channel": inject.channel,
        "text": f"[EXERCISE] {inject.text}",
        "why": why,
        "decision": inject.decision,
    }
