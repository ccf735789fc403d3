"""References to secrets: reading them as written, and resolving them to a `Secret` when needed.

A secret file must be a regular file of the user's own with mode 0600. Schemes that need a provider
or a desktop (`aws-secretsmanager:`, `keyring:`) are served by fetchers that are passed in.
"""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from irkit.decode import Problems, heading, scalars, shown
from irkit.diagnostics import Diagnostic, IrkitError, Label
from irkit.diagnostics.literals import looks_secret
from irkit.secret import Secret
from irkit.workspace.config import SecretReference
from irkit.yaml_strict import Node, ScalarNode

SCHEMES: Final = ("env", "file", "keyring", "aws-secretsmanager")
MAX_SECRET: Final = 64 * 1024

Fetch: TypeAlias = Callable[[str], Secret]
"""Returns the secret of a name, or raises IrkitError."""


def reference(node: Node, problems: Problems, what: str) -> SecretReference | None:
    """Read a reference; a literal in its place is an error that does not repeat it."""
    text = node.value if isinstance(node, ScalarNode) else None
    if isinstance(text, str):
        scheme, colon, name = text.partition(":")
        if colon and scheme in SCHEMES and name:
            return SecretReference(scheme=scheme, name=name, span=node.span)
    problems.add(
        "IRK150",
        f"{what} must be a reference to a secret, not the secret itself",
        heading(node),
        help="write env:NAME, file:PATH, keyring:SERVICE/NAME or aws-secretsmanager:NAME",
    )
    return None


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
    fetchers: Mapping[str, Fetch] | None = None,
) -> Secret:
    """Return the secret itself.

    Raises:
        IrkitError: if it is not there, is empty, or may be read by others.
    """
    match reference_.scheme:
        case "env":
            text = environment.get(reference_.name, "")
            if not text:
                help_ = f"set it: export {reference_.name}=…"
                raise _error(reference_, "IRK152", "is not set in the environment", help_)
            return Secret(text)
        case "file":
            return Secret(_read(reference_, root))
        case scheme:
            fetch = (fetchers or {}).get(scheme)
            if fetch is None:
                help_ = "use env: or file: here"
                raise _error(reference_, "IRK153", f"cannot be read: no {scheme} here", help_)
            return fetch(reference_.name)


def _read(reference_: SecretReference, root: Path) -> str:
    path = root / Path(reference_.name).expanduser()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        help_ = f"create it with mode 0600: {path}"
        why = f"cannot be opened: {error.strerror}"
        raise _error(reference_, "IRK152", why, help_) from error
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise _error(reference_, "IRK152", "is no regular file", "")
        if facts.st_uid not in {os.getuid(), 0} or facts.st_mode & 0o077:
            help_ = f"chmod 600 {path}"
            raise _error(reference_, "IRK154", "may be read by others than you", help_)
        data = os.read(descriptor, MAX_SECRET + 1)
    finally:
        os.close(descriptor)
    return _text(reference_, data)


def _text(reference_: SecretReference, data: bytes) -> str:
    try:
        text = data.decode().strip()
    except UnicodeDecodeError as error:
        raise _error(reference_, "IRK152", "is not text", "") from error
    if not text or len(data) > MAX_SECRET:
        raise _error(reference_, "IRK152", "is empty" if not text else "is too large", "")
    return text


def _error(reference_: SecretReference, code: str, why: str, help_: str) -> IrkitError:
    at = Label(span=reference_.span) if reference_.span else None
    summary = f"the secret {shown(str(reference_))} {why}"
    return IrkitError(Diagnostic(code=code, summary=summary, at=at, help=help_))
