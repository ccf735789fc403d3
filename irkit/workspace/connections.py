"""Connections and federation of `irkit.yaml`."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from irkit.decode import Fields, Problems, fields, heading, one_of, shown, text, unknown, wrong
from irkit.diagnostics import IrkitError
from irkit.workspace import aws_secret
from irkit.workspace.config import (
    ALL,
    Account,
    AwsConnection,
    Connection,
    Federation,
    KeyAuth,
    KeySource,
    Mode,
    OktaConnection,
    Organization,
    ProfileSource,
    SecretReference,
    TokenAuth,
)
from irkit.workspace.secrets import AWS, reference, reference_here, references
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode

PROVIDERS: Final = ("aws", "okta")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_ORG_ID: Final = re.compile(r"00o[A-Za-z0-9]{6,}")
_NOTHING: Final = SecretReference(scheme="env", name="-")


def decode_connections(top: Fields, mode: Mode) -> Mapping[str, Connection]:
    """Read `connections:`."""
    result: dict[str, Connection] = {}
    node = top.require("connections")
    if node is None:
        return result
    for key, inner in top.pairs("connections"):
        reader = fields(inner, top.problems, f"connection `{key.text}`")
        connection = _connection(key.text, reader, mode) if reader else None
        if connection is not None:
            result[key.text] = connection
    _find_in_aws(result, top.problems)
    return result


def _find_in_aws(connections: Mapping[str, Connection], problems: Problems) -> None:
    """Record what is wrong with references to secrets that AWS keeps."""
    for connection in connections.values():
        # Those of AWS connections themselves were refused where they stand.
        wanted = () if isinstance(connection, AwsConnection) else references(connection)
        for found in (one for one in wanted if one.scheme == AWS):
            try:
                aws_secret.find(found, connections.values())
            except IrkitError as error:
                problems.extend(error.diagnostics)


def _connection(name: str, reader: Fields, mode: Mode) -> Connection | None:
    node = reader.require("provider")
    provider = node.value if isinstance(node, ScalarNode) else None
    match provider:
        case "okta":
            result: Connection = _okta(name, reader, mode)
        case "aws":
            result = _aws(name, reader, mode)
        case _:
            if isinstance(node, ScalarNode):
                summary = f"`provider` must be {one_of(PROVIDERS)}"
                unknown(reader.problems, "IRK105", summary, node, PROVIDERS)
            return None
    reader.close()
    return result


def _okta(name: str, reader: Fields, mode: Mode) -> OktaConnection:
    org_id = reader.text("org_id", required=True)
    node = reader.node.get("org_id")
    if node is not None and not _ORG_ID.fullmatch(org_id):
        reader.problems.add(
            "IRK170",
            f"{shown(org_id)} is no Okta org id",
            heading(node),
            help="it starts with 00o; see `https://YOUR-ORG/.well-known/okta-organization`",
        )
    return OktaConnection(
        name=name,
        org_url=_url(reader, "org_url", mode, required=True),
        org_id=org_id,
        auth=_okta_auth(reader),
        depends_on_idp=_depends(reader),
        span=heading(reader.node),
    )


def _okta_auth(reader: Fields) -> TokenAuth | KeyAuth:
    auth = reader.mapping("auth", required=True)
    if auth is None:
        return TokenAuth(token=_NOTHING)
    if "token" in auth:
        result: TokenAuth | KeyAuth = TokenAuth(token=_secret(auth, "token"))
    else:
        if "private_key" not in auth:
            auth.problems.add(
                "IRK171",
                "`auth` needs `token` or `private_key`",
                heading(auth.node),
                help="write {private_key: env:OKTA_KEY, client_id: 0oa…}",
            )
        result = KeyAuth(
            private_key=_secret(auth, "private_key") if "private_key" in auth else _NOTHING,
            client_id=auth.text("client_id", required="private_key" in auth),
            key_id=auth.text("key_id"),
            scopes=auth.texts("scopes"),
        )
    auth.close()
    return result


def _aws(name: str, reader: Fields, mode: Mode) -> AwsConnection:
    accounts, organization = _accounts(reader)
    return AwsConnection(
        name=name,
        source=source(reader),
        accounts=accounts,
        organization=organization,
        regions=_regions(reader),
        endpoint_url=endpoint(reader, mode),
        permissions=reader.texts("permissions"),
        depends_on_idp=_depends(reader),
        span=heading(reader.node),
    )


def source(reader: Fields) -> ProfileSource | KeySource:
    """Read where AWS's first credentials come from."""
    inner = reader.mapping("source", required=True)
    if inner is None:
        return ProfileSource(profile="")
    if "profile" in inner:
        result: ProfileSource | KeySource = ProfileSource(profile=inner.text("profile"))
    else:
        token = "session_token" in inner
        result = KeySource(
            access_key_id=inner.text("access_key_id", required=True),
            secret_access_key=_secret(inner, "secret_access_key", kept_in_aws=False),
            session_token=_secret(inner, "session_token", kept_in_aws=False) if token else None,
        )
    inner.close()
    return result


