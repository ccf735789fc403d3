"""Users: list, search, get, create, update, delete."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors, expressions
from irkit.world.okta.paging import page
from irkit.world.okta.records import User, UserStatus
from irkit.world.okta.routing import NO_CONTENT, Access, Ask, Reply, route
from irkit.world.okta.views import moment, profile, user_json

LIST_LIMIT = 200
_STANDARD = {"firstName": "first", "lastName": "last", "login": "login", "email": "email"}
_SILENT = {"mobilePhone", "secondEmail"}


@route("GET", "/api/v1/users", area="users")
def list_users(ask: Ask) -> Reply:
    """List users; without a filter the deactivated ones are left out."""
    found = _selected(ask)
    return page(
        ask,
        found,
        key=lambda user: user.id,
        show=lambda user: user_json(user, ask.base, brief=True),
        default=LIST_LIMIT,
    )


@route("GET", "/api/v1/users/{id}", area="users", access=Access.SELF)
def get_user(ask: Ask) -> Reply:
    """Show a user by id, login, short login or `me`; others than `me` need an admin."""
    me = ask.caller.user
    user = ask.user()
    if me is None or me.id != user.id:
        ask.must_be_admin("users", write=False)
    return Reply(body=user_json(user, ask.base))


@route("POST", "/api/v1/users", area="users")
def create_user(ask: Ask) -> Reply:
    """Create a user, ACTIVE or STAGED (`activate=false`)."""
    given = _object(ask.object().get("profile"))
    login = str(given.get("login", ""))
    if not login:
        raise errors.invalid("login", "login: The field cannot be left blank")
    if login.casefold() in ask.tables.logins:
        raise errors.invalid(
            "login", "login: An object with this field already exists in the current organization"
        )
    password = _password(ask.object())
    active = UserStatus.ACTIVE if password else UserStatus.PROVISIONED
    user_id = ask.state.add_user(
        login,
        str(given.get("firstName", "")),
        str(given.get("lastName", "")),
        email=str(given.get("email", login)),
        status=active if ask.flag("activate", default=True) else UserStatus.STAGED,
        password=password,
        profile=_extras(given),
    )
    user = ask.tables.users[user_id]
    ask.happened_to("user.lifecycle.create", "Create Okta user", user)
    return Reply(body=user_json(user, ask.base))


@route("POST", "/api/v1/users/{id}", area="users")
def update_user(ask: Ask) -> Reply:
    """Change some profile attributes or the password."""
    return _update(ask, ask.user(), keep=True)


@route("PUT", "/api/v1/users/{id}", area="users")
def replace_user(ask: Ask) -> Reply:
    """Replace the profile."""
    return _update(ask, ask.user(), keep=False)


@route("DELETE", "/api/v1/users/{id}", area="users")
def delete_user(ask: Ask) -> Reply:
    """Deactivate a user; delete one who is deactivated already."""
    user = ask.user()
    if user.status is UserStatus.DEPROVISIONED:
        ask.tables.forget_user(user)
        ask.happened_to("user.lifecycle.delete.completed", "Delete Okta user", user)
    else:
        now = ask.state.now()
        ask.tables.end_sessions(user.id)
        gone = replace(user, status=UserStatus.DEPROVISIONED, status_changed=now, last_updated=now)
        ask.state.put_user(gone)
        ask.happened_to("user.lifecycle.deactivate", "Deactivate Okta user", user)
    return NO_CONTENT


def _selected(ask: Ask) -> list[User]:
    users = ask.tables.users.values()
    text = ask.query.get("search") or ask.query.get("filter")
    if text:
        holds = expressions.parse(text, fold=True)
        return [user for user in users if holds(_lookup(user))]
    present = [user for user in users if user.status is not UserStatus.DEPROVISIONED]
    if start := ask.query.get("q", "").casefold():
        return [user for user in present if _starts(user, start)]
    return present


def _starts(user: User, start: str) -> bool:
    fields = (user.first, user.last, user.email, user.login)
    return any(value.casefold().startswith(start) for value in fields)


_SEARCHABLE: Mapping[str, Callable[[User], Json]] = {
    "id": lambda user: user.id,
    "status": lambda user: str(user.status),
    "created": lambda user: moment(user.created),
    "lastUpdated": lambda user: moment(user.last_updated),
    "statusChanged": lambda user: moment(user.status_changed),
    "profile.login": lambda user: user.login,
    "profile.email": lambda user: user.email,
}


def _lookup(user: User) -> expressions.Lookup:
    def values(path: str) -> Iterable[Json]:
        if (value := _SEARCHABLE.get(path)) is not None:
            return (value(user),)
        if path.startswith("profile."):
            return (profile(user).get(path.removeprefix("profile.")),)
        raise errors.bad_search()

    return values


def _update(ask: Ask, user: User, *, keep: bool) -> Reply:
    given = _object(ask.object().get("profile"))
    named = {mine: str(given[key]) for key, mine in _STANDARD.items() if key in given}
    extras = dict(user.profile) if keep else {}
    extras.update(_extras(given))
    now = ask.state.now()
    password = _password(ask.object())
    changed = replace(
        user,
        first=named.get("first", user.first),
        last=named.get("last", user.last),
        email=named.get("email", user.email),
        login=named.get("login", user.login),
        profile=tuple(sorted(extras.items())),
        password=password or user.password,
        password_changed=now if password else user.password_changed,
        last_updated=now,
    )
    if changed.login != user.login:
        ask.tables.logins.pop(user.login.casefold(), None)
        ask.tables.logins[changed.login.casefold()] = user.id
    ask.state.put_user(changed)
    ask.happened_to("user.account.update_profile", "Update user profile for Okta", changed)
    if password:
        ask.happened_to("user.account.update_password", "User update password for Okta", changed)
    return Reply(body=user_json(changed, ask.base))


def _extras(given: JsonObject) -> tuple[tuple[str, Json], ...]:
    return tuple(
        sorted((k, v) for k, v in given.items() if k not in _STANDARD and k not in _SILENT)
    )


def _password(body: JsonObject) -> str:
    credentials = _object(body.get("credentials"))
    return str(_object(credentials.get("password")).get("value", ""))


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
