"""Changing actions on settings of a whole org, each where it has something to do."""

import json

from stage import Hands, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.canonical import Json, JsonObject, thaw

STRICT: JsonObject = {
    "type": "SIGN_ON",
    "name": "Everybody",
    "conditions": {"network": {"connection": "ANYWHERE"}},
    "actions": {"signon": {"access": "ALLOW", "requireFactor": True}},
}


def sign_on_policy(stage: Stage) -> tuple[str, str, Json]:
    """Return a policy, its one rule, and the rule as Okta shows it."""
    policy = stage.world.okta.add_document(
        "policies", "00p", {"type": "OKTA_SIGN_ON", "name": "Sign-on"}
    )

    async def make(hands: Hands) -> Json:
        path = f"/api/v1/policies/{policy}/rules"
        return (await hands.writers.okta.send("POST", path, body=STRICT)).body

    rule = stage.do(make)
    assert isinstance(rule, dict)
    return policy, str(rule["id"]), rule


def weakened_rule(stage: Stage) -> tuple[str, str, str]:
    """Return a policy, its rule without second factor and switched off, and the baseline."""
    policy, rule, baseline = sign_on_policy(stage)
    weak: JsonObject = {
        **STRICT,
        "actions": {"signon": {"access": "ALLOW", "requireFactor": False}},
    }
    path = f"/api/v1/policies/{policy}/rules/{rule}"

    async def weaken(hands: Hands) -> None:
        await hands.writers.okta.send("PUT", path, body=weak)
        await hands.writers.okta.send("POST", f"{path}/lifecycle/deactivate")

    stage.do(weaken)
    return policy, rule, json.dumps(thaw(baseline))


def block(stage: Stage) -> Action:
    """An address and a network of the intruder's."""
    return changing("okta.zone.block", addresses=["203.0.113.66", "203.0.113.128/28"])


def enforce(stage: Stage) -> Action:
    """An org that does nothing about attacking addresses."""
    return changing("okta.threatinsight.enforce")


def deny(stage: Stage) -> Action:
    """A policy with a rule, and a group to contain people in."""
    policy, _, _ = sign_on_policy(stage)
    group = stage.world.okta.add_group("IR-Contained", "Nobody here signs in")
    return changing("okta.policy.deny_rule", policy=policy, group=group)


def restore_rule(stage: Stage) -> Action:
    """A rule that the intruder weakened."""
    policy, rule, baseline = weakened_rule(stage)
    return changing("okta.policy_rule.restore", policy=policy, rule=rule, baseline=baseline)


def restore_stream(stage: Stage) -> Action:
    """A stream that the intruder switched off."""
    stream = stage.world.okta.add_document(
        "logStreams",
        "0oa",
        {"name": "To the SIEM", "type": "aws_eventbridge", "status": "INACTIVE"},
    )
    return changing("okta.log_stream.restore", stream=stream)


CASES = (
    Case("okta.zone.block", block, "PUT */zones/*"),
    Case("okta.threatinsight.enforce", enforce, "POST */threats/configuration"),
    Case("okta.policy.deny_rule", deny, "POST */rules"),
    Case("okta.policy_rule.restore", restore_rule, "PUT */rules/*"),
    Case("okta.log_stream.restore", restore_stream, "POST */lifecycle/activate", returns=False),
)