def _accounts(reader: Fields) -> tuple[tuple[Account, ...], Organization | None]:
    node = reader.require("accounts")
    if isinstance(node, MappingNode) and node.get("from") is not None:
        return (), _organization(node, reader.problems)
    if not isinstance(node, SequenceNode) or not node.items:
        if node is not None:
            help_ = "list accounts, or write {from: organization, read_role: …, write_role: …}"
            wrong(node, reader.problems, "`accounts`", "a list of accounts", help_)
        return (), None
    found: dict[str, Account] = {}
    for item in node.items:
        inner = fields(item, reader.problems, "an account")
        if inner is not None:
            account = _account(inner)
            if account.id in found:
                summary = f"the account {account.id} is there twice"
                reader.problems.add("IRK108", summary, heading(item))
            found[account.id] = account
    return tuple(found.values()), None


def _account(inner: Fields) -> Account:
    node = inner.require("id")
    result = Account(
        id=_account_id(node, inner.problems) if node is not None else "",
        name=inner.text("name"),
        read_role=inner.text("read_role"),
        write_role=inner.text("write_role"),
    )
    inner.close()
    return result


def _organization(node: MappingNode, problems: Problems) -> Organization:
    inner = Fields(node, problems, "`accounts`")
    source = inner.text("from")
    if source != "organization":
        problems.add("IRK105", "`from` can only be `organization`", heading(node))
    excluded = inner.take("except")
    ids = excluded.items if isinstance(excluded, SequenceNode) else ()
    if excluded is not None and not isinstance(excluded, SequenceNode):
        wrong(excluded, problems, "`except`", "a list of account ids")
    management = inner.take("management")
    result = Organization(
        read_role=inner.text("read_role", required=True),
        write_role=inner.text("write_role", required=True),
        exclude=tuple(_account_id(item, problems) for item in ids),
        management=_account_id(management, problems) if management is not None else "",
    )
    inner.close()
    return result


def _account_id(node: Node, problems: Problems) -> str:
    id_ = text(node, problems, "an account id")
    if not _ACCOUNT.fullmatch(id_):
        problems.add(
            "IRK172",
            f"{shown(id_)} is no AWS account id",
            heading(node),
            help='write its 12 digits in quotes: "012345678901"',
        )
    return id_


def _regions(reader: Fields) -> tuple[str, ...]:
    found = reader.texts("regions")
    return () if found == (ALL,) else found


def _depends(reader: Fields) -> bool:
    """Read `depends_on_idp`, where `no` and `yes` are what people write."""
    node = reader.node.get("depends_on_idp")
    if isinstance(node, ScalarNode) and node.value in {"yes", "no"}:
        reader.allow("depends_on_idp")
        return node.value == "yes"
    return reader.boolean("depends_on_idp")


def endpoint(reader: Fields, mode: Mode) -> str:
    """Read AWS's other address: a drill has one, and nothing live has."""
    node = reader.node.get("endpoint_url")
    url = _url(reader, "endpoint_url", mode, required=mode is Mode.DRILL)
    if node is not None and mode is Mode.LIVE:
        reader.problems.add(
            "IRK173",
            "a live connection has no `endpoint_url`",
            heading(node),
            help="remove it, or make this a drill workspace",
        )
    return url


def _url(reader: Fields, key: str, mode: Mode, *, required: bool) -> str:
    url = reader.text(key, required=required)
    node = reader.node.get(key)
    if node is None or not url:
        return url
    host = _host(url)
    if not host:
        reader.problems.add("IRK174", f"{shown(url)} is no URL", heading(node))
    elif mode is Mode.DRILL and not _is_loopback(host):
        reader.problems.add(
            "IRK175",
            "a drill connects to this machine only",
            heading(node),
            label=f"{host} is elsewhere",
            help="start the world with `irkit world up`",
        )
    elif mode is Mode.LIVE and (_is_loopback(host) or not url.startswith("https://")):
        reader.problems.add(
            "IRK176",
            "a live connection needs https and another machine",
            heading(node),
            help="use `mode: drill` for the simulated world",
        )
    return url


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "") if valid else ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(reader: Fields, key: str, *, kept_in_aws: bool = True) -> SecretReference:
    """Read a reference; what AWS itself is entered with cannot be kept in AWS."""
    node = reader.require(key)
    if node is None:
        return _NOTHING
    read = reference if kept_in_aws else reference_here
    return read(node, reader.problems, f"`{key}`") or _NOTHING


def decode_federation(top: Fields) -> tuple[Federation, ...]:
    """Read `federation:`."""
    result = []
    for node in top.sequence("federation"):
        inner = fields(node, top.problems, "a federation")
        if inner is None:
            continue
        accounts = inner.texts("aws")
        result.append(
            Federation(
                okta_app=inner.text("okta_app", required=True),
                saml_provider=inner.text("saml_provider", required=True),
                session_name=inner.text("session_name", "login"),
                accounts=() if accounts == (ALL,) else accounts,
            )
        )
        inner.close()
    return tuple(result)
