"""Actions on settings and applications of an org: what is refused, kept, and left to others."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from action_cases.okta_apps import restrict_network, revoke_scopes
from action_cases.okta_settings import sign_on_policy, weakened_rule
from hands_on import made, planned, refused, saved, undone
from stage import Hands, Stage, changing, staged

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import IrkitError
from irkit.model.access import CredentialKind
from irkit.world.okta.records import Support
from irkit.world.probing import exchange

INTRUDER = "203.0.113.66"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world of its own for each test."""
    with staged() as stage:
        yield stage


def block_list(stage: Stage) -> tuple[str, list[str]]:
    """Return the id of the org's own block list, and what it holds."""
    zones = stage.world.okta.tables.documents["zones"]
    key, zone = next(pair for pair in zones.items() if pair[1]["name"] == "BlockedIpZone")
    gateways = zone["gateways"]
    assert isinstance(gateways, list)
    return key, [str(item["value"]) for item in gateways if isinstance(item, dict)]


def add_gateway(stage: Stage, value: str) -> None:
    """Block something by hand, as a colleague would."""
    key, values = block_list(stage)
    zones = stage.world.okta.tables.documents["zones"]
    gateways: list[Json] = [{"type": "CIDR", "value": item} for item in (*values, value)]
    zones[key] = {**zones[key], "gateways": gateways}


def test_whoever_is_blocked_gets_nothing_from_okta(stage: Stage) -> None:
    """Before anybody is asked who they are, and not from elsewhere."""
    made(stage, changing("okta.zone.block", addresses=[INTRUDER]))

    def ask(address: str) -> int:
        headers = {"X-Forwarded-For": address, "Authorization": f"SSWS {token.reveal()}"}
        reply = exchange(stage.world.okta_url, "GET", "/api/v1/users/me", headers)
        assert reply is not None
        return reply.status

    token = stage.world.okta_token
    assert (ask(INTRUDER), ask("198.51.100.23")) == (403, 200)


def test_what_a_wider_network_blocks_is_blocked(stage: Stage) -> None:
    """Only what is missing is added, and only that is taken back."""
    add_gateway(stage, "203.0.113.0/25")
    action = changing("okta.zone.block", addresses=[INTRUDER, "192.0.2.1"])
    done = made(stage, action)
    assert block_list(stage)[1] == ["203.0.113.0/25", "192.0.2.1/32"]
    undone(stage, action, done)
    assert block_list(stage)[1] == ["203.0.113.0/25"]


def test_what_others_blocked_meanwhile_stays_blocked(stage: Stage) -> None:
    """Undo writes the list as it is, without what it added."""
    action = changing("okta.zone.block", addresses=[INTRUDER])
    done = made(stage, action)
    add_gateway(stage, "192.0.2.0/24")
    undone(stage, action, done)
    assert block_list(stage)[1] == ["192.0.2.0/24"]


def test_a_range_is_a_network_too(stage: Stage) -> None:
    """Okta's lists hold ranges from one address to another."""
    add_gateway(stage, "203.0.113.60-203.0.113.70")
    assert planned(stage, changing("okta.zone.block", addresses=[INTRUDER])) == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"usage": "POLICY"}, "usage POLICY"), ({"status": "INACTIVE"}, "INACTIVE")],
)
def test_a_list_that_blocks_nobody_is_refused(stage: Stage, changes: JsonObject, says: str) -> None:
    """Adding to it would look like blocking."""
    key, _ = block_list(stage)
    zones = stage.world.okta.tables.documents["zones"]
    zones[key] = {**zones[key], **changes}
    assert says in refused(stage, changing("okta.zone.block", addresses=[INTRUDER], zone=key))


def test_an_org_without_its_block_list_says_which_zones_it_has(stage: Stage) -> None:
    """Somebody renamed it: the id is asked for."""
    key, _ = block_list(stage)
    zones = stage.world.okta.tables.documents["zones"]
    zones[key] = {**zones[key], "name": "Bad people"}
    with pytest.raises(IrkitError, match="IRK661") as caught:
        planned(stage, changing("okta.zone.block", addresses=[INTRUDER]))
    assert f"Bad people ({key})" in caught.value.diagnostics[0].summary
    assert planned(stage, changing("okta.zone.block", addresses=[INTRUDER], zone=key))


def test_what_is_no_address_is_refused(stage: Stage) -> None:
    """A name is not looked up: whoever owns it chooses the answer."""
    action = changing("okta.zone.block", addresses=["intruder.example"])
    assert refused(stage, action).startswith("IRK660")


def test_a_denied_group_is_denied_before_all_other_rules(stage: Stage) -> None:
    """The rule that lets everybody in comes after it, and first again without it."""
    policy, rule, _ = sign_on_policy(stage)
    group = stage.world.okta_ids.groups["contractors"]
    action = changing("okta.policy.deny_rule", policy=policy, group=group)
    rules = stage.world.okta.tables.rules_of_policies[policy]
    done = made(stage, action)
    assert rules[rule]["priority"] == 2
    assert len(rules) == 2
    undone(stage, action, done)
    assert rules[rule]["priority"] == 1
    assert list(rules) == [rule]


