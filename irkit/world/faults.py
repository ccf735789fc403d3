"""Which calls go wrong, and how: the fault plan that both simulated providers consult.

A `Fault` names a kind, the operations it is for (a glob pattern), and the matching call at which
it fires. Faults of the HTTP kind (a status, a page, another body) are applied by each server's
middleware. Faults of the wire (resets, truncation, hangs, slow drips) cannot be made by a web
framework: the middleware marks its response with `WIRE_HEADER` and the proxy before the server
removes the mark and does it. Whether the call took effect is part of the fault, because a client
cannot tell and must find out by looking.
"""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

WIRE_HEADER: Final = "x-irkit-world-fault"
"""Response header by which a middleware asks the proxy for a fault on the wire."""

LOGIN_PAGE: Final = (
    "<!DOCTYPE html><html><head><title>Sign in</title></head>"
    '<body><form method="post" action="/login">Sign in to continue</form></body></html>'
)
BAD_GATEWAY_PAGE: Final = (
    "<html><head><title>502 Bad Gateway</title></head>"
    "<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)


class FaultKind(StrEnum):
    """Everything the world can do wrong."""

    THROTTLED = "throttled"
    """429 with rate-limit headers and a reset in the near future."""
    THROTTLED_CONCURRENCY = "throttled_concurrency"
    """429 of a concurrency limit: limit and remaining are 0, the reset is far away."""
    THROTTLED_BARE = "throttled_bare"
    """429 without any rate-limit header."""
    SERVER_ERROR_JSON = "server_error_json"
    """500 in the provider's own error format."""
    SERVER_ERROR_EMPTY = "server_error_empty"
    """503 with an empty body."""
    SERVER_ERROR_HTML = "server_error_html"
    """502 with a gateway's page."""
    UNAUTHORIZED_EMPTY = "unauthorized_empty"
    """401 with an empty body."""
    FORBIDDEN_EMPTY = "forbidden_empty"
    """403 with an empty body."""
    OK_HTML = "ok_html"
    """200 with a login page, as captive portals answer."""
    LOGIN_REDIRECT = "login_redirect"
    """302 to a login page."""
    RESET_BEFORE = "reset_before"
    """Connection reset; the call had no effect."""
    RESET_AFTER = "reset_after"
    """Connection reset; the call took effect."""
    TRUNCATED = "truncated"
    """The body ends half-way; the call took effect."""
    HANG = "hang"
    """No answer for `seconds`, then a reset; 0 means until the client gives up."""
    SLOW_DRIP = "slow_drip"
    """The right answer, spread over `seconds`."""
    UNKNOWN_ENUM = "unknown_enum"
    """The right answer, with enum values no client has heard of."""
    STALE_READ = "stale_read"
    """A read answers as of `seconds` ago."""
    CREDENTIALS_EXPIRE = "credentials_expire"
    """The caller's credential is dead from this call on."""


_WIRE: Final = {
    FaultKind.RESET_BEFORE: "reset-before",
    FaultKind.RESET_AFTER: "reset-after",
    FaultKind.TRUNCATED: "truncate",
    FaultKind.HANG: "hang",
    FaultKind.SLOW_DRIP: "drip",
}
_LET_THROUGH: Final = frozenset(
    {
        FaultKind.RESET_AFTER,
        FaultKind.TRUNCATED,
        FaultKind.SLOW_DRIP,
        FaultKind.UNKNOWN_ENUM,
        FaultKind.STALE_READ,
    }
)
_CAN_APPLY: Final = frozenset(
    {
        FaultKind.HANG,
        FaultKind.SERVER_ERROR_JSON,
        FaultKind.SERVER_ERROR_EMPTY,
        FaultKind.SERVER_ERROR_HTML,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: What goes wrong.
        provider: `okta` or `aws`.
        operation: Glob pattern over operations, as they stand in `Call.operation`.
        nth: The matching call at which it fires first, counted from 1.
        times: How many matching calls in a row it hits.
        seconds: Length of a hang or drip, age of a stale read, distance of a throttle's reset.
        applied: For a hang or a 5xx: the call takes effect all the same.
    """

    kind: FaultKind
    provider: str
    operation: str = "*"
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    applied: bool = False

    @property
    def takes_effect(self) -> bool:
        """Whether the server carries the call out before things go wrong."""
        return self.kind in _LET_THROUGH or (self.kind in _CAN_APPLY and self.applied)

    @property
    def wire(self) -> str | None:
        """The value of `WIRE_HEADER` for a fault on the wire, None for the other kinds."""
        word = _WIRE.get(self.kind)
        return None if word is None else f"{word};seconds={self.seconds:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A fault that has been handed out, and to which call."""

    fault: Fault
    operation: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """A complete HTTP response that needs no provider to make it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


_HTML: Final = ("content-type", "text/html; charset=utf-8")
_CANNED: Final = {
    FaultKind.SERVER_ERROR_EMPTY: Canned(status=503),
    FaultKind.SERVER_ERROR_HTML: Canned(
        status=502, headers=(_HTML,), body=BAD_GATEWAY_PAGE.encode()
    ),
    FaultKind.UNAUTHORIZED_EMPTY: Canned(status=401),
    FaultKind.FORBIDDEN_EMPTY: Canned(status=403),
    FaultKind.OK_HTML: Canned(status=200, headers=(_HTML,), body=LOGIN_PAGE.encode()),
    FaultKind.LOGIN_REDIRECT: Canned(status=302, headers=(("location", "/login/login.htm"), _HTML)),
}


def canned(kind: FaultKind) -> Canned | None:
    """Return the response of those kinds that look the same from every provider."""
    return _CANNED.get(kind)


def parse_wire(value: str) -> tuple[str, float]:
    """Read a `WIRE_HEADER` value into its word and its seconds."""
    word, _, rest = value.partition(";")
    _, _, seconds = rest.partition("=")
    return word.strip(), float(seconds or 0)


class FaultPlan:
    """The faults in force. Thread-safe; each fault counts the calls that match it."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        """Start with `faults`, none of them having seen a call."""
        self._lock = threading.Lock()
        self._faults: list[Fault] = list(faults)
        self._counts: list[int] = [0] * len(self._faults)
        self._fired: list[Fired] = []

    def add(self, *faults: Fault) -> None:
        """Put `faults` in force; they count from now."""
        with self._lock:
            self._faults.extend(faults)
            self._counts.extend([0] * len(faults))

    def clear(self) -> None:
        """Drop all faults, and the record of what fired."""
        with self._lock:
            self._faults.clear()
            self._counts.clear()
            self._fired.clear()

    def take(self, provider: str, operation: str) -> Fault | None:
        """Count one call and return the fault it meets: the first in force that is due."""
        with self._lock:
            due: Fired | None = None
            for place, fault in enumerate(self._faults):
                if fault.provider != provider or not fnmatchcase(operation, fault.operation):
                    continue
                self._counts[place] += 1
                count = self._counts[place]
                if due is None and fault.nth <= count < fault.nth + fault.times:
                    due = Fired(fault=fault, operation=operation, count=count)
            if due is None:
                return None
            self._fired.append(due)
            return due.fault

    def fired(self) -> tuple[Fired, ...]:
        """Return the faults handed out so far, oldest first."""
        with self._lock:
            return tuple(self._fired)


def random_faults(
    seed: int,
    *,
    provider: str,
    operations: Sequence[str],
    count: int,
    kinds: Sequence[FaultKind] = tuple(FaultKind),
    seconds: float = 0.2,
) -> tuple[Fault, ...]:
    """Return `count` faults over `operations`, the same ones for the same arguments."""
    dice = random.Random(f"{seed}/{provider}/faults")  # noqa: S311  # repeatable, not secret
    return tuple(
        Fault(
            kind=dice.choice(list(kinds)),
            provider=provider,
            operation=dice.choice(list(operations)),
            nth=dice.randint(1, 3),
            seconds=seconds,
            applied=dice.random() < 0.5,  # noqa: PLR2004  # a fair coin
        )
        for _ in range(count)
    )
