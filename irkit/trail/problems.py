"""The diagnostics of a journal that cannot be used (IRK7xx), written once."""

from pathlib import Path
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError

_VERIFY = "run `irkit trail verify` and keep a copy of the trail directory before anything else"

FOREIGN_KEY: Final = "IRK706"


def missing(path: Path) -> IrkitError:
    """Say that there is no trail at `path`."""
    return _error("IRK700", f"there is no trail at {path}", "run `irkit init` in the workspace")


def exists(path: Path) -> IrkitError:
    """Say that a trail would be made over another one."""
    return _error("IRK701", f"there is a trail at {path} already", "choose another directory")


def refused_draft(kind: str, why: str) -> IrkitError:
    """Say that a record cannot be written as it is."""
    return _error(
        "IRK702",
        f"a record of type {kind} cannot be written: {why}",
        "records hold JSON without floats, with ASCII keys and at most 32 levels",
    )


def bad_origin(origin: str) -> IrkitError:
    """Say that a trail cannot be called like this."""
    return _error(
        "IRK715",
        f"{origin!r} cannot name a trail: white space and `+` are not allowed",
        "set `origin:` in irkit.yaml to something like acme.example/irkit/oncall",
    )


def damaged(path: Path, offset: int, why: str) -> IrkitError:
    """Say that the journal was altered and nothing was changed."""
    return _error(
        "IRK704", f"the trail {path} was altered at or after byte {offset}: {why}", _VERIFY
    )


def poisoned(why: str) -> IrkitError:
    """Say that a write failed and that this process must not write any more."""
    return _error(
        "IRK705",
        f"the trail could not be written durably: {why}",
        "the run has stopped; make room on the disk, then `irkit resume RUN`",
    )


def foreign_key(origin: str) -> IrkitError:
    """Say that the signer's key is not one of the trail's."""
    return _error(
        FOREIGN_KEY,
        f"the configured trail key is not a key of the trail {origin}",
        "set `trail: {key: …}` in irkit.yaml to the key the trail was made with",
    )


def read_only() -> IrkitError:
    """Say that the journal was opened without a key."""
    return _error(
        "IRK711", "the trail was opened for reading only", "set `trail: {key: …}` in irkit.yaml"
    )


def too_much_torn(path: Path, offset: int, size: int) -> IrkitError:
    """Say that more is unreadable than an interrupted write can leave."""
    return _error(
        "IRK713",
        f"{size} bytes of {path} after byte {offset} belong to no checkpoint, more than one "
        "interrupted write can leave",
        _VERIFY,
    )


def sealed(origin: str) -> IrkitError:
    """Say that the trail was ended for good."""
    return _error(
        "IRK714", f"the trail {origin} is sealed", "begin another one: `irkit init` elsewhere"
    )


def _error(code: str, summary: str, help_text: str) -> IrkitError:
    return IrkitError(Diagnostic(code=code, summary=summary, help=help_text))
