"""Without a warrant that people signed no canary writes, and no trail that says so verifies."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from canary_lab import ALICE, BOB, decide, let_out, warrant, write
from lab import Lab, make_workspace
from moto.iam.models import iam_backends

from irkit.canonical import Json, canonical
from irkit.diagnostics import IrkitError
from irkit.engine import key_revocation, warranting
from irkit.model.approval import Decision
from irkit.model.change import Target
from irkit.model.quorum import Need
from irkit.model.warrant import Warrant, WarrantError
from irkit.proving.canary import warrants
from irkit.proving.canary.orders import Orders
from irkit.proving.canary.writing import Writing
from irkit.proving.shelf import Shelf
from irkit.trail.journal import Journal
from irkit.trail.record import Draft
from irkit.trail.verify import verify
from irkit.trail.warrants import WarrantState
from irkit.world.aws.iam_view import PARTITION
from irkit.world.fixtures.acme_small import PROD
from irkit.world.world import World

LEAKED = "leaked-aws-access-key"
NAME = "canary-warrant"
ORDERS = f"""\
irkit: 1
tests: {LEAKED}
canary:
  user: arn:aws:iam::{PROD}:user/{NAME}
  plant: long_term_key
  inputs: {{key: seat.long_term_key}}
  approve:
    {ALICE}: file:.irkit/keys/alice
    {BOB}: file:.irkit/keys/bob
"""
DELETE = "iam:delete_access_key"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A world that nothing here changes: with a canary's user in it."""
    with World.start(lookups_per_second=0.0) as made:
        iam = iam_backends[PROD][PARTITION]
        iam.create_user("us-east-1", NAME, tags=[{"Key": "irkit-canary", "Value": "true"}])
        yield made


@pytest.fixture
def lab(world: World, tmp_path: Path) -> Lab:
    """A workspace of its own, which says what to do with that user."""
    make_workspace(world, tmp_path / "acme")
    made = Lab(world=world, root=tmp_path / "acme")
    write(made, LEAKED, ORDERS)
    return made


def orders(lab: Lab) -> Orders:
    """Return the orders as the test file has them now."""
    found = Shelf(session=lab.session).one(LEAKED, lab.root).regime.canary
    assert found is not None
    return found


def given(lab: Lab, journal: Journal, changed: Callable[[Orders], Orders]) -> WarrantState:
    """Return the warrant in force for the orders."""
    session = lab.session
    consent = session.consent(journal)
    (one, *_) = consent.fold.warrants.values() or (None,)
    target = one.warrant.target if one else Target(kind="aws.user", tenant="", id="", label="")
    return warrants.given(session, consent, changed(orders(lab)), LEAKED, target)


def refusal(
    lab: Lab, journal: Journal, changed: Callable[[Orders], Orders] = lambda found: found
) -> str:
    """Return why no canary may be let out now."""
    with pytest.raises(IrkitError) as caught:
        given(lab, journal, changed)
    (told,) = caught.value.diagnostics
    return f"{told.code}: {told.summary}"


def test_nothing_is_planted_that_nobody_signed(lab: Lab) -> None:
    """The canary ends before it begins: no intent is recorded, and the user has no key."""
    with pytest.raises(IrkitError) as caught:
        let_out(lab, LEAKED)
    assert caught.value.diagnostics[0].code == "IRK890"
    with lab.session.journal(writing=False) as journal:
        assert {r.type for r in journal.replay()} == {"trail.genesis"}
    assert not iam_backends[PROD][PARTITION].get_user(NAME).access_keys


def test_a_warrant_is_in_force_once_enough_people_signed(lab: Lab) -> None:
    """One of two is told as what is missing; with both it counts, for these orders alone."""
    digest = warrant(lab, LEAKED, ALICE)
    with lab.session.journal(writing=True) as journal:
        assert refusal(lab, journal).startswith("IRK894")
        decide(lab, journal, digest, BOB)
        assert given(lab, journal, lambda found: found).warrant.digest == digest
        assert "no warrant for this" in refusal(lab, journal, lambda o: replace(o, tag=("a", "b")))
        more = ("long_term_key", "get_session_token")
        assert "no warrant for this" in refusal(lab, journal, lambda o: replace(o, plant=more))


def test_a_warrant_ends(lab: Lab) -> None:
    """One that is over, or would be before the canary has swept, counts no more."""
    drafted = anyio.run(warrants.drafted, lab.session, orders(lab), LEAKED, timedelta(minutes=30))
    with lab.session.journal(writing=True) as journal:
        warranting.propose(lab.session, journal, drafted)
        decide(lab, journal, drafted.digest, ALICE)
        decide(lab, journal, drafted.digest, BOB)
        assert "the warrant is over at" in refusal(lab, journal)


def _denied(lab: Lab, journal: Journal, digest: str) -> None:
    decide(lab, journal, digest, ALICE, Decision.DENY)


def _revoked(lab: Lab, journal: Journal, digest: str) -> None:
    decide(lab, journal, digest, ALICE, Decision.REVOKE)


