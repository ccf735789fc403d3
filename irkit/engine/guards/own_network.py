"""Nobody shuts themselves out: the org's own networks and irkit's own address are not blocked."""

import ipaddress
from collections.abc import Iterator
from typing import Final, TypeAlias

from irkit.actions.okta_zones import blocked_by
from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "own-network"
OVERRIDABLE = True

_WIDEST: Final = {4: 16, 6: 32}
"""The shortest prefix that may be blocked, by version: more is half the world."""

_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse a step that blocks a network of one's own, or more than a network."""
    if step.undoes:
        return None
    own = [(ipaddress.ip_network(text), why) for text, why in facts.networks.items()]
    for blocked in _blocked(step):
        if blocked.prefixlen < _WIDEST[blocked.version]:
            return _refused(
                f"{blocked} is {blocked.num_addresses} addresses at once",
                f"block networks of /{_WIDEST[blocked.version]} or smaller",
            )
        for network, why in own:
            if blocked.overlaps(network):
                return _refused(
                    f"blocking {blocked} would shut out {network}: {why}",
                    "block only what is the intruder's, or take the address out of the zone first",
                )
    return None


def _blocked(step: PlannedStep) -> Iterator[_Network]:
    for change in step.changes:
        yield from blocked_by(change)


def _refused(summary: str, help_: str) -> Refusal:
    return Refusal(guard=NAME, code="IRK310", summary=summary, help=help_)
