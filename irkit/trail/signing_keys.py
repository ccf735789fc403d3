"""An approver's key: a private key file, or a key in the ssh-agent (security keys only there)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
)

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.secret import Secret
from irkit.trail import wire
from irkit.trail.agent import RSA_SHA2_512, Agent, require_agent
from irkit.trail.wire import WireError, mpint, string

PrivateKey: TypeAlias = "Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey"

_PRIVATE: Final = b"-----BEGIN"
_FINGERPRINT: Final = "SHA256:"


class SigningKey(Protocol):
    """Signs approvals."""

    @property
    def blob(self) -> bytes:
        """The public-key blob."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the SSH signature blob over `message`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKey:
    """A private key held in this process."""

    private: PrivateKey

    @property
    def blob(self) -> bytes:
        """The public-key blob."""
        line = self.private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return wire.parse_public_line(line.decode())[0]

    def sign(self, message: bytes) -> bytes:
        """Return the SSH signature blob over `message`."""
        match self.private:
            case Ed25519PrivateKey() as key:
                return string(wire.ED25519) + string(key.sign(message))
            case rsa.RSAPrivateKey() as key:
                signature = key.sign(message, padding.PKCS1v15(), SHA512())
                return string("rsa-sha2-512") + string(signature)
            case key:
                r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
                return string(wire.ECDSA_P256) + string(mpint(r) + mpint(s))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentKey:
    """A key that never leaves the ssh-agent; a security key there wants its touch."""

    agent: Agent
    blob: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the SSH signature blob over `message`.

        Raises:
            IrkitError: IRK709 if the agent refuses.
        """
        flags = RSA_SHA2_512 if wire.key_type(self.blob) == wire.RSA else 0
        return self.agent.sign(self.blob, message, flags)


def load_signing_key(
    source: str, *, passphrase: Secret | None = None, agent_socket: str | None = None
) -> SigningKey:
    """Return the key `source` names: a private key file, a `.pub` file or `SHA256:…` in the agent.

    Raises:
        IrkitError: IRK440 for a file that cannot be used, IRK441 for a missing or wrong passphrase,
            IRK442 for a security key outside the agent, IRK709 for the agent.
    """
    if source.startswith(("agent:", _FINGERPRINT)):
        agent = require_agent(agent_socket)
        return AgentKey(agent=agent, blob=agent.find(source.removeprefix("agent:")).blob)
    path = Path(source.removeprefix("file:")).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    if data.startswith(_PRIVATE):
        return FileKey(private=_private(path, data, passphrase))
    try:
        blob, _ = wire.parse_public_line(data.decode(errors="replace"))
    except WireError as error:
        raise _unusable(path, str(error)) from error
    agent = require_agent(agent_socket)
    return AgentKey(agent=agent, blob=agent.find(wire.fingerprint(blob)).blob)


def _private(path: Path, data: bytes, passphrase: Secret | None) -> PrivateKey:
    password = passphrase.reveal().encode() if passphrase else None
    try:
        key = load_ssh_private_key(data, password=password)
    except UnsupportedAlgorithm as error:
        if "bcrypt" in str(error):
            raise _unusable(path, "keys with a passphrase need the package bcrypt") from error
        raise _security_key(path) from error
    except (ValueError, TypeError) as error:
        if "assw" in str(error) or passphrase is not None:
            raise _passphrase(path) from error
        raise _unusable(path, str(error)) from error
    match key:
        case Ed25519PrivateKey() | rsa.RSAPrivateKey():
            return key
        case ec.EllipticCurvePrivateKey() if key.curve.name == "secp256r1":
            return key
        case _:
            raise _unusable(path, "only ed25519, ecdsa nistp256 and RSA keys are accepted")


def _unusable(path: Path, why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK440",
            summary=f"the key {path} cannot be used: {why}",
            help="make one with `ssh-keygen -t ed25519`, or name one of the agent's keys "
            "(`ssh-add -l`)",
        )
    )


def _passphrase(path: Path) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK441",
            summary=f"the passphrase of the key {path} is missing or wrong",
            help=f"try again, or load it once with `ssh-add {path}` and use the agent",
        )
    )


def _security_key(path: Path) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK442",
            summary=f"the key {path} is kept in a security key, which irkit reaches through the "
            "ssh-agent",
            help=f"run `ssh-add {path}`, then pass `--key {path}.pub`",
        )
    )
