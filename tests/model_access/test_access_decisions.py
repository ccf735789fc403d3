"""How AWS combines policies: deny first, every layer must allow, and who may enter a role."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.canonical import Json
from irkit.model.access import (
    Allowed,
    Credential,
    CredentialKind,
    Decision,
    ExplicitDeny,
    ImplicitDeny,
    Policies,
    Policy,
    Request,
    context_of,
    decide,
    may_assume,
    may_federate,
    parse_policy,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HERE, THERE = "111122223333", "444455556666"
USER = Credential(
    kind=CredentialKind.LONG_TERM_KEY,
    account=HERE,
    principal_arn=f"arn:aws:iam::{HERE}:user/alice",
    user_id="AIDAALICE",
    name="alice",
    access_key_id="AKIAALICE",
    tags=(("team", "blue"),),
)
SESSION = Credential(
    kind=CredentialKind.ROLE_SESSION,
    account=HERE,
    principal_arn=f"arn:aws:iam::{HERE}:role/Ops",
    user_id="AROAOPS:alice",
    name="Ops",
    session_arn=f"arn:aws:sts::{HERE}:assumed-role/Ops/alice",
    session_name="alice",
    issued_at=NOW - timedelta(minutes=10),
    source_identity="alice@acme.example",
    federated_provider=f"arn:aws:iam::{HERE}:saml-provider/okta",
)
TOKEN = replace(USER, kind=CredentialKind.GET_SESSION_TOKEN, issued_at=NOW)
FEDERATED = replace(
    USER, kind=CredentialKind.GET_FEDERATION_TOKEN, user_id=f"{HERE}:al", issued_at=NOW
)
LIST = Request(action="s3:ListAllMyBuckets", time=NOW)


def policy(effect: str, action: Json = "*", resource: Json = "*", **more: Json) -> Policy:
    """Return a policy of one statement."""
    statement: dict[str, Json] = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return parse_policy({"Version": "2012-10-17", "Statement": [statement]}, effect.lower())


def trust(principal: Json, effect: str = "Allow", **more: Json) -> Policy:
    """Return a trust policy of one statement."""
    statement: dict[str, Json] = {
        "Effect": effect,
        "Principal": principal,
        "Action": "sts:AssumeRole",
        **more,
    }
    return parse_policy({"Version": "2012-10-17", "Statement": [statement]}, "trust")


ALLOW, DENY = policy("Allow"), policy("Deny")


def layer(decision: Decision) -> str:
    """Return the layer at which nothing allowed the request."""
    assert isinstance(decision.why, ImplicitDeny)
    return decision.why.layer


def test_nothing_is_allowed_by_default() -> None:
    """Without any policy the answer is an implicit deny."""
    assert layer(decide(USER, Policies(), LIST)) == "identity"


def test_allow_names_its_policy() -> None:
    """The reason of an allow is the policy that gave it."""
    decision = decide(USER, Policies(identity=(ALLOW,)), LIST)
    assert decision.allowed
    assert decision.why == Allowed(policy="allow")


def test_explicit_deny_names_its_statement() -> None:
    """The reason of a deny is the statement that gave it."""
    decision = decide(USER, Policies(identity=(ALLOW, DENY)), LIST)
    assert decision.denied_explicitly
    assert decision.why == ExplicitDeny(policy="deny", statement=DENY.statements[0])


@pytest.mark.parametrize(
    "policies",
    [
        Policies(identity=(ALLOW, DENY)),
        Policies(identity=(ALLOW,), boundary=DENY),
        Policies(identity=(ALLOW,), session=(ALLOW, DENY)),
        Policies(identity=(ALLOW,), scps=((ALLOW,), (ALLOW, DENY))),
        Policies(identity=(ALLOW,), resource=policy("Deny", Principal="*")),
    ],
)
def test_deny_wins_in_every_layer(policies: Policies) -> None:
    """An explicit deny anywhere beats every allow."""
    assert decide(SESSION, policies, LIST).denied_explicitly


@pytest.mark.parametrize(
    ("policies", "missing"),
    [
        (Policies(identity=(ALLOW,), boundary=policy("Allow", "ec2:*")), "boundary"),
        (Policies(identity=(ALLOW,), session=()), "session"),
        (Policies(identity=(ALLOW,), session=(policy("Allow", "ec2:*"),)), "session"),
        (Policies(identity=(ALLOW,), scps=((ALLOW,), (policy("Allow", "ec2:*"),))), "scp"),
        (Policies(identity=(policy("Allow", "ec2:*"),)), "identity"),
    ],
)
def test_every_layer_must_allow(policies: Policies, missing: str) -> None:
    """Where one layer does not allow, that layer is the reason."""
    assert layer(decide(SESSION, policies, LIST)) == missing


def test_unmet_condition_means_the_statement_does_not_apply() -> None:
    """A deny for somebody else denies nothing here."""
    other = policy("Deny", Condition={"StringEquals": {"aws:username": "bob"}})
    assert decide(USER, Policies(identity=(ALLOW, other)), LIST).allowed


@pytest.mark.parametrize(
    ("action", "resource", "request_action", "applies"),
    [
        ("S3:listallmybuckets", "*", "s3:ListAllMyBuckets", True),
        ("s3:List*", "*", "s3:ListAllMyBuckets", True),
        ("s3:?istAllMyBuckets", "*", "s3:ListAllMyBuckets", True),
        (["ec2:*", "iam:*"], "*", "s3:ListAllMyBuckets", False),
        ("*", "arn:aws:s3:::Other", "s3:GetObject", False),
        ("*", "arn:aws:s3:::data/${aws:username}/*", "s3:GetObject", True),
        ("*", "arn:aws:s3:::data/${aws:nothing}/*", "s3:GetObject", False),
        ("*", "arn:aws:s3:::data/${*}", "s3:GetObject", False),
    ],
)
def test_patterns(action: Json, resource: Json, request_action: str, applies: bool) -> None:
    """Actions fold case, resources do not, and variables are replaced."""
    request = Request(action=request_action, time=NOW, resource="arn:aws:s3:::data/alice/x")
    found = decide(USER, Policies(identity=(policy("Allow", action, resource),)), request)
    assert found.allowed is applies


def test_user_name_with_wildcard_stays_literal() -> None:
    """A user called `*` does not match everything through a policy variable."""
    star = replace(USER, name="*")
    mine = policy("Allow", "*", "arn:aws:s3:::data/${aws:username}")
    request = Request(action="s3:GetObject", time=NOW, resource="arn:aws:s3:::data/bob")
    assert not decide(star, Policies(identity=(mine,)), request).allowed


def test_not_action_and_not_resource_exclude() -> None:
    """NotAction and NotResource mean everything but what is listed."""
    statement: dict[str, Json] = {
        "Effect": "Allow",
        "NotAction": "iam:*",
        "NotResource": "arn:aws:s3:::secret",
    }
    document = parse_policy({"Statement": statement})
    policies = Policies(identity=(document,))
    assert decide(USER, policies, LIST).allowed
    assert not decide(USER, policies, replace(LIST, action="iam:ListUsers")).allowed
    assert not decide(USER, policies, replace(LIST, resource="arn:aws:s3:::secret")).allowed


def test_caller_identity_is_always_answered() -> None:
    """No policy can forbid GetCallerIdentity, so its answer proves nothing."""
    request = Request(action="sts:GetCallerIdentity", time=NOW)
    assert decide(USER, Policies(identity=(DENY,)), request).allowed


@pytest.mark.parametrize(
    ("credential", "action", "allowed"),
    [
        (TOKEN, "s3:ListAllMyBuckets", True),
        (TOKEN, "iam:ListUsers", False),
        (replace(TOKEN, mfa_at=NOW), "iam:ListUsers", True),
        (TOKEN, "sts:AssumeRole", True),
        (TOKEN, "sts:GetSessionToken", False),
        (FEDERATED, "s3:ListAllMyBuckets", True),
        (FEDERATED, "iam:ListUsers", False),
        (FEDERATED, "sts:AssumeRole", False),
        (FEDERATED, "sts:GetCallerIdentity", True),
    ],
)
def test_session_tokens_have_limits_no_policy_lifts(
    credential: Credential, action: str, allowed: bool
) -> None:
    """GetSessionToken and GetFederationToken sessions may not call IAM, nor most of STS."""
    policies = Policies(identity=(ALLOW,), session=(ALLOW,))
    assert decide(credential, policies, Request(action=action, time=NOW)).allowed is allowed


def test_root_is_bound_by_service_control_policies_only() -> None:
    """A member account's root user needs no policy but cannot pass an SCP."""
    root = replace(USER, principal_arn=f"arn:aws:iam::{HERE}:root")
    assert decide(root, Policies(), LIST).allowed
    assert not decide(root, Policies(scps=((DENY,),)), LIST).allowed
    assert context_of(root, LIST)["aws:principaltype"] == ("Account",)


