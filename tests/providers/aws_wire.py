"""A connection to a scripted AWS, for tests of the AWS transport."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import anyio
from wire_server import http

from irkit.clock import system_clock
from irkit.providers.aws.live import AwsConnection
from irkit.providers.aws.settings import Account, AwsSettings, StaticKeys
from irkit.providers.call import BeforeSend
from irkit.providers.retry import Patience
from irkit.secret import Secret

T = TypeVar("T")

ACCOUNT = "111122223333"
SECRET_KEY = "wJalrXUtnFEMIsecretThatNobodyMaySee"
ONCE = Patience(attempts=1, first_pause=0.0)


def answer(operation: str, result: str, *headers: tuple[str, str]) -> bytes:
    """Return an answer in AWS's query protocol."""
    body = (
        f"<{operation}Response><{operation}Result>{result}</{operation}Result>"
        f"<ResponseMetadata><RequestId>req-{operation}</RequestId></ResponseMetadata>"
        f"</{operation}Response>"
    )
    return http("200 OK", body, headers, "text/xml")


def refusal(status: str, code: str, message: str = "no") -> bytes:
    """Return an error in AWS's query protocol."""
    body = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
        f"<Message>{message}</Message></Error><RequestId>req-9</RequestId></ErrorResponse>"
    )
    return http(status, body, content_type="text/xml")


def caller(account: str = ACCOUNT) -> bytes:
    """Return an answer to GetCallerIdentity."""
    return answer(
        "GetCallerIdentity",
        f"<Arn>arn:aws:iam::{account}:user/entry</Arn><UserId>AIDAENTRY</UserId>"
        f"<Account>{account}</Account>",
    )


def settings(url: str, **changes: Any) -> AwsSettings:
    """Return settings for the scripted AWS."""
    base = AwsSettings(
        source=StaticKeys(key_id="AKIAENTRY0000000000X", secret_key=Secret(SECRET_KEY)),
        accounts=(Account(id=ACCOUNT),),
        endpoint_url=url,
        user_agent="irkit/0.1 run/01TEST",
        session_name="irkit-01TEST",
        connect_timeout=0.5,
        read_timeout=0.5,
    )
    return replace(base, **changes)


def connected(
    url: str,
    work: Callable[[AwsConnection], Awaitable[T]],
    *,
    patience: Patience = ONCE,
    before_send: BeforeSend | None = None,
    **changes: Any,
) -> T:
    """Do `work` with a connection to `url`."""

    async def main() -> T:
        async with AwsConnection.open(
            settings(url, **changes),
            clock=system_clock,
            before_send=before_send,
            patience=patience,
        ) as connection:
            return await work(connection)

    return anyio.run(main)
