"""Nobody is shut out before a break-glass way in is proven; each proof is tried to be got past."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lab import Lab, laboratory
from stage import staged
from test_aws_guards import FACTS, OKTA, deny, judge, step_on
from test_guards_undo import book_of, metadata

from irkit.actions.break_glass import WayIn, way_into_aws
from irkit.canonical import JsonObject
from irkit.model.run import Run, Stage
from irkit.world.fixtures.acme_small import PROD
from irkit.world.okta.records import UserStatus

GOOD = WayIn(name="good")
BREAK = f"arn:aws:iam::{PROD}:user/irkit-breakglass"
ROLES = f"arn:aws:iam::{PROD}:role"
PARTNER: JsonObject = {"type": "SAML2", "name": "Partner sign-in", "protocol": {"type": "SAML2"}}


@pytest.mark.parametrize("kind", ["aws.saml_provider", "aws.oidc_audience", "okta.idp"])
@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ((), "names none"),
        ((WayIn(name="ada", wrong="she left"),), "ada: she left"),
        ((WayIn(name="role", through=frozenset({OKTA})),), f"it comes through {OKTA}"),
        ((GOOD, WayIn(name="ada", wrong="she left")), ""),
        ((WayIn(name="role", through=frozenset({f"{OKTA}-partners"})),), ""),
    ],
)
def test_one_way_in_that_needs_no_provider_is_enough(
    kind: str, ways: tuple[WayIn, ...], told: str
) -> None:
    """One that is named and no good does not do, and the refusal says why it is none."""
    refusal = judge("break-glass", step_on(kind, OKTA, {}), replace(FACTS, ways_in=ways))
    assert (refusal is None) == (told == "")
    if refusal is not None:
        assert refusal.code == "IRK324"
        assert told in refusal.summary
        assert "Shut out already" in refusal.help


def test_a_deny_by_provider_is_one_for_everybody_who_comes_through_it() -> None:
    """Whichever provider it names, a way in through any may be meant; a deny by name is no such."""
    pattern = {"StringLike": {"AWS:FederatedProvider": "arn:aws*:iam::*:saml-provider/okta"}}
    step = step_on("aws.scp", "p", {"statement": deny(Condition=pattern)})
    through = replace(FACTS, ways_in=(WayIn(name="role", through=frozenset({"other"})),))
    assert judge("break-glass", step, through) is not None
    assert judge("break-glass", step, replace(FACTS, ways_in=(GOOD,))) is None
    one = deny(Condition={"StringLike": {"aws:userid": "*:kai@acme.example"}})
    assert judge("break-glass", step_on("aws.scp", "p", one)) is None


def test_taking_it_back_needs_no_proof() -> None:
    """An undo lets in."""
    assert judge("break-glass", replace(step_on("aws.saml_provider", OKTA, {}), undoes="x")) is None


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A laboratory without an intruder."""
    with laboratory(tmp_path, intruder=False) as lab:
        yield lab


def configured(lab: Lab, former: str, now: str) -> None:
    """Change one thing in irkit.yaml; the policy stays as it was sealed."""
    file = lab.root / "irkit.yaml"
    text = file.read_text()
    assert former in text
    file.write_text(text.replace(former, now))


def begun(lab: Lab) -> str:
    """Plan to break the identity provider, and return the run."""
    book = book_of("aws.saml_provider.break", provider=OKTA)
    run_id = lab.start(book, provider=OKTA)
    lab.go(book, run_id)
    return run_id


def told(run: Run) -> str:
    """Return why the break-glass guard refused; empty if it did not."""
    assert set(run.refused_by.values()) <= {"break-glass"}
    return "; ".join(summary for _, _, summary in run.refusals)


def planned(lab: Lab, action: str, **given: str) -> str:
    """Plan an action, and return why the guard refuses it."""
    return told(lab.plan(book_of(action, **given), **given).run)


def test_the_proof_is_one_question_to_aws(lab: Lab) -> None:
    """Asked when it is planned, with the break-glass credentials, and nothing else with them."""
    before = len(lab.world.calls.all())
    assert planned(lab, "aws.saml_provider.break", provider=OKTA) == ""
    own = [
        call.operation
        for call in lab.world.calls.all()[before:]
        if call.operation.startswith("sts:") and call.operation != "sts:AssumeRole"
    ]
    assert set(own) == {"sts:GetCallerIdentity"}


def test_a_key_that_is_dead_proves_nothing(lab: Lab) -> None:
    """It is named, and AWS does not take it any more."""
    secret = lab.root / ".irkit/keys/old-secret"
    secret.write_text("nobody's")
    secret.chmod(0o600)
    key = f'{lab.world.aws_key.id}, secret_access_key: "file:.irkit/keys'
    configured(lab, f"{key}/aws-secret-key", f"{key}/old-secret")
    assert f"{BREAK}: " in planned(lab, "aws.saml_provider.break", provider=OKTA)


