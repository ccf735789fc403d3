"""The guards that only some steps of Okta meet, and who tries to get past them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from engine_story import planned
from lab import Lab, laboratory

from irkit.actions.load import catalogue
from irkit.canonical import Json, JsonObject
from irkit.engine.books import recorded_book
from irkit.engine.context import Refusal
from irkit.engine.generated import action_text
from irkit.engine.guards import Guard, GuardFacts, guards, targets_of
from irkit.model.change import Change, Target
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

OKTA = "okta:00o1"
FACTS = GuardFacts(mode="drill", tenants=frozenset({OKTA}), worlds={"okta": True})
STEP = planned("cut.suspend", "one")
OWNER = "sasha.novak@acme.example"


def guard(name: str) -> Guard:
    """Return one guard."""
    return next(found for found in guards() if name == found.NAME)


def judged(name: str, facts: GuardFacts, step: PlannedStep) -> str:
    """Return the code of the refusal, empty if there is none."""
    refusal: Refusal | None = guard(name).judge(step, Run(id="R", mode="drill"), facts)
    return refusal.code if refusal else ""


def on(kind: str, id_: str, **more: Json) -> PlannedStep:
    """Return a step with one change of a target."""
    target = Target(kind=kind, tenant=OKTA, id=id_, label=id_)
    change = Change(
        id="cut.x#one",
        target=target,
        verb="change",
        before=more.get("before", {}),
        after=more.get("after", {}),
        saved=more.get("saved"),
    )
    return replace(STEP, changes=(change,))


def blocking(*networks: str) -> PlannedStep:
    """Return a step that blocks networks."""
    after: JsonObject = {f"blocks {network}": True for network in networks}
    return on("okta.zone", "nzo1", after=after)


@pytest.mark.parametrize(
    ("networks", "code"),
    [
        (("203.0.113.66/32",), ""),
        (("198.51.100.23/32",), "IRK310"),
        (("203.0.113.66/32", "198.51.100.0/25"), "IRK310"),
        (("198.51.0.0/16",), "IRK310"),
        (("198.51.100.128/25",), ""),
        (("10.0.0.0/15",), "IRK310"),
        (("10.0.0.0/16",), ""),
        (("0.0.0.0/0",), "IRK310"),
        (("2001:db8::/31",), "IRK310"),
        (("2001:db8:1::/48",), "IRK310"),
        (("2001:db8:2::/48",), ""),
    ],
)
def test_one_s_own_network_is_not_blocked(networks: tuple[str, ...], code: str) -> None:
    """In either version, as a whole or in part, and nothing wider than a network."""
    own = {"198.51.100.0/25": "it is an office", "2001:db8:1::23/128": "irkit was seen there"}
    assert judged("own-network", replace(FACTS, networks=own), blocking(*networks)) == code


def test_taking_a_block_back_is_never_refused() -> None:
    """Undo lets in, it shuts nobody out."""
    facts = replace(FACTS, networks={"198.51.100.0/25": "it is an office"})
    step = replace(blocking("198.51.100.0/25"), undoes="cut.x#one")
    assert judged("own-network", facts, step) == ""


def test_a_user_whose_tokens_work_runs_on_is_not_stopped_unnoticed() -> None:
    """The refusal names the tokens; other users and the way back pass."""
    facts = replace(FACTS, integrations={"00u1": ("HR", "SIEM")})
    refusal = guard("token-owner").judge(on("okta.user", "00u1"), Run(id="R"), facts)
    assert refusal is not None
    assert "HR, SIEM" in refusal.summary
    assert judged("token-owner", facts, on("okta.user", "00u2")) == ""
    assert judged("token-owner", facts, on("okta.group", "00u1")) == ""
    undo = replace(on("okta.user", "00u1"), undoes="cut.x#one")
    assert judged("token-owner", facts, undo) == ""


@pytest.mark.parametrize(
    ("kind", "before", "code"),
    [
        ("okta.group_role", {"type": "SUPER_ADMIN"}, "IRK307"),
        ("okta.group_role", {"type": "READ_ONLY_ADMIN"}, ""),
        ("okta.group_denial", {"rule": None}, "IRK307"),
    ],
)
def test_administrators_are_not_lost_through_a_group(
    kind: str, before: Mapping[str, Json], code: str
) -> None:
    """Whoever takes a group's role takes it from every member."""
    facts = replace(FACTS, super_admins=frozenset({"00u1", "00u2", "00u3"}))
    step = on(kind, "00g1/x", before=before, saved={"members": ["00u1", "00u2"]})
    assert judged("super-admins", facts, replace(step, action="okta.group.x")) == code


