"""Reading the values of secrets, for irkit's own use: the one read that a reader refuses.

Its answer never becomes a reply, which may be recorded. The session is reduced to what reading a
secret takes, whatever the role may do besides.
"""

from typing import Final

from irkit.model.iam_rights import everywhere
from irkit.providers.aws.backend import Entry, Operation
from irkit.providers.aws.connection import AwsCalls, bucket_of
from irkit.providers.aws.outcomes import went_wrong
from irkit.providers.call import Outcome
from irkit.providers.retry import repeat_read

RIGHTS: Final = ("secretsmanager:GetSecretValue", "kms:Decrypt")
"""What it takes; the second only where the secret is encrypted with a key of one's own."""


class SecretReader:
    """Reads the current values of secrets with the reading role of their account."""

    def __init__(self, calls: AwsCalls) -> None:
        """Read through `calls`."""
        self._calls = calls

    async def value(self, secret: str, *, account: str, region: str) -> bytes:
        """Return what is kept under a name or ARN; hand it to `Secret` and to nothing else.

        Raises:
            IrkitError: if the account is not pinned, or the credentials are another account's.
            CallError: for every outcome that is not `ok`, after the retries a read may have.
        """
        asked = Operation(
            service="secretsmanager",
            name="get_secret_value",
            region=region,
            parameters={"SecretId": secret},
        )
        entry = Entry(account=account, rights=everywhere(RIGHTS))

        async def once() -> bytes:
            match (await self._calls.once(asked, entry)).result:
                case {"SecretString": str() as text}:
                    return text.encode()
                case {"SecretBinary": bytes() as data}:
                    return data
            raise went_wrong(asked.title, Outcome.SUSPICIOUS, "it holds no secret")

        return await repeat_read(
            once,
            limits=self._calls.limits,
            bucket=bucket_of(asked, entry),
            patience=self._calls.patience,
        )
