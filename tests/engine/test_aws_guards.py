"""The guards against locking irkit out of AWS: each is tried to be got past."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import anyio
import pytest
from action_cases import CASES, Case
from aws_hands import iam_of
from engine_story import planned
from stage import DATA, PROD, Hands, Stage, staged

from irkit.actions.base import Readers
from irkit.actions.dependencies import entry_providers, own_identities
from irkit.actions.organization import management_account
from irkit.canonical import Json
from irkit.clock import system_clock
from irkit.engine.context import Refusal
from irkit.engine.guards import Guard, GuardFacts, guards
from irkit.model.change import Change, Target
from irkit.model.plan import PlannedStep
from irkit.model.run import Run
from irkit.providers.aws.live import AwsConnection
from irkit.providers.aws.settings import Account, AwsSettings, StaticKeys
from irkit.world.browser import Browser
from irkit.world.fixtures.build_okta import PASSWORD
from irkit.world.fixtures.permissions import trusted_by

WRITER = Target(
    kind="aws.role",
    tenant=f"aws:{DATA}",
    id="AROAWRITER",
    label=f"arn:aws:iam::{DATA}:role/irkit-write",
)
FACTS = GuardFacts(mode="drill", tenants=frozenset(), own_principals=(WRITER,), management=PROD)
OKTA = f"arn:aws:iam::{PROD}:saml-provider/okta"


def judge(name: str, step: PlannedStep, facts: GuardFacts = FACTS) -> Refusal | None:
    """Return what a guard says."""
    guard: Guard = next(guard for guard in guards() if name == guard.NAME)
    return guard.judge(step, Run(id="R", mode="drill"), facts)


def step_on(kind: str, identifier: str, after: Json, tenant: str = f"aws:{DATA}") -> PlannedStep:
    """Return a step with one change of one target."""
    target = Target(kind=kind, tenant=tenant, id=identifier, label=identifier)
    change = Change(id="s#c", target=target, verb="write", before=None, after=after)
    return replace(planned("s", "c", action="aws.x.y"), changes=(change,))


def deny(**more: Json) -> dict[str, Json]:
    """Return a statement that denies everything."""
    return {"Effect": "Deny", "Action": "*", "Resource": "*", **more}


EXCEPT: Json = {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/irkit-write"]}}
OTHERS: Json = {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/irkit-read"]}}


@pytest.mark.parametrize(
    "statement",
    [
        deny(),
        deny(Condition=OTHERS),
        deny(Action="iam:*"),
        deny(Action=["iam:PutUserPolicy"]),
        {"Effect": "Deny", "NotAction": ["s3:*", "iam:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::public"},
        deny(Condition={"StringLike": {"aws:userid": "*:irkit*"}}),
        deny(Condition={"StringLike": {"aws:PrincipalArn": "*irkit*"}}),
        deny(Condition={"Nonsense": {"aws:PrincipalArn": "x"}}),
    ],
    ids=str,
)
def test_no_policy_over_accounts_denies_irkit(statement: Json) -> None:
    """Whatever the wording, also one that cannot be read: what would bind irkit is refused."""
    for kind in ("aws.scp", "aws.account"):
        refusal = judge("own-powers", step_on(kind, "p", {"x": {"deep": [statement]}}))
        assert refusal is not None
        assert refusal.code == "IRK321"
        assert "irkit-write" in refusal.summary
        assert "management account" in refusal.help


@pytest.mark.parametrize(
    "statement",
    [
        deny(Condition=EXCEPT),
        deny(Condition={"StringLike": {"aws:userid": "*:kai@acme.example"}}),
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
    ],
    ids=str,
)
def test_a_policy_that_leaves_irkit_out_passes(statement: Json) -> None:
    """What binds others only is no matter of this guard."""
    assert judge("own-powers", step_on("aws.scp", "p", {"x": statement})) is None


def test_a_resource_that_shuts_irkit_out_is_refused() -> None:
    """A bucket's policy for everybody binds irkit too, unless it is in another account."""
    everybody = deny(Principal="*", Action="s3:*")
    step = step_on("aws.bucket_setting", "b/policy", {"policy": {"Statement": [everybody]}})
    refusal = judge("own-powers", step)
    assert refusal is not None
    assert "S3UnlockBucketPolicy" in refusal.help
    left_out = deny(Principal="*", Action="s3:*", Condition=EXCEPT)
    assert judge("own-powers", step_on("aws.bucket_setting", "b/policy", left_out)) is None


def test_a_policy_on_somebody_else_is_theirs() -> None:
    """A quarantine is a deny of everything, and binds its own target alone."""
    assert judge("own-powers", step_on("aws.user", "AIDA1", {"IRKitQuarantine": deny()})) is None


