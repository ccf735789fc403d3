"""Tells what happens while a run is driven: one line for each finished thing, appended.

A wait is said once for each reason, with who, how long and what to type; after a silence comes a
sign of life. What was recorded before this process began is not repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from irkit.canonical import Json
from irkit.cli.output import Output
from irkit.cli.views import plan as plan_view
from irkit.cli.views import progress, waits
from irkit.engine.consent import WorkspaceConsent
from irkit.engine.history import Inflated
from irkit.model.quorum import Tally
from irkit.model.run import Run
from irkit.providers.limits import Wait

_SAY_AGAIN = timedelta(minutes=5)
_WORTH_SAYING = 2.0
"""Seconds; a shorter wait for a rate limit is over before it is read."""


@dataclass(slots=True, kw_only=True)
class Screen:
    """The listener of a run in this process (`irkit.engine.context.Listener`)."""

    output: Output
    after: int
    consent: WorkspaceConsent | None = None
    reasons: tuple[str, ...] = ()
    waiting_for: str = ""
    _said: dict[str, datetime] = field(default_factory=dict)

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Show the line of one record."""
        if entry.type == "run.closed":
            self.reasons = _texts(entry.body, "reasons")
        if entry.n <= self.after:
            return
        self.waiting_for = ""
        if entry.type == "plan.proposed" and run.plan is not None:
            self.output.progress(plan_view.to_json(run.plan, run=run), plan_view.text)
        line = progress.to_json(entry, run)
        if line is not None:
            self.output.progress(line, progress.text)

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Say what is waited for, once for each reason."""
        now = self.output.clock()
        for reason in why:
            tally = self._tally(run, reason, now)
            key = f"{reason} {tally.missing if tally else ''}"
            said = self._said.get(key)
            if said is not None and now - said < _SAY_AGAIN:
                continue
            self._said[key] = now
            value = waits.of_key(run, reason, until=until, tally=tally)
            self.waiting_for = f"waiting: {value['what']}"
            self.output.progress(value, waits.text)

    def working(self, run: Run, keys: tuple[str, ...]) -> None:
        """Give a sign of life."""
        told = self.waiting_for or ", ".join(keys)
        value = progress.heartbeat_json(run, now=self.output.clock(), waiting_for=told)
        self.output.progress(value, progress.heartbeat)

    def limited(self, wait: Wait) -> None:
        """Say that a provider's rate limit is waited for."""
        if wait.seconds < _WORTH_SAYING:
            return
        now = self.output.clock()
        value = waits.to_json(
            what=f"{wait.why} ({wait.bucket})",
            who=wait.tenant,
            until=now + timedelta(seconds=wait.seconds),
        )
        self.output.progress(value, waits.text)

    def _tally(self, run: Run, reason: str, now: datetime) -> Tally | None:
        part = reason.removeprefix("await ")
        if self.consent is None or part not in run.parts:
            return None
        return self.consent.tally(run, part, now)


@dataclass(slots=True, kw_only=True)
class Silent:
    """The listener of a run whose progress nobody watches: only rate limits are said."""

    output: Output

    def recorded(self, run: Run, entry: Inflated) -> None:
        """Say nothing."""

    def waiting(self, run: Run, why: tuple[str, ...], until: datetime | None) -> None:
        """Say nothing."""

    def working(self, run: Run, keys: tuple[str, ...]) -> None:  # noqa: ARG002
        """Say what is being read."""
        if keys:
            said = f"· still reading: {', '.join(keys)}"
            self.output.hint(said)

    def limited(self, wait: Wait) -> None:
        """Say that a provider's rate limit is waited for."""
        if wait.seconds >= _WORTH_SAYING:
            self.output.hint(f"▲ {wait.tenant}: {wait.why}, {wait.seconds:.0f} s ({wait.bucket})")


def _texts(body: Mapping[str, Json], key: str) -> tuple[str, ...]:
    value = body.get(key)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()
