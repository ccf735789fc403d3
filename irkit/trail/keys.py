"""The key that signs checkpoints, named by a URI.

`file:PATH` (OpenSSH or raw 32 bytes, mode 0600) and `agent:SHA256:…` (ssh-agent) are opened here;
a key elsewhere (`awskms:ARN`) by whoever can reach it. Only Ed25519, and never a security key: it
would want a touch for every commit.
"""

import base64
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail.agent import Agent, require_agent
from irkit.trail.wire import ED25519, Reader, WireError, key_type

RAW_SIZE: Final = 32
_LATER: Final = "pkcs11"


class Signer(Protocol):
    """Signs checkpoints with an Ed25519 key."""

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`."""
        ...

    def close(self) -> None:
        """Let go of connections that signing took; the next signature takes them again."""
        ...


Open: TypeAlias = Callable[[str], Signer]
"""Returns the signer of what a URI says after its scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSigner:
    """A key held in this process."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`."""
        return self.private.sign(message)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSigner:
    """A key that never leaves the ssh-agent."""

    agent: Agent
    blob: bytes

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        reader = Reader(self.blob)
        reader.string()
        return reader.string()

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`.

        Raises:
            IrkitError: IRK709 if the agent refuses.
        """
        reader = Reader(self.agent.sign(self.blob, message))
        reader.string()
        return reader.string()

    def close(self) -> None:
        """Nothing stays open."""


def open_signer(
    uri: str,
    *,
    base: Path,
    agent_socket: str | None = None,
    elsewhere: Mapping[str, Open] = MappingProxyType({}),
) -> Signer:
    """Return the signer `uri` names; a relative `file:` path starts at `base`.

    `elsewhere` opens keys of other schemes.

    Raises:
        IrkitError: IRK707 for a scheme that is unknown or not supported, IRK708 for a key file that
            cannot be used, IRK709 for the agent.
    """
    scheme, _, rest = uri.partition(":")
    if scheme == "file":
        return FileSigner(private=_load(base / Path(rest).expanduser()))
    if scheme == "agent":
        return _from_agent(require_agent(agent_socket), rest)
    if scheme in elsewhere:
        return elsewhere[scheme](rest)
    if scheme == _LATER:
        raise _scheme_problem(
            f"trail keys of the form `{scheme}:` are not supported yet in this version"
        )
    raise _scheme_problem(f"unknown kind of trail key `{uri}`")


def create_key_file(path: Path) -> FileSigner:
    """Make a new key, write it to `path` (OpenSSH, 0600, never over an existing file).

    Raises:
        IrkitError: IRK708 if the file cannot be made.
    """
    private = Ed25519PrivateKey.generate()
    data = private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _file_problem(path, f"cannot be made: {error.strerror}") from error
    return FileSigner(private=private)


def public_pem(public: bytes) -> str:
    """Return an Ed25519 public key as the PEM text `openssl pkeyutl` reads."""
    der = bytes.fromhex("302a300506032b6570032100") + public
    encoded = base64.b64encode(der).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{encoded}\n-----END PUBLIC KEY-----\n"


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            data = file.read()
    except OSError as error:
        raise _file_problem(path, f"cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise _file_problem(path, f"can be read by others (mode {mode:04o}): run `chmod 600` on it")
    if len(data) == RAW_SIZE:
        return Ed25519PrivateKey.from_private_bytes(data)
    try:
        key = load_ssh_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _file_problem(path, f"is no usable private key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _file_problem(path, "is not an Ed25519 key")
    return key


def _from_agent(agent: Agent, wanted: str) -> AgentSigner:
    identity = agent.find(wanted)
    try:
        kind = key_type(identity.blob)
    except WireError:
        kind = "malformed"
    if kind != ED25519:
        raise _scheme_problem(
            f"the trail needs an {ED25519} key, {wanted} is {kind}"
            + (" and would want a touch for every commit" if kind.startswith("sk-") else "")
        )
    return AgentSigner(agent=agent, blob=identity.blob)


def _scheme_problem(summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK707",
            summary=summary,
            help="use `file:PATH`, `agent:SHA256:…` or `awskms:ARN` as `trail: {key: …}`",
        )
    )


def _file_problem(path: Path, why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK708",
            summary=f"the trail key {path} {why}",
            help="make one with `ssh-keygen -t ed25519 -N '' -f FILE`",
        )
    )