def test_somebody_else_s_key_proves_nothing(lab: Lab) -> None:
    """The credentials work, and are not those of the user that is named."""
    configured(lab, f"principal: {BREAK}", f"principal: arn:aws:iam::{PROD}:user/ci-deploy")
    found = planned(lab, "aws.saml_provider.break", provider=OKTA)
    assert f"its credentials are those of {BREAK}" in found


def test_a_quarantined_user_is_no_way_in(lab: Lab) -> None:
    """AWS still says whose the credentials are, and the user can do nothing any more."""
    book, run_id, former = (
        book_of("aws.saml_provider.break", provider=OKTA),
        begun(lab),
        metadata(lab),
    )
    assert told(lab.run_of(run_id)) == ""
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny(Action="s3:*")]})
    iam = lab.world.aws.cloud.iam(PROD)
    iam.put_user_policy("irkit-breakglass", "IRKitQuarantine", document)
    lab.world.clock.advance(timedelta(seconds=10))
    lab.approve(run_id)
    lab.approve(run_id, "bob@acme.example")
    run = lab.go(book, run_id).run
    assert {state.stage for state in run.changes.values()} == {Stage.REFUSED}
    assert "it is quarantined" in told(run)
    assert metadata(lab) == former


def test_nobody_is_named_and_nobody_is_shut_out(lab: Lab) -> None:
    """Without `break_glass` only two people can let it be done."""
    text = (lab.root / "irkit.yaml").read_text()
    start = text.index("break_glass:")
    (lab.root / "irkit.yaml").write_text(text[:start] + text[text.index("protect:") :])
    assert "names none into aws" in planned(lab, "aws.saml_provider.break", provider=OKTA)


def idp(lab: Lab) -> str:
    """Give the org an identity provider."""
    return lab.world.okta.add_document("idps", "0oa", PARTNER)


def test_an_okta_person_is_active_an_administrator_and_needs_no_provider(lab: Lab) -> None:
    """One of two is enough, and each of the reasons takes one away."""
    okta, provider = lab.world.okta, idp(lab)
    ada, bo = (lab.world.okta_ids.users[f"{name}.break@acme.example"] for name in ("ada", "bo"))
    assert planned(lab, "okta.idp.deactivate", idp=provider) == ""
    okta.tables.users[ada] = replace(okta.tables.users[ada], status=UserStatus.SUSPENDED)
    assert planned(lab, "okta.idp.deactivate", idp=provider) == ""
    links = okta.tables.documents.setdefault(f"idp_users/{provider}", {})
    links[bo] = {"externalId": "bo", "created": "2026-01-01T00:00:00.000Z"}
    both = planned(lab, "okta.idp.deactivate", idp=provider)
    assert "ada.break@acme.example: the user is SUSPENDED" in both
    assert f"bo.break@acme.example: it comes through {provider}" in both


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("quarantine: [break-glass]", "the user is in break-glass"),
        ("signed_in_within: 90d", "the user last signed in never"),
    ],
)
def test_who_is_quarantined_or_long_gone_is_no_way_in(lab: Lab, line: str, reason: str) -> None:
    """Both are said in irkit.yaml."""
    configured(lab, "break_glass:  ", f"break_glass:\n  {line}\n #")
    assert reason in planned(lab, "okta.idp.deactivate", idp=idp(lab))


def test_the_break_glass_are_no_targets(lab: Lab) -> None:
    """By login, by id, and by ARN: naming them protects them, in whatever group they are."""
    lab.world.okta.tables.members[lab.world.okta_ids.groups["break-glass"]].clear()
    ada = lab.world.okta_ids.users["ada.break@acme.example"]
    for named in ("ada.break@acme.example", ada):
        book = book_of("okta.user.suspend", user=named)
        assert set(lab.plan(book, user=named).run.refused_by.values()) == {"protected"}


@pytest.mark.parametrize(
    ("arn", "session", "through", "wrong"),
    [
        (f"{ROLES}/Support", "Support/ada", {OKTA}, ""),
        (f"{ROLES}/irkit-read", "irkit-read/ada", set(), ""),
        (f"{ROLES}/irkit-read", "irkit-write/ada", set(), "its credentials are those of"),
        ("arn:aws:iam::999900001111:role/x", "x/ada", set(), "is not pinned"),
    ],
)
def test_a_role_that_a_provider_leads_to_is_seen_to_need_it(
    arn: str, session: str, through: set[str], wrong: str
) -> None:
    """Its session works, and once it ends nobody can begin another."""
    account = arn.split(":")[4]
    caller: JsonObject = {"Arn": f"arn:aws:sts::{account}:assumed-role/{session}"}
    with staged() as stage:
        way = stage.do(lambda hands: way_into_aws(hands.readers, arn, caller))
    assert way.through == through
    assert wrong in way.wrong
    assert (wrong == "") == (way.wrong == "")
