"""The writes of a canary: each under a warrant that people signed, and recorded before it is sent.

Before every one the warrant is asked for again: it has to be in force at this moment, and to allow
this call to this identity. `irkit trail verify` asks the same of every record.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.consent import WorkspaceConsent
from irkit.engine.session import Session
from irkit.model.change import Target
from irkit.providers.call import CallError, Outcome
from irkit.trail.journal import Journal
from irkit.trail.record import Draft, Record
from irkit.trail.warrants import INTENT, WarrantState

RESULT: Final = "canary.result"


@dataclass(slots=True)
class Came:
    """What came of a write: `ok` unless whoever sent it says otherwise."""

    outcome: str = str(Outcome.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Records what one canary writes to `target`, under the warrant `state`."""

    session: Session
    journal: Journal
    consent: WorkspaceConsent
    state: WarrantState
    target: Target
    canary: str

    @contextmanager
    def of(self, call: str, what: Mapping[str, Json]) -> Iterator[Came]:
        """Record that `call` is about to be sent, and afterwards what came of it.

        Raises:
            IrkitError: IRK890 if the warrant does not allow it now; nothing is to be sent then.
        """
        intent, came = self._intent(call, what), Came()
        try:
            yield came
        except CallError as error:
            came.outcome = str(error.outcome)
            raise
        except BaseException:
            came.outcome = str(Outcome.UNKNOWN)
            raise
        finally:
            self._result(intent, came.outcome)

    def _intent(self, call: str, what: Mapping[str, Json]) -> Record:
        self.consent.catch_up()
        now, own = self.session.clock(), self.state.warrant
        fold = self.consent.fold
        tally = self.state.tally(now, fold.revoked)
        known = fold.warrants.get(own.digest) is self.state
        if not known or not self.state.in_force(now, fold.revoked):
            raise refused(own.playbook, "the warrant is no longer in force")
        if not own.covers(call, self.target):
            raise refused(own.playbook, f"the warrant does not allow {call}")
        body: dict[str, Json] = {
            "canary": self.canary,
            "call": call,
            "target": self.target.to_json(),
            "with": dict(what),
            "warrant": own.digest,
            "approvals": list(tally.used),
        }
        return self.journal.append(Draft(type=INTENT, actor=self.session.actor, body=body))[0]

    def _result(self, intent: Record, outcome: str) -> None:
        body: dict[str, Json] = {"canary": self.canary, "intent": intent.n, "outcome": outcome}
        self.journal.append(Draft(type=RESULT, actor=self.session.actor, body=body))


def refused(playbook: str, why: str) -> IrkitError:
    """Return the refusal to write without a warrant."""
    return IrkitError(
        Diagnostic(
            code="IRK890",
            summary=f"nothing may be planted or swept for a canary of `{playbook}`: {why}",
            help=f"ask for a warrant, for people to approve: irkit canary {playbook} --ask",
        )
    )
