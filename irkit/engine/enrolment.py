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

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from irkit.clock import rfc3339
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import roles_file
from irkit.model.approval import namespace_of
from irkit.trail import wire
from irkit.trail.allowed_signers import Signer, parse_allowed_signers
from irkit.trail.ssh_verify import MIN_RSA_BITS
from irkit.trail.wire import WireError
from irkit.workspace.config import Workspace

MAX_KEY_FILE: Final = 64 * 1024
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._+-]*")
_ROLE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_PRIVATE: Final = "-----BEGIN"


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


def read_key(path: Path) -> str:
    """Return the text of a public key file.

    Raises:
        IrkitError: IRK460 if it cannot be read or is not one public key.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_KEY_FILE + 1)
    except OSError as error:
        raise _key_problem(f"the key {path} cannot be read: {error.strerror}") from error
    text = data.decode(errors="replace").strip()
    if text.startswith(_PRIVATE):
        raise _key_problem(
            f"{path} is a private key; it belongs to its owner alone and was not read further"
        )
    if len(data) > MAX_KEY_FILE or len(text.split("\n")) != 1:
        raise _key_problem(f"{path} is not one public key")
    return text


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
    blob, comment = _checked_key(key)
    fingerprint = wire.fingerprint(blob)
    if revoked and fingerprint in revoked:
        raise IrkitError(
            Diagnostic(
                code="IRK465",
                summary=f"the key {fingerprint} was revoked at {rfc3339(revoked[fingerprint])}",
                help="make a new one with `ssh-keygen -t ed25519`",
            )
        )
    namespace = namespace_of(str(workspace.mode))
    line = f'{name} namespaces="{namespace}" {wire.public_line(blob)} {comment or name}'
    _write_both(workspace, _with_line(workspace, name, line, fingerprint), name, wanted)
    return Enrolled(name=name, fingerprint=fingerprint, kind=wire.key_type(blob), roles=wanted)


def dismiss(workspace: Workspace, *, name: str, fingerprint: str = "") -> Dismissed:
    """Take a person out, with every role; or only one of several keys.

    Raises:
        IrkitError: IRK464 if there is no such person or key, IRK466 if a file cannot be edited.
    """
    text = _signers_text(workspace)
    own = [one for one in _signers(text) if name in one.principals]
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
    kept = _without_keys(text, name, frozenset(one.fingerprint for one in gone))
    if len(gone) == len(own):
        _replace(workspace.roles, roles_file.without(roles, name))
    _replace(workspace.allowed_signers, kept)
    return Dismissed(name=name, fingerprints=tuple(one.fingerprint for one in gone))


def signers(workspace: Workspace) -> tuple[Signer, ...]:
    """Return the approvers' lines as the file says them now.

    Raises:
        IrkitError: with everything that is wrong with the file.
    """
    return _signers(_signers_text(workspace))


def _signers(text: str) -> tuple[Signer, ...]:
    found, problems = parse_allowed_signers(text)
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


def _checked_key(text: str) -> tuple[bytes, str]:
    """Return blob and comment of a public key that is good for signatures."""
    try:
        blob, comment = wire.parse_public_line(text)
    except WireError as error:
        raise _key_problem(f"this is no public key: {error}") from error
    kind = wire.key_type(blob)
    # The types that are not accepted are told by the reader of the file that they would stand in.
    if kind in wire.KEY_TYPES and kind not in wire.SECURITY_KEYS:
        _check_strength(text, kind)
    return blob, "".join(char for char in comment if char.isprintable())


def _check_strength(text: str, kind: str) -> None:
    try:
        key = load_ssh_public_key(" ".join(text.split()[:2]).encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _weak(f"the {kind} key is malformed: {error}") from error
    if isinstance(key, RSAPublicKey) and key.key_size < MIN_RSA_BITS:
        raise _weak(f"an RSA key of {key.key_size} bits is too short")


def _with_line(workspace: Workspace, name: str, line: str, fingerprint: str) -> str:
    text = _signers_text(workspace)
    for one in _signers(text):
        if one.fingerprint == fingerprint and name in one.principals:
            raise IrkitError(
                Diagnostic(
                    code="IRK463",
                    summary=f"{name} is enrolled with the key {fingerprint} already",
                    help="to give a role as well, write it in roles.yaml, then: "
                    "irkit approvers seal",
                )
            )
    end = "" if not text or text.endswith("\n") else "\n"
    result = f"{text}{end}{line}\n"
    _signers(result)
    return result


def _write_both(workspace: Workspace, lines: str, name: str, roles: tuple[str, ...]) -> None:
    text = _roles_text(workspace)
    for role in roles:
        text = roles_file.with_member(text, role, name)
    # Signers first: a role without a key gives nobody anything, and neither counts before sealing.
    _replace(workspace.allowed_signers, lines)
    if roles:
        _replace(workspace.roles, text)


def _without_keys(text: str, name: str, gone: frozenset[str]) -> str:
    kept = []
    for raw in text.split("\n"):
        line = raw.strip()
        signer = _signers(line)[0] if line and not line.startswith("#") else None
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


def _key_problem(summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK460",
            summary=summary,
            help="ask for the `.pub` file beside it, such as ~/.ssh/id_ed25519.pub",
        )
    )


def _weak(summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK461",
            summary=summary,
            help="make a new one with `ssh-keygen -t ed25519`",
        )
    )
