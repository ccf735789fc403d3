"""References to secrets: reading them as written, and resolving them to a `Secret` when needed.

A secret file must be a regular file of the user's own with mode 0600. What is kept on this machine
(`env:`, `file:`, `keyring:`) is read here. `aws-secretsmanager:` is asked through a connection, by
whoever opens connections; where the secret is there, is `aws_secret`.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from irkit.decode import Problems, heading, scalars, shown
from irkit.diagnostics import Diagnostic, IrkitError, Label
from irkit.diagnostics.literals import looks_secret
from irkit.secret import Secret
from irkit.workspace.config import (
    AwsConnection,
    Connection,
    KeySource,
    OktaConnection,
    SecretReference,
    TokenAuth,
)
from irkit.yaml_strict import Node, ScalarNode

AWS: Final = "aws-secretsmanager"
SCHEMES: Final = ("env", "file", "keyring", AWS)
MAX_SECRET: Final = 64 * 1024


def reference(node: Node, problems: Problems, what: str) -> SecretReference | None:
    """Read a reference; a literal in its place is an error that does not repeat it."""
    text = node.value if isinstance(node, ScalarNode) else None
    if isinstance(text, str):
        scheme, colon, name = text.partition(":")
        if colon and scheme in SCHEMES and name:
            found = SecretReference(scheme=scheme, name=name, span=node.span)
            if scheme == "keyring" and not all(_entry(found)):
                problems.extend(_no_entry(found).diagnostics)
            return found
    problems.add(
        "IRK150",
        f"{what} must be a reference to a secret, not the secret itself",
        heading(node),
        help="write env:NAME, file:PATH, keyring:SERVICE/NAME or aws-secretsmanager:NAME",
    )
    return None


def reference_here(node: Node, problems: Problems, what: str) -> SecretReference | None:
    """Read a reference to a secret that AWS cannot keep: it is needed before AWS can be asked."""
    found = reference(node, problems, what)
    if found is not None and found.scheme == AWS:
        problems.add(
            "IRK156",
            f"{what} cannot be kept in AWS: it is needed before AWS can be asked",
            heading(node),
            help="write env:NAME, file:PATH or keyring:SERVICE/NAME, or use a profile",
        )
    return found


def references(connection: Connection) -> Iterator[SecretReference]:
    """Yield the references to secrets of a connection."""
    match connection:
        case OktaConnection(auth=auth):
            yield auth.token if isinstance(auth, TokenAuth) else auth.private_key
        case AwsConnection(source=KeySource() as source):
            yield source.secret_access_key
            if source.session_token is not None:
                yield source.session_token
        case AwsConnection():
            return


def refuse_literals(node: Node, problems: Problems) -> None:
    """Record every literal under `node` that looks like a secret."""
    for scalar in scalars(node):
        found = looks_secret(scalar.text)
        if found:
            problems.add(
                "IRK151",
                f"this looks like {found}",
                scalar.span,
                label="secrets never stand in irkit.yaml",
                help="move it to a file of mode 0600, write file:PATH, and replace the secret",
            )


def resolve(
    reference_: SecretReference,
    *,
    root: Path,
    environment: Mapping[str, str],
) -> Secret:
    """Return a secret that is kept on this machine.

    Raises:
        IrkitError: if it is not there, is empty, may be read by others, or is kept elsewhere.
    """
    match reference_.scheme:
        case "env":
            text = environment.get(reference_.name, "")
            if not text:
                help_ = f"set it: export {reference_.name}=…"
                raise unreadable(reference_, "is not set in the environment", help_)
            return Secret(text)
        case "file":
            return text_of(reference_, _read(reference_, root))
        case "keyring":
            return text_of(reference_, _from_keyring(reference_))
        case scheme:
            why = f"cannot be read: {scheme} is asked through a connection"
            raise _error(reference_, "IRK153", why, "use env:, file: or keyring: here")


def text_of(reference_: SecretReference, data: bytes) -> Secret:
    """Return the secret in what was found, without the line end that editors add.

    Raises:
        IrkitError: IRK152 if it is no text, is empty or too large.
    """
    try:
        text = data.decode().strip()
    except UnicodeDecodeError:
        raise unreadable(reference_, "is not text") from None  # the error repeats the bytes
    if not text or len(data) > MAX_SECRET:
        raise unreadable(reference_, "is empty" if not text else "is too large")
    return Secret(text)


def unreadable(reference_: SecretReference, why: str, help_: str = "") -> IrkitError:
    """Return the error for a secret that is not there, or not what a secret must be."""
    return _error(reference_, "IRK152", why, help_)


def _read(reference_: SecretReference, root: Path) -> bytes:
    path = root / Path(reference_.name).expanduser()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        help_ = f"create it with mode 0600: {path}"
        raise unreadable(reference_, f"cannot be opened: {error.strerror}", help_) from error
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise unreadable(reference_, "is no regular file")
        if facts.st_uid not in {os.getuid(), 0} or facts.st_mode & 0o077:
            help_ = f"chmod 600 {path}"
            raise _error(reference_, "IRK154", "may be read by others than you", help_)
        return os.read(descriptor, MAX_SECRET + 1)
    finally:
        os.close(descriptor)


def _from_keyring(reference_: SecretReference) -> bytes:
    """Ask the keyring of whoever runs this; it may ask back before it answers."""
    try:
        import keyring  # noqa: PLC0415  # an extra, and slow to import
        import keyring.errors  # noqa: PLC0415
    except ImportError as error:
        why = "cannot be read: no keyring here"
        help_ = "install the package keyring into irkit's environment: pip install 'irkit[keyring]'"
        raise _error(reference_, "IRK153", why, help_) from error
    service, name = _entry(reference_)
    try:
        found: str | None = keyring.get_password(service, name)
    except keyring.errors.NoKeyringError as error:
        why = "cannot be read: this machine has no keyring"
        raise _error(reference_, "IRK158", why, "use env: or file: here") from error
    except Exception as error:  # noqa: BLE001  # each backend has errors of its own
        why = f"cannot be read: the keyring does not give it out ({type(error).__name__})"
        raise _error(reference_, "IRK158", why, "unlock the keyring, or log in") from None
    if found is None:
        help_ = f"put it there: keyring set {service} {name}"
        raise unreadable(reference_, "is not in the keyring", help_)
    return found.encode()


def _entry(reference_: SecretReference) -> tuple[str, str]:
    """Return service and name; a service may hold slashes, a name does not."""
    service, _, name = reference_.name.rpartition("/")
    return service, name


def _no_entry(reference_: SecretReference) -> IrkitError:
    why = "does not say where it is"
    return _error(reference_, "IRK155", why, "write keyring:SERVICE/NAME")


def named(reference_: SecretReference) -> str:
    """Return a reference as messages name it: an ARN whole, since its end tells it apart."""
    return f"`{reference_}`" if reference_.scheme == AWS else shown(str(reference_))


def _error(reference_: SecretReference, code: str, why: str, help_: str) -> IrkitError:
    at = Label(span=reference_.span) if reference_.span else None
    summary = f"the secret {named(reference_)} {why}"
    return IrkitError(Diagnostic(code=code, summary=summary, at=at, help=help_))
