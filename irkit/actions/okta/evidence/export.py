"""Everything Okta knows of a user, as it answered: read before it is gone."""

from dataclasses import dataclass
from typing import ClassVar, Final

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_log import about, read_log
from irkit.actions.okta_notes import Notes
from irkit.actions.okta_persistence import without_secrets
from irkit.actions.okta_user import fetch_user, user_path
from irkit.actions.shape import listed, text
from irkit.canonical import Json, canonical, digest
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb

_LISTS: Final = {
    "groups": ("groups",),
    "roles": ("roles",),
    "factors": ("factors",),
    "enrollments": ("authenticator-enrollments",),
    "devices": ("devices",),
    "applications": ("appLinks",),
    "clients": ("clients",),
    "grants": ("grants",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(Read):
    """Returns what was read with the digest of each part; the parts themselves are the evidence."""

    spec: ClassVar[Spec] = Spec(
        id="okta.evidence.export",
        version=1,
        verb=Verb.READ,
        summary="Keep what Okta knows of a user",
        needs=("okta",),
        target="okta.user",
        permissions=Permissions(
            okta_read=(
                "okta.users.read",
                "okta.groups.read",
                "okta.roles.read",
                "okta.apiTokens.read",
                "okta.logs.read",
            )
        ),
        reveals=(Kind.OKTA_SESSION, Kind.OKTA_FACTOR, Kind.OKTA_API_TOKEN, Kind.OKTA_OAUTH_TOKEN),
        d3fend=("D3-FH",),
        gotchas=(
            "Okta keeps its log for 90 days: export on the first day.",
            "Read it with `evidence: true`, so that the trail keeps it.",
            "Numbers with a fraction, such as coordinates, are kept as text.",
            "Factors and devices are those that the asking administrator may see.",
        ),
        result={
            "type": "object",
            "properties": {
                "user": {"type": "string"},
                "login": {"type": "string"},
                "parts": {"type": "array", "items": {"type": "object"}},
                "digest": {"type": "string"},
            },
        },
    )

    user: str = parameter("okta.user", "The user: Okta id or login")
    since: str = parameter("time", "The log from when", default="90 days ago")
    limit: int = parameter("int", "At most so many events", default=50_000)

    async def read(self, readers: Readers) -> Answer:
        """Read the user, all lists that hang on them, and the log."""
        record = await fetch_user(readers, self.user)
        user = text(record, "id")
        notes = Notes()
        parts: dict[str, Json] = {"user": without_secrets(record)}
        for name, path in _LISTS.items():
            parts[name] = listed(await notes.read(readers, user_path(user, *path)))
        tokens = await notes.read(readers, "/api/v1/api-tokens")
        parts["api_tokens"] = listed(token for token in tokens if token.get("userId") == user)
        log = await read_log(readers, about(user), since=self.since, limit=self.limit)
        parts["log"] = listed(log.events)
        gaps = (*notes.gaps, *(f"log: {gap}" for gap in log.gaps))
        return Answer(
            value={
                "user": user,
                "login": text(record, "profile", "login"),
                "parts": [_part(name, content) for name, content in parts.items()],
                "digest": digest(parts),
            },
            raw=parts,
            complete=not gaps,
            gaps=gaps,
            request_ids=(*notes.request_ids, *log.request_ids),
            observed_through=log.through,
        )


def _part(name: str, content: Json) -> Json:
    items = len(content) if isinstance(content, list) else 1
    return {
        "name": name,
        "items": items,
        "bytes": len(canonical(content)),
        "digest": digest(content),
    }
