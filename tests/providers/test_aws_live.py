"""The connection to AWS: credentials, environment, pages, secrets, and what a reader refuses."""

import base64
import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote

import pytest
from aws_wire import ACCOUNT, SECRET_KEY, answer, caller, connected, refusal, settings
from wire_server import WireServer, http

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import IrkitError
from irkit.model.iam_rights import Right
from irkit.providers.aws.live import AwsConnection
from irkit.providers.aws.reads import is_read
from irkit.providers.aws.settings import Account, Profile
from irkit.providers.call import CallError, Outcome, Purpose
from irkit.secret import MASK, Secret

NEW_SECRET = "theNewKeySecretThatNobodyMaySee"


async def who(connection: AwsConnection) -> JsonObject:
    """Ask who irkit is."""
    return await connection.reader().caller(ACCOUNT)


def assumed(name: str) -> bytes:
    """Return an answer to AssumeRole."""
    return answer(
        "AssumeRole",
        f"<Credentials><AccessKeyId>ASIA{name}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        "<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
        "</Credentials>",
    )


@pytest.fixture
def hostile_environment() -> Iterator[None]:
    """Set every variable that would send calls elsewhere or as somebody else."""
    before = dict(os.environ)
    os.environ.update(
        AWS_ACCESS_KEY_ID="AKIASTRAY00000000000",
        AWS_SECRET_ACCESS_KEY="stray",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_ENDPOINT_URL_STS="http://127.0.0.1:9",
        AWS_PROFILE="stray",
        AWS_DEFAULT_REGION="mars-north-1",
        AWS_USE_FIPS_ENDPOINT="true",
        AWS_CA_BUNDLE="/nowhere",
        AWS_RETRY_MODE="adaptive",
        HTTP_PROXY="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
    )
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.usefixtures("hostile_environment")
def test_nothing_ambient_is_used() -> None:
    """No `AWS_*` variable and no proxy of the environment changes a call."""
    with WireServer(caller()) as server:
        assert connected(server.url, who)["AccessKeyId"] == "AKIAENTRY0000000000X"
    assert "AKIAENTRY0000000000X/" in server.requests[0]
    assert "STRAY" not in server.requests[0]


def test_a_call_names_irkit_and_its_run() -> None:
    """The user agent tells irkit from an intruder in CloudTrail."""
    with WireServer(caller()) as server:
        connected(server.url, who)
    assert "irkit/0.1 run/01TEST" in server.requests[0]


def test_another_account_s_credentials_are_refused() -> None:
    """The credentials' own answer must name the pinned account."""
    with WireServer(caller("999999999999")) as server:
        with pytest.raises(IrkitError, match="999999999999"):
            connected(server.url, who)


def test_an_account_that_is_not_pinned_is_refused_before_anything_is_sent() -> None:
    """There are no credentials for accounts that the workspace does not name."""

    async def elsewhere(connection: AwsConnection) -> JsonObject:
        return await connection.reader().caller("999999999999")

    with WireServer(caller()) as server:
        with pytest.raises(IrkitError, match="IRK521"):
            connected(server.url, elsewhere)
        assert server.sent == 0


def test_reading_and_writing_use_different_roles() -> None:
    """The write role is only assumed for a write, and sessions carry the run's id."""

    async def both(connection: AwsConnection) -> None:
        await connection.reader().call("iam", "get_user", {"UserName": "ci"}, account=ACCOUNT)
        await connection.writer().send("iam", "create_user", {"UserName": "x"}, account=ACCOUNT)

    user = answer("GetUser", "<User><UserName>ci</UserName></User>")
    made = answer("CreateUser", "<User><UserName>x</UserName></User>")
    script = [caller(), assumed("READ"), caller(), user, assumed("WRITE"), caller(), made]
    account = Account(id=ACCOUNT, read_role="irkit-read", write_role="irkit-write")
    with WireServer(*script) as server:
        connected(server.url, both, accounts=(account,))
    first, second = (text for text in server.requests if "Action=AssumeRole" in text)
    assert "role%2Firkit-read" in first
    assert "role%2Firkit-write" in second
    assert "RoleSessionName=irkit-01TEST" in first
    assert "ASIAREAD/" in server.requests[3]
    assert "ASIAWRITE/" in server.requests[6]


def test_a_session_policy_that_packs_too_large_gives_way_to_a_wider_one() -> None:
    """Only STS knows how large a policy packs; what it refuses is tried again with less said."""

    async def write(connection: AwsConnection) -> None:
        rights = (Right(action="iam:CreateUser", on=(f"arn:aws:iam::{ACCOUNT}:user/x",)),)
        writer = connection.writer(Purpose(name="x", rights=rights))
        await writer.send("iam", "create_user", {"UserName": "x"}, account=ACCOUNT)

    made = answer("CreateUser", "<User><UserName>x</UserName></User>")
    large = refusal("400 Bad Request", "PackedPolicyTooLarge")
    script = [caller(), large, large, assumed("WIDE"), caller(), made]
    with WireServer(*script) as server:
        connected(server.url, write, accounts=(Account(id=ACCOUNT, write_role="w"),))
    asked = [unquote(text) for text in server.requests if "Action=AssumeRole" in text]
    resources = [re.search(r'"Resource":(.+?)}', text) for text in asked]
    assert [found[1] for found in resources if found] == [
        f'["arn:aws:iam::{ACCOUNT}:user/x"]',
        f'["arn:aws:iam::{ACCOUNT}:user/*"]',
        '"*"',
    ]


