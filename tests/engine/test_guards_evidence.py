"""Evidence first, and the log untouched: what the two guards refuse, and how one might get past."""

from dataclasses import replace
from pathlib import Path

import pytest
from by_hand import by_hand
from engine_story import planned
from lab import Lab, laboratory
from stage import PROD, Stage

from irkit.engine.books import recorded_book
from irkit.engine.context import Refusal
from irkit.engine.guards import Guard, GuardFacts, guards
from irkit.engine.walk import Book
from irkit.model.change import Change, Target
from irkit.model.plan import PlannedStep
from irkit.model.run import ChangeState, Run
from irkit.model.run import Stage as ChangeStage
from irkit.model.spec import Reversal

AWS = f"aws:{PROD}"
KEEPS = "aws.evidence.snapshot"
FACTS = GuardFacts(mode="drill", tenants=frozenset({AWS}), before_write=True, keeps_evidence=True)


def _guard(name: str) -> Guard:
    return next(guard for guard in guards() if name == guard.NAME)


def _step(kind: str, name: str, action: str, reversal: Reversal) -> PlannedStep:
    target = Target(kind=kind, tenant=AWS, id=name, label=f"arn:aws:x:::{name}")
    change = Change(id=f"{action}#one", target=target, verb="act", before={}, after={})
    return replace(planned("cut.x", "one"), action=action, reversal=reversal, changes=(change,))


STOP = _step("aws.instance", "i-1", "aws.ec2_instance.stop", Reversal.LOSSY)


def _run(machine: str, stage: ChangeStage, *, action: str = KEEPS, tenant: str = AWS) -> Run:
    """Return a run with one change of a machine's evidence."""
    step = _step("aws.instance_setting", f"{machine}/evidence", action, Reversal.ADDITIVE)
    change = replace(step.changes[0], target=replace(step.changes[0].target, tenant=tenant))
    state = ChangeState(
        change=change, step=step, part="keep", phase="Keep", part_digest="", stage=stage
    )
    return Run(id="R", mode="drill", changes={change.id: state})


def _judge(run: Run, step: PlannedStep = STOP, facts: GuardFacts = FACTS) -> str:
    refusal = _guard("evidence-first").judge(step, run, facts)
    return refusal.code if refusal else ""


@pytest.mark.parametrize("stage", [ChangeStage.VERIFIED, ChangeStage.ALREADY])
def test_a_machine_that_is_kept_may_be_stopped(stage: ChangeStage) -> None:
    """A snapshot that this run took or found is enough."""
    assert _judge(_run("i-1", stage)) == ""


@pytest.mark.parametrize(
    "run",
    [
        Run(id="R", mode="drill"),
        _run("i-2", ChangeStage.VERIFIED),
        _run("i-1", ChangeStage.VERIFIED, tenant="aws:444455556666"),
        _run("i-1", ChangeStage.PLANNED),
        _run("i-1", ChangeStage.FAILED),
        _run("i-1", ChangeStage.UNVERIFIED),
        _run("i-1", ChangeStage.SKIPPED),
        _run("i-1", ChangeStage.VERIFIED, action="aws.ec2_instance.protect"),
    ],
    ids=[
        "nothing",
        "another machine",
        "another account",
        "planned only",
        "failed",
        "not seen to hold",
        "skipped",
        "another action",
    ],
)
def test_what_is_no_snapshot_of_the_machine_does_not_count(run: Run) -> None:
    """Evidence of something else, or evidence that was never taken, is none."""
    assert _judge(run) == "IRK312"


def test_a_snapshot_that_was_there_at_planning_counts() -> None:
    """Such a step has no changes; what it speaks of stands in its label."""
    run = Run(id="R", mode="drill")
    step = _step("aws.instance_setting", "i-1/evidence", KEEPS, Reversal.ADDITIVE)
    there = replace(step, changes=(), already=("evidence of arn:aws:ec2:::instance/i-1",))
    run.steps["keep"] = ("keep", there)
    assert _judge(run) == ""
    run.steps["keep"] = ("keep", replace(there, already=("evidence of …:instance/i-11",)))
    assert _judge(run) == "IRK312"


def test_at_planning_the_playbook_must_mean_to_keep_it() -> None:
    """What will have been done cannot be known then, whether it is meant can."""
    planning = replace(FACTS, before_write=False)
    assert _judge(Run(id="R", mode="drill"), facts=planning) == ""
    careless = replace(planning, keeps_evidence=False)
    assert _judge(Run(id="R", mode="drill"), facts=careless) == "IRK312"


