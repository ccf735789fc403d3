"""Guards at work: their facts are read from the providers, kept for seconds, and judged by."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

import anyio

from irkit.actions.base import Readers
from irkit.actions.dependencies import entry_providers, own_identities, super_admins
from irkit.actions.log_plane import log_plane, may_hold_log
from irkit.actions.okta_dependencies import (
    blocks_networks,
    established_tokens,
    own_idps,
    own_networks,
    stops_tokens,
)
from irkit.actions.organization import management_account
from irkit.actions.resolve import expand
from irkit.clock import Clock
from irkit.engine.connections import OpenConnections
from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, evidence_first, guards
from irkit.engine.guards.break_glass import shuts_out
from irkit.engine.guards.management_account import is_whole
from irkit.engine.guards.own_sign_in import is_sign_in
from irkit.engine.guards.own_way_in import is_door
from irkit.engine.ways_in import ways_into_aws, ways_into_okta
from irkit.model.plan import PlannedStep
from irkit.model.playbook import CallStep, Playbook, Protection, all_steps
from irkit.model.run import Run
from irkit.model.spec import Catalogue

_FRESH = timedelta(seconds=5)

T = TypeVar("T")


@dataclass(slots=True)
class WorkspaceGuards:
    """All guards of a workspace and a playbook.

    What the playbooks that it calls protect is protected as well; their limits are for one call.
    """

    connections: OpenConnections
    playbook: Playbook
    catalogue: Catalogue
    mode: str
    clock: Clock
    called: tuple[Playbook, ...] = ()
    pins: Mapping[str, str] | None = None
    _facts: dict[str, tuple[datetime, object]] = field(default_factory=dict)
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
            facts = await self._facts_for(provider, step, fresh=before_write)
            facts = replace(facts, before_write=before_write)
            for guard in guards():
                if guard.OVERRIDABLE and guard.NAME in step.overrides:
                    continue  # two people sign for it with the part that says so
                refused = guard.judge(step, run, facts)
                if refused is not None:
                    return refused
        return None

    async def _facts_for(self, provider: str, step: PlannedStep, *, fresh: bool) -> GuardFacts:
        """Return the facts of one provider; another that is down does not matter to it."""
        readers = self._readers(provider)
        facts = await self._current(provider, lambda: self._read(provider, readers), fresh=fresh)
        spec = self.catalogue[step.action]
        if step.undoes:
            return facts
        if blocks_networks(spec):
            networks = await self._current("networks", lambda: own_networks(readers), fresh=fresh)
            facts = replace(facts, networks=networks)
        if stops_tokens(spec):
            tokens = await self._current("tokens", lambda: established_tokens(readers), fresh=fresh)
            facts = replace(facts, integrations=tokens)
        if may_hold_log(spec):
            places = await self._current("log", lambda: log_plane(readers), fresh=fresh)
            facts = replace(facts, log_plane=places)
        if provider == "okta" and any(map(is_sign_in, step.changes)):
            idps = {change.target.id for change in step.changes if is_sign_in(change)}
            mine = await self._current(
                f"idps {' '.join(sorted(idps))}", lambda: own_idps(readers, idps), fresh=fresh
            )
            facts = replace(facts, own_idps=mine)
        if provider == "aws" and any(map(is_door, step.changes)):
            doors = await self._current("doors", lambda: entry_providers(readers), fresh=fresh)
            facts = replace(facts, entry_providers=doors)
        if provider == "aws" and any(map(is_whole, step.changes)):
            account = await self._current(
                "management", lambda: management_account(readers), fresh=fresh
            )
            facts = replace(facts, management=account)
        return await self._with_ways_in(provider, step, facts, fresh=fresh)

    async def _with_ways_in(
        self, provider: str, step: PlannedStep, facts: GuardFacts, *, fresh: bool
    ) -> GuardFacts:
        """Return the facts with the break-glass access, for a step that shuts people out."""
        shut = tuple(sorted(c.target.id for c in step.changes if shuts_out(c)))
        if not shut:
            return facts
        readers = self._readers(provider)
        if provider == "aws":
            ways = await self._current(
                "ways into aws", lambda: ways_into_aws(self.connections, readers), fresh=fresh
            )
        else:
            ways = await self._current(
                f"ways into okta past {' '.join(shut)}",
                lambda: ways_into_okta(self.connections, readers, facts.super_admins, shut),
                fresh=fresh,
            )
        return replace(facts, ways_in=ways)

    async def _current(self, name: str, read: Callable[[], Awaitable[T]], *, fresh: bool) -> T:
        """Return what `read` returns, as it was read last or anew."""
        async with self._lock:
            known = self._facts.get(name)
            if known is None or (fresh and self.clock() - known[0] > _FRESH):
                read_at = self.clock()
                known = self._facts[name] = (read_at, await read())
            return cast("T", known[1])

    def _readers(self, provider: str) -> Readers:
        readers = self.connections.readers(None, (provider,))
        return replace(
            readers,
            okta_reader=readers.okta_reader if provider == "okta" else None,
            aws_reader=readers.aws_reader if provider == "aws" else None,
        )

    async def _read(self, provider: str, own_only: Readers) -> GuardFacts:
        own = await own_identities(own_only)
        protected = dict(self._pinned(provider))
        books = (self.playbook, *self.called)
        named = (protection for book in books for protection in book.protect)
        for protection in (*self._unpinned(), *named):
            if protection.kind.partition(".")[0] != provider:
                continue
            for target in await expand(protection.kind, protection.pattern, own_only):
                protected.setdefault(target.key, f"{protection.kind}: {protection.pattern}")
        admins = await super_admins(own_only) if provider == "okta" else ()
        return GuardFacts(
            mode=self.mode,
            tenants=frozenset(self.connections.tenants()),
            own={target.key: "it acts as this" for target in own},
            own_principals=tuple(item for item in own if item.kind in {"aws.role", "aws.user"}),
            protected=protected,
            super_admins=frozenset(target.id for target in admins),
            limits=_strictest(self.connections.workspace.limits, self.playbook.limits),
            worlds=dict(self.connections.worlds),
            keeps_evidence=_keeps_evidence(self.playbook),
        )

    def _unpinned(self) -> tuple[Protection, ...]:
        """Return the workspace's own patterns, unless they are pinned."""
        return self.connections.workspace.protect if self.pins is None else ()

    def _pinned(self, provider: str) -> Iterator[tuple[str, str]]:
        """Yield what the workspace's patterns were pinned to, by key.

        A pin holds whatever became of the pattern: who is renamed, or taken out of the group, is
        protected as before, and what matches since is not, because it may be the intruder's.
        """
        patterns = {item.pattern for item in self.connections.workspace.protect}
        for key, pattern in (self.pins or {}).items():
            if key.startswith(f"{provider}:") and pattern in patterns:
                yield key, f"protect.lock: {pattern}"


def _keeps_evidence(playbook: Playbook) -> bool:
    """Say whether the playbook, or one that it calls, may keep machines' disks."""
    return any(
        isinstance(step, CallStep) or getattr(step, "action", "") == evidence_first.KEEPS
        for step in all_steps(playbook)
    )


def _strictest(*limits: Mapping[str, int]) -> dict[str, int]:
    kinds = {kind for limit in limits for kind in limit}
    return {kind: min(limit[kind] for limit in limits if kind in limit) for kind in kinds}