def test_context_of_a_long_term_key_has_no_session_keys() -> None:
    """A key carries no token issue time, so a cut-off by time does not touch it."""
    context = context_of(USER, LIST)
    assert "aws:tokenissuetime" not in context
    assert "aws:multifactorauthpresent" not in context
    assert context["aws:principaltag/team"] == ("blue",)
    assert context["aws:principaltype"] == ("User",)


def test_context_of_a_session_says_where_it_comes_from() -> None:
    """A role session carries its issue time, user id, source identity and provider."""
    context = context_of(replace(SESSION, mfa_at=NOW - timedelta(seconds=90)), LIST)
    assert context["aws:tokenissuetime"] == ("2026-11-24T02:50:00Z",)
    assert context["aws:userid"] == ("AROAOPS:alice",)
    assert context["aws:sourceidentity"] == ("alice@acme.example",)
    assert context["aws:federatedprovider"] == (f"arn:aws:iam::{HERE}:saml-provider/okta",)
    assert context["aws:principaltype"] == ("AssumedRole",)
    assert context["aws:multifactorauthage"] == ("90",)
    assert context_of(FEDERATED, LIST)["aws:principaltype"] == ("FederatedUser",)


ENTER_HERE = Request(
    action="sts:AssumeRole",
    time=NOW,
    resource=f"arn:aws:iam::{HERE}:role/Target",
    resource_account=HERE,
)
ENTER_THERE = replace(
    ENTER_HERE, resource=f"arn:aws:iam::{THERE}:role/Target", resource_account=THERE
)
ROOT: Json = {"AWS": f"arn:aws:iam::{HERE}:root"}


