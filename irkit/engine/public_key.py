"""A person's public key, as it comes in a file: read and judged before anybody relies on it."""

from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail import wire
from irkit.trail.ssh_verify import MIN_RSA_BITS
from irkit.trail.wire import WireError

MAX_KEY_FILE: Final = 64 * 1024
_PRIVATE: Final = "-----BEGIN"


def read_key(path: Path) -> str:
    """Return the text of a public key file.

    Raises:
        IrkitError: IRK460 if it cannot be read or is not one public key.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_KEY_FILE + 1)
    except OSError as error:
        raise _key_problem(f"the key {path} cannot be read: {error.strerror}") from error
    text = data.decode(errors="replace").strip()
    if text.startswith(_PRIVATE):
        raise _key_problem(
            f"{path} is a private key; it belongs to its owner alone and was not read further"
        )
    if len(data) > MAX_KEY_FILE or len(text.split("\n")) != 1:
        raise _key_problem(f"{path} is not one public key")
    return text


def checked_key(text: str) -> tuple[bytes, str]:
    """Return blob and comment of a public key that is good for signatures.

    Raises:
        IrkitError: IRK460 for what is no public key, IRK461 for one that is short or malformed.
    """
    try:
        blob, comment = wire.parse_public_line(text)
    except WireError as error:
        raise _key_problem(f"this is no public key: {error}") from error
    kind = wire.key_type(blob)
    # The types that are not accepted are told by the reader of the file that they would stand in.
    if kind in wire.KEY_TYPES and kind not in wire.SECURITY_KEYS:
        _check_strength(text, kind)
    return blob, "".join(char for char in comment if char.isprintable())


def _check_strength(text: str, kind: str) -> None:
    try:
        key = load_ssh_public_key(" ".join(text.split()[:2]).encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _weak(f"the {kind} key is malformed: {error}") from error
    if isinstance(key, RSAPublicKey) and key.key_size < MIN_RSA_BITS:
        raise _weak(f"an RSA key of {key.key_size} bits is too short")


def _key_problem(summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK460",
            summary=summary,
            help="ask for the `.pub` file beside it, such as ~/.ssh/id_ed25519.pub",
        )
    )


def _weak(summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK461",
            summary=summary,
            help="make a new one with `ssh-keygen -t ed25519`",
        )
    )
