"""One HTTP exchange with Okta, before anything is judged: what was asked, what came back.

`Exchange` is the seam between the SDK (`live.py`) and everything that decides.
"""

from dataclasses import dataclass
from typing import Protocol

from irkit.canonical import Json
from irkit.providers.call import BeforeSend


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request: an absolute URL of the org, and a JSON body or none."""

    method: str
    url: str
    body: Json = None

    @property
    def is_read(self) -> bool:
        """Whether the request can have no effect."""
        return self.method == "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: the status, the headers in order with lower-case names, the body as text."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of the header `name`."""
        return tuple(value for key, value in self.headers if key == name)

    def first(self, name: str) -> str:
        """Return the first value of the header `name`, or empty text."""
        return next(iter(self.all(name)), "")

    def lowest(self, name: str) -> int | None:
        """Return the lowest of the numbers in the header `name`, if there are any."""
        return min((int(v) for v in self.all(name) if v.strip().isdecimal()), default=None)


class TransportError(Exception):
    """No answer came. `sent` says whether the request may have reached the org."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        """Keep the reason, a short text without secrets."""
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class TokenError(Exception):
    """No access token could be had, so that the request itself was never sent."""

    def __init__(self, reason: str, *, status: int) -> None:
        """Keep what the token endpoint said; status 0 where it did not answer."""
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Exchange(Protocol):
    """Sends one request, once."""

    async def __call__(self, ask: Ask, *, before_send: BeforeSend | None = None) -> Answer:
        """Return whatever came back.

        Raises:
            TransportError: if nothing came back.
            TokenError: if the request could not be authorised.
        """

    async def close(self) -> None:
        """Close the connections."""
