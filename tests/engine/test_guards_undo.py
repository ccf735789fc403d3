"""Undo meets the guards as any step does, and one where it would open a door again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab, laboratory
from stage import Stage

from irkit.actions.load import catalogue
from irkit.actions.saml_tombstone import entity_id, fingerprints, tombstone
from irkit.diagnostics import IrkitError
from irkit.engine.books import checked, recorded_book
from irkit.engine.generated import action_text, undo_text
from irkit.engine.overriding import overriding
from irkit.engine.runner import Ending
from irkit.engine.walk import Book
from irkit.model.run import Stage as ChangeStage
from irkit.world.fixtures.acme_small import PROD

OKTA = f"arn:aws:iam::{PROD}:saml-provider/okta"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A laboratory without an intruder."""
    with laboratory(tmp_path, intruder=False) as lab:
        yield lab


def book_of(action: str, **given: str) -> Book:
    """Return the playbook of one action, as `irkit do` makes it."""
    return recorded_book(action_text(catalogue()[action], given, "a test"), "do.yaml", {})


def metadata(lab: Lab) -> str:
    """Return what the account is told about the identity provider now."""
    return str(lab.world.aws.cloud.iam(PROD).get_saml_provider(OKTA).saml_metadata_document)


def broken(lab: Lab) -> tuple[str, Book]:
    """Break the identity provider, and return the run with its playbook."""
    book = book_of("aws.saml_provider.break", provider=OKTA)
    run_id, driven = lab.contain(book, provider=OKTA)
    assert {state.stage for state in driven.run.changes.values()} == {ChangeStage.VERIFIED}
    return run_id, book


def test_a_broken_trust_is_not_taken_back_by_the_way(lab: Lab) -> None:
    """It is refused before anybody is asked, and names the certificate that would be believed."""
    former = metadata(lab)
    run_id, book = broken(lab)
    _, driven = lab.take_back(run_id, book)
    assert set(driven.run.refused_by.values()) == {"reopened-door"}
    assert driven.run.outcome == "failed"
    assert not driven.run.changes
    ((_, code, summary),) = driven.run.refusals
    (fingerprint,) = fingerprints(former)
    assert code == "IRK325"
    assert OKTA in summary
    assert fingerprint[:16] in summary
    assert metadata(lab) == tombstone(entity_id(former))


def test_two_people_may_open_it_again(lab: Lab) -> None:
    """Their signatures are for a step that says what it overrides; one will not do."""
    former = metadata(lab)
    run_id, book = broken(lab)
    undo = lab.undo_book(run_id, book)
    undo_id = lab.start(undo, undoes=run_id, override="reopened-door")
    lab.go(undo, undo_id, undone=run_id)
    (state,) = lab.run_of(undo_id).changes.values()
    assert state.step.overrides == ("reopened-door",)
    need = lab.run_of(undo_id).parts[state.part].need
    assert (need.need, need.exclude_requester) == (2, True)
    lab.approve(undo_id)
    assert lab.go(undo, undo_id, undone=run_id).ending is Ending.WAITING
    lab.approve(undo_id, "bob@acme.example")
    assert lab.go(undo, undo_id, undone=run_id).run.outcome == "completed"
    assert metadata(lab) == former


def test_a_provider_with_a_new_certificate_is_left_alone(lab: Lab) -> None:
    """Somebody gave the account other metadata since: nothing of it is overwritten."""
    run_id, book = broken(lab)
    renewed = tombstone("https://renewed.example")
    lab.world.aws.cloud.iam(PROD).update_saml_provider(OKTA, renewed)
    _, driven = lab.take_back(run_id, book, override="reopened-door")
    assert {state.stage for state in driven.run.changes.values()} == {ChangeStage.DRIFTED}
    assert metadata(lab) == renewed


def test_what_is_overridden_from_the_beginning_is_overridden_where_it_refuses_only(
    lab: Lab,
) -> None:
    """Asked for a whole run, it is no step's unless the guard said no to that step."""
    user = f"arn:aws:iam::{PROD}:user/ci-deploy"
    book = book_of("aws.iam_user.quarantine", user=user)
    run_id = lab.start(book, override="reopened-door", user=user)
    lab.go(book, run_id)
    (state,) = lab.run_of(run_id).changes.values()
    assert state.step.overrides == ()


@pytest.mark.parametrize(
    ("name", "why", "told"),
    [
        ("protected", "please", "never overridden"),
        ("nonsense", "please", "is no guard"),
        ("reopened-door", "", "not said why"),
    ],
)
def test_not_every_guard_may_be_named(name: str, why: str, told: str) -> None:
    """Those that nobody may override are refused before a run is opened."""
    with pytest.raises(IrkitError, match=told):
        overriding((name,), why)


def test_an_undo_step_may_be_planned_again(lab: Lab) -> None:
    """It is drafted anew and waits for its approval; the run does not end without it."""
    user = f"arn:aws:iam::{PROD}:user/ci-deploy"
    book = book_of("aws.iam_user.quarantine", user=user)
    run_id, _ = lab.contain(book, user=user)
    undo = lab.undo_book(run_id, book)
    undo_id = lab.start(undo, undoes=run_id)
    lab.go(undo, undo_id, undone=run_id)
    (path,) = lab.run_of(undo_id).steps
    lab.record(undo_id, "step.replanned", {"step": path})
    assert not lab.run_of(undo_id).changes
    driven = lab.go(undo, undo_id, undone=run_id)
    assert driven.ending is Ending.WAITING
    assert set(driven.run.steps) == {path}


def test_what_carries_a_refused_change_stays_as_well(lab: Lab) -> None:
    """A machine that stays isolated keeps the group that isolates it."""
    machine = Stage(world=lab.world).machine("db-proxy")
    book = book_of("aws.ec2_instance.isolate", instance=machine)
    run_id, made = lab.contain(book, instance=machine)
    kinds = {state.change.target.kind for state in made.run.changes.values()}
    assert {"aws.network_interface", "aws.security_group"} <= kinds
    text = undo_text(lab.run_of(run_id), book.main)
    limited = text.replace("steps:\n", "guards: {limit: {aws.instance: 0}}\nsteps:\n", 1)
    undo = Book(main=checked(limited.encode(), "undo.yaml", catalogue()))
    undo_id = lab.start(undo, undoes=run_id)
    run = lab.go(undo, undo_id, undone=run_id).run
    assert set(run.refused_by.values()) == {"blast-radius"}
    assert not run.changes
    assert any("what was built on it is not taken back" in why for why in run.failed_steps.values())
    assert run.outcome == "failed"
