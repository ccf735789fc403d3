"""The real thing: an Okta org through the executor of the `okta` package.

Only the executor is used, for SSWS, OAuth 2.0 private-key JWT and DPoP. Its typed methods report
success on empty 401 and 403 answers, and its HTTP client follows redirects, has no time-out, takes
proxies from the environment and logs tokens; ours does none of that. The executor gets an explicit
configuration, so that no `okta.yaml` and no `OKTA_*` variable is read.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any, Final, Self, cast

import aiohttp
from okta.cache.no_op_cache import NoOpCache
from okta.http_client import HTTPClient
from okta.request_executor import RequestExecutor

from irkit.canonical import Json
from irkit.clock import Clock
from irkit.providers.call import ANYTHING, BeforeSend, Purpose
from irkit.providers.limits import OnWait, RateLimits
from irkit.providers.okta.connection import OktaCalls, Reader, Writer, check_tenant
from irkit.providers.okta.exchange import Answer, Ask, TokenError, TransportError
from irkit.providers.okta.settings import OktaSettings, PrivateKey, Ssws
from irkit.providers.retry import Patience
from irkit.providers.server_clock import ServerClock

_NO_REQUEST_TIMEOUT: Final = 0
_RENEW_MINUTES: Final = 5
_KEEP_ALIVE: Final = 3.0
"""Seconds: shorter than servers keep idle connections, or a write meets one that just closed."""

_NEVER_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class StrictClient(HTTPClient):
    """An HTTP client that never redirects, always ends, and says whether anything was sent."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Keep the headers; the session is opened at the first request."""
        self._headers: dict[str, str] = config["headers"]
        self._opened: aiohttp.ClientSession | None = None
        self.settings: OktaSettings | None = None

    async def send_request(self, request: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
        """Send one request for the executor, in its four-part form."""
        settings = self.settings
        assert settings is not None, "the executor's client has its settings"
        form = request.get("form")
        data = json.dumps(request["data"]) if request["data"] is not None else form or None
        headers = {**self._headers, **request["headers"]}
        if form:
            headers.pop("Content-Type", None)
        try:
            async with self._session(settings).request(
                request["method"],
                request["url"],
                headers=headers,
                data=data,
                allow_redirects=False,
                proxy=settings.proxy or None,
            ) as response:
                return (response.request_info, response, await response.text(), None)
        except _NEVER_SENT as error:
            return (None, None, None, TransportError(_reason(error), sent=False))
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeDecodeError) as error:
            return (None, None, None, TransportError(_reason(error), sent=True))

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    def _session(self, settings: OktaSettings) -> aiohttp.ClientSession:
        if self._opened is None:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=_KEEP_ALIVE),
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=settings.timeout,
                    sock_connect=settings.connect_timeout,
                ),
            )
            # aiohttp would send a PUT or DELETE again by itself when a kept connection breaks.
            session._retry_connection = False  # noqa: SLF001 - there is no public switch
            self._opened = session
        return self._opened


class SdkExchange:
    """Sends requests through the SDK's executor (`Exchange`)."""

    def __init__(self, settings: OktaSettings) -> None:
        """Configure the executor from `settings` alone."""
        logging.getLogger("okta-sdk-python").setLevel(logging.CRITICAL)  # it logs headers
        self._executor: Any = _executor(settings)
        self._client = cast("StrictClient", self._executor._http_client)  # noqa: SLF001 - no accessor
        self._client.settings = settings

    async def __call__(self, ask: Ask, *, before_send: BeforeSend | None = None) -> Answer:
        """Authorise and send `ask`, once."""
        request = await self._authorised(ask)
        if before_send is not None:
            before_send()
        _, response, text, error = await self._executor.fire_request(request)
        if isinstance(error, TransportError):
            raise error
        if error is not None or response is None:
            raise TransportError(_reason(error), sent=True)
        headers = tuple((name.lower(), value) for name, value in response.headers.items())
        return Answer(status=response.status, headers=headers, body=text)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _authorised(self, ask: Ask) -> dict[str, Any]:
        try:
            request, error = await self._executor.create_request(
                ask.method, ask.url, body=ask.body, keep_empty_params=True
            )
        except Exception as error:
            raise TokenError(f"no access token ({type(error).__name__})", status=0) from error
        if error is None:
            return cast("dict[str, Any]", request)
        if isinstance(error, TransportError):
            raise TokenError(error.reason, status=0) from error
        status = getattr(error, "status", 0) or 0
        raise TokenError(f"no access token ({type(error).__name__}, HTTP {status})", status=status)


