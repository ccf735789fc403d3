"""What the simulated org holds: users and all that hangs on them, as frozen records.

A change replaces a record; nothing is edited in place, so that a rendered answer or a dump is
always of one moment.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from irkit.canonical import Json, JsonObject


class UserStatus(StrEnum):
    """The statuses of a user."""

    STAGED = "STAGED"
    PROVISIONED = "PROVISIONED"
    ACTIVE = "ACTIVE"
    RECOVERY = "RECOVERY"
    PASSWORD_EXPIRED = "PASSWORD_EXPIRED"
    LOCKED_OUT = "LOCKED_OUT"
    SUSPENDED = "SUSPENDED"
    DEPROVISIONED = "DEPROVISIONED"


ENTERED: Final = frozenset(
    {
        UserStatus.ACTIVE,
        UserStatus.RECOVERY,
        UserStatus.PASSWORD_EXPIRED,
        UserStatus.LOCKED_OUT,
    }
)
"""The statuses in which a user is in the org: what was begun before goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person or service account; `profile` holds what is beyond the standard attributes."""

    id: str
    login: str
    first: str
    last: str
    email: str
    status: UserStatus
    password: str
    created: datetime
    status_changed: datetime
    last_updated: datetime
    activated: datetime | None = None
    last_login: datetime | None = None
    password_changed: datetime | None = None
    provider: str = "OKTA"
    profile: tuple[tuple[str, Json], ...] = ()
    failed_sign_ins: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An Okta session. `id` is the cookie's value, `external_id` what the log shows.

    `idp_id` is the provider through which it was begun, empty for Okta itself.
    """

    id: str
    external_id: str
    user_id: str
    created: datetime
    expires: datetime
    ip: str
    user_agent: str
    amr: tuple[str, ...] = ("pwd",)
    device_token: str = ""
    idp_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """An enrolled factor. `pass_code` is what passes it.

    The holder of a push factor approves pushes or leaves them; the next `rejects` are rejected.
    """

    id: str
    factor_type: str
    provider: str
    vendor: str
    status: str
    created: datetime
    last_updated: datetime
    profile: JsonObject
    pass_code: str = ""
    approves: bool = False
    rejects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A registered device and the users on it."""

    id: str
    status: str
    created: datetime
    last_updated: datetime
    name: str
    platform: str
    user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group; its members are kept beside it."""

    id: str
    name: str
    description: str
    kind: str
    created: datetime
    last_updated: datetime
    last_membership_updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """A rule that puts users into groups while it is ACTIVE."""

    id: str
    name: str
    status: str
    expression: str
    group_ids: tuple[str, ...]
    excluded: tuple[str, ...]
    created: datetime
    last_updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """An admin role assigned to a user, a group or a client, with its targets.

    `app_targets` are catalogue names, or `name/instance id`.
    """

    id: str
    kind: str
    label: str
    assigned_as: str
    created: datetime
    custom_role: str = ""
    resource_set: str = ""
    group_targets: tuple[str, ...] = ()
    app_targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An application. `client_id` and what follows it are those of an OAuth client."""

    id: str
    name: str
    label: str
    sign_on: str
    status: str
    created: datetime
    last_updated: datetime
    settings: JsonObject
    client_id: str = ""
    public_keys: tuple[JsonObject, ...] = ()
    grant_types: tuple[str, ...] = ("client_credentials",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A user or a group assigned to an application, with its profile there."""

    assignee_id: str
    created: datetime
    last_updated: datetime
    profile: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """An SSWS token. It lives while its owner is in the org (`ENTERED`)."""

    id: str
    name: str
    user_id: str
    client_name: str
    secret: str
    created: datetime
    last_updated: datetime
    expires: datetime
    network: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A scope that a user (or an admin, for a service app) has consented to for a client."""

    id: str
    client_id: str
    user_id: str
    scope: str
    created: datetime
    source: str = "END_USER"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """A refresh token of a user and a client."""

    id: str
    secret: str
    client_id: str
    user_id: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Whether Okta's support staff may enter the org, and until when."""

    enabled: bool = False
    until: datetime | None = None
