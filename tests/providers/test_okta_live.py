"""The connection to a real org: what goes over the wire, and what never leaves the process."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from okta_wire import ORG, TOKEN, connected, settings
from wire_server import WireServer, http

from irkit.diagnostics import IrkitError
from irkit.providers.call import CallError, Outcome, Reply
from irkit.providers.okta.live import OktaConnection
from irkit.providers.okta.settings import PrivateKey
from irkit.secret import Secret

USER = http("200 OK", '{"id":"00u1","score":0.5}', headers=[("x-okta-request-id", "r7")])


async def get_user(connection: OktaConnection) -> Reply:
    """Send a read."""
    return await connection.reader().get("/api/v1/users/00u1", {"a": "b c"})


@pytest.fixture
def hostile_environment(tmp_path: Path) -> Iterator[None]:
    """Stand in a directory with an `okta.yaml`, under variables that would change everything."""
    (tmp_path / "okta.yaml").write_text(
        "okta:\n  client:\n    orgUrl: https://evil.example\n"
        "    proxy: {host: evil.example, port: 8080}\n"
    )
    before, directory = dict(os.environ), Path.cwd()
    os.environ.update(
        HTTP_PROXY="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
        OKTA_CLIENT_ORGURL="https://evil.example",
        OKTA_CLIENT_TOKEN="stray",
        OKTA_CLIENT_REQUESTTIMEOUT="5",
    )
    os.chdir(tmp_path)
    yield
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.usefixtures("hostile_environment")
def test_nothing_ambient_is_used() -> None:
    """Neither `okta.yaml` nor variables nor proxies of the environment change a call."""
    with WireServer(USER) as server:
        reply = connected(server.url, get_user)
    assert reply.status == 200
    assert "stray" not in server.requests[0]


def test_a_call_names_irkit_its_run_and_its_token() -> None:
    """The user agent tells irkit from an intruder; the token is sent as SSWS."""
    with WireServer(USER) as server:
        reply = connected(server.url, get_user)
    head = server.requests[0]
    assert "irkit/0.1 run/01TEST" in head
    assert f"Authorization: SSWS {TOKEN}" in head
    assert head.startswith("GET /api/v1/users/00u1?a=b+c HTTP/1.1")
    assert reply.request_id == "r7"


def test_numbers_with_fractions_become_text() -> None:
    """A float has no canonical form, so it stays the text Okta sent."""
    with WireServer(USER) as server:
        reply = connected(server.url, get_user)
    assert reply.body == {"id": "00u1", "score": "0.5"}


def test_an_empty_list_in_a_body_is_sent() -> None:
    """The SDK would drop empty values, so that an empty list could not be restored."""

    async def put(connection: OktaConnection) -> Reply:
        return await connection.writer().send("PUT", "/api/v1/zones/1", body={"gateways": []})

    with WireServer(http("200 OK", "{}")) as server:
        connected(server.url, put)
    assert json.loads(server.requests[0].partition("\r\n\r\n")[2]) == {"gateways": []}


def test_the_token_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level no logger says the token."""
    with caplog.at_level(logging.DEBUG), WireServer(http("500 Oops", "no")) as server:
        with pytest.raises(CallError) as caught:
            connected(server.url, get_user)
    assert TOKEN not in caplog.text
    assert TOKEN not in str(caught.value)
    assert TOKEN not in repr(settings(server.url))


def test_plain_http_is_for_loopback_only() -> None:
    """A token is not sent in the clear to another machine."""
    for url in ("http://acme.okta.com", "https://acme.okta.com/path", "ftp://127.0.0.1", "acme"):
        with pytest.raises(IrkitError, match="IRK501"):
            settings(url).checked()
    assert settings("https://acme.okta.com").checked().origin == "https://acme.okta.com"


def test_a_write_stopped_before_sending_does_not_leave() -> None:
    """`before_send` has the last word."""

    class LeaseLostError(Exception):
        pass

    def stop() -> None:
        raise LeaseLostError

    async def suspend(connection: OktaConnection) -> Reply:
        return await connection.writer().send("POST", "/api/v1/users/00u1/lifecycle/suspend")

    with WireServer(http("200 OK", "{}")) as server:
        with pytest.raises(LeaseLostError):
            connected(server.url, suspend, before_send=stop)
        assert server.sent == 0


def test_the_pinned_org_is_accepted_and_another_one_refused() -> None:
    """The org itself says its id; a wrong one stops everything."""

    async def check(connection: OktaConnection) -> str:
        return await connection.check_tenant()

    with WireServer(http("200 OK", json.dumps({"id": ORG}))) as server:
        assert connected(server.url, check) == ORG
    with WireServer(http("200 OK", '{"id":"00oOther"}')) as server:
        with pytest.raises(IrkitError, match="00oOther"):
            connected(server.url, check)


def private_key() -> PrivateKey:
    """Return the credentials of a service app."""
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return PrivateKey(
        client_id="0oa1", key=Secret(pem.decode()), key_id="k1", scopes=("okta.users.read",)
    )


def test_a_service_app_fetches_one_token_for_many_calls() -> None:
    """The private key buys a token, which is used until it ends."""
    token = http("200 OK", '{"access_token":"at-1","token_type":"Bearer","expires_in":3600}')

    async def twice(connection: OktaConnection) -> Reply:
        await get_user(connection)
        return await get_user(connection)

    with WireServer(token, USER) as server:
        connected(server.url, twice, auth=private_key())
    assert [line.split()[1].partition("?")[0] for line in server.requests] == [
        "/oauth2/v1/token",
        "/api/v1/users/00u1",
        "/api/v1/users/00u1",
    ]
    assert "Authorization: Bearer at-1" in server.requests[1]
    assert "scope=okta.users.read" in server.requests[0]


def test_a_bound_token_is_proven_with_each_call() -> None:
    """With DPoP every call carries a proof that the token is not just copied."""
    token = http("200 OK", '{"access_token":"at-1","token_type":"DPoP","expires_in":3600}')
    with WireServer(token, USER) as server:
        connected(server.url, get_user, auth=replace(private_key(), dpop=True))
    assert "Authorization: DPoP at-1" in server.requests[1]
    assert "DPoP: " in server.requests[1].replace("Authorization: DPoP", "")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (http("401 Unauthorized", '{"error":"invalid_client"}'), Outcome.REJECTED),
        (http("503 Service Unavailable"), Outcome.NOT_SENT),
        (http("200 OK", "<html>", content_type="text/html"), Outcome.NOT_SENT),
    ],
)
def test_without_a_token_a_write_was_not_sent(answer: bytes, outcome: Outcome) -> None:
    """A call that could not be authorised had no effect, and says so."""

    async def suspend(connection: OktaConnection) -> Reply:
        return await connection.writer().send("POST", "/api/v1/users/00u1/lifecycle/suspend")

    with WireServer(answer) as server:
        with pytest.raises(CallError) as caught:
            connected(server.url, suspend, auth=private_key())
        assert server.sent == 1
    assert caught.value.outcome is outcome
    assert caught.value.outcome.definite


def test_the_owner_of_the_token_is_known() -> None:
    """A run knows whose token it works with, so that it cannot suspend its owner."""
    me = http("200 OK", '{"id":"00u9","profile":{"login":"irkit@acme.example"}}')
    current = http("200 OK", '{"id":"00T1","name":"irkit"}')

    async def caller(connection: OktaConnection) -> object:
        return await connection.reader().caller()

    with WireServer(me, current) as server:
        assert connected(server.url, caller) == {
            "user_id": "00u9",
            "login": "irkit@acme.example",
            "token_id": "00T1",
            "token_name": "irkit",
        }
