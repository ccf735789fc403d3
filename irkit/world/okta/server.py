"""The org on loopback: a Starlette application on uvicorn, behind the fault proxy."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as HttpRoute

from irkit.world.okta import errors
from irkit.world.okta.messages import Incoming, Outgoing
from irkit.world.okta.pipeline import OktaWorld, handle, refuse
from irkit.world.okta.routing import Route, load
from irkit.world.proxy import FaultProxy

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_BACKLOG: Final = 256

_Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def application(world: OktaWorld) -> Starlette:
    """Return the ASGI application that serves `world`."""
    paths: dict[str, dict[str, Route]] = {}
    for route in load():
        paths.setdefault(route.path, {})[route.method] = route
    routes = [
        HttpRoute(path, _endpoint(world, methods), methods=list(METHODS))
        for path, methods in paths.items()
    ]
    unknown = HttpRoute("/{path:path}", _unknown(world, paths), methods=list(METHODS))
    return Starlette(routes=[*routes, unknown])


def _endpoint(world: OktaWorld, methods: Mapping[str, Route]) -> _Endpoint:
    async def answer(request: Request) -> Response:
        limits = world.limits
        limits.in_flight += 1
        try:
            incoming = await _incoming(request)
            if world.latency:
                await asyncio.sleep(world.latency)
            route = methods.get(request.method)
            if route is not None:
                return _response(handle(world, route, incoming))
            return _response(refuse(world, errors.WRONG_METHOD, incoming, request.method))
        finally:
            limits.in_flight -= 1

    return answer


def _unknown(world: OktaWorld, paths: Mapping[str, object]) -> _Endpoint:
    """Answer where there is no endpoint; a known path with a slash too many lacks the method."""

    async def answer(request: Request) -> Response:
        known = request.url.path.rstrip("/") in paths
        problem = errors.WRONG_METHOD if known else errors.NO_SUCH_ENDPOINT
        return _response(refuse(world, problem, await _incoming(request), request.method))

    return answer


async def _incoming(request: Request) -> Incoming:
    host = request.headers.get("host", "127.0.0.1")
    return Incoming(
        path=request.url.path,
        query=request.url.query,
        params={key: str(value) for key, value in request.path_params.items()},
        values=dict(request.query_params),
        headers=dict(request.headers),
        body=await request.body(),
        base=f"http://{host}",
        peer=request.client.host if request.client else "127.0.0.1",
    )


def _response(outgoing: Outgoing) -> Response:
    response = Response(outgoing.body, status_code=outgoing.status)
    for name, value in outgoing.headers:
        response.headers.append(name, value)
    return response


class _PromptServer(uvicorn.Server):
    """A server that leaves when it is told to; uvicorn itself looks, and then waits, 0.1 s each.

    Whoever is connected when it leaves is cut off: the proxy before it has closed by then.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._left = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def leave(self) -> None:
        """Stop serving; to be called from another thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._left.set)

    async def main_loop(self) -> None:
        """Serve until somebody says to leave."""
        self._loop = asyncio.get_running_loop()
        if not await self.on_tick(0):
            await self._left.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what listens."""
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()


class OktaServer:
    """Runs the org in a thread. Clients talk to `proxy`, which stands before it."""

    def __init__(self, world: OktaWorld) -> None:
        """Take the world; nothing listens before `start`."""
        self.world = world
        config = uvicorn.Config(
            application(world),
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
        )
        self._server = _PromptServer(config)
        self._proxy: FaultProxy | None = None
        self._thread: threading.Thread | None = None

    @property
    def proxy(self) -> FaultProxy:
        """The proxy before the server, once started."""
        if self._proxy is None:
            raise RuntimeError("the server has not been started")
        return self._proxy

    @property
    def url(self) -> str:
        """The org's base URL, once started."""
        return self.proxy.url

    def start(self, port: int = 0) -> str:
        """Serve on loopback (port 0: any free one) and return the org's base URL.

        Raises:
            OSError: if the port is taken; then nothing has been started.
        """
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        listening.listen(_BACKLOG)
        proxy = FaultProxy("127.0.0.1", listening.getsockname()[1], port=port)
        try:
            url = proxy.start()
        except OSError:
            listening.close()
            raise
        self._proxy = proxy
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="world-okta", daemon=True
        )
        self._thread.start()
        return url

    def stop(self) -> None:
        """Stop serving and wait until the threads are gone."""
        if self._thread is None or self._proxy is None:
            return
        self._proxy.stop()
        self._server.leave()
        self._thread.join()
