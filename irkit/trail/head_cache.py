"""Where the journal stood at some checkpoint, so that opening a long one need not read it all.

The cache may be deleted at any time. It is believed only if the trail's key has signed it and if
its frontier hashes to the root of the checkpoint that ends at its offset; else the journal is read
from its start. Whoever wants to know whether the journal was altered asks `verify`, which never
reads it.
"""

import base64
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, cast

from irkit.canonical import CanonicalError, JsonObject, canonical, parse
from irkit.diagnostics import IrkitError
from irkit.trail.chain import Chain, parse_frame
from irkit.trail.files import Files
from irkit.trail.keys import Signer
from irkit.trail.layout import Layout
from irkit.trail.merkle import Frontier
from irkit.trail.note import Checkpoint, NoteError, VerifierKey
from irkit.trail.record import RecordError, decode_line

WORTH_IT: Final = 1024 * 1024
"""How far the journal has to be ahead of the cache for another one to be written."""

_LABEL: Final = b"irkit.head-cache.v2\n"
_LONGEST_FRAME: Final = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """A chain and the byte offset at which it stands."""

    chain: Chain
    offset: int


def load(layout: Layout, files: Files, signer: Signer | None) -> Cached | None:
    """Return the cached place if it can be believed, None to read from the start."""
    try:
        state = parse(layout.head_cache.read_bytes())
        body = cast("Mapping[str, Any]", state)
        data, signature = canonical(body["state"]), base64.b64decode(body["sig"], validate=True)
        chain, offset = _chain(body["state"]), int(body["state"]["offset"])
        keys = _trusted(files, chain.origin, signer)
        if not any(key.verifies(_signed(data), signature) for key in keys):
            return None
        return Cached(chain=chain, offset=offset) if _stands(files, chain, offset) else None
    except (OSError, CanonicalError, NoteError, RecordError, KeyError, TypeError, ValueError):
        return None


def save(layout: Layout, chain: Chain, offset: int, signer: Signer) -> None:
    """Write the cache; that it cannot be written is no harm."""
    state: JsonObject = {
        "offset": offset,
        "size": chain.frontier.size,
        "hashes": [base64.b64encode(one).decode() for one in chain.frontier.hashes()],
        "prev": chain.prev,
        "ts": chain.ts,
        "commits": chain.commits,
        "counts": [[run, count] for run, count in sorted(chain.counts.items())],
        "origin": chain.origin,
        "keys": [str(key) for key in chain.keys.values()],
        "sealed": chain.sealed,
    }
    scratch = layout.head_cache.with_name(f"{layout.head_cache.name}.{os.getpid()}")
    try:
        signature = base64.b64encode(signer.sign(_signed(canonical(state)))).decode()
        scratch.write_bytes(canonical({"state": state, "sig": signature}))
        scratch.replace(layout.head_cache)
    except (OSError, IrkitError):
        scratch.unlink(missing_ok=True)


def _signed(state: bytes) -> bytes:
    """What is signed: a digest, since a key elsewhere may not take a text of any length."""
    return _LABEL + sha256(state).digest()


def _chain(state: Mapping[str, Any]) -> Chain:
    hashes = [base64.b64decode(one, validate=True) for one in state["hashes"]]
    return Chain.at(
        frontier=Frontier(state["size"], hashes),
        prev=state["prev"],
        ts=state["ts"],
        commits=state["commits"],
        counts={run: int(count) for run, count in state["counts"]},
        origin=state["origin"],
        keys=[VerifierKey.parse(key) for key in state["keys"]],
        sealed=bool(state["sealed"]),
    )


def _trusted(files: Files, origin: str, signer: Signer | None) -> Iterable[VerifierKey]:
    """The writer believes its own key, a reader those that the trail began with."""
    if signer is not None:
        return (VerifierKey(name=origin, public=signer.public),)
    with files.reader() as file:
        genesis = decode_line(file.readline()[:-1])
    begun = Chain()
    begun.advance(genesis)
    return tuple(begun.keys.values())


def _stands(files: Files, chain: Chain, offset: int) -> bool:
    """Say whether the checkpoint that ends at `offset` is the one of the cached frontier."""
    if not 0 < offset <= files.size():
        return False
    with files.reader() as file:
        start = max(0, offset - _LONGEST_FRAME)
        file.seek(start)
        lines = file.read(offset - start).split(b"\n")
    if len(lines) < 2 or lines[-1]:  # noqa: PLR2004  # the frame and what follows its line feed
        return False
    note = parse_frame(lines[-2])
    checkpoint = Checkpoint.parse(note.text)
    return (
        (checkpoint.origin, checkpoint.size) == (chain.origin, chain.frontier.size)
        and checkpoint.root == chain.frontier.root()
        and bool(note.signed_by(chain.keys.values()))
    )
