"""Guards at work: their facts are read from the providers, kept for seconds, and judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

import anyio

from irkit.actions.dependencies import own_identities, super_admins
from irkit.actions.resolve import expand
from irkit.clock import Clock
from irkit.engine.connections import OpenConnections
from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, guards
from irkit.model.plan import PlannedStep
from irkit.model.playbook import Playbook, Protection
from irkit.model.run import Run
from irkit.model.spec import Catalogue

_FRESH = timedelta(seconds=5)


@dataclass(slots=True)
class WorkspaceGuards:
    """All guards of a workspace and a playbook."""

    connections: OpenConnections
    playbook: Playbook
    catalogue: Catalogue
    mode: str
    clock: Clock
    pins: Mapping[str, str] | None = None
    _facts: GuardFacts | None = None
    _read_at: datetime | None = None
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the guards' names."""
        return tuple(guard.NAME for guard in guards())

    async def refusal(self, run: Run, step: PlannedStep, *, before_write: bool) -> Refusal | None:
        """Judge `step` by every guard; the first no counts.

        Before a write the facts are never older than a few seconds.
        """
        facts = await self._current(fresh=before_write)
        for guard in guards():
            refused = guard.judge(step, run, facts)
            if refused is not None:
                return refused
        return None

    async def _current(self, *, fresh: bool) -> GuardFacts:
        async with self._lock:
            known, read_at = self._facts, self._read_at
            stale = read_at is None or (fresh and self.clock() - read_at > _FRESH)
            if known is None or stale:
                self._read_at = self.clock()
                known = self._facts = await self._read()
            return known

    async def _read(self) -> GuardFacts:
        readers = self.connections.readers(None, ())
        own = {target.key: why for target, why in await own_identities(readers)}
        protected: dict[str, str] = {}
        for protection in (*self.connections.workspace.protect, *self.playbook.protect):
            for target in await self._expand(protection):
                if self.pins is None or target in self.pins:
                    protected.setdefault(target, f"{protection.kind}: {protection.pattern}")
        admins = await super_admins(readers) if readers.okta_reader else frozenset()
        return GuardFacts(
            mode=self.mode,
            tenants=frozenset(self.connections.tenants()),
            own=own,
            protected=protected,
            super_admins=frozenset(admins),
            limits=_strictest(self.connections.workspace.limits, self.playbook.limits),
            worlds=dict(self.connections.worlds),
        )

    async def _expand(self, protection: Protection) -> tuple[str, ...]:
        provider = protection.kind.partition(".")[0]
        readers = self.connections.readers(None, ())
        held = readers.okta_reader if provider == "okta" else readers.aws_reader
        if held is None:
            return ()
        found = await expand(protection.kind, protection.pattern, readers)
        return tuple(target.key for target in found)


def _strictest(*limits: Mapping[str, int]) -> dict[str, int]:
    kinds = {kind for limit in limits for kind in limit}
    return {kind: min(limit[kind] for limit in limits if kind in limit) for kind in kinds}


def pattern_matches(pattern: str, name: str) -> bool:
    """Say whether a `protect` pattern names `name`."""
    return fnmatchcase(name, pattern)
