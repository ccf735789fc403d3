"""Sessions that were ended of people who may sign in again: what a look after it can tell."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lab import Lab, laboratory

from irkit.actions.load import catalogue
from irkit.engine.books import checked
from irkit.engine.walk import Book
from irkit.world.browser import Browser
from irkit.world.fixtures.build_okta import PASSWORD

KAI = "kai.contractor@acme.example"
END = """irkit: 1
playbook: end-sessions
title: End the sessions
against: [okta_session, okta_oauth_token]
claims: contained
accepts:
  okta_access_token: Lives an hour at most.
  federated_role_session: None was entered.
  chained_role_session: None was entered.
inputs: {user: okta.user}
guards: {protect: [{okta.group: break-glass}], limit: {okta.user: 1}}
approvals: {one: {need: 1}}
steps:
  - phase: End
    approve: one
    steps:
      - read: okta.user.get
        with: {user: "{{ inputs.user }}"}
        as: user
        evidence: true
      - do: okta.user.revoke_sessions
        with: {user: "{{ user.id }}"}
        because: They sign in again.
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world without an intruder, and a sealed workspace."""
    with laboratory(tmp_path, intruder=False) as made:
        yield made


def ended(lab: Lab) -> str:
    """End the sessions and return how the run ended."""
    book = Book(main=checked(END.encode(), "end.yaml", catalogue()))
    _, driven = lab.contain(book, user=KAI)
    return driven.run.outcome


def test_ended_sessions_hold_while_nobody_signs_in(lab: Lab) -> None:
    """That somebody could sign in is no sign that somebody did."""
    assert ended(lab) == "contained"


def test_a_sign_in_after_it_is_a_session_again(lab: Lab) -> None:
    """Whose session it is the log does not say, so the end of the sessions does not hold."""
    browser = Browser(
        okta_url=lab.world.okta_url,
        aws_url=lab.world.aws_url,
        address="198.51.100.23",
        user_agent="Mozilla/5.0",
    )
    lab.pace = replace(lab.pace, looks=(timedelta(milliseconds=10), timedelta(seconds=1)))
    lab.ears.on["hold.checked"] = lambda: browser.sign_in(KAI, PASSWORD)
    assert ended(lab) == "partial"
