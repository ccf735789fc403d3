"""Put a policy rule back to what it was: intruders take the second factor out of rules."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_policies import POLICIES, fetch_policy
from irkit.actions.okta_things import fetch, path_of
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import maybe_text, text
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_NOT_CONTENT: Final = frozenset(
    {"id", "created", "lastUpdated", "system", "status", "_links", "_embedded"}
)
_VERBS: Final = {"ACTIVE": "activate", "INACTIVE": "deactivate"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(Action):
    """Writes a rule's content and status as a baseline has them, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.policy_rule.restore",
        version=1,
        verb=Verb.DO,
        summary="Put a policy rule back to its baseline",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.ORG,
        target="okta.policy_rule",
        permissions=Permissions(
            okta_read=("okta.policies.read",), okta_write=("okta.policies.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1556.009", "T1556.006"),
        d3fend=("D3-SCP",),
        gotchas=(
            "Needs a baseline from before: export rules while all is well.",
            "Sessions that were begun under the changed rule live on: end them.",
            "Undo writes the rule as it was found, which is evidence: the intruder's version.",
            "A rule that was deleted cannot be restored: create it from the baseline by hand.",
        ),
    )

    policy: str = parameter("text", "The policy's id (00p…, rst…)")
    rule: str = parameter("text", "The rule's id (0pr…, rul…)")
    baseline: str = parameter("text", "The rule as it should be: Okta's JSON of it, as exported")

    async def probe(self, readers: Readers) -> Seen:
        """Read the rule."""
        policy = await fetch_policy(readers, self.policy)
        record = await fetch(
            readers, "policy rule", path_of(POLICIES, text(policy, "id"), "rules"), self.rule
        )
        return {
            "tenant": readers.okta.tenant,
            "policy": text(policy, "id"),
            "policy_name": maybe_text(policy, "name"),
            "rule": text(record, "id"),
            "name": maybe_text(record, "name"),
            "content": _content(record),
            "status": text(record, "status"),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Write what differs: the content, the status, or both."""
        baseline = self._baseline()
        status = maybe_text(baseline, "status")
        wanted: tuple[tuple[str, Json], ...] = (
            ("content", _content(baseline)),
            ("status", status if status in _VERBS else seen["status"]),
        )
        return tuple(
            Change(
                id=f"restore-{part}",
                target=_target(seen, part),
                verb=f"restore {part}",
                before={part: seen[part]},
                after={part: goal},
            )
            for part, goal in wanted
            if seen[part] != goal
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the content or the status."""
        part = own_id(target).rpartition("/")[2]
        return {part: seen[part]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the rule's content and status."""
        return (_target(seen, "content"), _target(seen, "status"))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Write the baseline's content, or switch to its status."""
        return await _write(writers, change, change.after)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Write what was found."""
        return await _write(writers, change, change.before)

    def _baseline(self) -> JsonObject:
        try:
            found = json.loads(self.baseline)
        except ValueError:
            found = None
        if (
            isinstance(found, dict)
            and "actions" in found
            and found.get("id", self.rule) == self.rule
        ):
            return found
        raise cannot_reach(
            f"`baseline` is not the JSON of rule {self.rule}",
            "give what `GET /api/v1/policies/POLICY/rules/RULE` answered before the incident",
        )


def _content(record: Json) -> JsonObject:
    assert isinstance(record, Mapping), "Okta answers with the rule"
    return {key: value for key, value in record.items() if key not in _NOT_CONTENT}


async def _write(writers: Writers, change: Change, wanted: Json) -> Applied:
    rule, _, part = own_id(change.target).rpartition("/")
    path = path_of(POLICIES, owner_id(change.target), "rules", rule)
    assert isinstance(wanted, Mapping), "the state names its part"
    if part == "content":
        reply = await writers.okta.send("PUT", path, body=wanted["content"])
    else:
        verb = _VERBS[text(wanted, "status")]
        reply = await writers.okta.send("POST", f"{path}/lifecycle/{verb}")
    return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen, part: str) -> Target:
    policy = Target(
        kind="okta.policy",
        tenant=text(seen, "tenant"),
        id=text(seen, "policy"),
        label=text(seen, "policy_name"),
    )
    label = f"{part} of rule {text(seen, 'name')} in {policy.label}"
    return owned("okta.policy_rule", policy, f"{text(seen, 'rule')}/{part}", label)
