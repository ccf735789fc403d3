"""What closes a way into AWS: nobody gets in by it any more, and undo opens it again."""

import json
from collections.abc import Iterator

import pytest
from aws_hands import iam_of
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from stage import PROD, Hands, Stage, changing, staged

from irkit.actions.base import Action, Applied
from irkit.actions.policy_reach import ROLE_KINDS, USER_KINDS
from irkit.actions.saml_tombstone import entity_id, tombstone
from irkit.canonical import Json, thaw
from irkit.diagnostics import IrkitError
from irkit.model.access import CredentialKind
from irkit.model.change import Change
from irkit.model.spec import Spec
from irkit.providers.call import CallError
from irkit.world.aws_probe import ask_aws
from irkit.world.aws_query import AwsAsker, ask
from irkit.world.browser import Browser
from irkit.world.fixtures.acme_small import OUTSIDE
from irkit.world.fixtures.build_okta import PASSWORD
from irkit.world.fixtures.permissions import ADMINISTRATOR, SUPPORT, trusted_by

DEPLOY = f"arn:aws:iam::{PROD}:role/Deploy"
CI = f"arn:aws:iam::{PROD}:user/ci-deploy"
VERBS = ("quarantine", "revoke_sessions")
OKTA = f"arn:aws:iam::{PROD}:saml-provider/okta"

RSA_2048 = int(
    "2519590847565789349402718324004839857142928212620403202777713783604366202070"
    "7595556264018525880784406918290641249515082189298559149176184502808489120072"
    "8449926873928072877767359714183472702618963750149718246911650776133798590957"
    "0009733045974880842840179742910064245869181719511874612151517265463228221686"
    "9987549182422433637259085141865462043576798423387184774447920739934236584823"
    "8242811981638150106748104516603773060562016196762561338441436038339044149526"
    "3443219011465754445417842402092461651572335077870774981712577246796292638635"
    "6373289912154831438167899885040445364023527381951378636564391212010397122822"
    "120720357"
)
"""The number of the RSA Factoring Challenge, as it was published."""


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world without an intruder."""
    with staged() as stage:
        yield stage


def do(stage: Stage, action: Action) -> list[tuple[Change, Applied]]:
    """Plan and make all changes."""

    async def work(hands: Hands) -> list[tuple[Change, Applied]]:
        return [
            (change, await action.apply(change, hands.readers, hands.writers))
            for change in action.plan(await action.probe(hands.readers))
        ]

    return stage.do(work)


def undo(stage: Stage, action: Action, done: list[tuple[Change, Applied]]) -> None:
    """Take all changes back."""

    async def work(hands: Hands) -> None:
        for change, applied in reversed(done):
            await action.undo(change, applied, hands.readers, hands.writers)

    stage.do(work)


def refusal(stage: Stage, action: Action) -> str:
    """Return why the action cannot be planned, and what helps instead."""

    async def work(hands: Hands) -> str:
        with pytest.raises(IrkitError) as caught:
            action.plan(await action.probe(hands.readers))
        return f"{caught.value}; {caught.value.diagnostics[0].help}"

    return stage.do(work)


def pipeline_enters(stage: Stage) -> str:
    """Say whether the pipeline's user gets into its role."""
    key = stage.world.user_keys["ci-deploy"]
    return str(ask_aws(stage.world.aws_url, key, f"sts:AssumeRole {DEPLOY}"))


def person_enters(stage: Stage) -> bool:
    """Say whether a person at the office gets into a role through Okta."""
    browser = Browser(
        okta_url=stage.world.okta_url,
        aws_url=stage.world.aws_url,
        address="198.51.100.7",
        user_agent="office",
    )
    sid = browser.sign_in("maria.lopez@acme.example", PASSWORD)
    signed_in = Browser(
        okta_url=browser.okta_url,
        aws_url=browser.aws_url,
        address=browser.address,
        user_agent=browser.user_agent,
        sid=sid,
    )
    role = f"arn:aws:iam::{PROD}:role/Support"
    try:
        signed_in.enter_aws(stage.world.okta_ids.aws_app, role, OKTA)
    except RuntimeError as error:
        return "InvalidIdentityToken" not in str(error)
    return True


@pytest.mark.parametrize(
    ("name", "arguments"), [("lock_trust", {}), ("prune_trust", {"trusted": CI})]
)
def test_a_closed_trust_lets_nobody_in_until_it_is_undone(
    stage: Stage, name: str, arguments: dict[str, str]
) -> None:
    """The pipeline gets into its role before and after, and not meanwhile."""
    action = changing(f"aws.iam_role.{name}", role=DEPLOY, **arguments)
    assert pipeline_enters(stage) == "alive"
    done = do(stage, action)
    assert pipeline_enters(stage) == "dead"
    undo(stage, action, done)
    assert pipeline_enters(stage) == "alive"


def test_a_broken_provider_lets_nobody_in_until_it_is_undone(stage: Stage) -> None:
    """A person signs in to AWS before and after, and not meanwhile."""
    action = changing("aws.saml_provider.break", provider=OKTA)
    assert person_enters(stage)
    done = do(stage, action)
    assert not person_enters(stage)
    undo(stage, action, done)
    assert person_enters(stage)


