"""Guards at work: their facts are read from the providers, kept for seconds, and judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import anyio

from irkit.actions.dependencies import own_identities, super_admins
from irkit.actions.resolve import expand
from irkit.clock import Clock
from irkit.engine.connections import OpenConnections
from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, guards
from irkit.model.plan import PlannedStep
from irkit.model.playbook import Playbook
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
    _facts: dict[str, tuple[datetime, GuardFacts]] = field(default_factory=dict)
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the guards' names."""
        return tuple(guard.NAME for guard in guards())

    async def refusal(self, run: Run, step: PlannedStep, *, before_write: bool) -> Refusal | None:
        """Judge `step` by every guard; the first no counts.

        Before a write the facts are never older than a few seconds.

        Raises:
            IrkitError: if the facts cannot be read; what cannot be judged is not written.
        """
        for provider in self.catalogue[step.action].needs:
            facts = await self._current(provider, fresh=before_write)
            for guard in guards():
                if guard.OVERRIDABLE and guard.NAME in step.overrides:
                    continue  # two people sign for it with the part that says so
                refused = guard.judge(step, run, facts)
                if refused is not None:
                    return refused
        return None

    async def _current(self, provider: str, *, fresh: bool) -> GuardFacts:
        """Return the facts of one provider; another that is down does not matter to it."""
        async with self._lock:
            known = self._facts.get(provider)
            if known is None or (fresh and self.clock() - known[0] > _FRESH):
                read_at = self.clock()
                known = self._facts[provider] = (read_at, await self._read(provider))
            return known[1]

    async def _read(self, provider: str) -> GuardFacts:
        readers = self.connections.readers(None, (provider,))
        own_only = replace(
            readers,
            okta_reader=readers.okta_reader if provider == "okta" else None,
            aws_reader=readers.aws_reader if provider == "aws" else None,
        )
        own = {target.key: "it acts as this" for target in await own_identities(own_only)}
        protected: dict[str, str] = {}
        own_rules = set(self.connections.workspace.protect)
        for protection in (*self.connections.workspace.protect, *self.playbook.protect):
            if protection.kind.partition(".")[0] != provider:
                continue
            # A pin binds the workspace's own patterns: what is newer than it is suspicious.
            pins = self.pins if protection in own_rules else None
            for target in await expand(protection.kind, protection.pattern, own_only):
                if pins is None or target.key in pins:
                    protected.setdefault(target.key, f"{protection.kind}: {protection.pattern}")
        admins = await super_admins(own_only) if provider == "okta" else ()
        return GuardFacts(
            mode=self.mode,
            tenants=frozenset(self.connections.tenants()),
            own=own,
            protected=protected,
            super_admins=frozenset(target.id for target in admins),
            limits=_strictest(self.connections.workspace.limits, self.playbook.limits),
            worlds=dict(self.connections.worlds),
        )


def _strictest(*limits: Mapping[str, int]) -> dict[str, int]:
    kinds = {kind for limit in limits for kind in limit}
    return {kind: min(limit[kind] for limit in limits if kind in limit) for kind in kinds}
