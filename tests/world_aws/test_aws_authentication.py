"""Who is let in: keys, signatures, session tokens, expiry, with the error codes AWS uses."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from aws_harness import PROD, Aws, Key, code_of


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("iam", lambda client: client.list_users(), "InvalidClientTokenId"),
        ("ec2", lambda client: client.describe_instances(), "AuthFailure"),
        ("s3", lambda client: client.list_buckets(), "InvalidAccessKeyId"),
        ("secretsmanager", lambda client: client.list_secrets(), "UnrecognizedClientException"),
        ("lambda", lambda client: client.list_functions(), "UnrecognizedClientException"),
    ],
)
def test_unknown_key_is_refused_in_the_services_own_words(
    shared: Aws, service: str, call: Any, code: str
) -> None:
    """Each service has its own code for a key nobody has."""
    client = shared.client(service, Key("AKIAAAAAAAAAAAAAAAAA", "secret"))
    assert code_of(lambda: call(client)) == code


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("iam", lambda client: client.list_users(), "SignatureDoesNotMatch"),
        ("ec2", lambda client: client.describe_instances(), "AuthFailure"),
        ("s3", lambda client: client.list_buckets(), "SignatureDoesNotMatch"),
        ("secretsmanager", lambda client: client.list_secrets(), "InvalidSignatureException"),
    ],
)
def test_wrong_secret_is_refused(shared: Aws, service: str, call: Any, code: str) -> None:
    """A signature made with another secret does not pass."""
    client = shared.client(service, Key(shared.ci.id, "wrong"))
    assert code_of(lambda: call(client)) == code


def test_signature_covers_query_path_and_body(shared: Aws) -> None:
    """Requests of every protocol pass the signature check when they are honest."""
    key = shared.make_user("signer")
    s3 = shared.client("s3", key)
    s3.create_bucket(Bucket="signed-things")
    s3.put_object(Bucket="signed-things", Key="a b/ü+~.txt", Body=b"x")
    assert s3.list_objects_v2(Bucket="signed-things", Prefix="a b/")["KeyCount"] == 1
    assert s3.get_object(Bucket="signed-things", Key="a b/ü+~.txt")["Body"].read() == b"x"
    functions = shared.client("lambda", key)
    assert functions.get_function(FunctionName="orders-api")["Configuration"]["FunctionName"]


def test_inactive_key_is_refused_and_works_again_when_active(aws: Aws) -> None:
    """Deactivation is felt at once, and can be undone."""
    admin = aws.client("iam", aws.admin())
    key = aws.make_user("svc-a")
    mine = aws.client("s3", key)
    assert code_of(mine.list_buckets) == "ok"
    admin.update_access_key(UserName="svc-a", AccessKeyId=key.id, Status="Inactive")
    assert code_of(mine.list_buckets) == "InvalidAccessKeyId"
    admin.update_access_key(UserName="svc-a", AccessKeyId=key.id, Status="Active")
    assert code_of(mine.list_buckets) == "ok"


def test_deleted_key_is_refused(aws: Aws) -> None:
    """A deleted key is unknown."""
    key = aws.make_user("svc-a")
    aws.client("iam", aws.admin()).delete_access_key(UserName="svc-a", AccessKeyId=key.id)
    assert code_of(aws.client("iam", key).list_users) == "InvalidClientTokenId"


def test_session_needs_its_own_token(shared: Aws) -> None:
    """A temporary key without its token, or with another's, is refused."""
    session = shared.assume(shared.breakglass, shared.role("irkit-read"))
    other = shared.assume(shared.breakglass, shared.role("irkit-read"))
    for token in (None, other.token, "x"):
        client = shared.client("iam", Key(session.id, session.secret, token))
        assert code_of(client.list_users) == "InvalidClientTokenId"


def test_session_expires(aws: Aws) -> None:
    """A session ends when its time is over, and not before."""
    session = aws.assume(aws.breakglass, aws.role("irkit-read"), DurationSeconds=900)
    iam, s3 = aws.client("iam", session), aws.client("s3", session)
    aws.clock.advance(899)
    assert code_of(iam.list_users) == "ok"
    aws.clock.advance(1)
    assert code_of(iam.list_users) == "ExpiredToken"
    assert code_of(s3.list_buckets) == "ExpiredToken"


def test_session_dies_with_its_role(aws: Aws) -> None:
    """When the role is gone, its sessions are worth nothing, also if it is made again."""
    trust: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": PROD}, "Action": "sts:AssumeRole"}],
    }
    arn = aws.make_role("Brief", trust)
    session = aws.assume(aws.make_user("visitor"), arn)
    assert code_of(aws.client("iam", session).list_users) == "ok"
    with aws.simulator.cloud.moto:
        iam = aws.simulator.cloud.iam(PROD)
        iam.delete_role_policy("Brief", "own")
        iam.delete_role("Brief")
    assert code_of(aws.client("iam", session).list_users) == "InvalidClientTokenId"
    aws.make_role("Brief", trust)
    assert code_of(aws.client("iam", session).list_users) == "InvalidClientTokenId"


def test_every_answer_has_one_date_from_the_worlds_clock(shared: Aws) -> None:
    """Cut-off times are taken from the `Date` header."""
    iam = shared.client("iam", shared.ci)
    answer = shared.client("sts", shared.ci).get_caller_identity()
    assert answer["ResponseMetadata"]["HTTPHeaders"]["date"] == "Tue, 24 Nov 2026 03:00:00 GMT"
    assert code_of(iam.list_users) == "AccessDenied"


def test_marker_names_the_world(shared: Aws) -> None:
    """Drill connections ask what they talk to before they act."""
    with urlopen(f"{shared.simulator.url}/irkit-world") as answer:
        marker = json.load(answer)
    assert marker["irkit_world"] == 1
    assert marker["provider"] == "aws"
    assert [account["name"] for account in marker["accounts"]] == [
        "acme-prod",
        "acme-data",
        "acme-sandbox",
    ]


def test_unknown_services_and_operations_get_an_error_of_ours(shared: Aws) -> None:
    """What is not simulated is refused here and never sought at the real AWS."""
    key = shared.make_user("explorer")
    assert code_of(lambda: shared.client("lightsail", key).get_instances()) == "NotImplemented"
    detector = shared.client("guardduty", key)
    assert code_of(lambda: detector.list_findings(DetectorId="d" * 32)) == "NotImplemented"


@pytest.mark.parametrize("path", ["/moto-api/reset", "/latest/meta-data/", "/favicon.ico"])
def test_motos_back_doors_are_closed(shared: Aws, path: str) -> None:
    """Nobody resets the world or reads instance credentials over HTTP."""
    with pytest.raises(HTTPError, match="404") as caught:
        urlopen(f"{shared.simulator.url}{path}")
    caught.value.close()


def test_unsigned_request_is_refused(shared: Aws) -> None:
    """A request without signature is no AWS call."""
    with pytest.raises(HTTPError, match="403") as caught:
        urlopen(f"{shared.simulator.url}/?Action=ListUsers")
    assert b"MissingAuthenticationToken" in caught.value.read()
    caught.value.close()
