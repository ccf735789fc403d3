"""The people of a case: who approves, who denies, who answers, and who does not.

They act through the same doors as anybody: a statement signed with one's own key, checked before it
is recorded; an answer checked against what was asked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import asked
from irkit.engine.approving import Approving, signed
from irkit.engine.consent import WorkspaceConsent
from irkit.engine.session import Session
from irkit.engine.steering import Steering
from irkit.model.run import Run
from irkit.proving.testing.suite import Answer, Case, Decided
from irkit.trail.approvals import sign_statement
from irkit.trail.journal import Journal
from irkit.trail.record import Actor
from irkit.trail.signing_keys import load_signing_key
from irkit.workspace.exercise import DOMAIN, DRILL_KEYS
from irkit.world.world_clock import WorldClock

_EVERYBODY: Final = (Decided(by=(f"alice@{DOMAIN}", f"bob@{DOMAIN}")),)
_MOMENT: Final = timedelta(seconds=1)
_INSTANCE: Final = re.compile(r"[\[~/]")


@dataclass
class People:
    """Acts for everybody in a case; `used` are the decisions that came to something."""

    case: Case
    session: Session
    journal: Journal
    clock: WorldClock
    decided: tuple[Decided, ...] = _EVERYBODY
    used: list[Decided | Answer] = field(default_factory=list)
    refused: list[Diagnostic] = field(default_factory=list)
    _said: set[tuple[str, str, str]] = field(default_factory=set)

    @property
    def _keys(self) -> Path:
        return self.session.workspace.root / DRILL_KEYS

    def act(self, run: Run, consent: WorkspaceConsent) -> bool:
        """Do what people do now; say whether anybody did anything."""
        acted = [self._decide(run, consent, one, who) for one in self.decided for who in one.by]
        answered = [self._answer(run, path) for path in run.asked if path not in run.answers]
        if any((*acted, *answered)):
            return True
        return self._let_time_pass(run)

    def _decide(self, run: Run, consent: WorkspaceConsent, decided: Decided, who: str) -> bool:
        """Let one person decide about what waits, unless that person has done so already."""
        consent.catch_up()
        if run.closed or run.plan is None:
            return False
        waiting = asked.waiting_parts(run, consent, self.session.clock())
        parts = [
            part
            for part in waiting
            if decided.phase in {"", run.parts[part].phase}
            and (part, who, str(decided.decision)) not in self._said
        ]
        if not parts:
            return False
        self._said |= {(part, who, str(decided.decision)) for part in parts}
        approving = Approving(self.session, self.journal, consent, run)
        key = load_signing_key(str(self._keys / who.partition("@")[0]))
        self.used.append(decided)
        for request in asked.of_run(run, parts, self.journal, consent):
            statement = request.statement(decided.decision, who, self.session.clock())
            try:
                approving.accept(signed(request, statement, sign_statement(statement, key)))
            except IrkitError as error:
                self.refused += error.diagnostics
                return False
        return True

    def _answer(self, run: Run, path: str) -> bool:
        answer = self.case.answers.get(step_of(path))
        if answer is None or answer.silent:
            return False
        actor = Actor(id=f"alice@{DOMAIN}", kind="person", auth="local")
        steering = Steering(self.journal, run, actor)
        try:
            steering.answer(path, answer.values, self.session.clock())
        except IrkitError as error:
            self.refused += error.diagnostics
            return False
        self.used.append(answer)
        return True

    def _let_time_pass(self, run: Run) -> bool:
        """Where a question is meant to go unanswered, let the time for it run out."""
        waiting = [
            (item.until, answer)
            for path, item in run.asked.items()
            if path not in run.answers
            and (answer := self.case.answers.get(step_of(path))) is not None
            and answer.silent
        ]
        for until, answer in sorted(waiting, key=lambda pair: pair[0]):
            self.used.append(answer)
            if until > self.session.clock():
                self.clock.advance(until - self.session.clock() + _MOMENT)
                return True
        return False

    def idle(self) -> Iterator[Decided | Answer]:
        """Yield what a case says of people and what never came to anything."""
        told: tuple[Decided | Answer, ...] = (
            *(self.case.approvals or ()),
            *self.case.answers.values(),
        )
        yield from (item for item in told if item not in self.used)


def step_of(path: str) -> str:
    """Return the id of the step that a path is an instance of, or is inside of."""
    return _INSTANCE.split(path, maxsplit=1)[0]