def test_breaking_a_provider_saves_who_is_shut_out(stage: Stage) -> None:
    """The roles that trust the provider are kept with the change, and no others."""
    (done, *_) = do(stage, changing("aws.saml_provider.break", provider=OKTA))
    saved = done[0].saved
    assert isinstance(saved, dict)
    assert saved["roles"] == [
        f"arn:aws:iam::{PROD}:role/{name}" for name in ("Developer", "Support")
    ]


def test_nobody_holds_the_key_of_a_broken_provider() -> None:
    """The certificate is over the published number, so its key is not irkit's authors' either."""
    metadata = tombstone("http://www.okta.com/exk&amp;1")
    body = metadata.partition("<ds:X509Certificate>")[2].partition("<")[0]
    pem = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.public_numbers().n == RSA_2048
    assert entity_id(metadata) == "http://www.okta.com/exk&amp;1"
    assert len(metadata) >= 1000, "AWS refuses shorter metadata"


def test_undoing_a_locked_trust_names_who_is_gone(stage: Stage) -> None:
    """AWS does not take a policy back that trusts somebody who was deleted meanwhile."""
    action = changing("aws.iam_role.lock_trust", role=DEPLOY)
    done = do(stage, action)
    with iam_of(stage) as iam:
        iam.users.pop("ci-deploy")
    with pytest.raises(CallError, match=r"Invalid principal in policy.*user/ci-deploy"):
        undo(stage, action, done)


def test_the_only_trusted_principal_is_not_pruned_away(stage: Stage) -> None:
    """A trust policy cannot be empty, and a similar change would be another plan."""
    action = changing(
        "aws.iam_role.prune_trust",
        role="irkit-read",
        account=PROD,
        trusted=f"arn:aws:iam::{PROD}:user/irkit-breakglass",
    )
    assert "lock_trust" in refusal(stage, action)


@pytest.mark.parametrize("wider", [f"arn:aws:iam::{OUTSIDE}:root", OUTSIDE, "*"])
def test_a_name_is_not_pruned_where_it_gets_in_all_the_same(stage: Stage, wider: str) -> None:
    """Taking out a user whose account is trusted too would be a false success."""
    operator = f"arn:aws:iam::{OUTSIDE}:user/operator"
    with iam_of(stage) as iam:
        role = next(role for role in iam.roles.values() if role.name == "Deploy")
        role.assume_role_policy_document = json.dumps(trusted_by(operator, wider))
    action = changing("aws.iam_role.prune_trust", role=DEPLOY, trusted=operator)
    assert "all the same" in refusal(stage, action)


@pytest.mark.parametrize(
    ("trusted", "gone"),
    [
        (f"arn:aws:iam::{OUTSIDE}:root", f"arn:aws:iam::{OUTSIDE}:user/operator"),
        (f"arn:aws:iam::{PROD}:role/Developer", f"arn:aws:sts::{PROD}:assumed-role/Developer/kai"),
    ],
)
def test_a_name_that_is_not_there_is_not_gone_where_it_gets_in(
    stage: Stage, trusted: str, gone: str
) -> None:
    """By its account, or as a session of a role that is trusted: to find it gone would be false."""
    with iam_of(stage) as iam:
        role = next(role for role in iam.roles.values() if role.name == "Deploy")
        role.assume_role_policy_document = json.dumps(trusted_by(trusted))
    action = changing("aws.iam_role.prune_trust", role=DEPLOY, trusted=gone)
    assert "all the same" in refusal(stage, action)


def test_an_identity_provider_is_pruned_although_its_account_is_trusted(stage: Stage) -> None:
    """Whoever comes from a provider is none of the account's own users and roles."""
    root: dict[str, Json] = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{PROD}:root"},
    }
    saml: dict[str, Json] = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithSAML",
        "Principal": {"Federated": OKTA},
    }
    with iam_of(stage) as iam:
        role = next(role for role in iam.roles.values() if role.name == "Deploy")
        role.assume_role_policy_document = json.dumps(
            {"Version": "2012-10-17", "Statement": [root, saml]}
        )
    action = changing("aws.iam_role.prune_trust", role=DEPLOY, trusted=OKTA)
    ((change, _),) = do(stage, action)
    assert thaw(change.after) == {"trust": {"Version": "2012-10-17", "Statement": [root]}}


def test_a_principal_that_is_not_trusted_leaves_nothing_to_do(stage: Stage) -> None:
    """No write is planned for a name that the policy does not have."""
    action = changing("aws.iam_role.prune_trust", role=DEPLOY, trusted=OUTSIDE)
    assert do(stage, action) == []


@pytest.mark.parametrize("name", ["lock_trust", "quarantine"])
def test_roles_that_aws_lets_nobody_edit_are_refused(stage: Stage, name: str) -> None:
    """A role of Identity Center is not planned for."""
    role = (
        f"arn:aws:iam::{PROD}:role/aws-reserved/sso.amazonaws.com/"
        "AWSReservedSSO_AuditorAccess_0123456789abcdef"
    )
    assert "Identity Center" in refusal(stage, changing(f"aws.iam_role.{name}", role=role))


