"""Proofs: what they hold for, how they stand in the trail, and what is asked of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from proving_text import decoded_policy

from irkit import assets
from irkit.actions.load import catalogue
from irkit.canonical import Json
from irkit.diagnostics import IrkitError
from irkit.engine.books import load_book
from irkit.engine.memory import MemoryJournal
from irkit.engine.walk import Book
from irkit.proving import proof as proving
from irkit.proving.policy import Rule
from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.subject import Subject, irkit_digest, subject_of, world_environment
from irkit.trail.record import Actor, Draft

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ALICE = Actor(id="alice@acme.example", kind="person", auth="local")
SUBJECT = Subject(
    playbook="sha256:aa",
    actions={"okta.user.suspend": "sha256:bb"},
    irkit="sha256:cc",
    environment="sha256:dd",
    test="sha256:ee",
)
PROOF = Proof(
    playbook="session-theft",
    level=Level.CANARY,
    outcome=Outcome.PASSED,
    subject=SUBJECT,
    where="live acme",
    took=timedelta(seconds=12.5),
    counts={"seats": 2},
    seats={"okta_session": timedelta(milliseconds=340)},
    problems=("one",),
)


def journal() -> MemoryJournal:
    """Return a trail in memory."""
    return MemoryJournal(clock=lambda: NOW)


def federated() -> Book:
    """Load a shipped playbook."""
    file = assets.playbooks() / "okta-user-federated-to-aws.yaml"
    return load_book(file, None, catalogue())


def test_a_proof_comes_back_from_the_trail_as_it_was_recorded() -> None:
    """Whatever is in a proof is in its record, with the time and who had it made."""
    trail = journal()
    proving.record(trail, ALICE, PROOF)
    (found,) = proving.proofs(trail.replay())
    assert found.proof == PROOF
    assert (found.n, found.at, found.by) == (0, NOW, "alice@acme.example")


def test_only_proofs_are_read_from_the_trail() -> None:
    """Other records are no proofs."""
    trail = journal()
    trail.append(Draft(type="note", actor=ALICE, body={"text": "hello"}))
    assert list(proving.proofs(trail.replay())) == []


def test_many_long_problems_still_fit_on_a_record() -> None:
    """A level that failed in a thousand ways can be recorded, with the first of them."""
    trail = journal()
    proving.record(trail, ALICE, replace(PROOF, problems=("é" * 5_000,) * 1_000))
    (found,) = proving.proofs(trail.replay())
    assert len(found.proof.problems) == 20


@pytest.mark.parametrize(
    "change",
    [{"v": 2}, {"level": "L9"}, {"outcome": "green"}, {"subject": 1}, {"ms": "long"}],
)
def test_a_proof_that_cannot_be_read_is_told(change: Mapping[str, Json]) -> None:
    """A proof of a later version is not passed over as if it were not there."""
    trail = journal()
    trail.append(Draft(type="proof", actor=ALICE, body={**PROOF.to_json(), **change}))
    with pytest.raises(IrkitError) as caught:
        list(proving.proofs(trail.replay()))
    assert caught.value.diagnostics[0].code == "IRK840"


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (SUBJECT, ()),
        (replace(SUBJECT, playbook="sha256:0"), ("playbook",)),
        (replace(SUBJECT, test="sha256:0"), ("test",)),
        (replace(SUBJECT, irkit="sha256:0"), ("irkit",)),
        (replace(SUBJECT, environment="sha256:0"), ("environment",)),
        (replace(SUBJECT, actions={"okta.user.suspend": "sha256:0"}), ("okta.user.suspend",)),
        (replace(SUBJECT, actions={}), ("okta.user.suspend",)),
        (replace(SUBJECT, irkit="0", playbook="0"), ("playbook", "irkit")),
    ],
)
def test_each_change_of_what_was_proven_is_named(now: Subject, changed: tuple[str, ...]) -> None:
    """A proof holds for what it names, and says which part is another one now."""
    assert now.changed_since(SUBJECT) == changed


def test_the_subject_names_the_actions_a_playbook_uses() -> None:
    """Each action that the playbook reads or does with has its own digest, and no other."""
    subject = subject_of(federated(), environment=world_environment())
    assert "okta.user.suspend" in subject.actions
    assert "aws.ec2_instance.isolate" not in subject.actions
    assert len(set(subject.actions.values())) == len(subject.actions)


def test_a_called_playbook_is_part_of_the_subject() -> None:
    """A change in a playbook that is called is a change of the one that calls it."""
    book = federated()
    called = replace(book.main, digest="sha256:0")
    one = subject_of(replace(book, calls={"other": book.main}), environment="")
    other = subject_of(replace(book, calls={"other": called}), environment="")
    assert other.changed_since(one) == ("playbook",)


def test_actions_are_no_part_of_the_rest_of_irkit() -> None:
    """The digest of irkit is the same in one process, and is none of the actions'."""
    assert irkit_digest() == irkit_digest()
    assert irkit_digest() not in subject_of(federated(), environment="").actions.values()


def test_a_policy_is_read_level_by_level() -> None:
    """Each level has its own rule; what is not named asks nothing."""
    rules, found = decoded_policy(
        "unit: {on_change: true}\n"
        "preflight: {every: 6h, max_age: 24h}\n"
        "canary: {every: 7d, on_change: false}\n"
    )
    assert found == []
    assert rules == {
        Level.UNIT: Rule(),
        Level.PREFLIGHT: Rule(every=timedelta(hours=6), max_age=timedelta(hours=24)),
        Level.CANARY: Rule(every=timedelta(days=7), max_age=timedelta(days=14), on_change=False),
    }


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("untt: {every: 6h}", "IRK101", "unknown key `untt`"),
        ("unit: {evry: 6h}", "IRK101", "unknown key `evry`"),
        ("unit: {every: soon}", "IRK106", "`every` is no duration"),
        ("unit: {every: 0s}", "IRK105", "`every` must be longer than nothing"),
        ("unit: {max_age: on_change}", "IRK106", "`max_age` is no duration: `on_change`"),
        ("canary: {every: 7d, max_age: 6d}", "IRK841", "overdue after 6d each time"),
        ("unit: daily", "IRK103", "must be a mapping"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_told(text: str, code: str, said: str) -> None:
    """What is wrong with a policy has its place, and says what was probably meant."""
    _, found = decoded_policy(text)
    (one,) = found
    assert one.code == code
    assert said in one.summary
    assert one.at is not None
