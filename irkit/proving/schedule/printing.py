"""Printing what lets a timer prove what is due: each kind is a module of `units/`."""

import importlib
from collections.abc import Callable
from typing import TypeAlias, cast

from irkit.proving.schedule import units
from irkit.proving.schedule.place import Document, Place

Documents: TypeAlias = Callable[[Place], tuple[Document, ...]]


def documents(kind: str, place: Place) -> tuple[Document, ...]:
    """Return the files of one kind of timer, filled in."""
    module = importlib.import_module(f"{units.__name__}.{kind}")
    return cast("Documents", module.documents)(place)