@pytest.mark.parametrize(("name", "code"), [("own-identity", "IRK301"), ("protected", "IRK302")])
def test_the_members_a_group_s_change_reaches_are_targets(name: str, code: str) -> None:
    """A protected user in the group is hit as if they had been named."""
    user = f"{OKTA}/okta.user/00u1"
    facts = replace(FACTS, own={user: "it acts as this"}, protected={user: "okta.user: ada"})
    step = on("okta.group_role", "00g1/X", saved={"members": ["00u1"]})
    assert judged(name, facts, step) == code
    assert [target.kind for target in targets_of(step)] == [
        "okta.group_role",
        "okta.group",
        "okta.user",
    ]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A laboratory."""
    with laboratory(tmp_path) as lab:
        yield lab


def begun(lab: Lab, action: str, **given: str) -> str:
    """Plan one action and return the run's id; it waits for approvals, or was refused."""
    book = recorded_book(action_text(catalogue()[action], given, "a test"), "do.yaml", {})
    run_id = lab.start(book, **given)
    lab.go(book, run_id)
    return run_id


def go_on(lab: Lab, run_id: str, action: str, **given: str) -> None:
    """Let two people approve, and carry it out."""
    book = recorded_book(action_text(catalogue()[action], given, "a test"), "do.yaml", {})
    for who in ("alice@acme.example", "bob@acme.example"):
        lab.approve(run_id, who)
    lab.go(book, run_id)


def refused_by(lab: Lab, run_id: str) -> set[str]:
    """Return the guards that refused a step of a run."""
    return set(lab.run_of(run_id).refused_by.values())


def offices(lab: Lab, network: str) -> None:
    """Give the org a zone of its own."""
    content: JsonObject = {
        "type": "IP",
        "name": "Offices",
        "usage": "POLICY",
        "gateways": [{"type": "CIDR", "value": network}],
    }
    lab.world.okta.add_document("zones", "nzo", content)


def blocks(lab: Lab) -> list[str]:
    """Return what the org blocks."""
    zones = lab.world.okta.tables.documents["zones"].values()
    listed = next(zone["gateways"] for zone in zones if zone["name"] == "BlockedIpZone")
    assert isinstance(listed, list)
    return [str(item["value"]) for item in listed if isinstance(item, dict)]


def old_token(lab: Lab, name: str = "HR provisioning") -> None:
    """Give the administrator a token that is two days old."""
    okta = lab.world.okta
    token = okta.token_id(okta.add_token(lab.world.okta_ids.users[OWNER], name))
    tables = okta.tables
    made = tables.api_tokens[token]
    tables.api_tokens[token] = replace(made, created=made.created - timedelta(days=2))


def test_a_plan_that_blocks_the_office_is_refused(lab: Lab) -> None:
    """An address inside a wider network of one's own counts."""
    offices(lab, "198.51.100.0/24")
    run_id = begun(lab, "okta.zone.block", addresses="203.0.113.66,198.51.100.23")
    assert refused_by(lab, run_id) == {"own-network"}
    assert blocks(lab) == []


def test_an_office_that_is_named_after_the_approval_is_not_blocked(lab: Lab) -> None:
    """What was harmless when it was planned is judged again before the write."""
    given = {"addresses": "198.51.100.23"}
    run_id = begun(lab, "okta.zone.block", **given)
    assert refused_by(lab, run_id) == set()
    offices(lab, "198.51.100.0/24")
    lab.world.clock.advance(timedelta(seconds=10))
    go_on(lab, run_id, "okta.zone.block", **given)
    assert refused_by(lab, run_id) == {"own-network"}
    assert blocks(lab) == []


