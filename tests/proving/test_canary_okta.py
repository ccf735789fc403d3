"""A canary at Okta: a session, a refresh token and a factor of one user, contained and gone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from canary_lab import ALICE, BOB, let_out, warrant, write
from lab import Lab, laboratory

from irkit.diagnostics import IrkitError
from irkit.proving.proof import Outcome
from irkit.trail.verify import verify
from irkit.world.fixtures.acme_small import PROD

CONTRACTOR = "okta-contractor-compromise"
LOGIN = "canary.user@acme.example"


def orders(client: str, plant: str = "[okta_session, okta_oauth_token, okta_factor]") -> str:
    """Return a test file that plants what an intruder at Okta holds."""
    return f"""\
irkit: 1
tests: {CONTRACTOR}
canary:
  user: {LOGIN}
  plant: {plant}
  oauth_client: {client}
  inputs: {{user: {LOGIN}, accounts: "{PROD}"}}
  approve:
    {ALICE}: file:.irkit/keys/alice
    {BOB}: file:.irkit/keys/bob
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world with a canary's user at Okta, and a warrant to use it up."""
    with laboratory(tmp_path / "acme", intruder=False) as made:
        state = made.world.okta
        user = state.add_user(
            LOGIN, "Canary", "User", password="x", profile=(("userType", "irkit-canary"),)
        )
        client = state.add_native_app("Canary", ("password", "refresh_token"))
        state.assign_app(client, user)
        write(made, CONTRACTOR, orders(client))
        warrant(made, CONTRACTOR, ALICE, BOB)
        yield made


def test_what_is_planted_at_okta_dies_and_is_taken_away(lab: Lab) -> None:
    """Each seat was alive over HTTP and is dead, how soon is known, and nothing is left of it."""
    before = lab.world.restorable()
    said: list[str] = []
    proof = let_out(lab, CONTRACTOR, said)
    assert proof.outcome is Outcome.PASSED, (proof.problems, said)
    assert proof.seats.keys() == {"okta_session", "okta_oauth_token", "okta_factor"}
    assert sum(line.startswith("planted and alive") for line in said) == 3
    assert said[-1] == "nothing is left"
    assert lab.world.restorable() == before
    trail = lab.session.workspace.trail_directory
    assert verify(trail).findings == ()


def client_of(lab: Lab) -> str:
    """Return the client that tokens are planted for."""
    apps = lab.world.okta.tables.apps.values()
    return next(app.client_id for app in apps if app.label == "Canary")


def refused(lab: Lab) -> str:
    """Let a canary out that may not be; return the code."""
    with pytest.raises(IrkitError) as caught:
        let_out(lab, CONTRACTOR)
    return caught.value.diagnostics[0].code


def test_a_user_whose_profile_does_not_say_so_is_no_canary(lab: Lab) -> None:
    """A name in a file is easily somebody's who works."""
    state = lab.world.okta
    (user,) = [one for one in state.tables.users.values() if one.login == LOGIN]
    state.put_user(replace(user, profile=()))
    assert refused(lab) == "IRK870"
    assert state.tables.users[user.id].password == "x"


def test_what_okta_refuses_is_not_planted_and_nothing_is_left(lab: Lab) -> None:
    """A token that is refused ends the canary; what was found on the user is gone as well."""
    state = lab.world.okta
    (user,) = [one.id for one in state.tables.users.values() if one.login == LOGIN]
    client = client_of(lab)
    state.tables.apps[client] = replace(state.tables.apps[client], status="INACTIVE")
    state.add_factor(user)
    assert refused(lab) == "IRK893"
    assert not state.tables.factors.get(user)
    assert not [one for one in state.tables.sessions.values() if one.user_id == user]
    assert state.tables.users[user].password != "x"


def test_a_seat_that_a_playbook_forgets_fails_the_canary(lab: Lab) -> None:
    """Where sessions are ended and tokens are not, the refresh token tells."""
    text = """\
irkit: 1
playbook: sessions-only
title: End the sessions alone
version: 1.0.0
inputs: {user: {type: okta.user}}
steps:
  - phase: End
    steps:
      - do: okta.user.revoke_sessions
        with: {user: "{{ inputs.user }}", oauth_tokens: false}
        because: The user signs in again.
"""
    (lab.root / "playbooks" / "sessions-only.yaml").write_text(text)
    told = orders(client_of(lab), "[okta_session, okta_oauth_token]").replace(
        CONTRACTOR, "sessions-only"
    )
    write(lab, "sessions-only", told.replace(f', accounts: "{PROD}"', ""))
    warrant(lab, "sessions-only", ALICE, BOB)
    proof = let_out(lab, "sessions-only")
    assert proof.outcome is Outcome.FAILED
    assert proof.problems == ("the okta_oauth_token is not dead after the run",)
    assert proof.seats.keys() == {"okta_session"}
