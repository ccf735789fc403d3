"""The tables of the simulated org, and what can be asked of them.

Only the owner of the state lock (the request pipeline, or a test between requests) reads or
changes tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.records import (
    ENTERED,
    ApiToken,
    App,
    Assignment,
    Device,
    Factor,
    Grant,
    Group,
    GroupRule,
    RefreshToken,
    Role,
    Session,
    Support,
    User,
)

Documents: TypeAlias = dict[str, JsonObject]
"""Org-level objects that the simulator keeps as JSON, by id."""

EVERYONE: Final = "Everyone"


def at(document: Json, *path: str) -> Json:
    """Return what stands at a path of a document, None where nothing does."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


@dataclass(slots=True, kw_only=True)
class Tables:
    """Everything the org holds, by id."""

    users: dict[str, User] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    members: dict[str, dict[str, None]] = field(default_factory=dict)
    memberships: dict[str, dict[str, None]] = field(default_factory=dict)
    rules: dict[str, GroupRule] = field(default_factory=dict)
    roles: dict[str, dict[str, Role]] = field(default_factory=dict)
    factors: dict[str, dict[str, Factor]] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    app_users: dict[str, dict[str, Assignment]] = field(default_factory=dict)
    app_groups: dict[str, dict[str, Assignment]] = field(default_factory=dict)
    api_tokens: dict[str, ApiToken] = field(default_factory=dict)
    token_ids: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    sign_ins: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, str] = field(default_factory=dict)
    remembered: set[tuple[str, str]] = field(default_factory=set)
    recovery_phones: dict[str, Factor] = field(default_factory=dict)
    recoveries: dict[tuple[str, str], str] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    documents: dict[str, Documents] = field(default_factory=dict)
    rules_of_policies: dict[str, Documents] = field(default_factory=dict)
    risks: dict[str, str] = field(default_factory=dict)
    support: Support = field(default_factory=Support)
    client_secrets: dict[str, str] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)

    def user(self, reference: str) -> User:
        """Return the user with this id, login, or unambiguous short login.

        Raises:
            OktaError: E0000007 where there is none.
        """
        if (found := self.users.get(reference)) is not None:
            return found
        if (known := self.logins.get(reference.casefold())) is not None:
            return self.users[known]
        if "@" not in reference:
            short = reference.casefold() + "@"
            matches = [key for login, key in self.logins.items() if login.startswith(short)]
            if len(matches) == 1:
                return self.users[matches[0]]
        raise errors.not_found(reference, "User")

    def group(self, group_id: str) -> Group:
        """Return the group with this id, or raise E0000007."""
        if (found := self.groups.get(group_id)) is None:
            raise errors.not_found(group_id, "UserGroup")
        return found

    def app(self, app_id: str) -> App:
        """Return the application with this id, or raise E0000007."""
        if (found := self.apps.get(app_id)) is None:
            raise errors.not_found(app_id, "AppInstance")
        return found

    def app_by_client(self, client_id: str) -> App | None:
        """Return the application whose OAuth client has this id."""
        apps = self.apps.values() if client_id else ()
        return next((app for app in apps if app.client_id == client_id), None)

    def role(self, assignee_id: str, role_id: str) -> Role:
        """Return one role assignment, or raise E0000007."""
        if (found := self.roles.get(assignee_id, {}).get(role_id)) is None:
            raise errors.not_found(role_id, "RoleAssignment")
        return found

    def effective_roles(self, user_id: str) -> Iterator[Role]:
        """Return the roles a user has directly and through groups."""
        yield from self.roles.get(user_id, {}).values()
        for group_id in self.memberships.get(user_id, {}):
            yield from self.roles.get(group_id, {}).values()

    def live_session(self, cookie: str, now: datetime) -> Session | None:
        """Return the session of this cookie if it lives.

        A suspended user's is dead and lives again afterwards, until somebody ends it; a deactivated
        user's is dead for good. An expired or reset password alone ends none.
        """
        session = self.sessions.get(cookie)
        if session is None or session.expires <= now or cookie in self.expired:
            return None
        user = self.users.get(session.user_id)
        return session if user is not None and user.status in ENTERED else None

    def live_token(self, secret: str, now: datetime) -> ApiToken | None:
        """Return the API token with this secret if it lives.

        To Okta an owner who is locked out, or waits for a new password, is an active one.
        """
        token = self.api_tokens.get(self.token_ids.get(secret, ""))
        if token is None or token.expires <= now or secret in self.expired:
            return None
        owner = self.users.get(token.user_id)
        return token if owner is not None and owner.status in ENTERED else None

    def end_sessions(self, user_id: str) -> int:
        """Drop every session of a user and return how many there were."""
        ended = [key for key, item in self.sessions.items() if item.user_id == user_id]
        for key in ended:
            del self.sessions[key]
        return len(ended)

    def app_assignment(self, app_id: str, user_id: str) -> tuple[Assignment, ...]:
        """Return the assignments through which a user has an application, the direct one first."""
        direct = self.app_users.get(app_id, {}).get(user_id)
        mine = self.memberships.get(user_id, {})
        through = [item for key, item in self.app_groups.get(app_id, {}).items() if key in mine]
        return (*((direct,) if direct else ()), *through)

    def join(self, group_id: str, user_id: str) -> None:
        """Make a user a member; a member stays one."""
        self.members.setdefault(group_id, {})[user_id] = None
        self.memberships.setdefault(user_id, {})[group_id] = None

    def leave(self, group_id: str, user_id: str) -> None:
        """End a membership; nothing happens where there is none."""
        self.members.get(group_id, {}).pop(user_id, None)
        self.memberships.get(user_id, {}).pop(group_id, None)

    def forget_user(self, user: User) -> None:
        """Delete a user and all that is theirs."""
        for group_id in tuple(self.memberships.pop(user.id, {})):
            self.members[group_id].pop(user.id, None)
        for assignments in self.app_users.values():
            assignments.pop(user.id, None)
        self.end_sessions(user.id)
        self.factors.pop(user.id, None)
        self.roles.pop(user.id, None)
        self.logins.pop(user.login.casefold(), None)
        del self.users[user.id]
