"""Where the pages are served, and under which names: loopback, unless somebody chose otherwise."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_WAITING: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address to listen at; port 0 is any that is free."""

    host: str
    port: int

    @property
    def is_local(self) -> bool:
        """Say whether only this machine reaches it."""
        return ipaddress.ip_address(self.host).is_loopback

    @property
    def url(self) -> str:
        """Return where a browser finds it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def is_meant(self, host: str) -> bool:
        """Say whether a request's `Host` names this place.

        A name that somebody lets point here is none: it would make their pages ours in the eyes of
        a browser. The port may be another one, as it is through a tunnel.
        """
        name = _name(host)
        if name in _LOCAL:
            return True
        with suppress(ValueError):
            own, asked = ipaddress.ip_address(self.host), ipaddress.ip_address(name)
            return own.is_unspecified or own == asked
        return False


def address(text: str, *, beyond: bool) -> Address:
    """Return the address that `--listen` names; one beyond this machine has to be chosen.

    Raises:
        IrkitError: IRK863 for what is no address, IRK864 for one that was not chosen.
    """
    host, port = _split(text)
    try:
        ip = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
        found = Address(host=str(ip), port=int(port or "0"))
        if found.port not in range(65536):
            raise ValueError(port)  # noqa: TRY301  # one place says what an address is
    except ValueError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK863",
                summary=f"`{text}` is no address to listen at",
                help="an address and a port, such as: --listen 127.0.0.1:8080",
            )
        ) from error
    if not (found.is_local or beyond):
        raise IrkitError(
            Diagnostic(
                code="IRK864",
                summary=f"{text} is beyond this machine, and the pages are not encrypted",
                help="let people in by a tunnel (ssh -L 8080:127.0.0.1:PORT), or add: --beyond",
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """An address at which one listens already, with its real port."""

    at: Address
    socket: socket.socket


@contextmanager
def listening(wanted: Address) -> Iterator[Listening]:
    """Listen at an address, before anything begins that people are told of.

    Raises:
        IrkitError: IRK865 if it cannot be had.
    """
    family = socket.AF_INET6 if ":" in wanted.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((wanted.host, wanted.port))
            door.listen(_WAITING)
        except OSError as error:
            raise IrkitError(
                Diagnostic(
                    code="IRK865",
                    summary=f"the pages cannot be served at {wanted.url}: {error.strerror}",
                    help="let irkit find a free port: --listen 127.0.0.1:0",
                )
            ) from error
        real = Address(host=wanted.host, port=int(door.getsockname()[1]))
        yield Listening(at=real, socket=door)


def _split(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = text.rpartition(":") if ":" in text else (text, "", "")
    return host, port


def _name(host: str) -> str:
    return _split(host.lower())[0]
