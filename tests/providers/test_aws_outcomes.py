"""Every answer an AWS call can get, and the outcome it must have."""

from collections.abc import Callable

import pytest
from aws_wire import ACCOUNT, answer, caller, connected, refusal
from wire_server import Script, WireServer, hang, http, reset, truncated

from irkit.providers.aws.live import AwsConnection
from irkit.providers.aws.outcomes import said_no
from irkit.providers.call import CallError, Outcome, Reply
from irkit.providers.retry import Patience

HTML = "<html>Sign in</html>"


async def put(connection: AwsConnection) -> Reply:
    """Send a write."""
    reply, _ = await connection.writer().send(
        "iam",
        "put_user_policy",
        {"UserName": "ci", "PolicyName": "p", "PolicyDocument": "{}"},
        account=ACCOUNT,
    )
    return reply


async def get(connection: AwsConnection) -> Reply:
    """Send a read."""
    return await connection.reader().call("iam", "get_user", {"UserName": "ci"}, account=ACCOUNT)


@pytest.mark.parametrize("work", [put, get])
@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (refusal("403 Forbidden", "AccessDenied"), Outcome.REJECTED),
        (refusal("404 Not Found", "NoSuchEntity"), Outcome.REJECTED),
        (refusal("400 Bad Request", "MalformedPolicyDocument"), Outcome.REJECTED),
        (refusal("400 Bad Request", "Throttling"), Outcome.THROTTLED),
        (refusal("503 Slow", "RequestLimitExceeded"), Outcome.THROTTLED),
        (refusal("409 Conflict", "ConcurrentModification"), Outcome.THROTTLED),
        (refusal("500 Internal", "ResourceContention"), Outcome.THROTTLED),
        (refusal("500 Internal", "ServiceFailure"), Outcome.UNKNOWN),
        (http("503 Service Unavailable"), Outcome.UNKNOWN),
        (http("200 OK", "<half"), Outcome.UNKNOWN),
        (reset, Outcome.UNKNOWN),
        (truncated, Outcome.UNKNOWN),
        (hang, Outcome.UNKNOWN),
    ],
)
def test_no_failure_is_a_success(
    script: Script, outcome: Outcome, work: Callable[[AwsConnection], object]
) -> None:
    """Each fault, on a read and on a write, has its one outcome and is never a reply."""
    with WireServer(caller(), script) as server:
        with pytest.raises(CallError) as caught:
            connected(server.url, work)  # type: ignore[arg-type]
        assert server.sent == 2
    assert caught.value.outcome is outcome


@pytest.mark.parametrize(
    "script",
    [
        http("200 OK", HTML, content_type="text/html"),
        http("200 OK", HTML, content_type="text/xml"),
        http("200 OK", ""),
        http("200 OK", "{}"),
    ],
)
def test_a_write_is_made_only_if_aws_says_so(script: bytes) -> None:
    """The SDK takes any 200 for the success of an operation without a result; irkit does not."""
    with WireServer(caller(), script) as server, pytest.raises(CallError) as caught:
        connected(server.url, put)
    assert caught.value.outcome in {Outcome.SUSPICIOUS, Outcome.UNKNOWN}


def test_a_redirect_is_neither_followed_nor_an_answer() -> None:
    """A 302 to a login page is something else than AWS, and settles nothing."""
    script = http("302 Found", headers=[("Location", "http://127.0.0.1:9/login")])
    with WireServer(caller(), script) as server, pytest.raises(CallError) as caught:
        connected(server.url, put)
    assert caught.value.outcome is Outcome.UNKNOWN


def test_a_refused_connection_was_never_sent() -> None:
    """A write to a port nobody listens on may be sent again."""
    with WireServer(caller()) as server:
        url = server.url
    with pytest.raises(CallError) as caught:
        connected(url, put)
    assert caught.value.outcome is Outcome.NOT_SENT


def test_a_call_with_wrong_parameters_was_never_sent() -> None:
    """The SDK's own check comes before anything leaves."""

    async def wrong(connection: AwsConnection) -> Reply:
        return await connection.reader().call("iam", "get_user", {"Nobody": 1}, account=ACCOUNT)

    with WireServer(caller()) as server:
        with pytest.raises(CallError) as caught:
            connected(server.url, wrong)
        assert server.sent == 1
    assert caught.value.outcome is Outcome.NOT_SENT


def test_a_throttled_read_is_asked_again_and_a_write_is_not() -> None:
    """Repeating a write is the engine's decision."""
    throttled = refusal("400 Bad Request", "Throttling")
    user = answer("GetUser", "<User><UserName>ci</UserName></User>")
    with WireServer(caller(), throttled, user) as server:
        reply = connected(server.url, get, patience=Patience(attempts=2))
    assert reply.body == {"User": {"UserName": "ci"}}
    with WireServer(caller(), throttled, user) as server:
        with pytest.raises(CallError):
            connected(server.url, put, patience=Patience(attempts=2))
        assert server.sent == 2


def test_aws_s_error_code_and_request_id_are_kept() -> None:
    """What AWS said is in the error, for the trail."""
    script = refusal("403 Forbidden", "AccessDenied", "not for you")
    with WireServer(caller(), script) as server, pytest.raises(CallError) as caught:
        connected(server.url, put)
    error = caught.value
    assert (error.error, error.request_id, error.status) == ("AccessDenied", "req-9", 403)
    assert "not for you" in error.diagnostics[0].summary


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, "ThrottlingException", Outcome.THROTTLED),
        (429, "Whatever", Outcome.THROTTLED),
        (400, "LimitExceeded", Outcome.REJECTED),
        (500, "InternalFailure", Outcome.UNKNOWN),
        (301, "301", Outcome.SUSPICIOUS),
        (0, "", Outcome.SUSPICIOUS),
    ],
)
def test_error_codes_decide_before_statuses(status: int, code: str, outcome: Outcome) -> None:
    """Throttling has many names and statuses; a quota is no throttling."""
    assert said_no("`x`", code, "m", status=status, request_id="").outcome is outcome


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("UnauthorizedOperation", "You may not.", "You may not. (this takes ec2:DescribeRegions)"),
        ("AccessDenied", "no ec2:DescribeRegions for you", "no ec2:DescribeRegions for you"),
        ("InvalidParameterValue", "no such thing", "no such thing"),
        (
            "UnauthorizedOperation",
            "X is not authorized to perform: ec2:CreateTags on resource: *",
            "X is not authorized to perform: ec2:CreateTags on resource: *",
        ),
    ],
)
def test_a_refusal_names_the_right_it_takes(code: str, message: str, said: str) -> None:
    """EC2 does not say what it wanted; whoever has to grant it must not have to guess."""
    error = said_no(
        "`ec2:describe_regions`",
        code,
        message,
        status=403,
        request_id="r",
        right="ec2:DescribeRegions",
    )
    assert error.diagnostics[0].summary.endswith(f"{code}: {said}")
