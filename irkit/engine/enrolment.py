"""Enrolling approvers: `allowed_signers` and `roles.yaml` edited together, and only safely.

A key that verifies signatures nobody made, a short key, a private key in place of a public one, a
key somebody else has and a key that was revoked are refused before anything is written. What is
written counts only once the policy is sealed (`irkit.engine.policy_change`).
"""

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from irkit.clock import rfc3339
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import roles_file
from irkit.engine.public_key import checked_key
from irkit.model.approval import namespace_of
from irkit.trail import wire
from irkit.trail.allowed_signers import Signer, parse_allowed_signers
from irkit.workspace import approvers
from irkit.workspace.config import Workspace

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._+-]*")
_ROLE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """Who was enrolled, with which key, in which roles (those given now)."""

    name: str
    fingerprint: str
    kind: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """Who was taken out, and the keys they had."""

    name: str
    fingerprints: tuple[str, ...]


def enrol(
    workspace: Workspace,
    *,
    name: str,
    key: str,
    roles: Iterable[str] = (),
    revoked: Mapping[str, datetime] | None = None,
) -> Enrolled:
    """Add one key of one person, for approvals of the workspace's mode, and the roles given.

    Raises:
        IrkitError: if the name, the key or a role is not acceptable; nothing is written then.
    """
    wanted = tuple(dict.fromkeys(roles))
    _check_names(name, wanted)
    blob, comment = checked_key(key)
    fingerprint = wire.fingerprint(blob)
    if revoked and fingerprint in revoked:
        raise IrkitError(
            Diagnostic(
                code="IRK465",
                summary=f"the key {fingerprint} was revoked at {rfc3339(revoked[fingerprint])}",
                help="make a new one with `ssh-keygen -t ed25519`",
            )
        )
    before = _signers_text(workspace)
    if _listed(workspace, before, name, fingerprint):
        lines = _already(workspace, name, fingerprint, wanted, before)
    else:
        namespace = namespace_of(str(workspace.mode))
        line = f'{name} namespaces="{namespace}" {wire.public_line(blob)} {comment or name}'
        lines = _with_line(workspace, before, line)
    _write_both(workspace, lines, name, wanted)
    return Enrolled(name=name, fingerprint=fingerprint, kind=wire.key_type(blob), roles=wanted)


def dismiss(workspace: Workspace, *, name: str, fingerprint: str = "") -> Dismissed:
    """Take a person out, with every role; or only one of several keys.

    Raises:
        IrkitError: IRK464 if there is no such person or key, IRK466 if a file cannot be edited.
    """
    text = _signers_text(workspace)
    own = [one for one in _signers(workspace, text) if name in one.principals]
    gone = [one for one in own if fingerprint in ("", one.fingerprint)]
    roles = _roles_text(workspace)
    if not gone and (fingerprint or roles_file.without(roles, name) == roles):
        what = f"key {fingerprint}" if own else "key or role"
        raise IrkitError(
            Diagnostic(
                code="IRK464",
                summary=f"{name} has no {what} here",
                help="run `irkit approvers list` to see who there is",
            )
        )
    kept = _without_keys(workspace, text, name, frozenset(one.fingerprint for one in gone))
    if len(gone) == len(own):
        _replace(workspace.roles, roles_file.without(roles, name))
    _replace(workspace.allowed_signers, kept)
    return Dismissed(name=name, fingerprints=tuple(one.fingerprint for one in gone))


def signers(workspace: Workspace) -> tuple[Signer, ...]:
    """Return the approvers' lines as the file says them now.

    Raises:
        IrkitError: with everything that is wrong with the file.
    """
    return _signers(workspace, _signers_text(workspace))


def _signers(workspace: Workspace, text: str) -> tuple[Signer, ...]:
    found, problems = parse_allowed_signers(text, file=str(workspace.allowed_signers))
    if problems:
        raise IrkitError(*problems)
    return found


def _check_names(name: str, roles: tuple[str, ...]) -> None:
    if not _NAME.fullmatch(name):
        raise IrkitError(
            Diagnostic(
                code="IRK462",
                summary=f"{name!r} is no name for an approver",
                help="write it as one word such as bob@acme.example",
            )
        )
    for role in roles:
        if not _ROLE.fullmatch(role):
            raise IrkitError(
                Diagnostic(
                    code="IRK462",
                    summary=f"{role!r} is no name for a role",
                    help="use lower-case words joined by hyphens, such as ir-oncall",
                )
            )


def _listed(workspace: Workspace, text: str, name: str, fingerprint: str) -> bool:
    return any(
        one.fingerprint == fingerprint and name in one.principals
        for one in _signers(workspace, text)
    )


def _already(
    workspace: Workspace, name: str, fingerprint: str, roles: tuple[str, ...], text: str
) -> str:
    """Return `text` as it is where only roles are new; else there is nothing to do."""
    known = approvers.load(workspace.roles).roles_of(name)
    if set(roles) <= set(known):
        raise IrkitError(
            Diagnostic(
                code="IRK463",
                summary=f"{name} is enrolled with the key {fingerprint} and these roles already",
                help="run `irkit approvers list` to see who there is",
            )
        )
    return text


def _with_line(workspace: Workspace, text: str, line: str) -> str:
    end = "" if not text or text.endswith("\n") else "\n"
    result = f"{text}{end}{line}\n"
    _signers(workspace, result)
    return result


def _write_both(workspace: Workspace, lines: str, name: str, roles: tuple[str, ...]) -> None:
    text = _roles_text(workspace)
    for role in roles:
        text = roles_file.with_member(text, role, name)
    # Signers first: a role without a key gives nobody anything, and neither counts before sealing.
    if lines != _signers_text(workspace):
        _replace(workspace.allowed_signers, lines)
    if roles:
        _replace(workspace.roles, text)


def _without_keys(workspace: Workspace, text: str, name: str, gone: frozenset[str]) -> str:
    kept = []
    for raw in text.split("\n"):
        line = raw.strip()
        found = _signers(workspace, line) if line and not line.startswith("#") else ()
        signer = found[0] if found else None
        if signer is None or name not in signer.principals or signer.fingerprint not in gone:
            kept.append(raw)
    return "\n".join(kept)


def _signers_text(workspace: Workspace) -> str:
    return _text(workspace.allowed_signers, "")


def _roles_text(workspace: Workspace) -> str:
    return _text(workspace.roles, roles_file.EMPTY)


def _text(path: Path, default: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return default
    except (OSError, UnicodeDecodeError) as error:
        summary = f"{path} cannot be read: {error}"
        raise IrkitError(Diagnostic(code="IRK160", summary=summary)) from error


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all, with the mode it had."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        scratch.replace(path)
    except OSError as error:
        summary = f"{path} cannot be written: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK160", summary=summary)) from error
