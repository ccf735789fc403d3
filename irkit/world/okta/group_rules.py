"""Which users a group rule matches, and putting them into its groups.

Of Okta's expression language the simulator knows comparisons of user attributes with texts,
`user.attribute == "text"`, joined by `and` or `or`; a rule with another expression matches nobody.
"""

import re
from dataclasses import replace
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


def except_from_rules(tables: Tables, group_id: str, user: User) -> list[GroupRule]:
    """Make a user an exception of every rule that puts them into a group, and return the rules."""
    found = [r for r in tables.rules.values() if group_id in r.group_ids and matches(r, user)]
    for rule in found:
        tables.rules[rule.id] = replace(rule, excluded=(*rule.excluded, user.id))
    return found


def apply_rule(tables: Tables, rule: GroupRule) -> None:
    """Put everybody whom a rule matches into its groups."""
    for user in tuple(tables.users.values()):
        if matches(rule, user):
            for group_id in rule.group_ids:
                tables.join(group_id, user.id)


def _holds(part: str, attributes: JsonObject) -> bool:
    match = _COMPARISON.fullmatch(part)
    return match is not None and attributes.get(match[1]) == match[2]
