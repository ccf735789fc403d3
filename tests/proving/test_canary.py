"""A canary: real credentials, really contained, taken back and taken away, on one user alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from canary_lab import ALICE, BOB, warrant
from canary_lab import let_out as fly
from canary_lab import write as write_orders
from canary_victim import KILLED
from lab import Lab, laboratory
from moto.iam.models import iam_backends

from irkit.cli.testing import EXITS
from irkit.diagnostics import IrkitError
from irkit.proving.canary import history
from irkit.proving.proof import Outcome, Proof
from irkit.proving.schedule.levels import canary as timed
from irkit.proving.shelf import Shelf
from irkit.trail.verify import verify
from irkit.world.aws.iam_view import PARTITION
from irkit.world.fixtures.acme_small import PROD

LEAKED = "leaked-aws-access-key"
NAME = "canary-leaked"
USER = f"arn:aws:iam::{PROD}:user/{NAME}"
ORDERS = f"""\
irkit: 1
tests: {LEAKED}
canary:
  user: {USER}
  plant: [long_term_key, get_session_token]
  inputs: {{key: seat.long_term_key}}
  approve:
    alice@acme.example: file:.irkit/keys/alice
    bob@acme.example: file:.irkit/keys/bob
"""
ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world with a canary's user, and a workspace that says what to do with it."""
    with laboratory(tmp_path / "acme", intruder=False) as made:
        iam = iam_backends[PROD][PARTITION]
        iam.create_user("us-east-1", NAME, tags=[{"Key": "irkit-canary", "Value": "true"}])
        iam.put_user_policy(NAME, "own", json.dumps(ALLOWED))
        write(made, ORDERS)
        warrant(made, LEAKED, ALICE, BOB)
        yield made


def write(lab: Lab, text: str) -> None:
    """Write the test file."""
    write_orders(lab, LEAKED, text)


def let_out(lab: Lab, said: list[str] | None = None) -> Proof:
    """Let a canary out and return its proof."""
    return fly(lab, LEAKED, said)


def refused(lab: Lab) -> str:
    """Let a canary out that may not be; return the code."""
    with pytest.raises(IrkitError) as caught:
        let_out(lab)
    return caught.value.diagnostics[0].code


def left(lab: Lab) -> tuple[list[str], list[str]]:
    """Return the keys and the policies of the canary's user."""
    iam = iam_backends[PROD][PARTITION]
    user = iam.get_user(NAME)
    return [key.access_key_id for key in user.access_keys], sorted(user.policies)


def trail(lab: Lab) -> bytes:
    """Return the journal's bytes."""
    return (lab.session.workspace.trail_directory / "journal.jsonl").read_bytes()


def flown(lab: Lab) -> tuple[history.Flown, ...]:
    """Return the canaries in the trail."""
    with lab.session.journal(writing=False) as journal:
        return history.flown(journal.replay())


def test_a_canary_is_contained_given_back_and_gone(lab: Lab) -> None:
    """Every seat was alive and is dead, how soon is known, and nothing is left of it."""
    said: list[str] = []
    before = lab.world.restorable()
    proof = let_out(lab, said)
    assert proof.outcome is Outcome.PASSED, (proof.problems, said)
    assert proof.seats.keys() == {"long_term_key", "get_session_token"}
    assert sum(line.startswith("planted and alive") for line in said) == 2
    assert left(lab) == ([], ["own"])
    assert lab.world.restorable() == before
    assert [one.ended for one in flown(lab)] == [True]


