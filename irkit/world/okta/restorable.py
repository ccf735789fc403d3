"""The part of the org's state that undo must restore, as JSON that compares byte for byte.

Left out, because no undo can or should bring them back: the System Log, sessions, and the times at
which something was last changed or used. Secrets are left out too, so that a dump may be shown.
"""

from collections.abc import Iterable

from irkit.canonical import Json, JsonObject
from irkit.world.okta.records import Assignment, Factor, Role, User
from irkit.world.okta.state import OktaState
from irkit.world.okta.views import profile

_TIMES = frozenset({"lastUpdated"})
_MADE_AGAIN = frozenset({"created", "lastUpdated"})
"""Of what undo has to make anew: it is the same thing, made later."""


def restorable(state: OktaState) -> JsonObject:
    """Return what undo must restore, sorted by id."""
    with state.lock:
        tables = state.tables
        return {
            "users": {key: _user(tables.users[key]) for key in sorted(tables.users)},
            "groups": {
                key: {"name": tables.groups[key].name, "members": _sorted(tables.members[key])}
                for key in sorted(tables.groups)
            },
            "group_rules": {
                key: {
                    "status": rule.status,
                    "expression": rule.expression,
                    "excluded": _sorted(rule.excluded),
                }
                for key, rule in sorted(tables.rules.items())
            },
            "roles": {
                holder: [_role(roles[key]) for key in sorted(roles)]
                for holder, roles in sorted(tables.roles.items())
                if roles
            },
            "factors": {
                user: [_factor(factors[key]) for key in sorted(factors)]
                for user, factors in sorted(tables.factors.items())
                if factors
            },
            "devices": {key: device.status for key, device in sorted(tables.devices.items())},
            "apps": {key: {"status": app.status} for key, app in sorted(tables.apps.items())},
            "app_users": _assignments(tables.app_users),
            "app_groups": _assignments(tables.app_groups),
            **_credentials(state),
            **_org(state),
        }


def _credentials(state: OktaState) -> dict[str, Json]:
    tables = state.tables
    return {
        "api_tokens": {
            key: {"user": token.user_id, "name": token.name, "network": token.network}
            for key, token in sorted(tables.api_tokens.items())
        },
        "grants": _sorted(
            f"{grant.user_id} {grant.client_id} {grant.scope}" for grant in tables.grants.values()
        ),
        "refresh_tokens": {
            key: {"user": token.user_id, "client": token.client_id}
            for key, token in sorted(tables.refresh_tokens.items())
        },
    }


def _org(state: OktaState) -> dict[str, Json]:
    tables = state.tables
    return {
        "documents": {
            kind: {key: _timeless(kind, item) for key, item in sorted(items.items())}
            for kind, items in sorted(tables.documents.items())
            if items
        },
        "policy_rules": {
            policy: {key: _timeless(policy, item) for key, item in sorted(rules.items())}
            for policy, rules in sorted(tables.rules_of_policies.items())
            if rules
        },
        "risks": dict(sorted(tables.risks.items())),
        "support": tables.support.enabled,
    }


def _sorted(texts: Iterable[str]) -> list[Json]:
    return [*sorted(texts)]


def _user(user: User) -> JsonObject:
    return {
        "status": str(user.status),
        "profile": profile(user),
        "provider": user.provider,
        "has_password": bool(user.password),
    }


def _role(role: Role) -> JsonObject:
    return {
        "type": role.kind,
        "role": role.custom_role,
        "resource_set": role.resource_set,
        "groups": _sorted(role.group_targets),
        "apps": _sorted(role.app_targets),
    }


def _factor(factor: Factor) -> JsonObject:
    return {
        "id": factor.id,
        "type": factor.factor_type,
        "provider": factor.provider,
        "status": factor.status,
    }


def _assignments(table: dict[str, dict[str, Assignment]]) -> JsonObject:
    return {
        app: {key: item.profile for key, item in sorted(assigned.items())}
        for app, assigned in sorted(table.items())
        if assigned
    }


def _timeless(kind: str, document: JsonObject) -> JsonObject:
    times = _MADE_AGAIN if kind.startswith("idp_users/") else _TIMES
    return {key: value for key, value in document.items() if key not in times}
