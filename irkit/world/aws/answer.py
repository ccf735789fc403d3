"""Answers in the form each AWS protocol wants: results, and errors with their proper codes.

Services disagree about the code for the same refusal; `Refusal` says what is meant and the table
says how the service puts it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

from moto.core.serialize import SerializationContext, get_serializer_class

from irkit.world.aws.wire import ApiCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete HTTP answer. `error_code` is what CloudTrail logs, empty for success."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    error_code: str = ""
    error_message: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the call did what it was asked to."""
        return self.status < 300  # noqa: PLR2004  # HTTP's own boundary

    def header(self, name: str) -> str:
        """Return a header by its name in any case, empty if it is absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


class ApiError(Exception):
    """An error that the provider answers with."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """Take the service's own error code, its message and the HTTP status."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


class Refusal(Enum):
    """Why a caller is turned away, before any operation runs."""

    UNSIGNED = "unsigned"
    UNKNOWN_KEY = "unknown key"
    BAD_SIGNATURE = "bad signature"
    EXPIRED = "expired"
    DENIED = "denied"
    THROTTLED = "throttled"
    BROKEN = "broken"


_QUERY: Final[Mapping[Refusal, tuple[str, int]]] = MappingProxyType(
    {
        Refusal.UNSIGNED: ("MissingAuthenticationToken", 403),
        Refusal.UNKNOWN_KEY: ("InvalidClientTokenId", 403),
        Refusal.BAD_SIGNATURE: ("SignatureDoesNotMatch", 403),
        Refusal.EXPIRED: ("ExpiredToken", 403),
        Refusal.DENIED: ("AccessDenied", 403),
        Refusal.THROTTLED: ("Throttling", 400),
        Refusal.BROKEN: ("InternalFailure", 500),
    }
)
_JSON: Final[Mapping[Refusal, tuple[str, int]]] = MappingProxyType(
    {
        Refusal.UNSIGNED: ("MissingAuthenticationTokenException", 400),
        Refusal.UNKNOWN_KEY: ("UnrecognizedClientException", 400),
        Refusal.BAD_SIGNATURE: ("InvalidSignatureException", 400),
        Refusal.EXPIRED: ("ExpiredTokenException", 400),
        Refusal.DENIED: ("AccessDeniedException", 400),
        Refusal.THROTTLED: ("ThrottlingException", 400),
        Refusal.BROKEN: ("InternalServerError", 500),
    }
)
_EC2: Final[Mapping[Refusal, tuple[str, int]]] = MappingProxyType(
    {
        Refusal.UNSIGNED: ("MissingAuthenticationToken", 403),
        Refusal.UNKNOWN_KEY: ("AuthFailure", 401),
        Refusal.BAD_SIGNATURE: ("AuthFailure", 401),
        Refusal.EXPIRED: ("RequestExpired", 400),
        Refusal.DENIED: ("UnauthorizedOperation", 403),
        Refusal.THROTTLED: ("RequestLimitExceeded", 503),
        Refusal.BROKEN: ("InternalError", 500),
    }
)
_S3: Final[Mapping[Refusal, tuple[str, int]]] = MappingProxyType(
    {
        Refusal.UNSIGNED: ("AccessDenied", 403),
        Refusal.UNKNOWN_KEY: ("InvalidAccessKeyId", 403),
        Refusal.BAD_SIGNATURE: ("SignatureDoesNotMatch", 403),
        Refusal.EXPIRED: ("ExpiredToken", 400),
        Refusal.DENIED: ("AccessDenied", 403),
        Refusal.THROTTLED: ("SlowDown", 503),
        Refusal.BROKEN: ("InternalError", 500),
    }
)
_TABLES: Final = MappingProxyType(
    {"ec2": _EC2, "rest-xml": _S3, "query": _QUERY, "json": _JSON, "rest-json": _JSON}
)
_REST_JSON_STATUS: Final = MappingProxyType(
    {Refusal.DENIED: 403, Refusal.UNKNOWN_KEY: 403, Refusal.BAD_SIGNATURE: 403}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one of our own handlers returns; rendered in the operation's protocol.

    `logged` replaces the response elements in CloudTrail where they differ from the result.
    """

    members: Mapping[str, object] = field(default_factory=dict)
    logged: Mapping[str, object] | None = None


def refusal(protocol: str, why: Refusal, message: str) -> ApiError:
    """Return the error with which a service of this protocol refuses a call."""
    code, status = _TABLES[protocol][why]
    if protocol == "rest-json":
        status = _REST_JSON_STATUS.get(why, status)
    return ApiError(code, message, status)


def render_result(call: ApiCall, result: Result, request_id: str) -> Answer:
    """Serialise a handler's result."""
    serializer = get_serializer_class(call.service, call.protocol)
    rendered = serializer(call.model, SerializationContext(request_id)).serialize(
        dict(result.members)
    )
    body = rendered["body"]
    return Answer(
        status=rendered["status_code"],
        headers=(*rendered["headers"].items(), ("x-amzn-RequestId", request_id)),
        body=body if isinstance(body, bytes) else body.encode(),
    )


def render_error(protocol: str, error: ApiError, request_id: str) -> Answer:
    """Serialise an error."""
    code, message = escape(error.code), escape(error.message)
    headers = [("x-amzn-RequestId", request_id)]
    match protocol:
        case "query":
            body = (
                f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
                f"<Message>{message}</Message></Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        case "ec2":
            body = (
                f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>"
                f"</Error></Errors><RequestID>{request_id}</RequestID></Response>"
            )
        case "rest-xml":
            body = (
                f"<Error><Code>{code}</Code><Message>{message}</Message>"
                f"<RequestId>{request_id}</RequestId></Error>"
            )
        case _:
            body = json.dumps({"__type": error.code, "message": error.message})
            headers.append(("x-amzn-ErrorType", error.code))
    xml = protocol in {"query", "ec2", "rest-xml"}
    headers.append(("Content-Type", "text/xml" if xml else "application/x-amz-json-1.1"))
    return Answer(
        status=error.status,
        headers=tuple(headers),
        body=body.encode(),
        error_code=error.code,
        error_message=error.message,
    )
