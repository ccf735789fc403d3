"""A trail signed by a key in AWS KMS: it fails closed, and is checked without the key."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from lab import Lab, laboratory
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from terminal import Terminal

from irkit.actions.load import catalogue
from irkit.diagnostics import IrkitError
from irkit.engine import checking
from irkit.engine.books import recorded_book
from irkit.engine.checking import Finding, State
from irkit.engine.generated import action_text
from irkit.engine.kms_signer import KmsSigner
from irkit.engine.runner import Ending
from irkit.engine.walk import Book
from irkit.trail.note import VerifierKey
from irkit.world.aws.handlers.kms_edwards import make_key
from irkit.world.aws.iam_view import PARTITION
from irkit.world.faults import Fault, FaultKind
from irkit.world.fixtures.acme_small import OUTSIDE, PROD, VICTIM
from irkit.world.fixtures.permissions import allow, document, trusted_by

REGION = "eu-west-1"
ALIAS = f"arn:aws:kms:{REGION}:{OUTSIDE}:alias/irkit-trail"
SUSPEND = "okta.user.suspend"


def point_alias_at(key: Any) -> None:
    """Let the alias name a key."""
    kms = kms_backends[OUTSIDE][REGION]
    kms.delete_alias("alias/irkit-trail")
    kms.create_alias(key.id, "alias/irkit-trail")


def may(*rights: str) -> None:
    """Say what the role that irkit signs with may do."""
    allowed = json.dumps(document(allow(rights)))
    iam_backends[OUTSIDE][PARTITION].put_role_policy("irkit-trail", "sign", allowed)


def make_role() -> None:
    """Make the role that irkit signs with, and let irkit's first identity assume it."""
    trust = json.dumps(trusted_by(f"arn:aws:iam::{PROD}:user/irkit-breakglass"))
    iam_backends[OUTSIDE][PARTITION].create_role("irkit-trail", trust, "/", None, "", [], "3600")
    enter = allow(("sts:AssumeRole",), (f"arn:aws:iam::{OUTSIDE}:role/irkit-trail",))
    iam_backends[PROD][PARTITION].put_user_policy(
        "irkit-breakglass", "sign", json.dumps(document(enter))
    )


def hand_trail_to_kms(lab: Lab) -> None:
    """Begin the trail anew with the key in KMS."""
    path = lab.root / "irkit.yaml"
    source = path.read_text()
    before, _, _ = source.partition("trail: {")
    path.write_text(
        f"""{before}trail:
  path: .irkit/trail
  key: "awskms:{ALIAS}"
  kms:
    source:
      access_key_id: {lab.world.aws_key.id}
      secret_access_key: "file:.irkit/keys/aws-secret-key"
    role: irkit-trail
    endpoint_url: {lab.world.aws_url}
"""
    )
    lab.reseal()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A laboratory whose trail is signed by a key in an account of its own."""
    with laboratory(tmp_path, intruder=False) as made:
        make_role()
        may("kms:Sign", "kms:GetPublicKey")
        point_alias_at(make_key(OUTSIDE, REGION))
        hand_trail_to_kms(made)
        yield made


def key() -> Any:
    """Return the key that signs."""
    return kms_backends[OUTSIDE][REGION].describe_key("alias/irkit-trail")


def book() -> Book:
    """Return a playbook of one change."""
    text = action_text(catalogue()[SUSPEND], {"user": VICTIM}, "a test")
    return recorded_book(text, "do.yaml", {})


def suspensions(lab: Lab) -> int:
    """Count the suspensions that Okta was asked for."""
    return sum("suspend" in call.operation for call in lab.world.calls.writes())


def test_a_run_signed_by_the_key_is_verified_without_it(lab: Lab) -> None:
    """Every checkpoint is KMS's; afterwards nobody is asked, and a stock signature is there."""
    run_id, driven = lab.contain(book(), user=VICTIM)
    assert driven.ending is Ending.CLOSED
    signed = [c.principal for c in lab.world.calls.all() if c.operation == "kms:Sign"]
    assert {name.split("/")[1] for name in signed} == {"irkit-trail"}
    lab.world.calls.clear()
    said = Terminal(lab.root).here("trail", "verify", "--deep")
    assert said.code == 0, said.out + said.err
    assert Terminal(lab.root).here("status", run_id).code == 0
    assert [c for c in lab.world.calls.all() if c.operation.startswith("kms:")] == []


