"""A plan as it stands in the trail: raw JSON whose digests are recomputed, never believed.

The JSON is kept as it was stored. `irkit.model.plan` makes the same digests from its dataclasses;
here nothing of the engine is needed to check them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from irkit.canonical import CanonicalError, Json, JsonObject, digest, parse
from irkit.diagnostics import IrkitError
from irkit.model.approval import Digest
from irkit.model.quorum import Need
from irkit.trail.blobs import BlobStore
from irkit.trail.policy import PolicyError, need_from_json

LATE = "$late"
BLOB = "$blob"


class ContentError(ValueError):
    """A stored plan that is missing, altered or malformed; `code` is the finding's."""

    def __init__(self, code: str, text: str) -> None:
        """Keep the finding's `code` beside its `text`."""
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """One part: its digest, what it needs, and its changes by id."""

    id: str
    digest: Digest
    need: Need
    signable: bool
    changes: Mapping[str, JsonObject]
    raw: JsonObject


def load_content(body: JsonObject, name: str, blobs: BlobStore) -> JsonObject:
    """Return the plan or part in `body`: inline under `name`, outsourced, or by `blob`.

    Raises:
        ContentError: if it is missing, altered or no JSON object.
    """
    value = body.get(name)
    if value is None and isinstance(body.get("blob"), str):
        value = {BLOB: body["blob"]}
    value = restored(value, blobs)
    if not isinstance(value, Mapping):
        raise ContentError("plan.malformed", f"the record has no {name}")
    return value


def restored(value: Json, blobs: BlobStore) -> Json:
    """Return `value`, fetched from its blob if it was too big for its line.

    Raises:
        ContentError: if the blob is missing, altered or not canonical JSON.
    """
    if not isinstance(value, Mapping) or BLOB not in value:
        return value
    try:
        return parse(blobs.get(str(value[BLOB])))
    except IrkitError as error:
        raise ContentError("blob.missing", error.diagnostics[0].summary) from error
    except CanonicalError as error:
        raise ContentError("blob.malformed", f"{value[BLOB]}: {error}") from error


def expand(body: JsonObject, blobs: BlobStore) -> JsonObject:
    """Return a record's body with outsourced fields put back in their places.

    Raises:
        ContentError: if one is missing, altered or not canonical JSON.
    """
    if not any(isinstance(one, Mapping) and BLOB in one for one in body.values()):
        return body
    return {name: restored(value, blobs) for name, value in body.items()}


def header_digest(content: JsonObject) -> Digest:
    """Return the digest of a plan's header."""
    return digest(content.get("header"))


def read_part(part: Json, header: Digest) -> PlanPart:
    """Read one part.

    Raises:
        ContentError: if what verification needs of it is malformed.
    """
    if not isinstance(part, Mapping):
        raise ContentError("plan.malformed", "a part is not an object")
    changes: dict[str, JsonObject] = {}
    try:
        for step in cast("tuple[JsonObject, ...]", part["steps"]):
            for change in cast("tuple[JsonObject, ...]", step["changes"]):
                if changes.setdefault(str(change["id"]), change) is not change:
                    raise ContentError("plan.malformed", f"two changes {change['id']}")
        need = need_from_json(cast("JsonObject", part["need"]))
        identity, unknowns = str(part["id"]), part.get("unknowns")
    except (KeyError, TypeError, PolicyError) as error:
        raise ContentError("plan.malformed", f"a part is malformed: {error}") from error
    return PlanPart(
        id=identity,
        digest=digest({"header": header, "part": part}),
        need=need,
        signable=not unknowns,
        changes=changes,
        raw=part,
    )


def fits(resolved: Json, after: Json) -> bool:
    """Say whether `resolved` equals the signed `after` wherever no late value stands."""
    if isinstance(after, Mapping):
        if LATE in after:
            return resolved is not None and not (isinstance(resolved, Mapping) and LATE in resolved)
        return (
            isinstance(resolved, Mapping)
            and resolved.keys() == after.keys()
            and all(fits(resolved[key], after[key]) for key in after)
        )
    if isinstance(after, list | tuple):
        return (
            isinstance(resolved, list | tuple)
            and len(resolved) == len(after)
            and all(fits(a, b) for a, b in zip(resolved, after, strict=True))
        )
    return type(resolved) is type(after) and resolved == after
