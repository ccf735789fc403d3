"""Requests as the server received them, and responses as it shall send them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qsl

from irkit.canonical import Json
from irkit.world.okta import errors
from irkit.world.okta.limits import Allowance
from irkit.world.okta.routing import Reply

UNKNOWN_VALUE: Final = "NOT_YET_DOCUMENTED"
_ENUMS: Final = frozenset(
    {"status", "type", "factorType", "provider", "severity", "result", "credentialType", "scope"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request as the server received it."""

    path: str
    query: str
    params: Mapping[str, str]
    values: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    peer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A response as the server shall send it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def compose(
    reply: Reply, *, now: datetime, request_id: str, allowance: Allowance | None = None
) -> Outgoing:
    """Return `reply` with the headers that Okta sends."""
    headers = [
        ("date", format_datetime(now, usegmt=True)),
        ("cache-control", "no-cache, no-store"),
        ("x-okta-request-id", request_id),
        *(allowance.headers() if allowance else ()),
        *reply.headers,
    ]
    if reply.page:
        headers.append(("content-type", reply.media))
        return Outgoing(status=reply.status, headers=tuple(headers), body=reply.page.encode())
    if reply.body is None:
        return Outgoing(status=reply.status, headers=tuple(headers), body=b"")
    headers.append(("content-type", "application/json"))
    body = json.dumps(reply.body, separators=(",", ":")).encode()
    return Outgoing(status=reply.status, headers=tuple(headers), body=body)


def parse_body(body: bytes, content_type: str) -> Json:
    """Return a JSON or form body as JSON; None where there is none.

    Raises:
        OktaError: E0000003 where it is neither.
    """
    if not body:
        return None
    text = body.decode("utf-8", "replace")
    if "form-urlencoded" in content_type:
        return dict(parse_qsl(text, keep_blank_values=True))
    try:
        value: Json = json.loads(text)
    except ValueError as error:
        raise errors.malformed() from error
    return value


def with_unknown_values(answer: Outgoing) -> Outgoing:
    """Return `answer` with values in its enums that no client has heard of."""
    if not answer.body.startswith((b"{", b"[")):
        return answer
    body = json.dumps(_strange(json.loads(answer.body)), separators=(",", ":")).encode()
    return Outgoing(status=answer.status, headers=answer.headers, body=body)


def _strange(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {
            key: UNKNOWN_VALUE if key in _ENUMS and isinstance(item, str) else _strange(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_strange(item) for item in value]
    return value
