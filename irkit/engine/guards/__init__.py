"""Guards: rules that can refuse a step, one a file, each an engine invariant on immutable ids.

A guard module has one function `judge(step, run, facts) -> Refusal | None` and the constants `NAME`
and `OVERRIDABLE`. Being in this folder is all the registration there is. Guards are judged when a
step is planned and again immediately before each write, on facts not older than a few seconds.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from irkit.actions.break_glass import WayIn
from irkit.engine.context import Refusal
from irkit.model.change import Target
from irkit.model.owners import reached
from irkit.model.plan import PlannedStep
from irkit.model.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFacts:
    """What guards judge by, as read from the providers.

    `own` are the identities this run itself depends on and `protected` those that are never
    targets, both by target key with the reason. `super_admins` are the ids of active super
    administrators. `limits` caps distinct targets by kind, `own_principals` are the roles and users
    of AWS it works with. What only some steps need is there for those alone: `networks` (of one's
    own, each with why) for steps that block addresses, `integrations` (tokens that work runs on, by
    owner) for steps that stop a user's tokens, `log_plane` (what holds the log, by target key with
    the trail) for steps on buckets and keys, `entry_providers` (through which irkit's first
    credentials may have come, `?` where that is not seen) and `own_idps` (through which irkit's own
    user signs in to Okta, by id) for steps that break an identity provider, `management` (the
    management account) for steps on an account as a whole, `ways_in` (the break-glass access as it
    was proven) for steps that shut out all who come through a provider. `keeps_evidence` says
    whether the playbook means to keep machines' disks, `before_write` whether the step is about to
    be carried out.
    """

    mode: str
    tenants: frozenset[str]
    own: Mapping[str, str] = field(default_factory=dict)
    protected: Mapping[str, str] = field(default_factory=dict)
    super_admins: frozenset[str] = frozenset()
    admin_floor: int = 2
    limits: Mapping[str, int] = field(default_factory=dict)
    worlds: Mapping[str, bool] = field(default_factory=dict)
    networks: Mapping[str, str] = field(default_factory=dict)
    integrations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    log_plane: Mapping[str, str] = field(default_factory=dict)
    keeps_evidence: bool = False
    before_write: bool = False
    own_principals: tuple[Target, ...] = ()
    entry_providers: frozenset[str] = frozenset()
    own_idps: frozenset[str] = frozenset()
    management: str = ""
    ways_in: tuple[WayIn, ...] = ()


class Guard(Protocol):
    """One guard module."""

    NAME: str
    OVERRIDABLE: bool

    def judge(self, step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:
        """Return why `step` is refused, or None."""


def guards() -> tuple[Guard, ...]:
    """Return every guard of this folder, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(cast("Guard", importlib.import_module(f"{__name__}.{name}")) for name in names)


def targets_of(step: PlannedStep) -> tuple[Target, ...]:
    """Return every target of the step's changes, whom they belong to, and whom they reach."""
    return tuple(dict.fromkeys(target for change in step.changes for target in reached(change)))
