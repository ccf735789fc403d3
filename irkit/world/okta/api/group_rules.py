"""Group rules: list, create, change, activate, deactivate, delete."""

from dataclasses import replace

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.group_rules import apply_rule
from irkit.world.okta.paging import page
from irkit.world.okta.records import GroupRule
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import moment


@route("GET", "/api/v1/groups/rules", area="groups")
def list_rules(ask: Ask) -> Reply:
    """List group rules."""
    return page(
        ask, list(ask.tables.rules.values()), key=lambda rule: rule.id, show=_json, default=50
    )


@route("GET", "/api/v1/groups/rules/{groupRuleId}", area="groups")
def get_rule(ask: Ask) -> Reply:
    """Show a group rule."""
    return Reply(body=_json(_named(ask)))


@route("POST", "/api/v1/groups/rules", area="groups")
def create_rule(ask: Ask) -> Reply:
    """Create a group rule; it is INACTIVE."""
    given = ask.object()
    rule_id = ask.state.add_group_rule(
        str(given.get("name", "")), _expression(given), _group_ids(given)
    )
    rule = ask.tables.rules[rule_id]
    _tell(ask, "group.user_rule.add", rule)
    return Reply(body=_json(rule))


@route("PUT", "/api/v1/groups/rules/{groupRuleId}", area="groups")
def replace_rule(ask: Ask) -> Reply:
    """Replace the conditions of an INACTIVE rule (its actions never change)."""
    rule = _named(ask)
    if rule.status == "ACTIVE":
        raise errors.invalid("status", "An active rule cannot be changed.")
    given = ask.object()
    changed = replace(
        rule,
        name=str(given.get("name", rule.name)),
        expression=_expression(given),
        excluded=_excluded(given),
        last_updated=ask.state.now(),
    )
    ask.tables.rules[rule.id] = changed
    _tell(ask, "group.user_rule.update", changed)
    return Reply(body=_json(changed))


@route("DELETE", "/api/v1/groups/rules/{groupRuleId}", area="groups")
def delete_rule(ask: Ask) -> Reply:
    """Delete a group rule."""
    rule = _named(ask)
    del ask.tables.rules[rule.id]
    _tell(ask, "group.user_rule.delete", rule)
    return Reply(status=202, body={})


@route("POST", "/api/v1/groups/rules/{groupRuleId}/lifecycle/activate", area="groups")
def activate_rule(ask: Ask) -> Reply:
    """→ ACTIVE: users who match join its groups."""
    rule = _set(ask, "ACTIVE")
    apply_rule(ask.tables, rule)
    _tell(ask, "group.user_rule.activate", rule)
    return NO_CONTENT


@route("POST", "/api/v1/groups/rules/{groupRuleId}/lifecycle/deactivate", area="groups")
def deactivate_rule(ask: Ask) -> Reply:
    """→ INACTIVE; memberships stay."""
    _tell(ask, "group.user_rule.deactivate", _set(ask, "INACTIVE"))
    return NO_CONTENT


def _set(ask: Ask, status: str) -> GroupRule:
    rule = replace(_named(ask), status=status, last_updated=ask.state.now())
    ask.tables.rules[rule.id] = rule
    return rule


def _named(ask: Ask) -> GroupRule:
    rule_id = ask.params["groupRuleId"]
    rule = ask.tables.rules.get(rule_id)
    if rule is None:
        raise errors.not_found(rule_id, "GroupRule")
    return rule


def _tell(ask: Ask, event_type: str, rule: GroupRule) -> None:
    target = Party(id=rule.id, kind="GroupRule", alternate_id="unknown", name=rule.name)
    ask.happened(event_type, "Group rule change", target)


def _inner(value: Json, *path: str) -> Json:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _expression(given: JsonObject) -> str:
    return str(_inner(dict(given), "conditions", "expression", "value") or "")


def _group_ids(given: JsonObject) -> tuple[str, ...]:
    found = _inner(dict(given), "actions", "assignUserToGroups", "groupIds")
    return tuple(str(item) for item in found) if isinstance(found, list) else ()


def _excluded(given: JsonObject) -> tuple[str, ...]:
    found = _inner(dict(given), "conditions", "people", "users", "exclude")
    return tuple(str(item) for item in found) if isinstance(found, list) else ()


def _json(rule: GroupRule) -> JsonObject:
    return {
        "type": "group_rule",
        "id": rule.id,
        "status": rule.status,
        "name": rule.name,
        "created": moment(rule.created),
        "lastUpdated": moment(rule.last_updated),
        "conditions": {
            "people": {"users": {"exclude": list(rule.excluded)}},
            "expression": {"value": rule.expression, "type": "urn:okta:expression:1.0"},
        },
        "actions": {"assignUserToGroups": {"groupIds": list(rule.group_ids)}},
    }
