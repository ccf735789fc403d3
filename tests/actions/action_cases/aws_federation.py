"""Changing actions on identity providers of AWS, each where it has something to do."""

from aws_hands import iam_of
from stage import PROD, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


def break_saml(stage: Stage) -> Action:
    """The provider through which everybody signs in."""
    arn = f"arn:aws:iam::{PROD}:saml-provider/okta"
    return changing("aws.saml_provider.break", provider=arn)


def break_oidc(stage: Stage) -> Action:
    """A pipeline's provider with two audiences."""
    with iam_of(stage) as iam:
        made = iam.create_open_id_connect_provider(
            "https://token.actions.example.com",
            ["a" * 40],
            ["sts.amazonaws.com", "release"],
            [],
        )
    return changing("aws.oidc_provider.break", provider=made.arn)


CASES = (
    Case("aws.saml_provider.break", break_saml, "iam:UpdateSAMLProvider"),
    Case("aws.oidc_provider.break", break_oidc, "iam:RemoveClientIDFromOpenIDConnectProvider"),
)
