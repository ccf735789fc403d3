"""A preflight: each fault is found by its own check, nothing else is cried at, nothing written."""

from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest
from lab import Lab, laboratory
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from preflight_faults import FAULTS, KAI
from preflight_faults import Fault as Wrong

from irkit.engine.checking import Finding, State
from irkit.model.access import CredentialKind
from irkit.proving.preflight.flight import Flight
from irkit.proving.preflight.looking import names
from irkit.proving.proof import Outcome, Proof
from irkit.proving.shelf import Shelf
from irkit.world.aws.iam_view import PARTITION
from irkit.world.faults import Fault, FaultKind
from irkit.world.fixtures.acme_small import PROD

FEDERATED = "okta-user-federated-to-aws"


def fly(
    lab: Lab, given: Mapping[str, str], *, playbook: str = FEDERATED
) -> tuple[Proof, list[Finding]]:
    """Make a preflight; return the proof and every finding."""
    shelf = Shelf(session=lab.session)
    flight = Flight(
        shelf=shelf, shelved=shelf.one(playbook, lab.root), given=given, lookups_per_second=0
    )
    proof = anyio.run(flight.make, lambda finding: None)
    return proof, flight.found


def demand(lab: Lab, lines: tuple[str, ...]) -> None:
    """Write a test file that asks for more."""
    if lines:
        entries = "".join(f"  - {line}\n" for line in lines)
        path = lab.root / "playbooks" / f"{FEDERATED}.test.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"irkit: 1\ntests: {FEDERATED}\npreflight:\n{entries}")


def told(found: list[Finding]) -> set[str]:
    """Return the checks that found something; those that only could not look say which did."""
    return {
        finding.subject
        for finding in found
        if finding.state is not State.GOOD and not finding.remedy.startswith("see `")
    }


def lines(found: list[Finding]) -> str:
    """Return all findings as text, for a failing test."""
    return "\n".join(f"{f.state} {f.subject}: {f.code} {f.what}" for f in found)


def test_nothing_is_cried_at_where_nothing_is_wrong(tmp_path: Path) -> None:
    """In a healthy world every check has something good to say, and nothing is written."""
    with laboratory(tmp_path) as lab:
        lab.world.plant(CredentialKind.OKTA_ACCESS_TOKEN)
        before = len(lab.world.calls.writes())
        proof, found = fly(lab, {"user": KAI})
        written = lab.world.calls.writes()[before:]
    assert {f.state for f in found} == {State.GOOD}, lines(found)
    assert {f.subject for f in found} == set(names()) - {"dry_runs"}
    assert proof.outcome is Outcome.PASSED
    assert proof.problems == ()
    assert written == ()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_by_exactly_its_own_check(fault: Wrong, tmp_path: Path) -> None:
    """The check that is for it says so with a remedy, and no other check finds anything."""
    with laboratory(tmp_path, intruder=True, **fault.knobs) as lab:
        if "log_lag" not in fault.knobs:
            lab.world.plant(CredentialKind.OKTA_ACCESS_TOKEN)
        demand(lab, fault.demands)
        fault.plant(lab)
        before = len(lab.world.calls.writes())
        proof, found = fly(lab, {"user": fault.user})
        written = lab.world.calls.writes()[before:]
    assert told(found) == {fault.check}, lines(found)
    own = [f for f in found if f.subject == fault.check and f.state is not State.GOOD]
    assert fault.state in {f.state for f in own}, lines(own)
    assert all(f.remedy for f in own), lines(own)
    assert proof.outcome is Outcome.FAILED
    assert written == ()


ISOLATE = """\
irkit: 1
playbook: isolate
title: Isolate a machine
guards:
  limit: {aws.instance: 1}
approvals:
  one: {need: 1, from: [ir-lead]}
steps:
  - phase: Isolate
    approve: one
    steps:
      - read: aws.iam_user.get
        with: {user: "arn:aws:iam::111122223333:user/irkit-breakglass"}
        evidence: true
      - do: aws.ec2_instance.isolate
        with: {instance: MACHINE}
"""


def isolating(lab: Lab) -> None:
    """Write a playbook that isolates a machine."""
    machine = next(iter(ec2_backends[PROD]["us-east-1"].all_instances())).id
    folder = lab.root / "playbooks"
    folder.mkdir(exist_ok=True)
    (folder / "isolate.yaml").write_text(ISOLATE.replace("MACHINE", machine))


def test_ec2_is_asked_with_dry_run_and_changes_nothing(tmp_path: Path) -> None:
    """The planned calls of EC2 are rehearsed, and no security group is made."""
    with laboratory(tmp_path) as lab:
        lab.world.plant(CredentialKind.OKTA_ACCESS_TOKEN)
        before = lab.world.restorable()
        isolating(lab)
        _, found = fly(lab, {}, playbook="isolate")
        asked = [c for c in lab.world.calls.all() if c.operation == "ec2:CreateSecurityGroup"]
        assert lab.world.restorable() == before
    assert [f.state for f in found if f.subject == "dry_runs"] == [State.GOOD], lines(found)
    assert asked
    assert not any(call.write for call in asked)


