"""The reader and the writer of one org, over any `Exchange`.

Reads are repeated within bounds and paged to the end or to an error, never to a shorter list.
Writes wait for their turn, pass `before_send`, and leave once.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final, cast
from urllib.parse import urlencode, urljoin, urlsplit

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.log import logger
from irkit.providers.call import BeforeSend, CallError, Outcome, Purpose, Reply
from irkit.providers.limits import RateLimits
from irkit.providers.okta.buckets import bucket_of
from irkit.providers.okta.exchange import Answer, Ask, Exchange, TokenError, TransportError
from irkit.providers.okta.links import next_url
from irkit.providers.okta.outcomes import judge, not_answered, quota, retry_after
from irkit.providers.okta.settings import OktaSettings, PrivateKey
from irkit.providers.retry import Patience, repeat_read
from irkit.providers.server_clock import ServerClock, parse_date

_MANY_PAGES: Final = 10_000


class OktaCalls:
    """Sends requests of one org and judges the answers; what reader and writer have in common."""

    def __init__(
        self,
        settings: OktaSettings,
        exchange: Exchange,
        *,
        limits: RateLimits,
        server_clock: ServerClock,
    ) -> None:
        """Use `exchange` for the org of `settings`."""
        self.settings = settings
        self.limits = limits
        self.server_clock = server_clock
        self._exchange = exchange

    def url(self, path: str, query: Mapping[str, str] | None) -> str:
        """Return the address of `path` below the org."""
        address = f"{self.settings.origin}/{path.lstrip('/')}"
        return f"{address}?{urlencode(query)}" if query else address

    async def once(
        self,
        ask: Ask,
        *,
        before_send: BeforeSend | None = None,
        purpose: str = "",
        turn: str = "",
    ) -> tuple[Reply, Answer]:
        """Wait for the rate limit, send `ask` once and judge the answer."""
        bucket = bucket_of(ask.method, ask.url)
        await self.limits.use_turn(turn, purpose, bucket)
        learnt = None
        try:
            answer = await self._exchange(ask, before_send=before_send)
            learnt = quota(answer)
            logger().debug("call.answered", call=f"{ask.method} {bucket}", status=answer.status)
        except (TransportError, TokenError) as error:
            raise not_answered(ask, error) from error
        finally:
            self.limits.release(bucket, learnt)
        self.server_clock.saw(parse_date(answer.first("date")))
        try:
            return judge(ask, answer), answer
        except CallError as error:
            if error.outcome is Outcome.THROTTLED:
                self.limits.block(bucket, retry_after(answer))
            raise

    async def read(self, ask: Ask, patience: Patience) -> tuple[Reply, Answer]:
        """Send a read, again if need be."""
        bucket = bucket_of(ask.method, ask.url)
        return await repeat_read(
            lambda: self.once(ask), limits=self.limits, bucket=bucket, patience=patience
        )


class Reader:
    """Reads of one org (`OktaReader`)."""

    def __init__(self, calls: OktaCalls, patience: Patience) -> None:
        """Read through `calls`."""
        self._calls = calls
        self._patience = patience

    @property
    def tenant(self) -> str:
        """Return `okta:<org id>`, as pinned."""
        return f"okta:{self._calls.settings.org_id}"

    def now(self) -> datetime:
        """Return the org's clock."""
        return self._calls.server_clock.now()

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Reply:
        """GET one resource."""
        ask = Ask(method="GET", url=self._calls.url(path, query))
        reply, _ = await self._calls.read(ask, self._patience)
        return reply

    async def pages(
        self, path: str, query: Mapping[str, str] | None = None
    ) -> AsyncIterator[Reply]:
        """Yield the pages of a collection; an error on any page is raised."""
        url = self._calls.url(path, query)
        seen: set[str] = set()
        while url:
            if url in seen or len(seen) == _MANY_PAGES:
                raise _endless(path, len(seen))
            seen.add(url)
            reply, answer = await self._calls.read(Ask(method="GET", url=url), self._patience)
            if not isinstance(reply.body, list):
                raise _no_list(path, reply)
            yield reply
            url = self._next(url, answer)
            if "since=" in url and not reply.body:
                return  # a log polled without `until` always has a next page

    async def list(self, path: str, query: Mapping[str, str] | None = None) -> list[JsonObject]:
        """Return every item of a collection."""
        items: list[JsonObject] = []
        async for page in self.pages(path, query):
            items += cast("list[JsonObject]", page.body)
        return items

    async def caller(self) -> JsonObject:
        """Return whom irkit acts as here: the service app, or the owner of its API token."""
        auth = self._calls.settings.auth
        if isinstance(auth, PrivateKey):
            return {"client_id": auth.client_id}
        owner = cast("JsonObject", (await self.get("/api/v1/users/me")).body)
        token = cast("JsonObject", (await self.get("/api/v1/api-tokens/current")).body)
        profile = cast("JsonObject", owner.get("profile") or {})
        return {
            "user_id": owner["id"],
            "login": profile.get("login"),
            "token_id": token["id"],
            "token_name": token.get("name"),
        }

    def _next(self, url: str, answer: Answer) -> str:
        """Return the next page's address; credentials never follow a link out of the org."""
        link = next_url(answer)
        if not link:
            return ""
        address = urljoin(url, link)
        ours = urlsplit(self._calls.settings.origin)
        if urlsplit(address)[:2] != ours[:2]:
            raise CallError(
                Diagnostic(
                    code="IRK517",
                    summary=f"Okta: the next page is said to be at another host: {address}",
                    help="check what stands between here and Okta, and the org URL in `irkit.yaml`",
                ),
                outcome=Outcome.SUSPICIOUS,
            )
        return address