def test_the_address_irkit_writes_from_is_not_blocked(lab: Lab) -> None:
    """No zone names it: the log of what irkit did does."""
    run_id = begun(lab, "okta.zone.block", addresses="203.0.113.66")
    go_on(lab, run_id, "okta.zone.block", addresses="203.0.113.66")
    assert blocks(lab) == ["203.0.113.66/32"]
    run_id = begun(lab, "okta.zone.block", addresses="127.0.0.0/24")
    assert refused_by(lab, run_id) == {"own-network"}
    assert blocks(lab) == ["203.0.113.66/32"]


def test_whoever_owns_old_tokens_is_not_suspended_unnoticed(lab: Lab) -> None:
    """A token of today is no integration; one of before yesterday is."""
    okta = lab.world.okta
    okta.add_token(lab.world.okta_ids.users[OWNER], "made by the intruder")
    assert refused_by(lab, begun(lab, "okta.user.suspend", user=OWNER)) == set()
    old_token(lab)
    run_id = begun(lab, "okta.user.suspend", user=OWNER)
    assert refused_by(lab, run_id) == {"token-owner"}
    assert okta.tables.users[lab.world.okta_ids.users[OWNER]].status == "ACTIVE"


def test_a_token_that_turns_up_after_the_approval_stops_the_write(lab: Lab) -> None:
    """Who approved did not know what would stop."""
    run_id = begun(lab, "okta.user.suspend", user=OWNER)
    old_token(lab)
    lab.world.clock.advance(timedelta(seconds=10))
    go_on(lab, run_id, "okta.user.suspend", user=OWNER)
    assert refused_by(lab, run_id) == {"token-owner"}
    assert lab.world.okta.tables.users[lab.world.okta_ids.users[OWNER]].status == "ACTIVE"


def test_a_step_that_stops_no_token_is_not_asked(lab: Lab) -> None:
    """Ending sessions leaves tokens alone, whoever owns them."""
    old_token(lab)
    assert refused_by(lab, begun(lab, "okta.user.revoke_sessions", user=OWNER)) == set()


def test_a_group_that_holds_a_protected_user_keeps_its_role(lab: Lab) -> None:
    """The break-glass accounts are protected, wherever their rights come from."""
    group = lab.world.okta_ids.groups["break-glass"]
    lab.world.okta.assign_role(group, "READ_ONLY_ADMIN")
    run_id = begun(lab, "okta.group.remove_admin_role", group=group)
    assert refused_by(lab, run_id) == {"protected"}


def signs_in_through(lab: Lab) -> str:
    """Return a provider; nobody signs in through it yet."""
    return lab.world.okta.add_document(
        "idps", "0oa", {"type": "SAML2", "name": "Partner sign-in", "protocol": {"type": "SAML2"}}
    )


def link_own_user(lab: Lab, idp: str) -> None:
    """Let the owner of irkit's token sign in through a provider."""
    okta = lab.world.okta
    own = next(u.id for u in okta.tables.users.values() if u.login.startswith("irkit.responder@"))
    links = okta.tables.documents.setdefault(f"idp_users/{idp}", {})
    links[own] = {"externalId": "responder", "created": "2026-01-01T00:00:00.000Z"}


def test_the_provider_that_one_signs_in_through_is_not_broken(lab: Lab) -> None:
    """The token would go on working; its owner could not come in again."""
    idp = signs_in_through(lab)
    assert refused_by(lab, begun(lab, "okta.idp.deactivate", idp=idp)) == set()
    link_own_user(lab, idp)
    assert refused_by(lab, begun(lab, "okta.idp.deactivate", idp=idp)) == {"own-sign-in"}
    undo = replace(on("okta.idp", idp), undoes="cut.x#one")
    assert judged("own-sign-in", replace(FACTS, own_idps=frozenset({idp})), undo) == ""


def test_a_link_that_is_made_after_the_approval_stops_the_write(lab: Lab) -> None:
    """Whoever approved did not know that it is the way in."""
    idp = signs_in_through(lab)
    run_id = begun(lab, "okta.idp.deactivate", idp=idp)
    link_own_user(lab, idp)
    lab.world.clock.advance(timedelta(seconds=10))
    go_on(lab, run_id, "okta.idp.deactivate", idp=idp)
    assert refused_by(lab, run_id) == {"own-sign-in"}
    assert lab.world.okta.tables.documents["idps"][idp].get("status") != "INACTIVE"