def test_a_key_that_falls_silent_stops_the_run_and_loses_nothing(lab: Lab) -> None:
    """The change in flight is in doubt and is found out about; nothing is done twice."""
    run_id = lab.start(book(), user=VICTIM)
    lab.go(book(), run_id)
    lab.approve(run_id)

    def silence() -> None:
        key().key_state = "Disabled"

    lab.ears.on["step.intent"] = silence
    with pytest.raises(ExceptionGroup) as caught:
        lab.go(book(), run_id)
    group = caught.value.split(IrkitError)[0]
    assert group is not None
    assert "IRK728" in f"{group.exceptions}"
    assert "DisabledException" in f"{group.exceptions}"
    terminal = Terminal(lab.root)
    assert terminal.here("trail", "verify").code == 0
    assert terminal.json("status", run_id).view("status")["state"] == "in_doubt"
    assert terminal.json("runs").view("runs")["runs"][0]["state"] == "in_doubt"
    first = terminal.json("what-now").view("what_now")["items"][0]
    assert (first["kind"], first["command"]) == ("in doubt", f"irkit resume {run_id}")
    key().key_state = "Enabled"
    assert lab.to_its_end(book(), run_id).ending is Ending.CLOSED
    assert suspensions(lab) == 1


@pytest.mark.parametrize(
    "kind", [FaultKind.RESET_AFTER, FaultKind.TRUNCATED, FaultKind.OK_HTML, FaultKind.THROTTLED]
)
def test_a_call_without_a_good_answer_is_made_again(lab: Lab, kind: FaultKind) -> None:
    """The same message has the same signature, so nothing can happen twice."""
    lab.world.faults.add(Fault(kind=kind, provider="aws", operation="kms:Sign"))
    assert Terminal(lab.root).here("case", "open", "teal-otter").code == 0
    assert [fired.fault.kind for fired in lab.world.faults.fired()] == [kind]
    assert Terminal(lab.root).here("trail", "verify", "--deep").code == 0


def test_an_alias_that_names_another_key_is_refused(lab: Lab) -> None:
    """What the other key signed is not written, and the first public key is remembered."""
    point_alias_at(make_key(OUTSIDE, REGION))
    with pytest.raises(IrkitError, match="IRK727"):
        lab.record("01TEST", "note", {})
    assert Terminal(lab.root).here("trail", "verify").code == 0


def test_a_key_of_another_kind_is_refused(lab: Lab) -> None:
    """Only Ed25519 signs a trail."""
    other = kms_backends[OUTSIDE][REGION].create_key(None, "SIGN_VERIFY", "ECC_NIST_P256", "", None)
    access = lab.session.workspace.trail.kms
    assert access is not None
    signer = KmsSigner(other.arn, access, lab.session.workspace, lab.session.clock)
    with pytest.raises(IrkitError, match="IRK727"):
        signer.public  # noqa: B018  # asking for it is the test


def checked(lab: Lab) -> Finding:
    """Return what `irkit check` says of the trail key."""
    (found,) = checking.trail_key(lab.session)
    return found


def test_check_tells_whether_the_key_signs(lab: Lab) -> None:
    """Not only whether it is there: a right that is missing is named."""
    assert checked(lab).state is State.GOOD
    may("kms:GetPublicKey")
    found = checked(lab)
    assert (found.state, found.code) == (State.BAD, "IRK728")
    assert "kms:Sign" in found.what


def test_it_signs_where_a_loop_is_running(lab: Lab) -> None:
    """The journal waits in whatever thread it is called in, also in the one of the run."""

    async def work() -> bool:
        (signer,) = lab.session.signers
        signature = signer.sign(b"here")
        signer.close()
        return VerifierKey(name="-", public=signer.public).verifies(b"here", signature)

    assert anyio.run(work)
