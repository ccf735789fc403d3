"""Policies and their rules."""

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.documents import Kind, named, register, tell
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.tables import Documents
from irkit.world.okta.views import hinted, moment

POLICIES = Kind(
    name="policies",
    prefix="00p",
    parameter="policyId",
    area="policies",
    noun="Policy",
    event="policy.lifecycle",
    path="/api/v1/policies",
)
_RULES = "/api/v1/policies/{policyId}/rules"
_RULE = f"{_RULES}/{{ruleId}}"
_FROM_ZERO = frozenset({"ACCESS_POLICY", "ENTITY_RISK", "POST_AUTH_SESSION", "PROFILE_ENROLLMENT"})
"""Types of policies whose priorities begin at 0 and may have gaps, which deleting leaves."""

register(POLICIES)


@route("POST", "/api/v1/policies/{policyId}/lifecycle/activate", area="policies")
def activate_policy(ask: Ask) -> Reply:
    """→ ACTIVE; answered without a body, unlike other documents."""
    return _set_policy(ask, "ACTIVE", "activate")


@route("POST", "/api/v1/policies/{policyId}/lifecycle/deactivate", area="policies")
def deactivate_policy(ask: Ask) -> Reply:
    """→ INACTIVE."""
    return _set_policy(ask, "INACTIVE", "deactivate")


@route("GET", _RULES, area="policies")
def list_rules(ask: Ask) -> Reply:
    """List the rules of a policy, the one that is looked at first before the others."""
    rules = sorted(_rules(ask).items(), key=lambda item: _priority(item[1]))
    return Reply(body=[_json(ask, key, rule) for key, rule in rules])


@route("POST", _RULES, area="policies")
def create_rule(ask: Ask) -> Reply:
    """Add a rule to a policy."""
    rules = _rules(ask)
    rule_id = ask.state.ids.new("0pr")
    now = moment(ask.state.now())
    active: dict[str, Json] = {"status": "ACTIVE", "priority": _last(ask), "system": False}
    rule = {**active, **_content(ask), "created": now, "lastUpdated": now}
    _make_room(rules, _priority(rule))
    rules[rule_id] = rule
    tell(ask, POLICIES, named(ask, POLICIES), "rule.add")
    return Reply(body=_json(ask, rule_id, rules[rule_id]))


@route("GET", _RULE, area="policies")
def get_rule(ask: Ask) -> Reply:
    """Show a rule."""
    rule_id = _rule_id(ask)
    return Reply(body=_json(ask, rule_id, _rules(ask)[rule_id]))


@route("PUT", _RULE, area="policies")
def replace_rule(ask: Ask) -> Reply:
    """Replace a rule."""
    rule_id = _rule_id(ask)
    old = _rules(ask)[rule_id]
    kept = {key: old[key] for key in ("status", "created", "system", "priority") if key in old}
    return _stored(ask, rule_id, {**kept, **_content(ask)}, "rule.update")


@route("DELETE", _RULE, area="policies")
def delete_rule(ask: Ask) -> Reply:
    """Delete a rule."""
    rules, rule_id = _rules(ask), _rule_id(ask)
    place = _priority(rules.pop(rule_id))
    if not _from_zero(ask):
        _shift(rules, place, by=-1)
    tell(ask, POLICIES, named(ask, POLICIES), "rule.delete")
    return NO_CONTENT


@route("POST", f"{_RULE}/lifecycle/activate", area="policies")
def activate_rule(ask: Ask) -> Reply:
    """→ ACTIVE."""
    _set_rule(ask, "ACTIVE", "rule.activate")
    return NO_CONTENT


@route("POST", f"{_RULE}/lifecycle/deactivate", area="policies")
def deactivate_rule(ask: Ask) -> Reply:
    """→ INACTIVE."""
    _set_rule(ask, "INACTIVE", "rule.deactivate")
    return NO_CONTENT


def _set_policy(ask: Ask, status: str, verb: str) -> Reply:
    policy_id = named(ask, POLICIES)
    policies = ask.tables.documents[POLICIES.name]
    policies[policy_id] = {
        **policies[policy_id],
        "status": status,
        "lastUpdated": moment(ask.state.now()),
    }
    tell(ask, POLICIES, policy_id, verb)
    return NO_CONTENT


def _set_rule(ask: Ask, status: str, verb: str) -> None:
    rule_id = _rule_id(ask)
    _stored(ask, rule_id, {**_rules(ask)[rule_id], "status": status}, verb)


def _stored(ask: Ask, rule_id: str, content: dict[str, Json], verb: str) -> Reply:
    rule = {**content, "lastUpdated": moment(ask.state.now())}
    _rules(ask)[rule_id] = rule
    tell(ask, POLICIES, named(ask, POLICIES), verb)
    return Reply(body=_json(ask, rule_id, rule))


def _rules(ask: Ask) -> Documents:
    return ask.tables.rules_of_policies.setdefault(named(ask, POLICIES), {})


def _from_zero(ask: Ask) -> bool:
    policy = ask.tables.documents[POLICIES.name][named(ask, POLICIES)]
    return policy.get("type") in _FROM_ZERO


def _last(ask: Ask) -> int:
    """Return the place behind all rules but the system's own, which stays the last."""
    start = 0 if _from_zero(ask) else 1
    taken = [_priority(rule) for rule in _rules(ask).values() if not rule.get("system")]
    return max(taken, default=start - 1) + 1


def _make_room(rules: Documents, place: int) -> None:
    """Move the rule at `place` down, and those behind it until a gap takes the last of them."""
    taken = {_priority(rule) for rule in rules.values()}
    gap = next(free for free in range(place, place + len(taken) + 1) if free not in taken)
    for key, rule in rules.items():
        if place <= _priority(rule) < gap:
            rules[key] = {**rule, "priority": _priority(rule) + 1}


def _shift(rules: Documents, place: int, *, by: int) -> None:
    for key, rule in rules.items():
        if _priority(rule) >= place:
            rules[key] = {**rule, "priority": _priority(rule) + by}


def _priority(rule: JsonObject) -> int:
    found = rule.get("priority")
    return found if isinstance(found, int) else 0


def _rule_id(ask: Ask) -> str:
    rule_id = ask.params["ruleId"]
    if rule_id not in _rules(ask):
        raise errors.not_found(rule_id, "PolicyRule")
    return rule_id


def _content(ask: Ask) -> dict[str, Json]:
    return {key: value for key, value in ask.object().items() if key not in {"id", "_links"}}


def _json(ask: Ask, rule_id: str, rule: JsonObject) -> JsonObject:
    me = f"{ask.base}/api/v1/policies/{ask.params['policyId']}/rules/{rule_id}"
    toggle = "deactivate" if rule.get("status") == "ACTIVE" else "activate"
    return {
        "id": rule_id,
        **rule,
        "_links": {
            "self": hinted(me, "GET", "PUT", "DELETE"),
            toggle: hinted(f"{me}/lifecycle/{toggle}", "POST"),
        },
    }