@pytest.mark.parametrize(
    "step",
    [
        replace(STOP, undoes="cut.x#one"),
        replace(STOP, reversal=Reversal.EXACT),
        replace(STOP, changes=()),
        _step("aws.bucket_setting", "b/versions", "aws.s3_bucket.stop_ransom", Reversal.LOSSY),
    ],
    ids=["taking back", "exact", "nothing to do", "no machine"],
)
def test_what_loses_nothing_of_a_machine_passes(step: PlannedStep) -> None:
    """Only stopping and deleting a machine needs its evidence."""
    assert _judge(Run(id="R", mode="drill"), step) == ""


def test_a_bucket_or_key_of_the_log_is_refused() -> None:
    """Itself, and everything that belongs to it, unless it only adds."""
    bucket = Target(kind="aws.bucket", tenant=AWS, id="acme-trail", label="acme-trail")
    facts = replace(FACTS, log_plane={bucket.key: "trail acme"})
    own = _step("aws.bucket_setting", "acme-trail/policy", "aws.s3_bucket.lockdown", Reversal.EXACT)
    judge = _guard("log-plane").judge
    refusal = judge(own, Run(id="R"), facts)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "IRK313"
    assert "trail acme" in refusal.summary
    assert judge(replace(own, reversal=Reversal.ADDITIVE), Run(id="R"), facts) is None
    other = _step("aws.bucket_setting", "files/policy", "aws.s3_bucket.lockdown", Reversal.EXACT)
    assert judge(other, Run(id="R"), facts) is None


PLAYBOOK = """
irkit: 1
playbook: a-test
title: A test
inputs: {machine: aws.instance}
guards: {protect: [{aws.role: "irkit-*"}], limit: {aws.instance: 5}}
steps:
  - phase: Keep
    steps:
      - do: aws.evidence.snapshot
        with: {instance: "{{ inputs.machine }}"}
  - phase: Stop
    needs: [Keep]
    steps:
      - do: aws.ec2_instance.stop
        with: {instance: "{{ inputs.machine }}"}
"""
"""Keeps a machine's disks, then stops it."""

CARELESS = PLAYBOOK.replace(
    "      - do: aws.evidence.snapshot\n", "      - do: aws.ec2_instance.protect\n"
)
"""The same, but keeps nothing."""


def _book(text: str) -> Book:
    return recorded_book(text.lstrip(), "a-test.yaml", {})


def _states(lab: Lab) -> list[str]:
    with by_hand(Stage(world=lab.world), "ec2") as ec2:
        found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["web-1"]}])
        return [i["State"]["Name"] for r in found["Reservations"] for i in r["Instances"]]


@pytest.mark.parametrize(("text", "state"), [(PLAYBOOK, "stopped"), (CARELESS, "running")])
def test_a_run_stops_only_what_it_keeps(text: str, state: str, tmp_path: Path) -> None:
    """The engine asks the guard, with the playbook and the run as they are."""
    with laboratory(tmp_path) as lab:
        machine = Stage(world=lab.world).machine("web-1")
        run_id, _ = lab.contain(_book(text), machine=machine)
        assert _states(lab) == [state]
        refused = {code for _, code, _ in lab.run_of(run_id).refusals}
        assert bool(refused) is (state == "running")


TRAIL = """
irkit: 1
playbook: a-test
title: A test
guards: {protect: [{aws.role: "irkit-*"}], limit: {aws.account: 5}}
steps:
  - do: aws.s3_bucket.stop_ransom
    with: {bucket: acme-trail, account: "ACCOUNT"}
""".replace("ACCOUNT", PROD)
"""Changes the bucket that a trail writes to."""


def test_a_run_leaves_the_log_s_bucket(tmp_path: Path) -> None:
    """The trail is read from AWS, not from the configuration."""
    with laboratory(tmp_path) as lab:
        stage = Stage(world=lab.world)
        with by_hand(stage, "s3") as s3:
            s3.create_bucket(Bucket="acme-trail")
        with by_hand(stage, "cloudtrail") as cloudtrail:
            cloudtrail.create_trail(Name="acme", S3BucketName="acme-trail")
        before = lab.world.restorable()
        run_id, _ = lab.contain(_book(TRAIL))
        assert lab.world.restorable() == before
        assert lab.run_of(run_id).refusals
