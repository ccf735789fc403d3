"""An AWS request off the wire: which service, operation and region, and with what parameters.

Parsing follows botocore's own service descriptions through moto's request parsers, so that all
protocols (query, ec2, json, rest-json, rest-xml) come out as one `ApiCall`. What names no service
or operation raises `UnknownCallError`; nothing is ever passed on to the real AWS.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from botocore.exceptions import BotoCoreError
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from irkit.world.aws.naming import HOME_REGION, service_of

Environ = dict[str, object]

_SCOPE_PARTS: Final = 5
_S3_ACCOUNTS: Final = "/v20180820/"
_UNSIGNED: Final = frozenset({"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})


class UnknownCallError(Exception):
    """A request that names no service or operation the world knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The parts of a SigV4 `Authorization` header."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One AWS API call as received; `signing_name` is `iam`, `ec2`, `secretsmanager` and so on."""

    signing_name: str
    service: str
    operation: str
    region: str
    protocol: str
    params: Mapping[str, object]
    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes
    source_ip: str
    signature: Signature | None

    @property
    def name(self) -> str:
        """The name in logs and fault plans: `iam:PutRolePolicy`."""
        return f"{self.signing_name}:{self.operation}"

    @property
    def user_agent(self) -> str:
        """The client as it calls itself."""
        return self.headers.get("user-agent", "")

    def text(self, name: str) -> str:
        """Return a parameter as text, empty if it was not given."""
        value = self.params.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list parameter as a tuple of texts."""
        value = self.params.get(name)
        return tuple(str(item) for item in value) if isinstance(value, list) else ()

    def number(self, name: str, default: int) -> int:
        """Return a numeric parameter, or `default`."""
        value = self.params.get(name)
        return value if isinstance(value, int) else default

    @property
    def model(self) -> OperationModel:
        """Botocore's description of the operation."""
        model: OperationModel = get_service_model(self.service).operation_model(self.operation)
        return model


def read_body(environ: Environ) -> bytes:
    """Read the request's body and leave a fresh copy for whoever comes next."""
    stream = environ["wsgi.input"]
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length:
        body = stream.read(int(length))  # type: ignore[attr-defined]
    else:
        body = stream.read() if environ.get("wsgi.input_terminated") else b""  # type: ignore[attr-defined]
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return bytes(body)


def read_call(environ: Environ, body: bytes) -> ApiCall:
    """Work out what is being called.

    Raises:
        UnknownCallError: if that cannot be told, or no such operation exists.
    """
    headers = _headers(environ)
    signature = parse_authorization(headers.get("authorization", ""))
    if signature is None and _unsigned_action(body) not in _UNSIGNED:
        raise UnknownCallError("the request is not signed")
    signing_name = signature.service if signature else "sts"
    if signing_name == "s3" and str(environ.get("PATH_INFO")).startswith(_S3_ACCOUNTS):
        signing_name = "s3control"  # it signs as S3, and is told apart by its path
    service = service_of(signing_name)
    request = Request(dict(environ, **{"wsgi.input": io.BytesIO(body)}))
    try:
        operation, uri_params = get_service_router(service).match(request)
        protocol = determine_request_protocol(get_service_model(service), request.content_type)
        params = _parameters(operation, protocol, request, uri_params)
    except (HTTPException, NotImplementedError, BotoCoreError) as error:
        raise UnknownCallError(f"{signing_name}: no such operation") from error
    raw_path, _, raw_query = str(environ.get("RAW_URI") or "/").partition("?")
    return ApiCall(
        signing_name=signing_name,
        service=service,
        operation=operation.name,
        region=signature.region if signature else HOME_REGION,
        protocol=protocol,
        params=params,
        method=request.method,
        raw_path=raw_path,
        raw_query=raw_query,
        headers=headers,
        body=body,
        source_ip=headers.get("x-forwarded-for", "") or str(environ.get("REMOTE_ADDR", "")),
        signature=signature,
    )


def parse_authorization(header: str) -> Signature | None:
    """Read a SigV4 `Authorization` header; None if it is absent or of another form."""
    scheme, _, rest = header.partition(" ")
    if scheme != "AWS4-HMAC-SHA256":
        return None
    parts = dict(item.strip().partition("=")[::2] for item in rest.split(","))
    scope = parts.get("Credential", "").split("/")
    if len(scope) != _SCOPE_PARTS:
        return None
    return Signature(
        access_key_id=scope[0],
        date=scope[1],
        region=scope[2],
        service=scope[3].lower(),
        signed_headers=tuple(parts.get("SignedHeaders", "").split(";")),
        value=parts.get("Signature", ""),
    )


def _parameters(
    operation: OperationModel, protocol: str, request: Request, uri_params: Mapping[str, object]
) -> Mapping[str, object]:
    parser = PROTOCOL_PARSERS[protocol](operation)
    parsed = parser.parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": dict(uri_params),
        }
    )
    return dict(parsed)


def _headers(environ: Environ) -> Mapping[str, str]:
    headers = {
        key[5:].replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers[key.replace("_", "-").lower()] = str(environ[key])
    return headers


def _unsigned_action(body: bytes) -> str:
    try:
        return parse_qs(body.decode()).get("Action", [""])[0]
    except UnicodeDecodeError:
        return ""
