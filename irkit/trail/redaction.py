"""Values that may have to be disclosed or forgotten later, without touching a signature.

In the record stands a commitment: `{"$c": base64(SHA-256(salt ‖ canonical(["irkit.commit.v1", path,
value])))}`. What opens it is kept outside the record, encrypted, one file a value. Handing an
opening over discloses the value, destroying it forgets it; leaf, proofs and signatures stay. The
salt is per value, so that nobody can confirm a guess; the path is hashed with it, so that no value
can be moved to another field.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

from irkit.canonical import CanonicalError, Json, JsonObject, canonical, parse
from irkit.diagnostics import Diagnostic, IrkitError

COMMITMENT: Final = "$c"
SALT_SIZE: Final = 32
_LABEL: Final = "irkit.commit.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What shows the value behind a commitment. `path` is a JSON pointer into the record's body."""

    path: str
    value: Json
    salt: bytes

    def commitment(self) -> JsonObject:
        """Return what stands in the record instead of the value."""
        hashed = hashlib.sha256(self.salt + canonical([_LABEL, self.path, self.value])).digest()
        return {COMMITMENT: base64.b64encode(hashed).decode()}

    def opens(self, commitment: Json) -> bool:
        """Say whether `commitment` was made from this value, path and salt."""
        return len(self.salt) == SALT_SIZE and commitment == self.commitment()

    def encode(self) -> bytes:
        """Return the bytes to hand over to whom the value is disclosed."""
        salt = base64.b64encode(self.salt).decode()
        return canonical({"path": self.path, "value": self.value, "salt": salt})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a disclosed opening.

        Raises:
            IrkitError: IRK740 if it is malformed.
        """
        try:
            value = parse(data)
            assert isinstance(value, Mapping)
            path, salt = value["path"], value["salt"]
            assert isinstance(path, str)
            assert isinstance(salt, str)
            return cls(path=path, value=value["value"], salt=base64.b64decode(salt, validate=True))
        except (CanonicalError, AssertionError, KeyError, ValueError) as error:
            raise cannot_show("the opening is malformed") from error


def is_commitment(value: Json) -> bool:
    """Say whether `value` stands for another that is kept apart."""
    return isinstance(value, Mapping) and len(value) == 1 and isinstance(value.get(COMMITMENT), str)


def commitments(body: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Give the fields of a record's body whose values are kept apart, with their commitments."""
    for name, value in body.items():
        if is_commitment(value):
            assert isinstance(value, Mapping)
            yield name, value


def fingerprint(commitment: Json) -> str:
    """Return how a report names a value that is kept apart, without helping anybody to guess it."""
    return f"{COMMITMENT}:{commitment[COMMITMENT]}" if isinstance(commitment, Mapping) else ""


def redact(
    body: JsonObject,
    paths: Iterable[str],
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[JsonObject, tuple[Opening, ...]]:
    """Replace the values at `paths` (JSON pointers) by commitments; return body and openings.

    Raises:
        IrkitError: IRK741 if the body has no such value.
    """
    openings: list[Opening] = []
    for path in paths:
        keys = [key.replace("~1", "/").replace("~0", "~") for key in path.split("/")[1:]]
        opening = Opening(path=path, value=_at(body, keys, path), salt=random(SALT_SIZE))
        body = _with(body, keys, opening.commitment())
        openings.append(opening)
    return body, tuple(openings)


def _at(value: Json, keys: list[str], path: str) -> Json:
    for key in keys:
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list | tuple) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise missing(path)
    if not keys:
        raise missing(path)
    return value


def _with(value: Json, keys: list[str], new: Json) -> JsonObject:
    replaced = _replaced(value, keys, new)
    assert isinstance(replaced, Mapping)
    return replaced


def _replaced(value: Json, keys: list[str], new: Json) -> Json:
    if not keys:
        return new
    if isinstance(value, Mapping):
        return {**value, keys[0]: _replaced(value[keys[0]], keys[1:], new)}
    assert isinstance(value, list | tuple)
    items = list(value)
    items[int(keys[0])] = _replaced(items[int(keys[0])], keys[1:], new)
    return items


def cannot_show(why: str) -> IrkitError:
    """Say why the value behind a commitment cannot be shown."""
    return IrkitError(
        Diagnostic(
            code="IRK740",
            summary=f"the redacted value cannot be shown: {why}",
            help="the record itself stays valid: `irkit trail verify` does not need it",
        )
    )


def missing(path: str) -> IrkitError:
    """Say that a record has no such value to keep apart, or to show."""
    return IrkitError(
        Diagnostic(
            code="IRK741",
            summary=f"there is nothing to redact at {path or '/'}",
            help="only what was kept apart when it was recorded can be withheld, shown or "
            "forgotten: the values `$c` of `irkit trail show --full`",
        )
    )