def test_what_ec2_refuses_in_a_dry_run_is_found(tmp_path: Path) -> None:
    """What the simulator denies, EC2 itself refuses as well."""
    with laboratory(tmp_path) as lab:
        lab.world.plant(CredentialKind.OKTA_ACCESS_TOKEN)
        isolating(lab)
        role = iam_backends[PROD][PARTITION].get_role("irkit-write")
        for name, document in dict(role.policies).items():
            role.policies[name] = document.replace("CreateSecurityGroup", "CreateSubnet")
        proof, found = fly(lab, {}, playbook="isolate")
    assert told(found) == {"dry_runs", "permissions"}, lines(found)
    assert proof.outcome is Outcome.FAILED


def test_no_certain_answer_to_a_dry_run_is_no_pass(tmp_path: Path) -> None:
    """An answer that says nothing is unknown."""
    with laboratory(tmp_path) as lab:
        lab.world.plant(CredentialKind.OKTA_ACCESS_TOKEN)
        isolating(lab)
        lab.world.faults.add(
            Fault(
                kind=FaultKind.FORBIDDEN_EMPTY, provider="aws", operation="ec2:CreateSecurityGroup"
            )
        )
        proof, found = fly(lab, {}, playbook="isolate")
    assert told(found) == {"dry_runs"}, lines(found)
    assert proof.outcome is Outcome.UNKNOWN


DEACTIVATE = """\
irkit: 1
playbook: deactivate
title: Deactivate a key
guards:
  limit: {aws.access_key: 1, aws.user: 1}
approvals:
  one: {need: 1, from: [ir-lead]}
steps:
  - phase: Deactivate
    approve: one
    steps:
      - do: aws.iam_user.quarantine
        with: {user: "arn:aws:iam::111122223333:user/bystander"}
      - do: aws.iam_key.deactivate
        with: {user: "arn:aws:iam::111122223333:user/bystander", key: KEY}
"""


def test_a_step_without_a_change_tonight_is_asked_about_as_well(tmp_path: Path) -> None:
    """That nothing is to be done for whoever it is tried with does not hide what is not allowed."""
    with laboratory(tmp_path) as lab:
        iam = iam_backends[PROD][PARTITION]
        iam.create_user("us-east-1", "bystander")
        key = iam.create_access_key("bystander").access_key_id
        iam.update_access_key("bystander", key, "Inactive")
        role = iam.get_role("irkit-write")
        for name, document in dict(role.policies).items():
            role.policies[name] = document.replace("iam:UpdateAccessKey", "iam:UpdateSSHPublicKey")
        folder = lab.root / "playbooks"
        folder.mkdir(exist_ok=True)
        (folder / "deactivate.yaml").write_text(DEACTIVATE.replace("KEY", key))
        proof, found = fly(lab, {}, playbook="deactivate")
    assert any("iam:UpdateAccessKey on any target" in f.what for f in found), lines(found)
    assert proof.outcome is Outcome.UNKNOWN


def test_a_playbook_that_needs_what_is_not_there_is_told(tmp_path: Path) -> None:
    """Without a connection to a provider that the playbook needs nothing else is guessed."""
    with laboratory(tmp_path) as lab:
        path = lab.root / "irkit.yaml"
        head, _, rest = path.read_text().partition("  aws:\n")
        _, _, tail = rest.partition("federation:")
        path.write_text(f"{head}federation:{tail}".replace("aws: all", "aws: all"))
        proof, found = fly(lab, {"user": KAI})
    assert "IRK208" in {f.code for f in found}, lines(found)
    assert proof.outcome is Outcome.FAILED


def test_nothing_to_try_it_with_is_unknown_and_no_pass(tmp_path: Path) -> None:
    """Without inputs what can be asked is asked, and the rest is not taken for good."""
    with laboratory(tmp_path) as lab:
        lab.world.plant(CredentialKind.OKTA_ACCESS_TOKEN)
        proof, found = fly(lab, {})
    assert told(found) == {"targets"}, lines(found)
    assert proof.outcome is Outcome.UNKNOWN


def test_a_check_that_breaks_does_not_end_the_others(tmp_path: Path) -> None:
    """An answer that no check expects is a line, and every other check is made."""
    with laboratory(tmp_path) as lab:
        lab.world.plant(CredentialKind.OKTA_ACCESS_TOKEN)
        lab.world.faults.add(
            Fault(
                kind=FaultKind.OK_HTML,
                provider="aws",
                operation="cloudtrail:DescribeTrails",
                times=99,
            )
        )
        proof, found = fly(lab, {"user": KAI})
    assert told(found) == {"logs"}, lines(found)
    assert {f.subject for f in found} >= {"permissions", "protected", "trail"}
    assert proof.outcome is Outcome.UNKNOWN
