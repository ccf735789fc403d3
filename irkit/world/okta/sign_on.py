"""Sign-on policies, as far as the simulator goes by them: entry denied, or a factor asked for.

The first active rule that is for the user decides, in the order of priorities; where no rule is for
the user, nothing is denied. Of a rule's conditions the simulator knows the groups.
"""

from irkit.canonical import JsonObject
from irkit.world.okta.tables import Tables, at


def is_denied(tables: Tables, user_id: str) -> bool:
    """Say whether the org's sign-on policies deny a user the sign-in."""
    return at(_rule(tables, user_id), "actions", "signon", "access") == "DENY"


def asks_for_factor(tables: Tables, user_id: str) -> bool:
    """Say whether the org's sign-on policies want a factor of a user whom others vouch for."""
    return at(_rule(tables, user_id), "actions", "signon", "requireFactor") is True


def _rule(tables: Tables, user_id: str) -> "JsonObject | None":
    """Return the rule that decides, None where no rule is for the user."""
    for policy_id, policy in tables.documents.get("policies", {}).items():
        if policy.get("type") == "OKTA_SIGN_ON" and policy.get("status") == "ACTIVE":
            rule = _first(tables, policy_id, user_id)
            if rule is not None:
                return rule
    return None


def _first(tables: Tables, policy_id: str, user_id: str) -> "JsonObject | None":
    rules = tables.rules_of_policies.get(policy_id, {}).values()
    mine = [
        rule for rule in rules if rule.get("status") == "ACTIVE" and _is_for(tables, rule, user_id)
    ]
    return min(mine, key=_priority, default=None)


def _is_for(tables: Tables, rule: JsonObject, user_id: str) -> bool:
    groups = at(rule, "conditions", "people", "groups", "include")
    if not isinstance(groups, list):
        return True
    return any(str(group) in tables.memberships.get(user_id, {}) for group in groups)


def _priority(rule: JsonObject) -> int:
    found = rule.get("priority")
    return found if isinstance(found, int) else 0
