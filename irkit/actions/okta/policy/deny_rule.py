"""Deny a group the sign-in by a rule: many are contained by putting them into one group."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_policies import POLICIES, fetch_policy
from irkit.actions.okta_things import fetch, path_of
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import at, listed, maybe_text, text, texts
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_SIGN_ON: Final = {
    "OKTA_SIGN_ON": ("SIGN_ON", "signon", 1),
    "ACCESS_POLICY": ("ACCESS_POLICY", "appSignOn", 0),
}
"""By a policy's type: the type of its rules, the action that lets in or denies, the first place."""

_NOWHERE: Final = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyRule(Action):
    """Puts a rule before all others of a policy, and removes it."""

    spec: ClassVar[Spec] = Spec(
        id="okta.policy.deny_rule",
        version=1,
        verb=Verb.DO,
        summary="Deny a group the sign-in by a rule",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="okta.group_denial",
        permissions=Permissions(
            okta_read=("okta.policies.read", "okta.groups.read", "okta.users.read"),
            okta_write=("okta.policies.manage",),
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1078.004", "T1556.009"),
        d3fend=("D3-AL",),
        gotchas=(
            "Whoever is in the group is denied, and whoever comes into it later.",
            "Sessions that are open live on, and API tokens know no sign-in.",
            "Holds for what the policy is for: one application's policy stops only that one.",
            "The rules behind it may move down by one; undo leaves them in the order they had.",
        ),
    )

    policy: str = parameter("text", "The id of the sign-on or application policy (00p…, rst…)")
    group: str = parameter("okta.group", "The group to deny: name or Okta id")

    async def probe(self, readers: Readers) -> Seen:
        """Read the policy, the group, and irkit's own rule if it is there."""
        policy = await fetch_policy(readers, self.policy)
        group = await fetch(readers, "Okta group", "/api/v1/groups", self.group)
        policy_id, group_id = text(policy, "id"), text(group, "id")
        rules = await readers.okta.list(path_of(POLICIES, policy_id, "rules"))
        members = await readers.okta.list(
            path_of("/api/v1/groups", group_id, "users"), {"limit": "1000"}
        )
        mine = [rule for rule in rules if maybe_text(rule, "name") == _name(group_id)]
        return {
            "tenant": readers.okta.tenant,
            "policy": policy_id,
            "policy_name": maybe_text(policy, "name"),
            "policy_type": maybe_text(policy, "type"),
            "group": group_id,
            "group_name": text(group, "profile", "name"),
            "members": listed(sorted(text(user, "id") for user in members)),
            "rule": _seen_rule(mine[0], rules, maybe_text(policy, "type")) if mine else None,
            "rule_id": text(mine[0], "id") if mine else "",
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Add the rule; one of the same name that says something else is somebody's work."""
        kind = text(seen, "policy_type")
        if kind not in _SIGN_ON:
            raise cannot_reach(
                f"policy {text(seen, 'policy_name')} is about no sign-in ({kind})",
                f"name a policy of the type {' or '.join(_SIGN_ON)}",
            )
        goal = _goal(text(seen, "group"))
        if seen["rule"] == goal:
            return ()
        if seen["rule"] is not None:
            raise cannot_reach(
                f"rule `{_name(text(seen, 'group'))}` is there and was changed: {seen['rule']}",
                "remove it in the Admin Console if it is nobody's, then plan again",
            )
        return (
            Change(
                id="deny",
                target=_target(seen),
                verb="deny sign-in",
                before={"rule": None},
                after={"rule": goal},
                saved={"type": kind, "members": seen["members"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return what irkit's rule says; None where it is not there."""
        return {"rule": seen["rule"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the denial, which is the group's."""
        return (_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Create the rule before all others."""
        group = owner_id(change.target)
        rule_type, action, first = _SIGN_ON[text(change.saved, "type")]
        reply = await writers.okta.send(
            "POST",
            path_of(POLICIES, own_id(change.target), "rules"),
            body={
                "name": _name(group),
                "type": rule_type,
                "priority": first,
                "conditions": {"people": {"groups": {"include": [group]}}},
                "actions": {action: {"access": "DENY"}},
            },
        )
        return Applied(
            outputs={"rule": text(reply.body, "id")},
            request_ids=(reply.request_id,),
            status=reply.status,
        )

    async def undo(
        self,
        change: Change,
        applied: Applied,
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Delete the rule that was created."""
        path = path_of(POLICIES, own_id(change.target), "rules", text(applied.outputs, "rule"))
        reply = await writers.okta.send("DELETE", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    def adopt(self, change: Change, seen: Seen) -> Applied:  # noqa: ARG002
        """Return the rule's id."""
        return Applied(outputs={"rule": seen["rule_id"]})


def _name(group: str) -> str:
    return f"irkit: deny {group}"


def _goal(group: str) -> JsonObject:
    return {"status": "ACTIVE", "first": True, "access": "DENY", "groups": [group]}


def _seen_rule(rule: JsonObject, rules: list[JsonObject], policy_type: str) -> JsonObject:
    _, action, _ = _SIGN_ON.get(policy_type, ("", "", 0))
    others = [_place(other) for other in rules if other is not rule]
    return {
        "status": maybe_text(rule, "status"),
        "first": _place(rule) < min(others, default=_NOWHERE),
        "access": maybe_text(rule, "actions", action, "access"),
        "groups": listed(texts(rule, "conditions", "people", "groups", "include")),
    }


def _place(rule: JsonObject) -> float:
    """Return where the rule stands; one that does not say may stand before all others."""
    found = at(rule, "priority")
    return found if isinstance(found, int) else -_NOWHERE


def _target(seen: Seen) -> Target:
    group = Target(
        kind="okta.group",
        tenant=text(seen, "tenant"),
        id=text(seen, "group"),
        label=text(seen, "group_name"),
    )
    label = f"sign-in of {group.label} by policy {text(seen, 'policy_name')}"
    return owned("okta.group_denial", group, text(seen, "policy"), label)
