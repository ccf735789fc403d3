"""Scripted colleagues: they read what waits, sign it with their own keys, and answer questions.

Through the same doors as anybody: a statement that would not count is refused, not recorded.
"""

from dataclasses import dataclass, replace
from typing import Final

from irkit.canonical import Json
from irkit.clock import Clock
from irkit.drill.exercise.breakages import Breakages
from irkit.drill.exercise.site import Site
from irkit.engine import asked
from irkit.engine.approving import Approving, signed
from irkit.engine.session import Session
from irkit.model.approval import Decision
from irkit.model.run import Run
from irkit.trail.approvals import sign_statement
from irkit.trail.journal import Journal
from irkit.trail.record import Actor, Draft
from irkit.trail.signing_keys import load_signing_key
from irkit.workspace.exercise import DOMAIN, DRILL_KEYS

APPROVERS: Final = ("alice", "bob")


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleagues:
    """Those who sign in a drill, unless the scenario lets them sleep.

    `clock` is the trail's: a signature counts by the time of the trail and not of the exercise.
    """

    site: Site
    journal: Journal
    breakages: Breakages
    clock: Clock

    @property
    def _session(self) -> Session:
        return replace(self.site.session(), clock=self.clock)

    @property
    def any_asleep(self) -> bool:
        """Say whether somebody does not answer."""
        return any(self.breakages.asleep(who) for who in APPROVERS)

    def waiting(self, run: Run) -> tuple[str, ...]:
        """Return the parts of a run that wait for somebody's signature."""
        session = self._session
        if run.plan is None or run.closed:
            return ()
        return tuple(asked.waiting_parts(run, session.consent(self.journal), session.clock()))

    def help(self, run: Run) -> bool:
        """Let whoever is awake sign and answer what waits for them; say whether anybody did."""
        awake = [who for who in APPROVERS if not self.breakages.asleep(who)]
        signed_ = [self._sign(run, who) for who in awake]
        answered = [self._answer(run, who) for who in awake[:1]]
        return any(signed_ + answered)

    def _answer(self, run: Run, who: str) -> bool:
        """Answer what a run asks: it was not the user, as in every scenario."""
        open_ = [path for path in run.asked if path not in run.answers]
        for path in open_:
            values: dict[str, Json] = {
                name: False if kind == "bool" else "[EXERCISE] not theirs"
                for name, kind in run.asked[path].ask.items()
            }
            body: dict[str, Json] = {"step": path, "values": values, "silent": False}
            self.journal.append(
                Draft(
                    type="answer",
                    run=run.id,
                    actor=_actor(who),
                    body={**body, "by": _actor(who).id},
                )
            )
        return bool(open_)

    def _sign(self, run: Run, who: str) -> bool:
        session = self._session
        consent = session.consent(self.journal)
        waiting = [
            part
            for part in self.waiting(run)
            if _actor(who).id not in consent.tally(run, part, session.clock()).have
        ]
        if not waiting:
            return False
        key = load_signing_key(str(self.site.root / DRILL_KEYS / who))
        approving = Approving(session, self.journal, consent, run)
        for request in asked.of_run(run, waiting, self.journal, consent):
            statement = request.statement(Decision.APPROVE, _actor(who).id, session.clock())
            approving.accept(signed(request, statement, sign_statement(statement, key)))
        return True


def _actor(who: str) -> Actor:
    return Actor(id=f"{who}@{DOMAIN}", kind="person", auth="local")
