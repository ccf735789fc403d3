"""How many calls AWS answers: buckets that hold a burst and fill by the second.

Each account and region has a bucket of its own for each group of operations, as at AWS: what one
account asks too often another may still ask. A world has no such limit unless it is given one:
`DOCUMENTED` are those of EC2 and Lambda as AWS documents them; of IAM's it says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimit:
    """One limit: operations that match `pattern` share `burst` calls, and `per_second` more."""

    pattern: str
    burst: float
    per_second: float


DOCUMENTED: Final = (
    CallLimit(pattern="ec2:Describe*", burst=100, per_second=20),
    CallLimit(pattern="lambda:List*", burst=15, per_second=15),
)


@dataclass(slots=True, kw_only=True)
class CallLimits:
    """The buckets of all accounts. Set `limits` to have some."""

    limits: Sequence[CallLimit] = ()
    _left: dict[tuple[str, str, str], tuple[float, float]] = field(default_factory=dict)

    def take(self, account: str, region: str, operation: str, now: float) -> bool:
        """Count one call; False where it is one too many."""
        limit = next((one for one in self.limits if fnmatchcase(operation, one.pattern)), None)
        if limit is None:
            return True
        key = (account, region, limit.pattern)
        left, since = self._left.get(key, (limit.burst, now))
        left = min(limit.burst, left + (now - since) * limit.per_second)
        taken = left >= 1
        self._left[key] = (left - taken, now)
        return taken
