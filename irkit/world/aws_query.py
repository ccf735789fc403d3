"""A minimal AWS client: one signed call of the query protocol, without a service description.

For seat probes, which another process makes, and for the planted intruder. It starts in no time
and retries nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from irkit.secret import Secret
from irkit.world.probing import Reply, exchange

REGION: Final = "us-east-1"
_FORM: Final = "application/x-www-form-urlencoded; charset=utf-8"
_VERSIONS: Final = {"ec2": "2016-11-15", "iam": "2010-05-08", "sts": "2011-06-15"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsKey:
    """An access key, with its session token if it is temporary. The id is no secret."""

    id: str
    secret: Secret
    token: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAsker:
    """Where to send calls, and how to look while doing so."""

    url: str
    headers: Mapping[str, str]
    region: str = REGION


def ask(
    asker: AwsAsker, key: AwsKey | None, service: str, action: str, **params: str
) -> Reply | None:
    """Make one call; without a key it is unsigned. None if there was no answer.

    S3 has no query protocol: `ListBuckets` is all there is.
    """
    body = b""
    if service != "s3":
        form = {"Action": action, "Version": _VERSIONS[service], **params}
        body = urlencode(form).encode()
    request = AWSRequest(
        "POST" if body else "GET",
        f"{asker.url}/",
        headers={"Content-Type": _FORM} if body else {},
        data=body,
    )
    if key is not None:
        token = key.token.reveal() if key.token else None
        signer = S3SigV4Auth if service == "s3" else SigV4Auth
        credentials = Credentials(key.id, key.secret.reveal(), token)
        signer(credentials, service, asker.region).add_auth(request)
    headers = {**dict(request.headers.items()), **asker.headers}
    return exchange(asker.url, request.method, "/", headers, body)


def element(reply: Reply, name: str) -> str:
    """Return the text of the first element called `name`, empty if there is none."""
    found = re.search(f"<{name}>([^<]*)</{name}>", reply.body.decode())
    return found[1] if found else ""


def credentials_in(reply: Reply) -> AwsKey:
    """Return the credentials that an answer of STS or CreateAccessKey carries."""
    token = element(reply, "SessionToken")
    return AwsKey(
        id=element(reply, "AccessKeyId"),
        secret=Secret(element(reply, "SecretAccessKey")),
        token=Secret(token) if token else None,
    )