def test_credentials_are_renewed_before_they_end() -> None:
    """A role session with less than five minutes left is not used again."""
    ending = assumed("OLD").replace(b"2099-01-01", b"2020-01-01")

    async def twice(connection: AwsConnection) -> None:
        for _ in range(2):
            await connection.reader().call("iam", "get_user", {"UserName": "c"}, account=ACCOUNT)

    user = answer("GetUser", "<User><UserName>ci</UserName></User>")
    script = [caller(), ending, caller(), user, assumed("NEW"), caller(), user]
    with WireServer(*script) as server:
        connected(server.url, twice, accounts=(Account(id=ACCOUNT, read_role="r"),))
    assert "ASIAOLD/" in server.requests[3]
    assert "ASIANEW/" in server.requests[6]


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("iam", "put_user_policy"),
        ("iam", "delete_user"),
        ("sts", "get_session_token"),
        ("sts", "assume_role"),
        ("secretsmanager", "get_secret_value"),
        ("ec2", "run_instances"),
        ("iam", "generate_credential_report"),
    ],
)
def test_a_reader_sends_nothing_that_is_not_a_read(service: str, operation: str) -> None:
    """What changes anything, or hands out a secret, stops in the reader."""

    async def misuse(connection: AwsConnection) -> None:
        await connection.reader().call(service, operation, {}, account=ACCOUNT)

    with WireServer(caller()) as server:
        with pytest.raises(CallError, match="IRK527"):
            connected(server.url, misuse)
        assert server.sent == 0


def test_reads_are_known_by_name() -> None:
    """Everything the actions read with is a read."""
    for service, operation in (
        ("iam", "list_access_keys"),
        ("ec2", "describe_regions"),
        ("cloudtrail", "lookup_events"),
        ("iam", "simulate_principal_policy"),
        ("s3", "head_bucket"),
        ("logs", "filter_log_events"),
    ):
        assert is_read(service, operation)


def test_secrets_of_a_result_come_back_apart() -> None:
    """The body that may be recorded holds a mask where the secret was."""
    made = answer(
        "CreateAccessKey",
        "<AccessKey><UserName>ci</UserName><AccessKeyId>AKIANEW</AccessKeyId>"
        f"<SecretAccessKey>{NEW_SECRET}</SecretAccessKey></AccessKey>",
    )

    async def create(connection: AwsConnection) -> tuple[Json, str]:
        reply, secrets = await connection.writer().send(
            "iam",
            "create_access_key",
            {"UserName": "ci"},
            account=ACCOUNT,
            secrets=("AccessKey.SecretAccessKey", "Not.There"),
        )
        assert set(secrets) == {"AccessKey.SecretAccessKey"}
        return reply.body, secrets["AccessKey.SecretAccessKey"].reveal()

    with WireServer(caller(), made) as server:
        body, secret = connected(server.url, create)
    assert secret == NEW_SECRET
    assert body == {
        "AccessKey": {"UserName": "ci", "AccessKeyId": "AKIANEW", "SecretAccessKey": MASK}
    }


def test_a_secret_parameter_is_sent_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    """An error message that repeats the secret, and every logger, show a mask at most."""

    async def put(connection: AwsConnection) -> None:
        await connection.writer().send(
            "iam",
            "update_login_profile",
            {"UserName": "ci", "Password": Secret(NEW_SECRET)},
            account=ACCOUNT,
        )

    script = refusal("400 Bad Request", "PasswordPolicyViolation", f"{NEW_SECRET} is weak")
    with caplog.at_level(logging.DEBUG), WireServer(caller(), script) as server:
        with pytest.raises(CallError) as caught:
            connected(server.url, put)
    assert NEW_SECRET in server.requests[1]
    assert NEW_SECRET not in str(caught.value)
    assert NEW_SECRET not in caplog.text
    assert SECRET_KEY not in caplog.text
    assert SECRET_KEY not in repr(settings(server.url))


