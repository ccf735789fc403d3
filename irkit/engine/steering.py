"""What people say to a run that is under way: each is one record, which the acting process follows.

Nothing here acts. Whoever drives the run reads the records and does what they say; so these words
may come from any terminal, and reach a run that nobody drives at the moment as well.
"""

import shlex
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.guards import guards
from irkit.lang.types import coerce, parse_type
from irkit.model import next_commands
from irkit.model.run import ChangeState, Run, Stage
from irkit.trail import answers
from irkit.trail.protocol import Journal
from irkit.trail.record import Actor, Draft


class Decision(StrEnum):
    """What a person says became of a change in doubt, or should."""

    APPLIED = "applied"
    RETRY = "retry"
    SKIP = "skip"


Sign: TypeAlias = Callable[[bytes], str]
"""Signs bytes in the namespace of answers and returns the armored signature."""

_DOUBT = frozenset({Stage.ASK, Stage.IN_DOUBT, Stage.IN_FLIGHT})
_AGAIN = frozenset({Stage.DRIFTED, Stage.UNVERIFIED, Stage.FAILED, Stage.SKIPPED, Stage.REFUSED})


@dataclass(frozen=True, slots=True)
class Steering:
    """Says things to one run in the name of `actor`."""

    journal: Journal
    run: Run
    actor: Actor

    def pause(self) -> None:
        """Let the change in flight finish, and start nothing more."""
        self._open("pause")
        self._say("run.state", {"state": "paused", "by": self.actor.id})

    def resume(self, *, accept_versions: bool = False) -> None:
        """Let the run go on."""
        self._open("resume")
        body: dict[str, Json] = {"state": "running", "by": self.actor.id}
        if accept_versions:
            body["accept_versions"] = True
        self._say("run.state", body)

    def cancel(self, why: str) -> None:
        """Ask for the end of the run; what is done stays done."""
        self._open("cancel")
        self._say("cancel.requested", {"why": why, "by": self.actor.id})

    def skip(self, what: str, why: str) -> tuple[str, ...]:
        """Leave a step or one change out; return the changes that are not made."""
        self._open("skip")
        found = [
            state
            for state in self.run.changes.values()
            if what in {state.change.id, state.step.path}
        ]
        if not found:
            self._leave_step_out(what, why)
            return ()
        waiting = [state for state in found if state.stage is Stage.PLANNED]
        if not waiting:
            raise _no(f"`{what}` is {found[0].stage} already", f"irkit status {self.run.id}")
        for state in waiting:
            self._say(
                "step.skipped",
                {
                    "change": state.change.id,
                    "outcome": "skipped",
                    "why": why,
                    "by": self.actor.id,
                },
            )
        return tuple(state.change.id for state in waiting)

    def _leave_step_out(self, step: str, why: str) -> None:
        if step in self.run.reads or step in self.run.answers:
            raise _no(f"`{step}` is done already", f"irkit status {self.run.id}")
        self._say(
            "step.skipped", {"step": step, "outcome": "skipped", "why": why, "by": self.actor.id}
        )

    def add(self, step: str, targets: tuple[Json, ...]) -> None:
        """Add targets to the loop of a step: they become a supplement with its own approval."""
        self._open("add")
        self._say("targets.added", {"step": step, "targets": list(targets), "by": self.actor.id})

    def replan(self, denied: Container[str] = ()) -> tuple[str, ...]:
        """Let every step that is not as planned be planned again; return their paths.

        So are the steps of the parts that were `denied`: only another plan lifts a denial.
        """
        if self.run.closed:
            raise _over(self.run, "replan", _anew(self.run))
        paths = dict.fromkeys(
            state.step.path
            for state in self.run.changes.values()
            if not state.undone
            and (state.stage in _AGAIN or state.lost or _waits_in(state, denied))
        )
        paths |= dict.fromkeys(self.run.failed_steps)
        paths |= dict.fromkeys(path for path, fact in self.run.reads.items() if fact.error)
        if not paths:
            raise _no(
                "there is nothing to plan again: nothing drifted, failed, was refused or denied",
                f"irkit status {self.run.id}",
            )
        for path in paths:
            self._say("step.replanned", {"step": path, "by": self.actor.id})
        return tuple(paths)

    def override(self, step: str, why: str) -> str:
        """Ask for a step although a guard refused it; return the guard.

        Nothing is overridden by this alone: the step is planned again, says which guard it
        overrides, and two people other than the requester have to sign that.

        Raises:
            IrkitError: if no guard refused the step, or one that nobody may override.
        """
        self._open("override")
        name = self.run.refused_by.get(step, "")
        guard = next((guard for guard in guards() if name == guard.NAME), None)
        if guard is None:
            raise _no(f"no guard refused `{step}`", f"irkit status {self.run.id}")
        if not guard.OVERRIDABLE:
            raise _no(
                f"the guard {name} is never overridden", f"leave it out: irkit skip {self.run.id}"
            )
        self._say(
            "guard.overridden", {"step": step, "guard": name, "why": why, "by": self.actor.id}
        )
        self._say("step.replanned", {"step": step, "by": self.actor.id})
        return name

    def answer(
        self,
        step: str,
        given: Mapping[str, str],
        now: datetime,
        sign: Sign | None = None,
        roles: Container[str] = (),
    ) -> Mapping[str, Json]:
        """Answer a manual step; return the values as they were understood.

        With `sign`, the record carries a signature over run, step and values; it counts only from
        somebody whose `roles` hold the one that was asked.

        Raises:
            IrkitError: with everything that is wrong with the answer.
        """
        self._open("answer")
        asked = self.run.asked.get(step)
        if asked is None:
            waiting = ", ".join(s for s in self.run.asked if s not in self.run.answers)
            raise _no(
                f"nobody is asked `{step}`", f"what waits for an answer: {waiting or 'nothing'}"
            )
        if step in self.run.answers:
            raise _no(f"`{step}` has its answer already", f"irkit status {self.run.id}")
        values = _typed(asked.ask, given, now)
        body: dict[str, Json] = {"step": step, "values": values, "by": self.actor.id}
        if sign is not None:
            if asked.to and asked.to not in roles:
                raise _not_asked(self.actor.id, step, asked.to)
            body["sig"] = sign(answers.signed_bytes(self.run.id, step, values))
        self._say("answer", {**body, "silent": False})
        return values

    def resolve(self, change: str, decision: Decision, why: str) -> ChangeState:
        """Decide about a change in doubt; return it as it stood.

        Raises:
            IrkitError: if there is no such change or it is not in doubt.
        """
        self._open("resolve")
        state = self.run.changes.get(change)
        if state is None:
            doubtful = [s.change.id for s in self.run.changes.values() if s.stage in _DOUBT]
            listed = ", ".join(doubtful) or "none"
            raise _no(f"the run has no change `{change}`", f"those in doubt: {listed}")
        if state.stage not in _DOUBT:
            raise _no(
                f"`{change}` is not in doubt: it is {state.stage}", f"irkit status {self.run.id}"
            )
        self._say(
            "change.resolved",
            {"change": change, "decision": str(decision), "why": why, "by": self.actor.id},
        )
        return state

    def _open(self, what: str) -> None:
        if self.run.closed:
            raise _over(self.run, what, next_commands.on("status", self.run.id))

    def _say(self, kind: str, body: Mapping[str, Json]) -> None:
        draft = Draft(type=kind, run=self.run.id, actor=self.actor, body=dict(body))
        self.journal.append(draft)


