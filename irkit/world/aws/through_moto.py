"""Asking moto: the last station of a call that nobody answered before.

moto runs as the WSGI application it is, told which account to act in; what it does not implement
comes back as an error, never as a connection to the real AWS.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from irkit.world.aws.answer import Answer, ApiError
from irkit.world.aws.wire import ApiCall, Environ

REQUEST_ID: Final = "x-amzn-RequestId"
_XML_CODE: Final = re.compile(rb"<Code>([^<]+)</Code>")
_XML_MESSAGE: Final = re.compile(rb"<Message>([^<]*)</Message>")
_JSON_CODE: Final = re.compile(rb'"(?:__type|Type)": ?"([^"]+)"')
_FAILED: Final = 300
_NO_ROUTE: Final = frozenset({404, 405})
_HOP_BY_HOP: Final = frozenset({"connection", "date", "server", "transfer-encoding", "status"})


class Moto:
    """moto's dispatcher, one application a service, made when first needed."""

    def __init__(self) -> None:
        """Prepare the dispatcher; services are loaded on first use."""
        self._dispatch = DomainDispatcherApplication(create_backend_app)

    def answer(self, environ: Environ, call: ApiCall, account: str, request_id: str) -> Answer:
        """Let moto carry out `call` in `account`; its answer gets our request id.

        Raises:
            ApiError: if moto does not implement the operation, or fails inside.
        """
        if not self._has(environ):
            raise ApiError("NotImplemented", f"{call.signing_name} is not simulated", 501)
        environ = {**environ, "HTTP_X_MOTO_ACCOUNT_ID": account}
        started: list[tuple[int, tuple[tuple[str, str], ...]]] = []

        def start_response(status: str, headers: Iterable[tuple[str, str]], *_: object) -> None:
            started.append((int(status.split(" ", 1)[0]), tuple(headers)))

        try:
            pieces = self._dispatch(environ, start_response)
            body = b"".join(pieces)
        except NotImplementedError as error:
            message = f"{call.name} is not simulated"
            raise ApiError("NotImplemented", message, 501) from error
        except Exception as error:
            message = f"the simulator failed at {call.name}: {type(error).__name__}: {error}"
            raise ApiError("InternalFailure", message, 500) from error
        if hasattr(pieces, "close"):
            pieces.close()
        status, headers = started[-1]
        answer = _answer(status, headers, body)
        if status in _NO_ROUTE and body and "text/html" in answer.header("content-type"):
            raise ApiError("NotImplemented", f"{call.name} is not simulated", 501)
        theirs = answer.header(REQUEST_ID)
        kept = tuple(pair for pair in answer.headers if pair[0].lower() != REQUEST_ID.lower())
        return replace(
            answer,
            headers=(*kept, (REQUEST_ID, request_id)),
            body=body.replace(theirs.encode(), request_id.encode()) if theirs else body,
        )

    def _has(self, environ: Environ) -> bool:
        """Say whether moto knows the service at all; it would print a complaint otherwise."""
        host = self._dispatch.infer_service_region_host(environ, str(environ.get("PATH_INFO")))
        url = f"http://{host}"
        patterns = self._dispatch.backend_url_patterns
        if host is None:
            return False
        return host in list_of_moto_modules() or any(p.match(url) for _, p in patterns)


def _answer(status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> Answer:
    kept = tuple((name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP)
    code, message = "", ""
    if status >= _FAILED:
        found = _XML_CODE.search(body) or _JSON_CODE.search(body)
        code = found[1].decode().rsplit("#", 1)[-1] if found else f"Http{status}"
        described = _XML_MESSAGE.search(body)
        message = described[1].decode() if described else ""
    return Answer(status=status, headers=kept, body=body, error_code=code, error_message=message)