def test_an_application_s_policy_begins_with_the_rule_that_denies(stage: Stage) -> None:
    """Its priorities begin at 0: behind a rule of that place the denial would deny nobody."""
    okta = stage.world.okta
    policy = okta.add_document("policies", "rst", {"type": "ACCESS_POLICY", "name": "Console"})
    allow: JsonObject = {"name": "allow", "status": "ACTIVE", "priority": 0}
    catch_all: JsonObject = {
        "name": "Catch-all Rule",
        "status": "ACTIVE",
        "priority": 99,
        "system": True,
    }
    rules = okta.tables.rules_of_policies.setdefault(policy, {})
    rules |= {"rul1": allow, "rul99": catch_all}
    group = stage.world.okta_ids.groups["contractors"]
    action = changing("okta.policy.deny_rule", policy=policy, group=group)
    done = made(stage, action)
    in_order = sorted(rules.values(), key=lambda rule: int(str(rule["priority"])))
    assert [rule["name"] for rule in in_order] == [
        f"irkit: deny {group}",
        "allow",
        catch_all["name"],
    ]
    assert planned(stage, action) == ()
    undone(stage, action, done)
    assert list(rules) == ["rul1", "rul99"]


def test_whoever_is_in_the_denied_group_does_not_come_back_in() -> None:
    """The intruder's factor opens nothing; the session that is open does not notice."""
    with staged(intruder=True) as stage:
        factor, session = (
            next(seat for seat in stage.world.seats if seat.kind == kind)
            for kind in ("okta_factor", "okta_session")
        )
        policy, _, _ = sign_on_policy(stage)
        group = stage.world.okta_ids.groups["contractors"]
        action = changing("okta.policy.deny_rule", policy=policy, group=group)
        done = made(stage, action)
        assert (factor.probe(), session.probe()) == ("dead", "alive")
        assert {str(seat.probe()) for seat in stage.world.bystanders} == {"alive"}
        undone(stage, action, done)
        assert factor.probe() == "alive"


def test_a_rule_of_irkit_s_that_somebody_changed_is_not_overwritten(stage: Stage) -> None:
    """Switched off or moved, it denies nobody: that is said, not taken for done."""
    policy, _, _ = sign_on_policy(stage)
    group = stage.world.okta_ids.groups["contractors"]
    action = changing("okta.policy.deny_rule", policy=policy, group=group)
    ((_, applied),) = made(stage, action)
    rules = stage.world.okta.tables.rules_of_policies[policy]
    mine = str(applied.outputs["rule"])
    rules[mine] = {**rules[mine], "status": "INACTIVE"}
    assert "was changed" in refused(stage, action)


def test_a_policy_that_is_about_no_sign_in_is_refused(stage: Stage) -> None:
    """A password policy denies nobody; one that is not there is named."""
    group = stage.world.okta_ids.groups["contractors"]
    policy = stage.world.okta.add_document("policies", "00p", {"type": "PASSWORD", "name": "P"})
    action = changing("okta.policy.deny_rule", policy=policy, group=group)
    assert "PASSWORD" in refused(stage, action)
    missing = changing("okta.policy.deny_rule", policy="00pNobody", group=group)
    assert refused(stage, missing).startswith("IRK661")


def test_a_rule_as_it_should_be_is_left(stage: Stage) -> None:
    """Times and links do not count."""
    policy, rule, baseline = sign_on_policy(stage)
    text = json.dumps(baseline)
    action = changing("okta.policy_rule.restore", policy=policy, rule=rule, baseline=text)
    assert planned(stage, action) == ()


def test_what_was_weakened_comes_back_with_its_second_factor(stage: Stage) -> None:
    """Content and status are two changes, each taken back by itself."""
    policy, rule, baseline = weakened_rule(stage)
    action = changing("okta.policy_rule.restore", policy=policy, rule=rule, baseline=baseline)
    done = made(stage, action)
    found = stage.world.okta.tables.rules_of_policies[policy][rule]
    assert found["actions"] == {"signon": {"access": "ALLOW", "requireFactor": True}}
    assert found["status"] == "ACTIVE"
    assert [change.id for change, _ in done] == ["restore-content", "restore-status"]


@pytest.mark.parametrize(
    "baseline", ["not JSON", "[]", '{"name": "x"}', '{"id": "0pr1", "actions": {}}']
)
def test_a_baseline_of_something_else_is_refused(stage: Stage, baseline: str) -> None:
    """Writing another rule's content would be an intruder's work."""
    policy, rule, _ = sign_on_policy(stage)
    action = changing("okta.policy_rule.restore", policy=policy, rule=rule, baseline=baseline)
    assert "is not the JSON of rule" in refused(stage, action)