@pytest.mark.parametrize(
    ("action", "arguments", "code"),
    [
        ("aws.saml_provider.break", {"provider": "okta"}, "IRK660"),
        ("aws.saml_provider.break", {"provider": f"{OKTA}2"}, "IRK661"),
        ("aws.oidc_provider.break", {"provider": OKTA}, "IRK660"),
        (
            "aws.oidc_provider.break",
            {"provider": f"arn:aws:iam::{PROD}:oidc-provider/nowhere.example"},
            "IRK661",
        ),
        (
            "aws.iam_policy.rollback",
            {"policy": "arn:aws:iam::aws:policy/AWSDenyAll", "to": "v1"},
            "IRK660",
        ),
        (
            "aws.iam_policy.rollback",
            {"policy": f"arn:aws:iam::{PROD}:policy/nothing", "to": "v1"},
            "IRK661",
        ),
        ("aws.iam_user.remove_mfa", {"user": CI, "device": "GAHT12345678"}, "IRK661"),
    ],
)
def test_what_is_not_there_is_never_already(
    stage: Stage, action: str, arguments: dict[str, str], code: str
) -> None:
    """A wrong name is an error before anything is written."""
    assert code in refusal(stage, changing(action, **arguments))


def test_a_version_that_was_deleted_is_named_with_those_left(stage: Stage) -> None:
    """An intruder may have deleted the good version; the others are listed."""
    with iam_of(stage) as iam:
        made = iam.create_policy("", "/", json.dumps(SUPPORT), "helpers", [])
    action = changing("aws.iam_policy.rollback", policy=made.arn, to="v7")
    assert "there are v1" in refusal(stage, action)


def test_an_active_key_is_not_deleted(stage: Stage) -> None:
    """What somebody may still miss is switched off first."""
    key = stage.world.user_keys["ci-deploy"].id
    assert "deactivate" in refusal(stage, changing("aws.iam_key.delete", user=CI, key=key))


def test_api_keys_of_services_are_switched_off_too(stage: Stage) -> None:
    """A long-term API key of Bedrock is one, and no access key: it would be missed otherwise."""
    with iam_of(stage) as iam:
        iam.put_user_policy("ci-deploy", "all", json.dumps(ADMINISTRATOR))
    asker, key = AwsAsker(url=stage.world.aws_url, headers={}), stage.world.user_keys["ci-deploy"]

    def call(action: str, **given: str) -> str:
        reply = ask(asker, key, "iam", action, UserName="ci-deploy", **given)
        assert reply is not None
        return reply.body.decode()

    call("CreateServiceSpecificCredential", ServiceName="bedrock.amazonaws.com")
    action = changing("aws.iam_user.disable_aux_credentials", user=CI)
    done = do(stage, action)
    assert ["bedrock" in change.target.label for change, _ in done] == [True]
    assert "<Status>Inactive" in call("ListServiceSpecificCredentials")
    undo(stage, action, done)
    assert "<Status>Active" in call("ListServiceSpecificCredentials")


def test_a_former_boundary_comes_back(stage: Stage) -> None:
    """Undo sets the boundary that was there, not none."""
    with iam_of(stage) as iam:
        made = iam.create_policy("", "/", json.dumps(SUPPORT), "limits", [])
        user = iam.users["ci-deploy"]
        user.permissions_boundary_arn = made.arn  # type: ignore[attr-defined]
        user.permissions_boundary = {"PermissionsBoundaryArn": made.arn}  # type: ignore[attr-defined]
    before = stage.world.restorable()
    action = changing("aws.iam_user.set_boundary", user=CI)
    undo(stage, action, do(stage, action))
    assert stage.world.restorable() == before


def test_two_policies_on_one_user_are_two_aspects(stage: Stage) -> None:
    """Quarantine and cut-off of one user can stand in one plan: neither speaks of the other's."""

    async def work(hands: Hands) -> list[set[str]]:
        actions = (changing(f"aws.iam_user.{verb}", user=CI) for verb in VERBS)
        seen = [(action, await action.probe(hands.readers)) for action in actions]
        afters = [action.plan(found)[0].after for action, found in seen]
        return [set(after) for after in afters if isinstance(after, dict)]

    first, second = stage.do(work)
    assert first
    assert not first & second


def test_what_policies_cut_is_computed() -> None:
    """A deny of everything cuts every kind it binds; a cut-off leaves the key alone."""

    def spec(action: str) -> Spec:
        return type(changing(action, **{"user" if "user" in action else "role": CI})).spec

    assert set(USER_KINDS) < set(spec("aws.iam_user.set_boundary").cuts)
    assert set(ROLE_KINDS) < set(spec("aws.iam_role.quarantine").cuts)
    revoke = spec("aws.iam_user.revoke_sessions")
    assert set(revoke.cuts) == set(USER_KINDS) - {CredentialKind.LONG_TERM_KEY}
    assert CredentialKind.LONG_TERM_KEY in revoke.does_not_cut
