"""Trying an AWS credential: harmless calls, and what their answers mean.

Not `GetCallerIdentity`: AWS answers that even to a principal that is denied everything.
"""

from typing import Final

from irkit.world.aws_query import AwsAsker, AwsKey, ask, element
from irkit.world.probing import USER_AGENT, Reply, SeatState

_OK: Final = 200
_ANSWERS: Final = {
    "s3:ListBuckets": b"<ListAllMyBucketsResult",
    "ec2:DescribeInstances": b"<DescribeInstancesResponse",
    "iam:ListUsers": b"<ListUsersResponse",
    "sts:AssumeRole": b"<AssumeRoleResponse",
}
_REFUSED: Final = frozenset(
    {
        "AccessDenied",
        "AuthFailure",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnauthorizedOperation",
    }
)


def ask_aws(url: str, key: AwsKey, call: str) -> SeatState:
    """Make one call with `key`: `s3:ListBuckets`, or `sts:AssumeRole ROLE_ARN` for a trust."""
    name, _, role = call.partition(" ")
    service, _, action = name.partition(":")
    params = {"RoleArn": role, "RoleSessionName": "seat-probe"} if role else {}
    asker = AwsAsker(url=url, headers={"User-Agent": USER_AGENT})
    return _verdict(ask(asker, key, service, action, **params), _ANSWERS[name])


def _verdict(reply: Reply | None, answer: bytes) -> SeatState:
    if reply is None:
        return SeatState.UNKNOWN
    if reply.status == _OK and answer in reply.body:
        return SeatState.ALIVE
    return SeatState.DEAD if element(reply, "Code") in _REFUSED else SeatState.UNKNOWN
