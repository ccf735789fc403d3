"""Which users a group rule matches, and putting them into its groups.

Of Okta's expression language the simulator knows comparisons of user attributes with texts,
`user.attribute == "text"`, joined by `and` or `or`; a rule with another expression matches nobody.
"""

import re
from typing import Final

from irkit.canonical import JsonObject
from irkit.world.okta.records import GroupRule, User, UserStatus
from irkit.world.okta.tables import Tables
from irkit.world.okta.views import profile

_COMPARISON: Final = re.compile(r'\s*user\.(\w+)\s*==\s*"([^"]*)"\s*')


def matches(rule: GroupRule, user: User) -> bool:
    """Say whether an active rule takes a user in."""
    if rule.status != "ACTIVE" or user.id in rule.excluded:
        return False
    if user.status is UserStatus.DEPROVISIONED:
        return False
    attributes = profile(user)
    return any(
        all(_holds(part, attributes) for part in re.split(r"\band\b|&&", branch))
        for branch in re.split(r"\bor\b|\|\|", rule.expression)
    )


def apply_rules(tables: Tables, user: User) -> None:
    """Put a user into the groups of every rule that matches."""
    for rule in tables.rules.values():
        if matches(rule, user):
            for group_id in rule.group_ids:
                tables.join(group_id, user.id)


def apply_rule(tables: Tables, rule: GroupRule) -> None:
    """Put everybody whom a rule matches into its groups."""
    for user in tuple(tables.users.values()):
        if matches(rule, user):
            for group_id in rule.group_ids:
                tables.join(group_id, user.id)


def _holds(part: str, attributes: JsonObject) -> bool:
    match = _COMPARISON.fullmatch(part)
    return match is not None and attributes.get(match[1]) == match[2]
