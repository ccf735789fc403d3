"""Signing with an Ed25519 key that never leaves KMS, for irkit's own use.

`ED25519_SHA_512` over a message of type RAW is plain Ed25519: what it signs is verified anywhere,
without AWS. The same message always gets the same signature, so a call without answer is repeated.
"""

from collections.abc import Mapping
from typing import Final

from irkit.model.iam_rights import everywhere
from irkit.providers.aws.backend import Entry, Operation
from irkit.providers.aws.connection import AwsCalls, bucket_of
from irkit.providers.aws.outcomes import went_wrong
from irkit.providers.call import Outcome
from irkit.providers.retry import repeat_read

RIGHTS: Final = ("kms:GetPublicKey", "kms:Sign")
LONGEST: Final = 4096
"""How many bytes KMS signs at most."""


class SigningKey:
    """One key, named by the ARN of the key or of an alias."""

    def __init__(self, calls: AwsCalls, arn: str, *, account: str, region: str) -> None:
        """Sign through `calls`."""
        self._calls = calls
        self._arn = arn
        self._entry = Entry(account=account, rights=everywhere(RIGHTS))
        self._region = region

    async def public(self) -> bytes:
        """Return the public key as SubjectPublicKeyInfo in DER.

        Raises:
            IrkitError: if the credentials are another account's.
            CallError: for every outcome that is not `ok`, after some repetition.
        """
        return await self._asked("get_public_key", "PublicKey", {"KeyId": self._arn})

    async def sign(self, message: bytes) -> bytes:
        """Return the signature over at most 4,096 bytes.

        Raises:
            IrkitError: if the credentials are another account's.
            CallError: for every outcome that is not `ok`, after some repetition.
        """
        parameters: dict[str, str | bytes] = {
            "KeyId": self._arn,
            "Message": message,
            "MessageType": "RAW",
            "SigningAlgorithm": "ED25519_SHA_512",
        }
        return await self._asked("sign", "Signature", parameters)

    async def _asked(self, name: str, wanted: str, parameters: Mapping[str, str | bytes]) -> bytes:
        asked = Operation(service="kms", name=name, region=self._region, parameters=parameters)

        async def once() -> bytes:
            found = (await self._calls.once(asked, self._entry)).result.get(wanted)
            if not isinstance(found, bytes):
                raise went_wrong(asked.title, Outcome.SUSPICIOUS, f"it holds no {wanted}")
            return found

        return await repeat_read(
            once,
            limits=self._calls.limits,
            bucket=bucket_of(asked, self._entry),
            patience=self._calls.patience,
        )
