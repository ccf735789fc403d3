"""Changing actions on Okta API tokens, each where it has something to do."""

from stage import Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


def revoke_api_token(stage: Stage) -> Action:
    """A token that belongs to an administrator."""
    owner = stage.user("sasha.novak@acme.example")
    stage.world.okta.add_token(owner, "integration")
    tokens = stage.read("okta.user.get", user="sasha.novak@acme.example").value
    assert isinstance(tokens, dict)
    found = tokens["api_tokens"]
    assert isinstance(found, list)
    assert isinstance(found[0], dict)
    return changing("okta.api_token.revoke", token=found[0]["id"])


CASES = (
    Case(
        "okta.api_token.revoke",
        revoke_api_token,
        "DELETE */api-tokens/*",
        settles=False,
        returns=False,
    ),
)
