"""The client side of the ssh-agent protocol: list keys and sign."""

import socket
from dataclasses import dataclass
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail.wire import Reader, WireError, fingerprint, string, uint32

RSA_SHA2_512: Final = 4
"""Signature flag: sign with an RSA key over SHA-512."""

_REQUEST_IDENTITIES: Final = b"\x0b"
_IDENTITIES_ANSWER: Final = 12
_SIGN_REQUEST: Final = b"\x0d"
_SIGN_RESPONSE: Final = 14
_MAX_ANSWER: Final = 1024 * 1024
_TIMEOUT: Final = 60.0  # a person may have to touch a security key


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One key the agent holds."""

    blob: bytes
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An ssh-agent behind a Unix socket; each question opens its own connection."""

    path: str

    def identities(self) -> tuple[Identity, ...]:
        """Return the keys the agent holds.

        Raises:
            IrkitError: IRK709 if the agent does not answer.
        """
        reader = self._ask(_REQUEST_IDENTITIES, _IDENTITIES_ANSWER)
        try:
            return tuple(
                Identity(blob=reader.string(), comment=reader.string().decode(errors="replace"))
                for _ in range(reader.uint32())
            )
        except WireError as error:
            raise _problem(f"the ssh-agent's answer is malformed: {error}") from error

    def find(self, wanted: str) -> Identity:
        """Return the key with fingerprint `wanted` (`SHA256:…`).

        Raises:
            IrkitError: IRK709 if the agent does not hold it.
        """
        for identity in self.identities():
            if fingerprint(identity.blob) == wanted:
                return identity
        raise _problem(f"the ssh-agent does not hold the key {wanted}")

    def sign(self, blob: bytes, data: bytes, flags: int = 0) -> bytes:
        """Return the signature blob over `data` by the key `blob`.

        Raises:
            IrkitError: IRK709 if the agent refuses.
        """
        request = _SIGN_REQUEST + string(blob) + string(data) + uint32(flags)
        reader = self._ask(request, _SIGN_RESPONSE)
        try:
            return reader.string()
        except WireError as error:
            raise _problem(f"the ssh-agent's answer is malformed: {error}") from error

    def _ask(self, message: bytes, expected: int) -> Reader:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(_TIMEOUT)
                connection.connect(self.path)
                connection.sendall(string(message))
                answer = _receive(connection)
        except OSError as error:
            raise _problem(f"the ssh-agent does not answer: {error}") from error
        reader = Reader(answer)
        if not answer or reader.byte() != expected:
            raise _problem("the ssh-agent refused; the key may be locked or was not touched")
        return reader


def require_agent(path: str | None) -> Agent:
    """Return the agent at `path`, the value of `SSH_AUTH_SOCK`.

    Raises:
        IrkitError: IRK709 if there is none.
    """
    if not path:
        raise _problem("no ssh-agent: SSH_AUTH_SOCK is not set")
    return Agent(path=path)


def _receive(connection: socket.socket) -> bytes:
    size = int.from_bytes(_exactly(connection, 4), "big")
    if size > _MAX_ANSWER:
        raise OSError(f"an answer of {size} bytes is too long")
    return _exactly(connection, size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise OSError("it closed the connection")
        data += part
    return data


def _problem(summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK709",
            summary=summary,
            help="run `ssh-add -l` to see the agent's keys and `ssh-add FILE` to add one",
        )
    )