def test_taking_such_a_policy_back_is_never_refused() -> None:
    """An undo is the way out."""
    step = replace(step_on("aws.scp", "p", deny()), undoes="s#c")
    assert judge("own-powers", step) is None


@pytest.mark.parametrize("kind", ["aws.account", "aws.root_credential"])
def test_nothing_is_aimed_at_the_management_account(kind: str) -> None:
    """Member accounts are; and a mere setting of the management account is no such thing."""
    refusal = judge("management-account", step_on(kind, PROD, {}, f"aws:{PROD}"))
    assert refusal is not None
    assert refusal.code == "IRK320"
    assert judge("management-account", step_on(kind, DATA, {})) is None
    setting = step_on("aws.account_setting", f"{PROD}/s3", {}, f"aws:{PROD}")
    assert judge("management-account", setting) is None


@pytest.mark.parametrize("kind", ["aws.saml_provider", "aws.oidc_audience"])
def test_the_way_irkit_came_in_is_not_shut(kind: str) -> None:
    """Neither the provider of its first credentials, nor any while that cannot be seen."""
    step = step_on(kind, OKTA, {})
    for providers in (frozenset({OKTA}), frozenset({"?"})):
        refusal = judge("own-way-in", step, replace(FACTS, entry_providers=providers))
        assert refusal is not None
        assert refusal.code == "IRK322"
        assert "break-glass" in refusal.help
    other = frozenset({f"{OKTA}-partners"})
    assert judge("own-way-in", step, replace(FACTS, entry_providers=other)) is None
    assert judge("own-way-in", step, FACTS) is None


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world without an intruder."""
    with staged() as stage:
        yield stage


def statements_in(case: Case) -> bool:
    """Say whether an action writes policies that can bind irkit."""
    return case.name.startswith(("aws.org.", "aws.s3_bucket.lock", "aws.secret.deny"))


@pytest.mark.parametrize(
    "case", [case for case in CASES if statements_in(case)], ids=lambda case: case.name
)
def test_irkit_s_own_policies_leave_it_out(case: Case) -> None:
    """What the catalogue plans passes, and is refused once irkit's names are taken out of it."""
    with staged(intruder=case.intruder) as stage:
        action = case.prepare(stage)

        async def work(hands: Hands) -> tuple[tuple[Change, ...], GuardFacts]:
            own = await own_identities(Readers(aws_reader=hands.readers.aws))
            principals = tuple(item for item in own if item.kind in {"aws.role", "aws.user"})
            changes = action.plan(await action.probe(hands.readers))
            management = await management_account(hands.readers)
            return changes, replace(FACTS, own_principals=principals, management=management)

        changes, facts = stage.do(work)
    step = replace(planned("s", "c"), action=case.name, changes=changes)
    assert judge("own-powers", step, facts) is None
    assert judge("management-account", step, facts) is None
    if case.name == "aws.org.quarantine_account":
        after = json.loads(json.dumps(changes[0].after).replace("irkit-", "nobody-"))
        tampered = replace(step, changes=(replace(changes[0], after=after),))
        assert judge("own-powers", tampered, facts) is not None


def test_a_user_s_keys_come_through_no_provider(stage: Stage) -> None:
    """The break-glass user is the way in that needs nobody."""
    assert stage.do(lambda hands: entry_providers(hands.readers)) == frozenset()


def test_a_session_of_a_federated_role_names_its_provider(stage: Stage) -> None:
    """Credentials that came through Okta are seen to have, whatever the configuration says."""
    support = f"arn:aws:iam::{PROD}:role/Support"
    with iam_of(stage) as iam:
        for role in iam.roles.values():
            if role.name == "irkit-read":
                role.assume_role_policy_document = json.dumps(trusted_by(support))
            if role.name == "Support":
                policy = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
                role.policies["enter"] = json.dumps({"Version": "2012-10-17", "Statement": policy})
    browser = Browser(
        okta_url=stage.world.okta_url,
        aws_url=stage.world.aws_url,
        address="198.51.100.7",
        user_agent="office",
    )
    browser = replace(browser, sid=browser.sign_in("maria.lopez@acme.example", PASSWORD))
    key = browser.enter_aws(stage.world.okta_ids.aws_app, support, OKTA)

    async def look(*accounts: str) -> Any:
        settings = AwsSettings(
            source=StaticKeys(key_id=key.id, secret_key=key.secret, session_token=key.token),
            endpoint_url=stage.world.aws_url,
            user_agent="irkit/0.1 run/01TEST",
            session_name="irkit-01TEST",
            accounts=tuple(
                Account(id=item, name=item, read_role="irkit-read", write_role="irkit-write")
                for item in accounts
            ),
            regions=("us-east-1",),
        )
        async with AwsConnection.open(settings, clock=system_clock) as connection:
            return await entry_providers(Readers(aws_reader=connection.reader()))

    assert anyio.run(look, PROD) == {OKTA}
