"""What stands before the pages: requests that browsers of this exercise do not make get no answer.

A page of somebody else can make a browser send us requests, by a name that it lets point here or by
a form of its own. Neither gets through, whoever is signed in.
"""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from irkit.drill.pages.address import Address

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'none'"
)
HEADERS: Final = (
    ("content-security-policy", _POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
)
_FROM_HERE: Final = frozenset({"same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets through what is meant for this address and comes from its own pages."""

    inner: ASGIApp
    at: Address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the headers that every page carries."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers[name] = value
            await send(message)

        refused = self._refused(scope)
        await (refused or self.inner)(scope, receive, dressed)

    def _refused(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self.at.is_meant(host):
            return PlainTextResponse("This is not the address of this page.\n", 421)
        if scope["method"] != "POST":
            return None
        origin = headers.get("origin", f"http://{host}")
        if origin != f"http://{host}" or headers.get("sec-fetch-site", "none") not in _FROM_HERE:
            return PlainTextResponse("This form does not come from a page of the exercise.\n", 403)
        return None
