"""The trail key that stays in AWS KMS, as the journal wants a signer: asked, it answers.

The journal asks from whatever thread it is in, and waits; the calls run in a thread of their own.
A key that does not answer stops the journal before anything was written. The public key is kept in
a file, because a trail is read and checked without AWS. Whether the file tells the truth is found
out with every signature: what another key has signed is refused.
"""

import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from irkit import __version__
from irkit.clock import Clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.aside import Aside
from irkit.engine.entry import check_kind
from irkit.engine.secrets import Secrets
from irkit.providers.aws.settings import Account, AwsSettings
from irkit.providers.aws.signing_key import SigningKey
from irkit.providers.call import CallError
from irkit.trail.keys import public_pem
from irkit.trail.note import VerifierKey
from irkit.workspace.config import KmsAccess, Workspace
from irkit.workspace.trail_settings import KMS_ARN

if TYPE_CHECKING:
    from irkit.providers.aws.live import AwsConnection as Live

_AGENT: Final = f"irkit/{__version__} trail-key"
_CONNECT: Final = 2.0
_READ: Final = 5.0
"""Seconds. Every change waits for this key, so a call that hangs is soon given up and repeated."""


@final
class KmsSigner:
    """Signs with a key in KMS (`Signer`)."""

    def __init__(self, arn: str, access: KmsAccess, workspace: Workspace, clock: Clock) -> None:
        """Ask for the key `arn`, which has the form that irkit.yaml was checked for."""
        self._arn = arn
        self._access = access
        self._workspace = workspace
        self._clock = clock
        self._lock = threading.RLock()
        self._open: tuple[Aside, Live, SigningKey] | None = None
        self._public = b""

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key.

        Raises:
            IrkitError: IRK727 if it is no Ed25519 key, IRK728 if it does not answer.
        """
        with self._lock:
            if not self._public:
                self._public = self._kept() or self._fetched()
            return self._public

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`.

        Raises:
            IrkitError: IRK727 if another key signed, IRK728 if it does not answer.
        """
        signature = self._asked(lambda key: key.sign(message))
        if not VerifierKey(name="-", public=self.public).verifies(message, signature):
            raise _problem(
                "IRK727",
                f"the key {self._arn} is not the one that it was",
                f"if it was replaced on purpose, hand the trail over to it as to a new key; what "
                f"it was is in {self._file}",
            )
        return signature

    def close(self) -> None:
        """Close the connection; the next signature opens another one."""
        with self._lock:
            if self._open is not None:
                aside, live, _ = self._open
                self._open = None
                aside.do(live.aclose())
                aside.stop()

    @property
    def _file(self) -> Path:
        name = sha256(self._arn.encode()).hexdigest()[:16]
        return self._workspace.state / "keys" / f"awskms-{name}.pub"

    def _kept(self) -> bytes:
        with suppress(OSError, ValueError, UnsupportedAlgorithm):
            key = load_pem_public_key(self._file.read_bytes())
            if isinstance(key, Ed25519PublicKey):
                return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return b""

    def _fetched(self) -> bytes:
        try:
            key = load_der_public_key(self._asked(lambda found: found.public()))
        except (ValueError, UnsupportedAlgorithm):
            key = None
        finally:
            self.close()
        if not isinstance(key, Ed25519PublicKey):
            raise _problem(
                "IRK727",
                f"the key {self._arn} is no Ed25519 key",
                "make one with the key spec ECC_NIST_EDWARDS25519 and the usage SIGN_VERIFY",
            )
        public = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        with suppress(OSError):  # it is only asked for again
            self._file.write_text(public_pem(public))
        return public

    def _asked(self, work: Callable[[SigningKey], Coroutine[object, object, bytes]]) -> bytes:
        with self._lock:
            try:
                if self._open is None:
                    self._open = self._opened()
                aside, _, key = self._open
                return aside.do(work(key))
            except CallError as error:
                raise _problem(
                    "IRK728",
                    f"the trail key does not sign: {error.diagnostics[0].summary}",
                    "nothing is changed that cannot be recorded; when `irkit check` says that it "
                    "signs again, go on with: irkit resume RUN",
                ) from error

    def _opened(self) -> "tuple[Aside, Live, SigningKey]":
        place = KMS_ARN.fullmatch(self._arn)
        assert place is not None
        account, region = place["account"], place["region"]
        aside = Aside("irkit-trail-key")
        try:
            live = aside.do(self._connected(account))
        except BaseException:
            aside.stop()
            raise
        return aside, live, live.signing_key(self._arn, account=account, region=region)

    async def _connected(self, account: str) -> "Live":
        from irkit.providers.aws.live import AwsConnection as Live  # noqa: PLC0415  # heavy

        url, role = self._access.endpoint_url, self._access.role
        await check_kind("trail key", url, self._workspace.mode)
        secrets = Secrets(workspace=self._workspace, clock=self._clock, user_agent=_AGENT)
        settings = AwsSettings(
            source=await secrets.aws_source(self._access.source),
            accounts=(Account(id=account, read_role=role),),
            endpoint_url=url or None,
            user_agent=_AGENT,
            session_name="irkit-trail",
            connect_timeout=_CONNECT,
            read_timeout=_READ,
        )
        return Live.open(settings, clock=self._clock)


def _problem(code: str, summary: str, help_: str) -> IrkitError:
    return IrkitError(Diagnostic(code=code, summary=summary, help=help_))
