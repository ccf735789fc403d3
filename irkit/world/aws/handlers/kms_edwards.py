"""Ed25519 keys in KMS, which moto has not: made here, and then moto's Sign and GetPublicKey do.

`ED25519_SHA_512` is pure Ed25519 over the message itself and wants MessageType RAW. The variant
that signs a digest is not made.
"""

from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto.kms.models import Key, kms_backends
from moto.kms.utils import AbstractPrivateKey, validate_signing_algorithm

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import checks, handles
from irkit.world.aws.wire import ApiCall

SPEC: Final = "ECC_NIST_EDWARDS25519"
_PURE: Final = "ED25519_SHA_512"
_LONGEST: Final = 4096


class _Private(AbstractPrivateKey):
    """The private half, with the methods that moto calls."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    def sign(self, message: bytes, signing_algorithm: str) -> bytes:
        """Sign the message itself."""
        validate_signing_algorithm(signing_algorithm, [_PURE])
        return self._key.sign(message)

    def verify(self, message: bytes, signature: bytes, signing_algorithm: str) -> bool:
        """Say whether this key made the signature."""
        validate_signing_algorithm(signing_algorithm, [_PURE])
        try:
            self._key.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def public_key(self) -> bytes:
        """Return the public half as SubjectPublicKeyInfo."""
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


class EdwardsKey(Key):
    """An Ed25519 key among moto's own."""

    def __init__(
        self, account: str, region: str, *, policy: str = "", description: str = ""
    ) -> None:
        """Make a new one."""
        super().__init__(policy, "SIGN_VERIFY", "ECC_NIST_P256", description, account, region)
        self.key_spec = SPEC
        self.private_key = _Private()

    @property
    def signing_algorithms(self) -> list[str]:
        """What it signs with."""
        return [_PURE]


def make_key(account: str, region: str, **more: str) -> Any:
    """Make an Ed25519 key in an account."""
    key = EdwardsKey(account, region, **more)  # type: ignore[abstract]  # so is moto's own
    kms_backends[account][region].keys[key.id] = key
    return key


@handles("kms:CreateKey")
def create_key(_cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Make a key; all but Ed25519 keys are moto's."""
    texts = {name: call.text(name) for name in ("Policy", "KeyUsage", "KeySpec", "Description")}
    if texts["KeySpec"] == SPEC:
        if texts["KeyUsage"] != "SIGN_VERIFY":
            raise ApiError("ValidationException", f"KeyUsage must be SIGN_VERIFY for {SPEC}")
        key = make_key(
            caller.account,
            call.region,
            policy=texts["Policy"],
            description=texts["Description"],
        )
    else:
        key = kms_backends[caller.account][call.region].create_key(
            texts["Policy"] or None,
            texts["KeyUsage"] or "ENCRYPT_DECRYPT",
            texts["KeySpec"],
            texts["Description"],
            cast("list[dict[str, str]] | None", call.params.get("Tags")),
        )
    return Result(members=key.to_dict())


@checks("kms:Sign")
def refuse_what_kms_refuses(_cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse a disabled key, a message that is too long, and a digest where a message is due."""
    backend = kms_backends[caller.account][call.region]
    key = backend.keys.get(backend.any_id_to_key_id(call.text("KeyId")))
    if key is None:
        return
    if key.key_state != "Enabled":
        code = "DisabledException" if key.key_state == "Disabled" else "KMSInvalidStateException"
        raise ApiError(code, f"{key.arn} is {key.key_state}.")
    message = call.params.get("Message")
    if isinstance(message, bytes) and len(message) > _LONGEST:
        raise ApiError("ValidationException", f"Message is longer than {_LONGEST} bytes")
    if key.key_spec == SPEC and call.text("MessageType") not in {"", "RAW"}:
        raise ApiError("ValidationException", f"{_PURE} requires MessageType RAW")