@pytest.mark.parametrize(
    ("principal", "caller", "identity", "request_", "allowed"),
    [
        (ROOT, USER, (ALLOW,), ENTER_HERE, True),
        (ROOT, USER, (), ENTER_HERE, False),
        ({"AWS": HERE}, USER, (ALLOW,), ENTER_HERE, True),
        ({"AWS": USER.principal_arn}, USER, (), ENTER_HERE, True),
        ({"AWS": USER.principal_arn}, USER, (), ENTER_THERE, False),
        ({"AWS": USER.principal_arn}, USER, (ALLOW,), ENTER_THERE, True),
        ({"AWS": f"arn:aws:iam::{HERE}:user/bob"}, USER, (ALLOW,), ENTER_HERE, False),
        ({"AWS": SESSION.principal_arn}, SESSION, (), ENTER_HERE, True),
        ({"AWS": SESSION.session_arn}, SESSION, (), ENTER_HERE, True),
        ({"AWS": [SESSION.principal_arn]}, USER, (ALLOW,), ENTER_HERE, False),
        ("*", USER, (), ENTER_HERE, True),
        ("*", USER, (ALLOW,), ENTER_THERE, True),
        ({"Service": "ec2.amazonaws.com"}, USER, (ALLOW,), ENTER_HERE, False),
        ({"Service": "ec2.amazonaws.com"}, USER, (ALLOW,), ENTER_THERE, False),
        ({"AWS": []}, USER, (ALLOW,), ENTER_HERE, False),
    ],
)
def test_who_may_assume(
    principal: Json,
    caller: Credential,
    identity: tuple[Policy, ...],
    request_: Request,
    allowed: bool,
) -> None:
    """Naming an account delegates, naming a principal grants, other accounts need both sides."""
    decision = may_assume(trust(principal), caller, Policies(identity=identity), request_)
    assert decision.allowed is allowed


def test_role_named_in_trust_stays_within_its_boundary() -> None:
    """Naming the role leaves the boundary in force; naming the session does not."""
    narrow = Policies(boundary=policy("Allow", "s3:*"))
    by_role = may_assume(trust({"AWS": SESSION.principal_arn}), SESSION, narrow, ENTER_HERE)
    by_session = may_assume(trust({"AWS": SESSION.session_arn}), SESSION, narrow, ENTER_HERE)
    assert layer(by_role) == "boundary"
    assert by_session.allowed