def _key_gone(lab: Lab, journal: Journal, digest: str) -> None:
    del digest
    session = lab.session
    (gone, *_) = [s for s in session.consent(journal).fold.policy.signers if ALICE in s.principals]
    key_revocation.revoke(session, journal, ALICE, [gone.fingerprint])


def _policy_changed(lab: Lab, journal: Journal, digest: str) -> None:
    del digest
    policy = lab.session.consent(journal).fold.policy_digest
    body: dict[str, Json] = {"policy": policy, "policy_blob": policy, "approvals": []}
    journal.append(Draft(type="policy.changed", actor=lab.session.actor, body=body))


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (_denied, "alice@acme.example denied the warrant"),
        (_revoked, "IRK894"),
        (_key_gone, "1 of 2 approvals are missing"),
        (_policy_changed, "IRK890"),
    ],
)
def test_a_warrant_is_taken_back(
    lab: Lab, end: Callable[[Lab, Journal, str], None], why: str
) -> None:
    """Whoever signed may take it back, and a canary under way stops before its next write."""
    digest = warrant(lab, LEAKED, ALICE, BOB)
    session = lab.session
    with session.journal(writing=True) as journal:
        state = given(lab, journal, lambda found: found)
        consent = session.consent(journal)
        own = consent.fold.warrants[digest]
        writing = Writing(
            session=session,
            journal=journal,
            consent=consent,
            state=own,
            target=state.warrant.target,
            canary="01",
        )
        with writing.of(DELETE, {}):
            pass
        with pytest.raises(IrkitError, match="does not allow iam:delete_user"):
            writing.of("iam:delete_user", {}).__enter__()
        end(lab, journal, digest)
        assert why in refusal(lab, journal)
        with pytest.raises(IrkitError, match="no longer in force"):
            writing.of(DELETE, {}).__enter__()
        types = [r.type for r in journal.replay()]
    assert types.count("canary.intent") == types.count("canary.result") == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"warrant": "sha256:none"}, "canary.no-warrant"),
        ({"call": "iam:delete_user"}, "canary.not-in-warrant"),
        ({"target": None}, "canary.not-in-warrant"),
        ({"approvals": []}, "canary.no-quorum"),
    ],
)
def test_verification_asks_for_the_warrant_of_each_write(
    lab: Lab, change: dict[str, Json], code: str
) -> None:
    """A write that no warrant allows makes the trail one that was tampered with."""
    digest = warrant(lab, LEAKED, ALICE, BOB)
    with lab.session.journal(writing=True) as journal:
        state = given(lab, journal, lambda found: found)
        body: dict[str, Json] = {
            "canary": "01",
            "call": DELETE,
            "target": state.warrant.target.to_json(),
            "with": {},
            "warrant": digest,
            "approvals": list(state.votes),
            **change,
        }
        journal.append(Draft(type="canary.intent", actor=lab.session.actor, body=body))
    found = verify(lab.session.workspace.trail_directory).findings
    assert [one.code for one in found] == ([code] if code else [])


def test_an_approval_that_does_not_fit_is_not_recorded(lab: Lab) -> None:
    """A digest that names no warrant, and a signature over another one, change nothing."""
    first, second = warrant(lab, LEAKED), warrant(lab, LEAKED, days=7)
    with lab.session.journal(writing=True) as journal:
        with pytest.raises(IrkitError, match="IRK892"):
            decide(lab, journal, "sha256:00", ALICE)
        decide(lab, journal, first, ALICE)
        fold = lab.session.consent(journal).fold
        ((vote_record,),) = [[r for r in journal.replay() if r.type == "approval"]]
        asked = warranting.Asked(
            session=lab.session, journal=journal, fold=fold, state=fold.warrants[second]
        )
        with pytest.raises(IrkitError) as caught:
            asked.accept(
                canonical(vote_record.body["statement"]), str(vote_record.body["sig"]).encode()
            )
        assert "IRK414" in {one.code for one in caught.value.diagnostics}
        assert not lab.session.consent(journal).fold.warrants[second].votes


def test_a_warrant_reads_back_as_it_was_written(lab: Lab) -> None:
    """Every field is in its text; one that says more or less is no warrant."""
    drafted = anyio.run(warrants.drafted, lab.session, orders(lab), LEAKED, timedelta(days=2))
    assert Warrant.from_json(drafted.to_json()) == drafted
    text = drafted.text(origin="acme", requester="dana")
    for said in (NAME, PROD, "irkit-canary=true", DELETE, "iam:create_access_key", drafted.digest):
        assert said in text
    assert drafted.need == Need(need=2, exclude_requester=True)
    wrongs: tuple[Json, ...] = (
        {**drafted.to_json(), "more": 1},
        {"type": "irkit.warrant/v1"},
        [],
        None,
    )
    for wrong in wrongs:
        with pytest.raises(WarrantError):
            Warrant.from_json(wrong)
