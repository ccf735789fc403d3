"""Sign-on by SAML: who vouches, for whom, for which role, for how long."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aws_harness import DATA, PROD, START, Aws, Key, as_key, code_of, document

from irkit.world.okta.keys import OrgKeys
from irkit.world.okta.saml import Statement, entity_id, issue, metadata

OKTA, STRANGER = OrgKeys(), OrgKeys()
ISSUER = entity_id("0oaaws")
PROVIDER = f"arn:aws:iam::{PROD}:saml-provider/okta"
SUPPORT = f"arn:aws:iam::{PROD}:role/Support"
STATEMENT = Statement(
    id="id1",
    issuer=ISSUER,
    name_id="kai@acme.example",
    session_name="kai@acme.example",
    roles=(f"{SUPPORT},{PROVIDER}",),
    session_seconds=7200,
    at=START,
)


@pytest.fixture(scope="module")
def fed() -> Iterator[Aws]:
    """An AWS that trusts our identity provider."""
    running = Aws(metadata=metadata(ISSUER, OKTA.certificate(), "http://127.0.0.1"))
    yield running
    running.stop()


def enter(aws: Aws, statement: Statement = STATEMENT, keys: OrgKeys = OKTA, **more: Any) -> Any:
    """Present an assertion to AWS."""
    asked = {"RoleArn": SUPPORT, "PrincipalArn": PROVIDER, **more}
    client = aws.unsigned("sts")
    return client.assume_role_with_saml(SAMLAssertion=issue(statement, keys), **asked)


def test_assertion_opens_the_role_it_names(fed: Aws) -> None:
    """The session has the assertion's name and duration, and may do what the role may."""
    answer = enter(fed)
    assert answer["AssumedRoleUser"]["Arn"].endswith("assumed-role/Support/kai@acme.example")
    assert answer["Credentials"]["Expiration"] == START + timedelta(hours=2)
    assert (answer["Subject"], answer["Issuer"]) == ("kai@acme.example", ISSUER)
    session = as_key(answer["Credentials"])
    assert code_of(fed.client("iam", session).list_users) == "ok"
    assert code_of(lambda: fed.client("iam", session).create_user(UserName="x")) == "AccessDenied"


def test_call_may_ask_for_less_time(fed: Aws) -> None:
    """A shorter session can be asked for, a longer one is cut to what was asserted."""
    short = enter(fed, DurationSeconds=900)["Credentials"]["Expiration"]
    long = enter(fed, DurationSeconds=43_200)["Credentials"]["Expiration"]
    assert short == START + timedelta(minutes=15)
    assert long == START + timedelta(hours=2)


@pytest.mark.parametrize(
    ("statement", "keys", "more", "code"),
    [
        (STATEMENT, STRANGER, {}, "InvalidIdentityToken"),
        (replace(STATEMENT, issuer="http://other"), OKTA, {}, "InvalidIdentityToken"),
        (replace(STATEMENT, audience="other"), OKTA, {}, "InvalidIdentityToken"),
        (replace(STATEMENT, at=START - timedelta(hours=1)), OKTA, {}, "InvalidIdentityToken"),
        (STATEMENT, OKTA, {"RoleArn": SUPPORT.replace("Support", "Developer")}, "AccessDenied"),
        (STATEMENT, OKTA, {"RoleArn": SUPPORT.replace("Support", "Nothing")}, "AccessDenied"),
        (STATEMENT, OKTA, {"PrincipalArn": PROVIDER + "2"}, "AccessDenied"),
        (STATEMENT, OKTA, {"PrincipalArn": PROVIDER.replace(PROD, DATA)}, "AccessDenied"),
    ],
)
def test_what_is_not_vouched_for_is_refused(
    fed: Aws, statement: Statement, keys: OrgKeys, more: dict[str, str], code: str
) -> None:
    """Another key, issuer, audience, time, role or provider does not open anything."""
    assert code_of(lambda: enter(fed, statement, keys, **more)) == code


def test_changed_assertion_is_refused(fed: Aws) -> None:
    """Editing a signed assertion breaks its signature."""
    signed = base64.b64decode(issue(STATEMENT, OKTA)).replace(b"Support", b"Develop")
    client = fed.unsigned("sts")
    asked = {
        "RoleArn": SUPPORT.replace("Support", "Develop"),
        "PrincipalArn": PROVIDER,
        "SAMLAssertion": base64.b64encode(signed).decode(),
    }
    assert code_of(lambda: client.assume_role_with_saml(**asked)) == "AccessDenied"
    asked["RoleArn"] = SUPPORT
    assert code_of(lambda: client.assume_role_with_saml(**asked)) == "InvalidIdentityToken"


def test_broken_provider_stops_new_sessions_only() -> None:
    """Replacing the provider's metadata blocks minting; sessions that exist go on."""
    aws = Aws(metadata=metadata(ISSUER, OKTA.certificate(), "http://127.0.0.1"))
    try:
        session = as_key(enter(aws)["Credentials"])
        other = metadata(ISSUER, STRANGER.certificate(), "http://127.0.0.1")
        padded = other + f"<!--{'x' * 1000}-->"
        aws.client("iam", aws.admin()).update_saml_provider(
            SAMLProviderArn=PROVIDER, SAMLMetadataDocument=padded
        )
        assert code_of(lambda: enter(aws)) == "InvalidIdentityToken"
        assert code_of(aws.client("iam", session).list_users) == "ok"
    finally:
        aws.stop()


def test_trust_deny_stops_one_subject() -> None:
    """A deny by subject in the trust policy keeps one person out, and nobody else."""
    aws = Aws(metadata=metadata(ISSUER, OKTA.certificate(), "http://127.0.0.1"))
    try:
        iam = aws.client("iam", aws.admin())
        trust = iam.get_role(RoleName="Support")["Role"]["AssumeRolePolicyDocument"]
        trust["Statement"].append(
            {
                "Effect": "Deny",
                "Principal": {"Federated": PROVIDER},
                "Action": "sts:AssumeRoleWithSAML",
                "Condition": {"StringEquals": {"SAML:sub": "kai@acme.example"}},
            }
        )
        iam.update_assume_role_policy(RoleName="Support", PolicyDocument=json.dumps(trust))
        assert code_of(lambda: enter(aws)) == "AccessDenied"
        other = replace(STATEMENT, name_id="maria@acme.example", session_name="maria")
        assert code_of(lambda: enter(aws, other)) == "ok"
    finally:
        aws.stop()


def test_other_unsigned_calls_are_refused(fed: Aws) -> None:
    """A token of nobody lets nobody in, and nothing else but a token may come unsigned."""
    sts = fed.unsigned("sts")
    asked = {"RoleArn": SUPPORT, "RoleSessionName": "xx", "WebIdentityToken": "a.b.c.d"}
    refused = code_of(lambda: sts.assume_role_with_web_identity(**asked))
    assert refused == "InvalidIdentityToken"
    assert code_of(sts.get_caller_identity) == "MissingAuthenticationToken"


def test_mfa_opens_iam_to_a_session_token(fed: Aws) -> None:
    """With MFA a GetSessionToken session may call IAM, and policies can ask for it."""
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    key = fed.make_user("careful", document({"Effect": "Allow", "Condition": mfa}))
    assert code_of(fed.client("iam", key).list_users) == "AccessDenied"
    device = f"arn:aws:iam::{PROD}:mfa/careful"
    held = fed.client("sts", key).get_session_token(SerialNumber=device, TokenCode="123456")
    session: Key = as_key(held["Credentials"])
    assert code_of(fed.client("iam", session).list_users) == "ok"
