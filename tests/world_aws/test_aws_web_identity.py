"""Roles that are entered with an issuer's token: what is let in, and what is not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from irkit.canonical import JsonObject
from irkit.world.aws.web_identity import Issuers
from irkit.world.aws_query import ask, element
from irkit.world.fixtures.acme_small import PROD
from irkit.world.okta.keys import OrgKeys
from irkit.world.probing import Reply
from irkit.world.stories.ci_secret_leak import AUDIENCE, HOST, ROLE
from irkit.world.stories.ground import browser
from irkit.world.world import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A world in which a pipeline enters its role by a token."""
    with World.start(lookups_per_second=0.0) as world:
        world.tell("ci-secret-leak")
        yield world


def entered(
    world: World,
    claims: "JsonObject | None" = None,
    *,
    keys: OrgKeys | None = None,
    role: str = ROLE,
    age: int = 0,
) -> Reply:
    """Try to enter a role with a token that differs in `claims` from one that is good."""
    expires = world.clock() + timedelta(minutes=5 - age)
    said: JsonObject = {
        "iss": f"https://{HOST}",
        "aud": AUDIENCE,
        "sub": "repo:acme/orders:environment:production",
        "exp": int(expires.timestamp()),
        **(claims or {}),
    }
    signer = keys or world.aws.cloud.own(Issuers).of(HOST)
    reply = ask(
        browser(world).aws,
        None,
        "sts",
        "AssumeRoleWithWebIdentity",
        RoleArn=f"arn:aws:iam::{PROD}:role/{role}",
        RoleSessionName="run-1",
        WebIdentityToken=signer.issue_jwt(said),
    )
    assert reply is not None
    return reply


def test_a_token_of_the_issuer_opens_the_role(world: World) -> None:
    """The session is the role's, and says whose token it was."""
    reply = entered(world)
    assert element(reply, "AccessKeyId").startswith("ASIA")
    assert element(reply, "SubjectFromWebIdentityToken").startswith("repo:acme/")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": "somebody-else"}, "InvalidIdentityToken"),
        ({"iss": "https://issuer.example"}, "InvalidIdentityToken"),
        ({"sub": "repo:stranger/fork:ref:refs/heads/main"}, "AccessDenied"),
    ],
)
def test_what_the_token_says_counts(world: World, claims: dict[str, str], code: str) -> None:
    """Audience, issuer and subject must be those that the account and the role trust."""
    assert element(entered(world, claims), "Code") == code


def test_a_token_that_is_forged_or_old_is_refused(world: World) -> None:
    """Only the issuer's own signature counts, and only in time."""
    assert element(entered(world, keys=OrgKeys()), "Code") == "InvalidIdentityToken"
    assert element(entered(world, age=10), "Code") == "ExpiredTokenException"


def test_a_role_that_is_not_there_or_does_not_trust_it_stays_shut(world: World) -> None:
    """Neither is told apart, as at AWS."""
    assert element(entered(world, role="none"), "Code") == "AccessDenied"
    assert element(entered(world, role="Deploy"), "Code") == "AccessDenied"
