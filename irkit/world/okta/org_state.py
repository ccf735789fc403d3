"""What every part of an org's state rests on: seed, clock, lock, ids, keys, tables, log."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from irkit.clock import Clock
from irkit.world.okta.ids import Ids
from irkit.world.okta.keys import OrgKeys
from irkit.world.okta.system_log import SystemLog
from irkit.world.okta.tables import Tables

_Self = TypeVar("_Self", bound="OrgState")
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def locked(
    method: Callable[Concatenate[_Self, _Parameters], _Result],
) -> Callable[Concatenate[_Self, _Parameters], _Result]:
    """Make a method run under the state's lock, so that seeding may go on beside requests."""

    @wraps(method)
    def under_lock(
        state: _Self, /, *args: _Parameters.args, **named: _Parameters.kwargs
    ) -> _Result:
        with state.lock:
            return method(state, *args, **named)

    return under_lock


class OrgState:
    """The bare org, without anybody in it."""

    def __init__(self, *, seed: int, clock: Clock, subdomain: str = "acme") -> None:
        """Make an empty org; times come from `clock`, ids from `seed`."""
        self.seed = seed
        self.clock = clock
        self.subdomain = subdomain
        self.lock = threading.RLock()
        self.ids = Ids(seed)
        self.keys = OrgKeys()
        self.tables = Tables()
        self.log = SystemLog()
        self.created = clock()
        self.org_id = self.ids.new("00o")

    def now(self) -> datetime:
        """Return the world's time."""
        return self.clock()