def _not_asked(who: str, step: str, role: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK479",
            summary=f"`{step}` is put to {role}, and {who} has not that role",
            help=f"let somebody with the role {role} answer: irkit approvers list",
        )
    )


def _waits_in(state: ChangeState, denied: Container[str]) -> bool:
    return state.stage is Stage.PLANNED and state.part in denied


def _over(run: Run, what: str, help_: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK612",
            summary=f"there is nothing to {what}: the run is over ({run.outcome})",
            help=help_,
        )
    )


def _anew(run: Run) -> str:
    """Return the command that runs the same playbook with the same inputs again."""
    given = [f"-i {shlex.quote(f'{name}={_said(value)}')}" for name, value in run.inputs.items()]
    name = run.playbook_file.removesuffix(".yaml")
    return f"start anew: {' '.join(['irkit run', shlex.quote(name), *given])}"


def _said(value: Json) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _typed(ask: Mapping[str, Json], given: Mapping[str, str], now: datetime) -> dict[str, Json]:
    problems = [
        Diagnostic(
            code="IRK614",
            summary=f"`{name}` was not asked for",
            help=f"what was: {', '.join(ask) or 'nothing, answer without values'}",
        )
        for name in given
        if name not in ask
    ]
    values: dict[str, Json] = {}
    for name, kind in ask.items():
        if name not in given:
            summary = f"the answer lacks `{name}` ({kind})"
            problems.append(Diagnostic(code="IRK614", summary=summary, help=f"add: {name}=…"))
            continue
        try:
            values[name] = coerce(parse_type(str(kind)), given[name], now, name=f"`{name}`")
        except IrkitError as error:
            problems += error.diagnostics
    if problems:
        raise IrkitError(*problems)
    return values


def _no(summary: str, help_: str) -> IrkitError:
    return IrkitError(Diagnostic(code="IRK613", summary=summary, help=help_))
