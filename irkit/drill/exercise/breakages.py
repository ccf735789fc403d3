"""What is broken on purpose: put in force at its time, and mended after it.

Faults of the world count calls, not time; here they are put in force for a while. The intruder
meets them as well: an outage is nobody's friend.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from irkit.drill.record.kinds import Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.scenario.model import Breakage, Fix
from irkit.world.faults import Fault, FaultKind, FaultPlan
from irkit.world.proxy import FaultProxy

_ALWAYS: Final = 1_000_000
_NEAR: Final = 0.2
"""Real seconds after which a throttled caller may try again."""

FAULTS: Final = {
    Fix.OKTA_SIGN_IN: Fault(
        kind=FaultKind.SERVER_ERROR_HTML,
        provider="okta",
        operation="* /api/v1/authn*",
        times=_ALWAYS,
    ),
    Fix.OKTA_LIMIT: Fault(kind=FaultKind.THROTTLED, provider="okta", times=_ALWAYS, seconds=_NEAR),
    Fix.AWS_LIMIT: Fault(kind=FaultKind.THROTTLED, provider="aws", times=_ALWAYS, seconds=_NEAR),
}

_LIMITS: Final = frozenset({Fix.OKTA_LIMIT, Fix.AWS_LIMIT})


@dataclass(slots=True)
class Breakages:
    """What is broken now."""

    faults: FaultPlan
    okta: FaultProxy
    log: DrillLog
    on: list[Breakage] = field(default_factory=list)

    def begin(self, broken: Breakage) -> None:
        """Break something."""
        self.on.append(broken)
        self._in_force()
        self.log.write(Kind.BROKEN, what=str(broken.what), on=True, also=_who(broken))

    def end(self, broken: Breakage) -> None:
        """Mend it."""
        self.on.remove(broken)
        self._in_force()
        self.log.write(Kind.BROKEN, what=str(broken.what), on=False, also=_who(broken))

    def asleep(self, who: str) -> bool:
        """Say whether an approver does not answer now."""
        return any(
            broken.what is Fix.APPROVER and who.partition("@")[0] == broken.who
            for broken in self.on
        )

    def limited_until(self) -> timedelta | None:
        """Return when the last limit that is in force now ends, None where there is none."""
        ends = [broken.at + broken.lasts for broken in self.on if broken.what in _LIMITS]
        return max(ends, default=None)

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Let everything work for a moment: who judges must not be misled by an outage."""
        self.faults.clear()
        self.okta.set_dead(False)
        try:
            yield
        finally:
            self._in_force()

    def _in_force(self) -> None:
        self.faults.clear()
        self.faults.add(*(FAULTS[broken.what] for broken in self.on if broken.what in FAULTS))
        self.okta.set_dead(any(broken.what is Fix.OKTA_DOWN for broken in self.on))


def _who(broken: Breakage) -> dict[str, str]:
    return {"whom": broken.who} if broken.who else {}
