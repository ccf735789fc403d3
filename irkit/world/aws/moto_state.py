"""One world's share of moto.

moto keeps its state in module-level dictionaries, has one random generator for the whole process
and goes by the machine's clock. A `MotoState` holds one world's copy of the first two, and its
clock; entering it swaps them in and keeps every other world out until it is left. So several
worlds live in one process without seeing each other, ids depend on the world's seed alone, and
creation dates are the world's.
"""

import datetime as dt
import sys
import threading
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import ModuleType, TracebackType
from typing import ClassVar, Self, cast

import moto.core.utils
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.moto_api._internal import mock_random

from irkit.clock import Clock, system_clock


@dataclass(frozen=True, slots=True)
class _Saved:
    """The content of one service's dictionary, and of the indexes it keeps beside it."""

    owner: dict[str, object]
    content: dict[str, object]
    indexes: dict[str, dict[str, object]]


class MotoState:
    """A context manager that makes moto answer from this world's state."""

    _lock: ClassVar[threading.RLock] = threading.RLock()
    _current: ClassVar["MotoState | None"] = None

    def __init__(self, seed: int, clock: Clock) -> None:
        """Start empty, with ids derived from `seed` and dates from `clock`."""
        self.clock = clock
        self._saved: list[_Saved] = []
        self._random = type(mock_random)(seed).getstate()

    def __enter__(self) -> Self:
        MotoState._lock.acquire()
        if MotoState._current is not self:
            self._swap_in()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        MotoState._lock.release()

    def discard(self) -> None:
        """Forget everything; the world is over."""
        with self:
            _close_objects()
            self._swap_out()
            self._saved.clear()
            reset_model_data()

    def _swap_in(self) -> None:
        if MotoState._current is not None:
            MotoState._current._swap_out()  # noqa: SLF001  # another one of this class
        _empty()
        for saved in self._saved:
            dict.update(saved.owner, saved.content)
            for name, index in saved.indexes.items():
                getattr(saved.owner, name).update(index)
            _in_use().append(saved.owner)
        self._saved.clear()
        mock_random.setstate(self._random)
        MotoState._current = self

    def _swap_out(self) -> None:
        self._random = mock_random.getstate()
        self._saved = [
            _Saved(
                owner=owner,
                content=dict(owner.items()),
                indexes={
                    name: dict(index)
                    for name, index in vars(owner).items()
                    if isinstance(index, dict)
                },
            )
            for owner in _in_use()
        ]
        _empty()
        MotoState._current = None


def world_time() -> datetime:
    """Return the time of the world that moto is working for, the machine's outside of any."""
    current = MotoState._current  # noqa: SLF001  # of this module
    return current.clock() if current is not None else system_clock()


class _WorldDatetime(datetime):
    """A datetime class whose `now` is the world's."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # moto wants any datetime
        return world_time().astimezone(tz)


class _DatetimeModule(ModuleType):
    """Stands for the module `datetime` where moto asks for the time."""

    datetime = _WorldDatetime

    def __getattr__(self, name: str) -> object:
        return getattr(dt, name)


# moto has no clock that could be set, but asks for the time in one place only.
vars(moto.core.utils)["datetime"] = _DatetimeModule("datetime")


def _in_use() -> list[dict[str, object]]:
    """Return moto's list of dictionaries in use; it offers no other way to them."""
    return cast("list[dict[str, object]]", BackendDict.__dict__["_instances"])


def _empty() -> None:
    """Empty moto's dictionaries without resetting the objects a world still owns."""
    for owner in _in_use():
        owner.clear()
        for index in vars(owner).values():
            if isinstance(index, dict):
                index.clear()
    _in_use().clear()


def _close_objects() -> None:
    """Close the temporary files in which moto keeps the content of S3 objects."""
    loaded = sys.modules.get("moto.s3.models")
    if loaded is not None:
        for _, _, backend in loaded.s3_backends.iter_backends():
            backend.reset()
