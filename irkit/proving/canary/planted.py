"""One credential that a canary planted: the intruder's, for as long as the canary lasts."""

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

from irkit.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A credential of `kind`. `id` is no secret; `held` is what its holder needs to use it.

    `ends` is when it ends by itself, where nothing can end it before: such a one may outlive the
    canary.
    """

    kind: str
    id: str
    held: MutableMapping[str, Secret] = field(default_factory=dict)
    ends: datetime | None = None
