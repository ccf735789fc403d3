"""Switching things of an org: what is refused, what counts as done, and what is kept of each."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from action_cases.okta_idp import rogue_idp
from hands_on import planned, saved
from stage import VICTIM, Stage, changing, staged

from irkit.canonical import Json
from irkit.diagnostics import IrkitError


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world for tests that only look."""
    with staged() as stage:
        yield stage


def test_a_provider_is_kept_with_who_and_what_leads_to_it(stage: Stage) -> None:
    """Linked users and active routing rules are in the plan, for whoever has to clean up."""
    idp = rogue_idp(stage)
    (change,) = planned(stage, changing("okta.idp.deactivate", idp=idp))
    linked = sorted([stage.user(VICTIM), stage.user("maria.lopez@acme.example")])
    assert saved(change)["linked_users"] == linked
    assert saved(change)["linked"] == 2
    rules = saved(change)["routing_rules"]
    assert isinstance(rules, list)
    assert [str(rule).partition(" (")[0] for rule in rules] == ["Partners"]


def test_one_user_alone_can_be_unlinked(stage: Stage) -> None:
    """The link is the user's, so that protecting the user protects it."""
    idp = rogue_idp(stage)
    (change,) = planned(stage, changing("okta.idp.unlink_users", idp=idp, user=VICTIM))
    assert change.target.id == f"{stage.user(VICTIM)}/{idp}"


def test_an_id_that_names_nothing_says_what_there_is(stage: Stage) -> None:
    """At 03:00 nobody remembers ids: the refusal lists them."""
    hook = stage.world.okta.add_document("eventHooks", "who", {"name": "Tell"})
    with pytest.raises(IrkitError, match="IRK661") as caught:
        planned(stage, changing("okta.hook.deactivate", hook="who-nobody"))
    assert f"Tell ({hook})" in caught.value.diagnostics[0].summary
    with pytest.raises(IrkitError, match="IRK661"):
        planned(stage, changing("okta.idp.unlink_users", idp="0oa-nobody"))


def test_what_is_off_already_is_done(stage: Stage) -> None:
    """A second responder plans nothing."""
    content: Json = {"name": "Old", "origin": "https://old.example", "status": "INACTIVE"}
    assert isinstance(content, dict)
    origin = stage.world.okta.add_document("trustedOrigins", "tos", content)
    assert planned(stage, changing("okta.trusted_origin.deactivate", origin=origin)) == ()


@pytest.mark.parametrize(("status", "code"), [("DEACTIVATED", ""), ("CREATED", "IRK660")])
def test_a_device_that_cannot_be_suspended(stage: Stage, status: str, code: str) -> None:
    """One that is deactivated lets nobody in; one that was never used cannot be suspended."""
    device = stage.world.okta.add_device("LAPTOP", "MACOS", (stage.user(VICTIM),))
    tables = stage.world.okta.tables
    tables.devices[device] = replace(tables.devices[device], status=status)
    if not code:
        assert planned(stage, changing("okta.device.suspend", device=device)) == ()
        return
    with pytest.raises(IrkitError, match=code):
        planned(stage, changing("okta.device.suspend", device=device))


def test_a_device_is_kept_with_its_users(stage: Stage) -> None:
    """Suspending one may hit several people."""
    device = stage.world.okta.add_device("DESK", "WINDOWS", (stage.user(VICTIM),))
    (change,) = planned(stage, changing("okta.device.suspend", device=device))
    assert saved(change)["users"] == [VICTIM]


def test_an_application_is_kept_with_its_groups(stage: Stage) -> None:
    """Okta takes the groups' assignments away with it: what they were is in the plan."""
    (change,) = planned(stage, changing("okta.app.deactivate", app=stage.world.okta_ids.aws_app))
    groups = saved(change)["groups"]
    assert isinstance(groups, list)
    ids = {group["id"] for group in groups if isinstance(group, dict)}
    assert ids == {stage.world.okta_ids.groups[name] for name in ("support", "developers", "data")}
