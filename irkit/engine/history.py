"""Entries for the fold: trail records with their blobs put back in their places."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, cast

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import IrkitError
from irkit.trail.record import Record
from irkit.trail.redaction import fingerprint, is_commitment

FORGOTTEN: Final = "(forgotten)"
"""What stands for a text that was kept apart and cannot be shown any more."""


class Blobs(Protocol):
    """Where big values and evidence are kept, by digest."""

    def put(self, data: bytes) -> str:
        """Keep `data` and return its digest."""

    def put_chunks(self, chunks: Iterable[bytes]) -> str:
        """Keep the data that `chunks` make together, and return its digest."""

    def get(self, digest: str) -> bytes:
        """Return the data with that digest."""

    def reveal(self, commitment: Json) -> Json:
        """Return the value that was kept apart."""


@dataclass(frozen=True, slots=True)
class Inflated:
    """A record as the fold wants it."""

    n: int
    ts: str
    type: str
    body: JsonObject
    record: Record


def inflate(record: Record, blobs: Blobs) -> Inflated:
    """Return `record` with every `$blob` read back, and with the text of a plan or a playbook.

    What was kept apart is put back as well, but for the evidence of reads: only who hands it over
    needs that.
    """
    body = {name: _value(value, blobs) for name, value in record.body.items()}
    blob = body.get("blob")
    if isinstance(blob, str):
        match record.type:
            case "plan.proposed":
                body["plan"] = blobs.get(blob).decode()
            case "plan.extended":
                body["content"] = blobs.get(blob).decode()
            case "playbook.loaded":
                body["source"] = blobs.get(blob).decode()
            case _:
                pass
    if record.type == "step.read":
        body |= _reading(record.body, blobs)
    return Inflated(n=record.n, ts=record.ts, type=record.type, body=body, record=record)


def inflated(records: Iterable[Record], blobs: Blobs) -> Iterator[Inflated]:
    """Inflate all of `records`."""
    return (inflate(record, blobs) for record in records)


def revealed(record: Record, blobs: Blobs) -> JsonObject:
    """Return the body of a record with the texts that were kept apart put back."""
    return {name: _revealed(value, blobs) for name, value in record.body.items()}


def _revealed(value: Json, blobs: Blobs) -> Json:
    if not is_commitment(value):
        return value
    try:
        return blobs.reveal(value)
    except IrkitError:
        return FORGOTTEN


def _reading(body: JsonObject, blobs: Blobs) -> dict[str, Json]:
    """Return the answer of a read as it was; one that cannot be shown is as good as none."""
    found: dict[str, Json] = {}
    value, raw = body.get("value"), body.get("raw")
    if is_commitment(raw):
        found["raw"] = fingerprint(raw)
    if is_commitment(value):
        found["digest"] = fingerprint(value)
        try:
            found["value"] = blobs.reveal(value)
        except IrkitError:
            found |= {"value": None, "forgotten": True, "error": "what opens its answer is gone"}
    return found


def _value(value: Json, blobs: Blobs) -> Json:
    if isinstance(value, Mapping) and isinstance(value.get("$blob"), str) and "size" in value:
        return _json(blobs.get(cast("str", value["$blob"])))
    return value


def _json(data: bytes) -> Json:
    return cast("Json", json.loads(data))