class OktaConnection:
    """One org: a reader, a writer, and one rate limiter for both."""

    def __init__(
        self,
        calls: OktaCalls,
        exchange: SdkExchange,
        before_send: BeforeSend | None,
        patience: Patience,
    ) -> None:
        """Use `open` instead."""
        self._calls = calls
        self._exchange = exchange
        self._before_send = before_send
        self._patience = patience

    @classmethod
    def open(
        cls,
        settings: OktaSettings,
        *,
        clock: Clock,
        before_send: BeforeSend | None = None,
        on_wait: OnWait | None = None,
        patience: Patience | None = None,
    ) -> "OktaConnection":
        """Prepare a connection; nothing is sent yet.

        Raises:
            IrkitError: if the settings may not be used.
        """
        exchange = SdkExchange(settings.checked())
        calls = OktaCalls(
            settings,
            exchange,
            limits=RateLimits(f"okta:{settings.org_id}", on_wait=on_wait),
            server_clock=ServerClock(clock),
        )
        return cls(calls, exchange, before_send, patience or Patience())

    @property
    def limits(self) -> RateLimits:
        """What is known about the org's rate limits."""
        return self._calls.limits

    def reader(self) -> Reader:
        """Return the handle that can only read."""
        return Reader(self._calls, self._patience)

    def writer(self, purpose: Purpose = ANYTHING) -> Writer:
        """Return the handle that can write, for one `purpose` at a time."""
        return Writer(self._calls, self._before_send, purpose)

    async def check_tenant(self) -> str:
        """Return the org's own id, having compared it with the pinned one.

        Raises:
            IrkitError: if it is another org.
        """
        return await check_tenant(self.reader(), self._calls.settings.org_id)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._exchange.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class Holder:
    """What somebody sends who holds a credential of their own: nothing of irkit's is with it.

    Used to try planted credentials. Nothing is judged, repeated or held back here.
    """

    def __init__(self, settings: OktaSettings) -> None:
        """Send to the org of `settings`; its authentication is not used."""
        self._settings = settings.checked()
        agent = {"User-Agent": settings.user_agent, "Accept": "application/json"}
        self._client = StrictClient({"headers": agent})
        self._client.settings = self._settings

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Json = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request with `body` as JSON or with `form`, and return whatever came back.

        Raises:
            TransportError: if nothing came back.
        """
        given = {"Content-Type": "application/json"} if body is not None else {}
        request = {
            "method": method,
            "url": f"{self._settings.origin}{path}",
            "headers": {**given, **(headers or {})},
            "data": body,
            "form": dict(form or {}),
        }
        _, response, text, error = await self._client.send_request(request)
        if error is not None:
            raise error
        kept = tuple((name.lower(), value) for name, value in response.headers.items())
        return Answer(status=response.status, headers=kept, body=text)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()


def _executor(settings: OktaSettings) -> Any:
    make: Any = RequestExecutor  # the package's constructors carry no types
    cache: Any = NoOpCache
    return make(_configuration(settings), cache(), StrictClient)


def _configuration(settings: OktaSettings) -> dict[str, Any]:
    client: dict[str, Any] = {
        "orgUrl": settings.origin,
        "requestTimeout": _NO_REQUEST_TIMEOUT,  # ours ends requests; the SDK's only hides the cause
        "rateLimit": {"maxRetries": 0},
        "userAgent": settings.user_agent,
    }
    match settings.auth:
        case Ssws(token=token):
            client |= {"authorizationMode": "SSWS", "token": token.reveal()}
        case PrivateKey() as auth:
            client |= {
                "authorizationMode": "PrivateKey",
                "clientId": auth.client_id,
                "privateKey": auth.key.reveal(),
                "kid": auth.key_id or None,
                "scopes": list(auth.scopes),
                "dpopEnabled": auth.dpop,
                "oauthTokenRenewalOffset": _RENEW_MINUTES,
            }
    return {"client": client}


def _reason(error: BaseException | None) -> str:
    match error:
        case None:
            return "no answer"
        case asyncio.TimeoutError():
            return "timed out"
        case _:
            return type(error).__name__
