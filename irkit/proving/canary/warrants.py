"""The warrant of a canary: what it says, asking for it, and finding the one that is in force.

What a canary does to its user ends in keys, factors and passwords that are gone for good, so it
needs what the policy asks for changes that cannot be taken back.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import warranting
from irkit.engine.assembly import user_agent
from irkit.engine.connections import OpenConnections
from irkit.engine.consent import WorkspaceConsent
from irkit.engine.session import Session
from irkit.model.change import Target
from irkit.model.quorum import Need
from irkit.model.spec import Blast, Reversal
from irkit.model.warrant import Warrant
from irkit.proving.canary import grounds
from irkit.proving.canary.grounds import Site
from irkit.proving.canary.orders import Orders
from irkit.proving.canary.plants import plant_of
from irkit.proving.canary.writing import refused
from irkit.trail.warrants import WarrantState

LONGEST: Final = timedelta(days=90)
SHORTEST: Final = timedelta(days=1)
_ENDS_WITH_IT: Final = timedelta(hours=1)
"""A canary that begins under a warrant must be able to sweep under it."""


async def drafted(session: Session, orders: Orders, playbook: str, lasts: timedelta) -> Warrant:
    """Return the warrant that this canary needs; its user is looked for, and nothing is written.

    Raises:
        IrkitError: IRK870 and others, if the user is none that a canary may use.
    """
    async with _reading(session, orders) as site:
        found = await grounds.at(orders.provider).find(site, orders)
    needed = session.policy.effective_need(Reversal.DESTRUCTIVE, Blast.PRINCIPAL, None)
    return Warrant(
        playbook=playbook,
        mode=str(session.workspace.mode),
        target=found.target,
        mark=orders.mark,
        plants=orders.plant,
        calls=_calls(orders),
        until=session.clock().replace(microsecond=0) + lasts,
        need=Need(
            need=needed.need,
            roles=needed.roles,
            exclude_requester=needed.exclude_requester,
        ),
    )


def given(
    session: Session, consent: WorkspaceConsent, orders: Orders, playbook: str, target: Target
) -> WarrantState:
    """Return the warrant under which this canary may be let out now.

    Raises:
        IrkitError: IRK890 if there is none that says what the orders say, IRK894 if people have
            still to sign it.
    """
    terms: dict[str, Json] = {
        "mode": str(session.workspace.mode),
        "target": target.to_json(),
        "mark": orders.mark,
        "plants": list(orders.plant),
        "calls": list(_calls(orders)),
    }
    now = session.clock()
    found = warranting.in_force(consent.fold, playbook, now + _ENDS_WITH_IT, terms)
    if found is not None:
        return found
    waiting = [s for s in consent.fold.warrants.values() if _waits(s, playbook, terms)]
    if waiting:
        last = max(waiting, key=lambda state: state.record)
        raise _unapproved(playbook, last, consent, session)
    raise refused(playbook, "there is no warrant for this user and what is to be planted")


def _waits(state: WarrantState, playbook: str, terms: dict[str, Json]) -> bool:
    return state.warrant.playbook == playbook and terms.items() <= state.warrant.to_json().items()


def _unapproved(
    playbook: str, state: WarrantState, consent: WorkspaceConsent, session: Session
) -> IrkitError:
    now, warrant = session.clock(), state.warrant
    if now + _ENDS_WITH_IT >= warrant.until:
        return refused(playbook, f"the warrant is over at {warrant.until:%Y-%m-%d %H:%MZ}")
    tally = state.tally(now, consent.fold.revoked)
    if tally.denied_by:
        return refused(playbook, f"{', '.join(tally.denied_by)} denied the warrant")
    return IrkitError(
        Diagnostic(
            code="IRK894",
            summary=f"the canary of `{playbook}` has no warrant yet: "
            f"{tally.missing} of {warrant.need.need} approvals are missing",
            help=f"let them sign: irkit approve {warrant.digest}",
        )
    )


def _calls(orders: Orders) -> tuple[str, ...]:
    """Return all that a canary may send, in order."""
    planting = {call for kind in orders.plant for call in plant_of(kind).CALLS}
    return tuple(sorted({*planting, *grounds.at(orders.provider).SWEEPS}))


@asynccontextmanager
async def _reading(session: Session, orders: Orders) -> AsyncIterator[Site]:
    """Open the connections that lead to the canary's user, to read alone."""
    async with OpenConnections(
        workspace=session.workspace,
        clock=session.clock,
        user_agent=user_agent(session, "canary"),
        session_name="irkit-canary",
        dry=True,
    ) as connections:
        silent = await connections.prepare(frozenset({orders.provider}))
        if silent:
            raise IrkitError(*silent)
        yield Site(session=session, connections=connections)
