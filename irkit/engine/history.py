"""Entries for the fold: trail records with their blobs put back in their places."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from irkit.canonical import Json, JsonObject
from irkit.trail.record import Record


class Blobs(Protocol):
    """Where big values and evidence are kept, by digest."""

    def put(self, data: bytes) -> str:
        """Keep `data` and return its digest."""

    def get(self, digest: str) -> bytes:
        """Return the data with that digest."""


@dataclass(frozen=True, slots=True)
class Inflated:
    """A record as the fold wants it."""

    n: int
    ts: str
    type: str
    body: JsonObject
    record: Record


def inflate(record: Record, blobs: Blobs) -> Inflated:
    """Return `record` with every `$blob` read back, and a plan's or playbook's blob unfolded."""
    body = {name: _value(value, blobs) for name, value in record.body.items()}
    blob = body.get("blob")
    if isinstance(blob, str):
        match record.type:
            case "plan.proposed":
                body["plan"] = _json(blobs.get(blob))
            case "plan.extended":
                body["content"] = _json(blobs.get(blob))
            case "playbook.loaded":
                body["source"] = blobs.get(blob).decode()
            case _:
                pass
    return Inflated(n=record.n, ts=record.ts, type=record.type, body=body, record=record)


def inflated(records: Iterable[Record], blobs: Blobs) -> Iterator[Inflated]:
    """Inflate all of `records`."""
    return (inflate(record, blobs) for record in records)


def _value(value: Json, blobs: Blobs) -> Json:
    if isinstance(value, Mapping) and isinstance(value.get("$blob"), str) and "size" in value:
        return _json(blobs.get(cast("str", value["$blob"])))
    return value


def _json(data: bytes) -> Json:
    return cast("Json", json.loads(data))
