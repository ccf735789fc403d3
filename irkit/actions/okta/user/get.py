"""Who a user is and what they hold: status, groups, admin roles, factors, API tokens."""

from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_notes import Notes
from irkit.actions.okta_user import fetch_user, user_path
from irkit.actions.shape import listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Get(Read):
    """Returns one user; what could not be read is a gap."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.get",
        version=1,
        verb=Verb.READ,
        summary="Look at an Okta user",
        needs=("okta",),
        target="okta.user",
        permissions=Permissions(
            okta_read=(
                "okta.users.read",
                "okta.groups.read",
                "okta.roles.read",
                "okta.apiTokens.read",
            )
        ),
        reveals=(Kind.OKTA_API_TOKEN, Kind.OKTA_FACTOR),
        d3fend=("D3-AM",),
        gotchas=(
            "Okta has no list of a user's sessions.",
            "The list of factors shows what the asking administrator's policy allows.",
        ),
        result={
            "type": "object",
            "properties": {
                "id": {"type": "string"},
                "login": {"type": "string"},
                "email": {"type": "string"},
                "name": {"type": "string"},
                "status": {"type": "string"},
                "created": {"type": "string"},
                "last_login": {"type": "string"},
                "status_changed": {"type": "string"},
                "password_changed": {"type": "string"},
                "groups": {"type": "array"},
                "admin_roles": {"type": "array"},
                "factors": {"type": "array"},
                "api_tokens": {"type": "array"},
            },
        },
    )

    user: str = parameter("okta.user", "The user: Okta id or login")

    async def read(self, readers: Readers) -> Answer:
        """Read the user, then everything that hangs on it."""
        record = await fetch_user(readers, self.user)
        user = text(record, "id")
        notes = Notes()
        found = {
            "groups": await notes.read(readers, user_path(user, "groups")),
            "roles": await notes.read(readers, user_path(user, "roles")),
            "factors": await notes.read(readers, user_path(user, "factors")),
            "api_tokens": [
                token
                for token in await notes.read(readers, "/api/v1/api-tokens")
                if maybe_text(token, "userId") == user
            ],
        }
        return Answer(
            value={
                **_profile(record),
                "groups": listed(map(_group, found["groups"])),
                "admin_roles": listed(maybe_text(role, "type") for role in found["roles"]),
                "factors": listed(map(_factor, found["factors"])),
                "api_tokens": listed(map(_token, found["api_tokens"])),
            },
            raw={"user": record, **{name: listed(items) for name, items in found.items()}},
            complete=not notes.gaps,
            gaps=tuple(notes.gaps),
            request_ids=tuple(notes.request_ids),
        )


def _profile(record: Json) -> dict[str, Json]:
    first, last = (maybe_text(record, "profile", key) for key in ("firstName", "lastName"))
    return {
        "id": text(record, "id"),
        "login": text(record, "profile", "login"),
        "email": maybe_text(record, "profile", "email"),
        "name": f"{first} {last}".strip(),
        "status": text(record, "status"),
        "created": maybe_text(record, "created"),
        "last_login": maybe_text(record, "lastLogin"),
        "status_changed": maybe_text(record, "statusChanged"),
        "password_changed": maybe_text(record, "passwordChanged"),
    }


def _group(group: JsonObject) -> Json:
    return {"id": text(group, "id"), "name": maybe_text(group, "profile", "name")}


def _token(token: JsonObject) -> Json:
    return {
        "id": text(token, "id"),
        "name": maybe_text(token, "name"),
        "created": maybe_text(token, "created"),
    }


def _factor(factor: JsonObject) -> Json:
    return {
        "id": text(factor, "id"),
        "type": maybe_text(factor, "factorType"),
        "provider": maybe_text(factor, "provider"),
        "status": maybe_text(factor, "status"),
        "created": maybe_text(factor, "created"),
    }