def test_each_write_to_the_user_is_recorded_before_it_is_made(lab: Lab) -> None:
    """What is planted and taken away is in the trail, as intents with what came of them."""
    let_out(lab)
    with lab.session.journal(writing=False) as journal:
        records = [r for r in journal.replay() if r.type in {"canary.intent", "canary.result"}]
    assert [r.body.get("call", r.body.get("outcome")) for r in records] == [
        "iam:create_access_key",
        "ok",
        "sts:get_session_token",
        "ok",
        "iam:delete_access_key",
        "ok",
    ]
    assert [r.body["intent"] for r in records[1::2]] == [r.n for r in records[::2]]
    assert verify(lab.session.workspace.trail_directory).findings == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("tag", "x"), "IRK870"),
        (("plant", "long_term_key"), "IRK890"),
        (("canary", ""), "IRK873"),
        (("quiet", "Mon 00:00/Sun 23:59 UTC"), "IRK874"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
def test_what_may_not_be_let_out_is_not(lab: Lab, change: tuple[str, str], code: str) -> None:
    """A user without the tag, orders that nobody signed and quiet hours: nothing is planted."""
    kind, value = change
    match kind:
        case "tag":
            write(lab, ORDERS.replace("  plant:", f"  tag: irkit-canary={value}\n  plant:"))
        case "plant":
            write(lab, ORDERS.replace("[long_term_key, get_session_token]", f"[{value}]"))
        case "canary":
            write(lab, ORDERS.partition("canary:")[0])
        case _:
            spans = '["Mon 00:00/Sun 23:59 UTC", "Sun 23:00/Mon 01:00 UTC"]'
            write(lab, f"{ORDERS}  quiet: {spans}\n")
    assert refused(lab) == code
    assert left(lab) == ([], ["own"])


def test_a_seat_that_was_never_alive_proves_nothing(lab: Lab) -> None:
    """Where the planted key does not work the canary ends before it contains anything."""
    del iam_backends[PROD][PARTITION].get_user(NAME).policies["own"]
    assert refused(lab) == "IRK875"
    assert left(lab) == ([], [])
    assert [one.runs for one in flown(lab)] == [()]


def test_a_plan_that_touches_anybody_else_is_not_approved(lab: Lab) -> None:
    """Where the playbook would reach beyond the canary's user its run is cancelled."""
    iam = iam_backends[PROD][PARTITION]
    iam.create_user("us-east-1", "bystander")
    key = iam.create_access_key("bystander").access_key_id
    write(lab, ORDERS.replace("seat.long_term_key", key))
    assert refused(lab) == "IRK872"
    assert [k.status for k in iam.get_user("bystander").access_keys] == ["Active"]
    assert left(lab) == ([], ["own"])
    ((run,),) = [one.runs for one in flown(lab)]
    assert lab.run_of(run).cancelled


def test_what_a_timer_finds_is_kept(lab: Lab) -> None:
    """A canary of the schedule that began and came to nothing says of which user."""
    iam = iam_backends[PROD][PARTITION]
    iam.create_user("us-east-1", "bystander")
    key = iam.create_access_key("bystander").access_key_id
    write(lab, ORDERS.replace("seat.long_term_key", key))
    shelf = Shelf(session=lab.session)
    proof = timed.prove(shelf, shelf.one(LEAKED, lab.root), EXITS)
    assert proof.outcome is Outcome.UNKNOWN
    assert proof.where.endswith(USER)


def test_nobody_waits_for_a_canary(lab: Lab) -> None:
    """Without an approver the run is cancelled, and that is no pass."""
    write(lab, ORDERS.partition("  approve:")[0])
    proof = let_out(lab)
    assert proof.outcome is Outcome.FAILED
    assert any("ended cancelled" in problem for problem in proof.problems), proof.problems
    assert left(lab) == ([], ["own"])


def test_a_seat_that_dies_too_late_fails_the_canary(lab: Lab) -> None:
    """What is dead at last but not in time is no pass."""
    write(lab, f"{ORDERS}  within: {{long_term_key: 0s, get_session_token: 0s}}\n")
    proof = let_out(lab)
    assert proof.outcome is Outcome.FAILED
    assert any("more than 0s" in problem for problem in proof.problems), proof.problems


@pytest.mark.parametrize("words", ["planted and alive: get_session_token", "the run ended"])
def test_what_a_killed_canary_left_is_swept_by_the_next(lab: Lab, words: str) -> None:
    """Whenever irkit is killed, the next canary takes back and takes away what was left."""
    tests = Path(__file__).parent
    victim = subprocess.run(
        [sys.executable, str(tests / "canary_victim.py"), str(lab.root), LEAKED, words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*tests.parents[:2], tests)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert victim.returncode == KILLED, victim.stderr
    keys, policies = left(lab)
    assert len(keys) == 1
    (held,) = iam_backends[PROD][PARTITION].get_user(NAME).access_keys
    assert held.secret_access_key.encode() not in trail(lab)
    assert (len(policies) > 1) == (words == "the run ended")
    said: list[str] = []
    proof = let_out(lab, said)
    assert proof.outcome is Outcome.PASSED, (proof.problems, said)
    assert said[0].startswith("sweeping what leaked-aws-access-key of ")
    assert left(lab) == ([], ["own"])
    assert [one.ended for one in flown(lab)] == [True, True]
