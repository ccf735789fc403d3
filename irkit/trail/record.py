"""One record: the line that is written, hashed and read back.

The line is canonical JSON of at most 65,535 bytes. The writer builds it around the body's canonical
bytes; the reader hashes the stored bytes and then requires that they are the canonical form.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

from irkit.canonical import CanonicalError, JsonObject, canonical
from irkit.trail.fast_json import parse_line
from irkit.trail.merkle import HASH_SIZE, leaf_hash

MAX_LINE: Final = 65_535
GENESIS_PREV: Final = base64.b64encode(bytes(HASH_SIZE)).decode()
"""What the first record names as the leaf before it."""

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z").fullmatch
_ACTOR_FIELDS: Final = 3
FIELDS: Final = frozenset(
    ("v", "n", "prev", "ts", "boot", "mono", "c", "run", "rn", "type", "actor", "body")
)

PLAIN_FIELDS: Final = tuple(sorted(FIELDS))
"""The fields in the order of the canonical form, which is the order in which they are read."""
_NONE: Final = type(None)
PLAIN_TYPES: Final = frozenset(
    (dict, dict, str, int, int, int, str, rn, run, str, str, int)
    for rn, run in ((int, str), (_NONE, _NONE))
)
"""The types of `PLAIN_FIELDS`, of a run's records and of the workspace's."""


class RecordError(ValueError):
    """A line that is no record; `code` is the finding's code, the message says why."""

    def __init__(self, code: str, text: str) -> None:
        """Keep the finding's `code` beside its `text`."""
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it: an id, what kind of party, and how we know."""

    id: str
    kind: str
    auth: str

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"id": self.id, "kind": self.kind, "auth": self.auth}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a caller wants recorded; the journal adds place, time and links."""

    type: str
    run: str | None = None
    actor: Actor
    body: JsonObject
    private: tuple[str, ...] = ()
    """Fields of the body (JSON pointers) that the record only commits to: kept apart, encrypted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry of the trail.

    `rn` is the index within its run, None for workspace records. `skew` is how many milliseconds
    the clock stood behind `ts`, which never goes back.
    """

    v: int = 1
    n: int
    prev: str
    ts: str
    boot: str
    mono: int
    c: int
    run: str | None
    rn: int | None
    type: str
    actor: Actor
    body: JsonObject
    leaf: bytes
    skew: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record stands: what the journal knows and the caller of `append` does not."""

    n: int
    prev: str
    ts: str
    boot: str
    mono: int
    c: int
    rn: int | None
    skew: int = 0


def encode_line(draft: Draft, body: bytes, place: Place) -> bytes:
    """Return the line of one record around `body`, the canonical bytes of the draft's body."""
    skew = b'"skew":%d,' % place.skew if place.skew else b""
    return (
        b'{"actor":%b,"body":%b,"boot":%b,"c":%d,"mono":%d,"n":%d,"prev":"%b","rn":%b,"run":%b,'
        b'%b"ts":"%b","type":%b,"v":1}'
    ) % (
        _actor_bytes(draft.actor),
        body,
        _text_bytes(place.boot),
        place.c,
        place.mono,
        place.n,
        place.prev.encode(),
        b"null" if place.rn is None else b"%d" % place.rn,
        _text_bytes(draft.run),
        skew,
        place.ts.encode(),
        _text_bytes(draft.type),
    )


def record_of(draft: Draft, place: Place, leaf: bytes) -> Record:
    """Return the record that `encode_line` wrote, without parsing it again."""
    return Record(
        n=place.n,
        prev=place.prev,
        ts=place.ts,
        boot=place.boot,
        mono=place.mono,
        c=place.c,
        run=draft.run,
        rn=place.rn,
        type=draft.type,
        actor=draft.actor,
        body=draft.body,
        leaf=leaf,
        skew=place.skew,
    )


def decode_line(line: bytes) -> Record:
    """Read one line (without its line feed) strictly.

    Raises:
        RecordError: if it is too long, not canonical, or lacks a field or has one too many.
    """
    if len(line) > MAX_LINE:
        raise RecordError("record.too-long", f"{len(line)} bytes are more than {MAX_LINE}")
    try:
        value = parse_line(line)
    except CanonicalError as error:
        raise RecordError("record.not-canonical", str(error)) from error
    if not isinstance(value, Mapping) or value.keys() - {"skew"} != FIELDS:
        raise RecordError("record.fields", "a record has exactly the known fields")
    return _typed(value, leaf_hash(line))


def is_plain(value: JsonObject) -> bool:
    """Say whether every field of a record has its type; `skew` may be missing."""
    run, rn, actor, skew = value["run"], value["rn"], value["actor"], value.get("skew", 1)
    # `type(…) is int` and not isinstance: true and false are no numbers here.
    return (
        type(value["v"]) is int
        and value["v"] == 1
        and type(value["n"]) is int
        and value["n"] >= 0
        and type(value["c"]) is int
        and value["c"] >= 0
        and type(value["mono"]) is int
        and value["mono"] >= 0
        and (type(rn) is int and rn >= 0 and type(run) is str if run is not None else rn is None)
        and type(value["prev"]) is str
        and type(value["boot"]) is str
        and type(value["type"]) is str
        and type(value["ts"]) is str
        and is_time(value["ts"])
        and type(value["body"]) is dict
        and type(actor) is dict
        and has_actor(actor)
        and type(skew) is int
        and skew > 0
    )


def is_time(text: str) -> bool:
    """Say whether `text` is a time as records have it."""
    return _TIME(text) is not None


def has_actor(actor: JsonObject) -> bool:
    """Say whether `actor` is an id, a kind and how we know."""
    return (
        len(actor) == _ACTOR_FIELDS
        and type(actor.get("id")) is str
        and type(actor.get("kind")) is str
        and type(actor.get("auth")) is str
    )


def _typed(value: JsonObject, leaf: bytes) -> Record:
    if not is_plain(value):
        raise RecordError("record.fields", "a field of the record has the wrong type or form")
    fields = cast("Mapping[str, Any]", value)
    return Record(
        n=fields["n"],
        prev=fields["prev"],
        ts=fields["ts"],
        boot=fields["boot"],
        mono=fields["mono"],
        c=fields["c"],
        run=fields["run"],
        rn=fields["rn"],
        type=fields["type"],
        actor=_actor(**fields["actor"]),
        body=fields["body"],
        leaf=leaf,
        skew=fields.get("skew", 0),
    )


@lru_cache(maxsize=256)
def _actor(*, id: str, kind: str, auth: str) -> Actor:  # noqa: A002  # the names of the fields
    return Actor(id=id, kind=kind, auth=auth)


@lru_cache(maxsize=256)
def _actor_bytes(actor: Actor) -> bytes:
    return canonical(actor.to_json())


@lru_cache(maxsize=1024)
def _text_bytes(text: str | None) -> bytes:
    return canonical(text)