class Writer:
    """Writes of one org (`OktaWriter`), each sent once."""

    def __init__(self, calls: OktaCalls, before_send: BeforeSend | None, purpose: Purpose) -> None:
        """Write through `calls` for `purpose`; `before_send` may stop any of them."""
        self._calls = calls
        self._before_send = before_send
        self._purpose = purpose
        self._turn = ""

    async def take_turn(self) -> None:
        """Wait until a call for this purpose may be sent."""
        self._turn = await self._calls.limits.take_turn(self._purpose.name)

    def give_turn_back(self) -> None:
        """Give back a turn that was not used."""
        self._calls.limits.give_back(self._turn)
        self._turn = ""

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json = None,
    ) -> Reply:
        """Send one write."""
        ask = Ask(method=method, url=self._calls.url(path, query), body=body)
        turn, self._turn = self._turn, ""
        reply, _ = await self._calls.once(
            ask, before_send=self._before_send, purpose=self._purpose.name, turn=turn
        )
        return reply


async def check_tenant(reader: Reader, org_id: str) -> str:
    """Return the org id that the org itself states, which is the pinned one.

    Raises:
        IrkitError: if it is another org.
        CallError: if the org does not say.
    """
    reply = await reader.get("/.well-known/okta-organization")
    found = reply.body.get("id") if isinstance(reply.body, Mapping) else None
    if found == org_id:
        return org_id
    raise IrkitError(
        Diagnostic(
            code="IRK503",
            summary=f"this is the Okta org {found}, but the workspace is pinned to {org_id}",
            help="check `org_url` and `org_id` in `irkit.yaml`; nothing was changed",
        )
    )


def _endless(path: str, pages: int) -> CallError:
    return CallError(
        Diagnostic(
            code="IRK516",
            summary=f"Okta: the pages of `{path}` do not end ({pages} read)",
            help="the list is not complete and was not used; try again, then tell Okta support",
        ),
        outcome=Outcome.SUSPICIOUS,
    )


def _no_list(path: str, reply: Reply) -> CallError:
    return CallError(
        Diagnostic(
            code="IRK514",
            summary=f"Okta: a page of `{path}` is no list",
            help="something between here and Okta answered: check proxies and the org URL",
        ),
        outcome=Outcome.SUSPICIOUS,
        status=reply.status,
        request_id=reply.request_id,
    )