@pytest.mark.parametrize(
    "body",
    [
        {"SecretString": NEW_SECRET},
        {"SecretBinary": base64.b64encode(NEW_SECRET.encode()).decode()},
    ],
)
def test_a_secret_is_read_with_a_session_that_can_do_nothing_else(
    body: JsonObject, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the reading role may do besides; text and bytes alike, and never logged."""

    async def fetch(connection: AwsConnection) -> bytes:
        return await connection.secrets().value("okta", account=ACCOUNT, region="eu-west-1")

    account = Account(id=ACCOUNT, read_role="irkit-read", write_role="irkit-write")
    script = [caller(), assumed("READ"), caller(), http("200 OK", json.dumps(body))]
    with caplog.at_level(logging.DEBUG), WireServer(*script) as server:
        assert connected(server.url, fetch, accounts=(account,)) == NEW_SECRET.encode()
    form = parse_qs(server.requests[1].rpartition("\r\n")[2])
    (statement,) = json.loads(form["Policy"][0])["Statement"]
    assert statement["Action"] == ["kms:Decrypt", "secretsmanager:GetSecretValue"]
    assert "/eu-west-1/secretsmanager/" in server.requests[3]
    assert NEW_SECRET not in caplog.text


def users(name: str, marker: str = "", truncated: str = "false") -> bytes:
    """Return a page of users."""
    tail = f"<Marker>{marker}</Marker>" if marker else ""
    return answer(
        "ListUsers",
        f"<Users><member><UserName>{name}</UserName></member></Users>"
        f"<IsTruncated>{truncated}</IsTruncated>{tail}",
    )


async def list_users(connection: AwsConnection) -> int:
    """Count all pages of users."""
    pages = 0
    async for _ in connection.reader().pages("iam", "list_users", account=ACCOUNT):
        pages += 1
    return pages


def test_all_pages_are_read() -> None:
    """Markers are followed to the end."""
    with WireServer(caller(), users("a", "m1", "true"), users("b", "m2", "true"), users("c")) as s:
        assert connected(s.url, list_users) == 3
    assert "Marker=m2" in s.requests[3]


@pytest.mark.parametrize(
    "script",
    [
        [users("a", "m1", "true"), users("b", "m1", "true")],
        [users("a", "", "true")],
        [users("a", "m1", "true"), http("503 Oops")],
    ],
)
def test_pages_that_do_not_end_well_are_an_error(script: list[bytes]) -> None:
    """A cursor that repeats, one that is missing, and a failing page: never a shorter list."""
    with WireServer(caller(), *script) as server, pytest.raises(CallError):
        connected(server.url, list_users)


def test_a_write_stopped_before_sending_does_not_leave() -> None:
    """`before_send` has the last word."""

    class LeaseLostError(Exception):
        pass

    def stop() -> None:
        raise LeaseLostError

    async def write(connection: AwsConnection) -> None:
        await connection.writer().send("iam", "create_user", {"UserName": "x"}, account=ACCOUNT)

    with WireServer(caller()) as server:
        with pytest.raises(LeaseLostError):
            connected(server.url, write, before_send=stop)
        assert server.sent == 1


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home directory with one profile."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = AKIADEFAULT000000000\naws_secret_access_key = d\n"
        "[breakglass]\naws_access_key_id = AKIAPROFILE000000000\naws_secret_access_key = p\n"
    )
    before = os.environ.get("HOME", "")
    os.environ["HOME"] = str(tmp_path)
    yield tmp_path
    os.environ["HOME"] = before


@pytest.mark.usefixtures("home", "hostile_environment")
def test_the_named_profile_is_used_and_no_other() -> None:
    """A profile is the one thing read from the machine, because it was named."""
    with WireServer(caller()) as server:
        found = connected(server.url, who, source=Profile(name="breakglass"))
    assert found["AccessKeyId"] == "AKIAPROFILE000000000"


def test_a_profile_without_credentials_is_said() -> None:
    """A missing profile is a diagnostic with the command to try."""
    with pytest.raises(IrkitError, match="IRK530"):
        connected("http://127.0.0.1:9", who, source=Profile(name="no-such-profile-here"))


@pytest.mark.parametrize(
    "accounts",
    [(), (Account(id="12345"),), (Account(id=ACCOUNT), Account(id=ACCOUNT))],
)
def test_accounts_must_be_pinned_properly(accounts: tuple[Account, ...]) -> None:
    """No account, a mangled id and one given twice are refused before anything is sent."""
    with pytest.raises(IrkitError, match="IRK520"):
        settings("http://127.0.0.1:9", accounts=accounts).checked()


def test_the_clock_is_aws_s_and_never_early() -> None:
    """A cut-off made from it lies at or after AWS's present second."""
    ahead = answer(
        "GetUser",
        "<User><UserName>ci</UserName></User>",
        ("Date", "Tue, 24 Nov 2099 03:00:00 GMT"),
    )

    async def now(connection: AwsConnection) -> str:
        reader = connection.reader()
        await reader.call("iam", "get_user", {"UserName": "ci"}, account=ACCOUNT)
        return reader.now().isoformat()

    with WireServer(caller(), ahead) as server:
        assert connected(server.url, now) in {
            "2099-11-24T03:00:01+00:00",
            "2099-11-24T03:00:02+00:00",
        }


def test_an_unknown_outcome_is_not_definite() -> None:
    """Only what certainly had no effect may be sent again without a look."""
    assert not Outcome.UNKNOWN.definite
    assert not Outcome.SUSPICIOUS.definite
    assert Outcome.NOT_SENT.definite
