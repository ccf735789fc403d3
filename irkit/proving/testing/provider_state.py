"""The simulated providers' own state, by the names people use; asked of them and not of any run."""

from collections.abc import Iterator, Mapping
from typing import cast

from irkit.canonical import Json, JsonObject, parse
from irkit.model.access.kinds import CredentialKind
from irkit.proving.testing.resource_state import RESOURCES, snapshots
from irkit.proving.testing.seen import State
from irkit.world.aws.moto_ec2 import instance_names, snapshot_names
from irkit.world.aws.moto_secrets import secret_arns
from irkit.world.okta.state import OktaState
from irkit.world.world import World


def state_of(world: World) -> State:
    """Return how everything stands at this moment."""
    whole = cast("JsonObject", parse(world.restorable()))
    accounts = _object(_object(whole, "aws"), "accounts")
    return State(
        whole=whole,
        named={
            "okta.user": dict(_people(world.okta)),
            "okta.idp": dict(_identity_providers(world.okta)),
            "okta.zone": dict(_zones(world.okta)),
            "aws.user": dict(_principals(accounts, "users")),
            "aws.role": dict(_principals(accounts, "roles")),
            "aws.access_key": dict(_keys(accounts)),
            "aws.instance": dict(_instances(world, accounts)),
            "aws.snapshot": dict(snapshots(accounts, _snapshot_names(world, accounts))),
            **{kind: dict(look(accounts)) for kind, look in RESOURCES.items()},
        },
    )


def names_of(world: World) -> Mapping[str, str]:
    """Return what only the world knows, by the names a test writes.

    `seat.KIND` is the first seat of that kind: an access key's id, or whose Okta credential it is.
    `user.NAME` is the access key of an IAM user, the company's or the intruder's, `secret.NAME`
    the ARN of a secret.
    """
    found = {f"user.{name}": key.id for name, key in world.user_keys.items()}
    found |= {f"secret.{name}": arn for name, arn in secret_arns(world.aws.cloud)}
    for seat in world.seats:
        found.setdefault(f"seat.{seat.kind}", seat.access_key_id or seat.user)
        if seat.kind is CredentialKind.LONG_TERM_KEY:
            found.setdefault(f"user.{seat.user}", seat.access_key_id)
    return found


def _object(value: JsonObject, key: str) -> JsonObject:
    return cast("JsonObject", value.get(key) or {})


def _people(okta: OktaState) -> Iterator[tuple[str, JsonObject]]:
    with okta.lock:
        tables, now = okta.tables, okta.now()
        for user in tables.users.values():
            mine = user.id
            yield (
                user.login,
                {
                    "status": str(user.status),
                    "sessions": sum(
                        item.user_id == mine and tables.live_session(cookie, now) is not None
                        for cookie, item in tables.sessions.items()
                    ),
                    "refresh_tokens": sum(
                        token.user_id == mine for token in tables.refresh_tokens.values()
                    ),
                    "factors": [item.factor_type for item in tables.factors.get(mine, {}).values()],
                    "admin_roles": [role.kind for role in tables.roles.get(mine, {}).values()],
                    "api_tokens": [
                        token.name for token in tables.api_tokens.values() if token.user_id == mine
                    ],
                    "groups": [
                        tables.groups[group].name for group in tables.memberships.get(mine, {})
                    ],
                },
            )


def _identity_providers(okta: OktaState) -> Iterator[tuple[str, JsonObject]]:
    """Yield the providers that the org trusts, or did, by name, with the logins linked to each."""
    with okta.lock:
        tables = okta.tables
        for idp, provider in tables.documents.get("idps", {}).items():
            linked = tables.documents.get(f"idp_users/{idp}", {})
            yield (
                str(provider["name"]),
                {
                    "status": provider["status"],
                    "users": [*sorted(tables.users[user].login for user in linked)],
                },
            )


def _zones(okta: OktaState) -> Iterator[tuple[str, JsonObject]]:
    """Yield the network zones by name, each with its addresses."""
    with okta.lock:
        for zone in okta.tables.documents["zones"].values():
            held = cast("list[JsonObject]", zone["gateways"])
            addresses = [gateway["value"] for gateway in held]
            yield str(zone["name"]), {"status": zone["status"], "addresses": addresses}


def _principals(accounts: JsonObject, what: str) -> Iterator[tuple[str, JsonObject]]:
    for account, content in accounts.items():
        of_kind = _object(_object(cast("JsonObject", content), "iam"), what)
        for name, principal in of_kind.items():
            facts = cast("JsonObject", principal)
            shown: dict[str, Json] = {
                key: facts[key]
                for key in ("attached", "groups", "boundary", "console", "trust")
                if key in facts
            }
            shown["inline"] = list(_object(facts, "inline"))
            if what == "users":
                shown["keys"] = list(_object(facts, "keys"))
            yield f"{account}/{name}", shown


def _keys(accounts: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for content in accounts.values():
        users = _object(_object(cast("JsonObject", content), "iam"), "users")
        for name, user in users.items():
            for key, status in _object(cast("JsonObject", user), "keys").items():
                yield key, {"status": status, "user": name}


def _snapshot_names(world: World, accounts: JsonObject) -> Mapping[str, str]:
    with world.aws.cloud.moto:
        return {id_: name for a in accounts for id_, name in snapshot_names(a).items()}


def _instances(world: World, accounts: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Yield machines by account and the name they were given, with the names of their groups."""
    for account, content in accounts.items():
        with world.aws.cloud.moto:
            names = instance_names(account)
        for region in _object(cast("JsonObject", content), "ec2").values():
            of_region = cast("JsonObject", region)
            groups = _object(of_region, "security_groups")
            interfaces = _object(of_region, "interfaces")
            for id_, machine in _object(of_region, "instances").items():
                facts = cast("JsonObject", machine)
                held = {
                    group
                    for interface in cast("list[str]", facts["interfaces"])
                    for group in cast("list[str]", interfaces[interface])
                }
                named = [_object(groups, group).get("name") or "default" for group in held]
                shown: JsonObject = {
                    "state": facts["state"],
                    "security_groups": tuple(sorted(map(str, named))),
                }
                yield f"{account}/{names.get(id_, id_)}", shown