def test_a_token_outside_its_zone_is_dead(stage: Stage) -> None:
    """The holder's own words: refused, and alive again after undo."""
    seat = stage.world.plant(CredentialKind.OKTA_API_TOKEN)
    zone = restrict_network(stage).zone  # type: ignore[attr-defined]
    token = stage.world.okta.token_id(seat.credentials["token"].reveal())
    action = changing("okta.api_token.restrict_network", token=token, zone=zone)
    done = made(stage, action)
    assert seat.probe() == "dead"
    assert planned(stage, action) == ()
    undone(stage, action, done)
    assert seat.probe() == "alive"


def test_a_zone_that_binds_nothing_is_refused(stage: Stage) -> None:
    """A block list is no place to work from."""
    key, _ = block_list(stage)
    token = restrict_network(stage).token  # type: ignore[attr-defined]
    action = changing("okta.api_token.restrict_network", token=token, zone=key)
    assert "block list" in refused(stage, action)
    nobody = changing("okta.api_token.restrict_network", token="00TNobody", zone=key)
    assert refused(stage, nobody).startswith("IRK661")


def test_a_scope_that_went_meanwhile_is_no_success(stage: Stage) -> None:
    """Nothing is sent for a grant that is not there."""
    action = revoke_scopes(stage)
    change = planned(stage, action)[0]
    stage.world.okta.tables.grants.clear()
    writes = stage.writes()

    async def work(hands: Hands) -> None:
        with pytest.raises(IrkitError, match="IRK661"):
            await action.apply(change, hands.readers, hands.writers)

    stage.do(work)
    assert stage.writes() == writes


def test_an_application_that_is_no_client_holds_no_roles(stage: Stage) -> None:
    """A SAML application is asked for by mistake."""
    app = stage.world.okta_ids.aws_app
    action = changing("okta.client.remove_admin_roles", client=app)
    assert "no OAuth client" in refused(stage, action)


def test_a_group_s_roles_name_whom_they_are_taken_from(stage: Stage) -> None:
    """The guards count the members as targets."""
    group = stage.world.okta_ids.groups["executives"]
    stage.world.okta.assign_role(group, "SUPER_ADMIN")
    (change,) = planned(stage, changing("okta.group.remove_admin_role", group=group))
    members = sorted(stage.user(f"{name}@acme.example") for name in ("rita.gomes", "theo.brandt"))
    assert saved(change)["members"] == members


def test_exempt_zones_stay_unless_they_are_not_to(stage: Stage) -> None:
    """An intruder's exemption is taken out on request, and comes back with undo."""
    documents = stage.world.okta.tables.documents
    documents["threats"] = {"threats": {"action": "block", "excludeZones": ["nzo1"]}}
    assert planned(stage, changing("okta.threatinsight.enforce")) == ()
    action = changing("okta.threatinsight.enforce", exempt=False)
    done = made(stage, action)
    assert documents["threats"]["threats"]["excludeZones"] == []
    undone(stage, action, done)
    assert documents["threats"]["threats"]["excludeZones"] == ["nzo1"]


def test_a_support_case_that_is_not_there_says_which_are(stage: Stage) -> None:
    """One case can be closed, and the others stay open."""
    for number in ("00001", "00002"):
        stage.world.okta.add_support_case(number, "Sign-in is slow")
    (change,) = planned(stage, changing("okta.support_access.revoke", case="00002"))
    assert change.target.id == "00002"
    with pytest.raises(IrkitError, match="IRK661") as caught:
        planned(stage, changing("okta.support_access.revoke", case="7"))
    assert "00001, 00002" in caught.value.diagnostics[0].summary


def test_support_that_is_let_in_without_a_case_is_not_taken_for_shut_out(stage: Stage) -> None:
    """Only the Admin Console ends what was given to the whole org, or to a case that is hidden."""
    stage.world.okta.tables.support = Support(enabled=True)
    assert "by no support case" in refused(stage, changing("okta.support_access.revoke"))
    stage.world.okta.tables.support = Support()
    assert planned(stage, changing("okta.support_access.revoke")) == ()


def test_support_is_not_let_in_for_a_time_that_is_over(stage: Stage) -> None:
    """Undo gives back what was left of their time, and nothing where nothing is left."""
    stage.world.okta.add_support_case("00001", "Sign-in is slow", hours=1)
    action = changing("okta.support_access.revoke")
    done = made(stage, action)
    stage.world.clock.advance(timedelta(hours=2))
    with pytest.raises(IrkitError, match="IRK662"):
        undone(stage, action, done)


def test_a_log_stream_that_runs_is_left_and_one_that_broke_is_refused(stage: Stage) -> None:
    """Only what is switched off can be switched on."""
    stream = stage.world.okta.add_document("logStreams", "0oa", {"name": "SIEM"})
    assert planned(stage, changing("okta.log_stream.restore", stream=stream)) == ()
    table = stage.world.okta.tables.documents["logStreams"]
    table[stream] = replace_status(table[stream], "ERROR")
    assert "which is ERROR" in refused(stage, changing("okta.log_stream.restore", stream=stream))


def replace_status(document: JsonObject, status: str) -> JsonObject:
    """Return a document in another status."""
    return {**document, "status": status}
