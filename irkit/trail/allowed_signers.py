"""OpenSSH's `allowed_signers` file: who may approve, with which key, when and for what.

Read strictly, because it is pinned in the trail: exact names (no patterns), UTC times, no
certificate authorities, and no key that verifies signatures nobody made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Final

from irkit.diagnostics import Diagnostic, Label, Span
from irkit.trail import wire
from irkit.trail.weak_keys import is_weak
from irkit.trail.wire import Reader, WireError

_TIME: Final = re.compile(r"(\d{8})(\d{4})?(\d{2})?Z")
_PATTERN: Final = re.compile(r"[*?!\[\]]")
_OPTION: Final = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
_LINE: Final = re.compile(
    r"(?P<names>\S+)\s+"
    rf"(?:(?!(?:{'|'.join(map(re.escape, wire.KEY_TYPES))})\s)"
    r'(?P<options>(?:[^\s"]|"[^"]*")+)\s+)?'
    r"(?P<kind>\S+)\s+(?P<key>[A-Za-z0-9+/=]+)(?:\s+(?P<comment>.*))?"
)


class _LineError(ValueError):
    """What is wrong with one line, and its code."""

    def __init__(self, code: str, text: str, help_text: str) -> None:
        super().__init__(text)
        self.code = code
        self.help = help_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One line: these names may sign with this key. No namespaces means any."""

    principals: tuple[str, ...]
    key: bytes
    line: str
    namespaces: tuple[str, ...] = ()
    valid_after: datetime | None = None
    valid_before: datetime | None = None
    comment: str = ""

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint, `SHA256:…`."""
        return wire.fingerprint(self.key)

    @property
    def is_security_key(self) -> bool:
        """Say whether the key is kept in a security key."""
        return wire.key_type(self.key) in wire.SECURITY_KEYS

    def allows(self, namespace: str) -> bool:
        """Say whether the line is for signatures in `namespace`."""
        return not self.namespaces or any(fnmatchcase(namespace, one) for one in self.namespaces)

    def valid_at(self, moment: datetime) -> bool:
        """Say whether the key counts at `moment`."""
        after, before = self.valid_after, self.valid_before
        return (after is None or after <= moment) and (before is None or moment < before)


def parse_allowed_signers(
    text: str, *, file: str = "allowed_signers"
) -> tuple[tuple[Signer, ...], tuple[Diagnostic, ...]]:
    """Read the whole file; return its signers and everything that is wrong with it."""
    signers: list[Signer] = []
    found: list[Diagnostic] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        try:
            signers.append(parse_line(line))
        except _LineError as error:
            found.append(_diagnostic(error, file, number, raw))
    return tuple(signers), (*found, *_shared_keys(signers))


def parse_line(line: str) -> Signer:
    """Read one line.

    Raises:
        ValueError: if it is malformed or not acceptable.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        raise _malformed("expected: names, options, key type, key, comment")
    names, options, kind, encoded, comment = match.groups()
    if options is None and kind not in wire.KEY_TYPES and "=" in kind:
        raise _malformed("the key is missing")
    try:
        blob, _ = wire.parse_public_line(f"{kind} {encoded}")
        _check_key(kind, blob)
    except WireError as error:
        raise _malformed(str(error)) from error
    given = dict(_options(options or ""))
    return Signer(
        principals=_principals(names),
        key=blob,
        line=line,
        namespaces=tuple(n for n in given.get("namespaces", "").split(",") if n),
        valid_after=_time(given.get("valid-after")),
        valid_before=_time(given.get("valid-before")),
        comment=comment or "",
    )


def _options(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        match = _OPTION.match(text, position)
        if match is None:
            raise _malformed(f"the options {text!r} are malformed")
        name, value = match.groups()
        if name == "cert-authority":
            raise _LineError(
                "IRK451",
                "certificate authorities are not accepted: an approver is one person with one key",
                "list the person's own key instead",
            )
        if name not in ("namespaces", "valid-after", "valid-before") or value is None:
            raise _malformed(f"unknown option {name!r}")
        yield name, value
        position = match.end()
        if position < len(text):
            if text[position] != ",":
                raise _malformed(f"the options {text!r} are malformed")
            position += 1


def _principals(names: str) -> tuple[str, ...]:
    principals = tuple(names.split(","))
    if any(not name or _PATTERN.search(name) for name in principals):
        raise _malformed("names are written out, without patterns")
    return principals


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        raise _malformed(f"the time {text!r} is not of the form 20261124Z or 202611240305Z")
    day, minute, second = match.groups()
    try:
        digits = f"{day}{minute or '0000'}{second or '00'}"
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise _malformed(f"there is no such time as {text!r}") from error


def _check_key(kind: str, blob: bytes) -> None:
    if kind not in wire.KEY_TYPES:
        raise _LineError(
            "IRK453",
            f"keys of type {kind} are not accepted",
            "use ssh-ed25519, ecdsa-sha2-nistp256, RSA or a security key",
        )
    reader = Reader(blob)
    reader.string()
    if kind in (wire.ED25519, wire.SK_ED25519) and is_weak(reader.string()):
        raise _LineError(
            "IRK452",
            "this Ed25519 key verifies signatures that nobody made (a point of small order)",
            "nobody makes such a key by accident: find out who sent it",
        )


def _shared_keys(signers: list[Signer]) -> Iterator[Diagnostic]:
    """Two names for one key would let one person be a quorum."""
    owners: dict[str, tuple[str, ...]] = {}
    for signer in signers:
        known = owners.setdefault(signer.fingerprint, signer.principals)
        if known != signer.principals:
            yield Diagnostic(
                code="IRK454",
                summary=f"{', '.join(known)} and {', '.join(signer.principals)} have the same key "
                f"{signer.fingerprint}",
                help="give every approver a key of their own",
            )
        elif len(signer.principals) > 1:
            yield Diagnostic(
                code="IRK454",
                summary=f"one key for several names: {', '.join(signer.principals)}",
                help="give every approver a line and a key of their own",
            )


def _malformed(text: str) -> _LineError:
    return _LineError(
        "IRK450", text, 'a line looks like: bob@acme namespaces="irkit.*" ssh-ed25519 AAAA… bob'
    )


def _diagnostic(error: _LineError, file: str, number: int, raw: str) -> Diagnostic:
    span = Span(file=file, line=number, column=1, end_line=number, end_column=len(raw) + 1)
    return Diagnostic(
        code=error.code,
        summary=f"line {number} of {file}: {error}",
        at=Label(span=span, text=str(error)),
        help=error.help,
    )