def test_trust_deny_with_exception() -> None:
    """NotPrincipal in a deny spares whom it names."""
    document: dict[str, Json] = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
            {
                "Effect": "Deny",
                "NotPrincipal": {"AWS": USER.principal_arn},
                "Action": "sts:AssumeRole",
            },
        ],
    }
    locked = parse_policy(document, "trust")
    assert may_assume(locked, USER, Policies(), ENTER_HERE).allowed
    assert may_assume(locked, SESSION, Policies(), ENTER_HERE).denied_explicitly


def test_identity_allow_does_not_open_a_role_that_trusts_nobody() -> None:
    """The trust policy must agree, whatever the caller's own policies say."""
    empty = parse_policy({"Version": "2012-10-17", "Statement": []}, "trust")
    decision = may_assume(empty, USER, Policies(identity=(ALLOW,)), ENTER_HERE)
    assert layer(decision) == "trust"


PROVIDER = f"arn:aws:iam::{HERE}:saml-provider/okta"
SAML_REQUEST = Request(
    action="sts:AssumeRoleWithSAML",
    time=NOW,
    resource=ENTER_HERE.resource,
    keys={"SAML:aud": ("https://signin.aws.amazon.com/saml",), "SAML:sub": ("kai",)},
)
AUDIENCE: Json = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}


def saml_trust(*statements: dict[str, Json]) -> Policy:
    """Return a trust policy for federation."""
    full: list[Json] = [{"Action": "sts:AssumeRoleWithSAML", **item} for item in statements]
    return parse_policy({"Version": "2012-10-17", "Statement": full}, "trust")


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([{"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Condition": AUDIENCE}], True),
        ([{"Effect": "Allow", "Principal": {"Federated": PROVIDER + "2"}}], False),
        ([{"Effect": "Allow", "Principal": "*"}], True),
        (
            [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": PROVIDER},
                    "Condition": {"StringEquals": {"SAML:aud": "other"}},
                }
            ],
            False,
        ),
        (
            [
                {"Effect": "Allow", "Principal": {"Federated": PROVIDER}},
                {
                    "Effect": "Deny",
                    "Principal": {"Federated": PROVIDER},
                    "Condition": {"StringEquals": {"SAML:sub": "kai"}},
                },
            ],
            False,
        ),
        ([{"Effect": "Allow", "NotPrincipal": {"Federated": PROVIDER}}], False),
    ],
)
def test_who_may_federate(statements: list[dict[str, Json]], allowed: bool) -> None:
    """The provider must be named, the assertion's keys must fit, and a deny wins."""
    assert may_federate(saml_trust(*statements), PROVIDER, SAML_REQUEST).allowed is allowed


def test_identity_policy_is_no_trust() -> None:
    """A statement without principals lets nobody in from outside."""
    assert not may_federate(policy("Allow"), PROVIDER, SAML_REQUEST).allowed


ACTIONS = st.sampled_from(["s3:GetObject", "s3:*", "*", "iam:ListUsers", "s3:List*"])
EFFECTS = st.sampled_from(["Allow", "Deny"])
POLICIES = st.lists(st.builds(policy, EFFECTS, ACTIONS), max_size=4).map(tuple)


@given(identity=POLICIES, extra=st.builds(policy, st.just("Deny"), ACTIONS))
def test_adding_a_deny_never_allows_more(identity: tuple[Policy, ...], extra: Policy) -> None:
    """Containment by deny policies is monotone."""
    before = decide(USER, Policies(identity=identity), LIST).allowed
    after = decide(USER, Policies(identity=(*identity, extra)), LIST).allowed
    assert before or not after


@given(identity=POLICIES, boundary=st.builds(policy, EFFECTS, ACTIONS))
def test_a_boundary_never_allows_more(identity: tuple[Policy, ...], boundary: Policy) -> None:
    """A boundary takes away and never gives."""
    before = decide(USER, Policies(identity=identity), LIST).allowed
    after = decide(USER, Policies(identity=identity, boundary=boundary), LIST).allowed
    assert before or not after


def test_resource_policy_without_principals_grants_nothing() -> None:
    """A resource policy must say whom it speaks about."""
    policies = Policies(resource=policy("Allow"))
    assert layer(decide(USER, policies, LIST)) == "identity"
