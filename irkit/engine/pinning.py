"""Pinning protected principals: what each `protect` pattern means now, beside what was pinned.

An intruder can name a role `irkit-backup` or join a group, so what matches a pattern and is not
pinned is not protected, and is suspicious. A pin is part of the policy and counts once it is
sealed. Nothing is pinned while a connection does not answer: half a pin would unprotect the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from irkit.actions.resolve import expand
from irkit.diagnostics import Diagnostic, IrkitError, Severity
from irkit.engine.assembly import user_agent
from irkit.engine.connections import OpenConnections
from irkit.engine.session import Session
from irkit.model.change import Target
from irkit.model.playbook import Protection
from irkit.workspace import lock
from irkit.workspace.lock import Pin

_MEANS_NOTHING = "IRK270"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinning:
    """What the patterns mean now. `first` says that nothing had been pinned before."""

    pins: tuple[Pin, ...]
    new: tuple[Pin, ...]
    gone: tuple[Pin, ...]
    first: bool
    warnings: tuple[Diagnostic, ...] = ()


async def expanded(session: Session) -> Pinning:
    """Ask the providers what every pattern of `irkit.yaml` means.

    Raises:
        IrkitError: if one of them does not answer, or a pattern cannot be expanded.
    """
    workspace = session.workspace
    providers = frozenset(item.kind.partition(".")[0] for item in workspace.protect)
    async with OpenConnections(
        workspace=workspace,
        clock=session.clock,
        user_agent=user_agent(session, ""),
        session_name="irkit-pin",
        dry=True,
    ) as connections:
        silent = await connections.prepare(providers)
        if silent:
            raise IrkitError(*silent)
        return await expanded_at(connections, workspace.protect)


async def expanded_at(connections: OpenConnections, protections: Iterable[Protection]) -> Pinning:
    """Ask the providers at open `connections` what patterns mean, beside what is pinned.

    Raises:
        IrkitError: if one of them does not answer, or a pattern cannot be expanded.
    """
    found: set[Pin] = set()
    warnings: list[Diagnostic] = []
    for protection in protections:
        pins, problems = await _pins(connections, protection)
        found |= pins
        warnings += problems
    path = connections.workspace.protect_lock
    return _compared(found, lock.load(path), path, warnings)


def write(path: Path, pins: Iterable[Pin]) -> None:
    """Write `protect.lock`, whole or not at all.

    Raises:
        IrkitError: IRK160 if it cannot be written.
    """
    scratch = path.with_name(f".{path.name}.new")
    try:
        scratch.write_text(lock.encode(pins), encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        summary = f"{path} cannot be written: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK160", summary=summary)) from error


async def _pins(
    connections: OpenConnections, protection: Protection
) -> tuple[set[Pin], list[Diagnostic]]:
    """Return what one pattern means, at every connection to its provider."""
    provider = protection.kind.partition(".")[0]
    pins: set[Pin] = set()
    for connection in connections.workspace.of(provider):
        readers = connections.readers(connection.name, (provider,))
        try:
            targets = await expand(protection.kind, protection.pattern, readers)
        except IrkitError as error:
            if any(item.code != _MEANS_NOTHING for item in error.diagnostics):
                raise
            targets = ()
        pins |= {_pin(protection, target) for target in targets}
    return pins, [] if pins else [_nothing(protection)]


def _pin(protection: Protection, target: Target) -> Pin:
    return Pin(
        kind=target.kind,
        pattern=f"{protection.kind}:{protection.pattern}",
        tenant=target.tenant,
        id=target.id,
        label=target.label,
    )


def _nothing(protection: Protection) -> Diagnostic:
    return Diagnostic(
        code="IRK308",
        severity=Severity.WARNING,
        summary=f"`{protection.kind}: {protection.pattern}` protects nothing: nothing is called so",
        help="correct the pattern in irkit.yaml, then pin again",
    )


def _compared(
    found: set[Pin], before: tuple[Pin, ...], path: Path, warnings: list[Diagnostic]
) -> Pinning:
    known, now = {_name(pin) for pin in before}, {_name(pin) for pin in found}
    return Pinning(
        pins=tuple(sorted(found)),
        new=tuple(pin for pin in sorted(found) if _name(pin) not in known),
        gone=tuple(pin for pin in before if _name(pin) not in now),
        first=not path.exists(),
        warnings=tuple(warnings),
    )


def _name(pin: Pin) -> tuple[str, ...]:
    """Return what tells one pin from another; a label may change."""
    return pin.pattern, pin.tenant, pin.kind, pin.id
