"""The simulated AWS on a socket: a threaded WSGI server on loopback.

Every answer carries a `Date` header from the world's clock, because cut-off times are taken from
it. `GET /irkit-world` says what this is; drill connections ask before they act.
"""

import json
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final, cast
from wsgiref.handlers import format_date_time

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from irkit.world.aws.answer import Answer
from irkit.world.aws.pipeline import Pipeline, unsigned
from irkit.world.aws.wire import (
    Environ,
    UnknownCallError,
    parse_authorization,
    read_body,
    read_call,
)

MARKER_PATH: Final = "/irkit-world"
_PRIVATE: Final = ("/moto-api", "/latest/meta-data", "/latest/api", "/favicon.ico")

_BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class AwsRequestHandler(MotoRequestHandler):
    """Speaks HTTP/1.1 with connections that stay open, and says nothing on the terminal."""

    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer one request. Bodies are read whole, so the connection can carry another."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        respond = cast("Callable[[Environ], Answer]", self.server.app)
        answer = respond(self.make_environ())
        status = HTTPStatus(answer.status)
        self.send_response_only(status.value, status.phrase)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and status not in _BODILESS:
            self.wfile.write(answer.body)

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # werkzeug's name
        """Say nothing: the call log knows."""


class AwsServer:
    """Serves one pipeline over HTTP.

    `failures` has the traceback of every request that broke the simulator itself: there are none.
    """

    def __init__(self, pipeline: Pipeline, host: str = "127.0.0.1", port: int = 0) -> None:
        """Bind to `host` and `port`; nothing is answered before `start`."""
        self.failures: list[str] = []
        self._pipeline = pipeline
        self._server: BaseWSGIServer = make_server(
            host,
            port,
            self.respond,  # type: ignore[arg-type]  # our handler calls it with the environment only
            threaded=True,
            request_handler=AwsRequestHandler,
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="world-aws",
            daemon=True,
        )

    @property
    def port(self) -> int:
        """The port it is bound to."""
        return self._server.port

    def start(self) -> None:
        """Answer requests from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and release the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def respond(self, environ: Environ) -> Answer:
        """Answer one request, with the headers every answer has."""
        try:
            answer = self._answer(environ)
        except Exception as error:  # noqa: BLE001  # the client must get an answer, whatever broke
            self.failures.append("".join(traceback.format_exception(error)))
            answer = Answer(status=500, body=b"the simulator failed")
        date = format_date_time(self._pipeline.cloud.now().timestamp())
        ours = {"date", "content-length"}
        headers = [pair for pair in answer.headers if pair[0].lower() not in ours]
        headers.append(("Date", date))
        if answer.status not in _BODILESS:
            length = answer.header("Content-Length") if not answer.body else ""
            headers.append(("Content-Length", length or str(len(answer.body))))
        return replace(answer, headers=tuple(headers))

    def _answer(self, environ: Environ) -> Answer:
        path = str(environ.get("PATH_INFO", ""))
        body = read_body(environ)
        if path == MARKER_PATH:
            return self._marker()
        if path.startswith(_PRIVATE):
            return Answer(status=404)
        cloud = self._pipeline.cloud
        with cloud.moto:
            try:
                call = read_call(environ, body)
            except UnknownCallError as error:
                return _unknown(environ, str(error), cloud.new_id())
            return self._pipeline.answer(environ, call)

    def _marker(self) -> Answer:
        cloud = self._pipeline.cloud
        content = {
            "irkit_world": 1,
            "seed": cloud.seed,
            "provider": "aws",
            "accounts": [{"id": account.id, "name": account.name} for account in cloud.accounts],
        }
        return Answer(
            status=200,
            headers=(("Content-Type", "application/json"),),
            body=json.dumps(content).encode(),
        )


def _unknown(environ: Environ, message: str, request_id: str) -> Answer:
    """Refuse what is no AWS call; never look for it elsewhere."""
    if parse_authorization(str(environ.get("HTTP_AUTHORIZATION", ""))) is None:
        return unsigned("query", request_id)
    body = json.dumps({"__type": "NotImplemented", "message": message})
    return Answer(
        status=501,
        headers=(
            ("Content-Type", "application/x-amz-json-1.1"),
            ("x-amzn-ErrorType", "NotImplemented"),
            ("x-amzn-RequestId", request_id),
        ),
        body=body.encode(),
    )
