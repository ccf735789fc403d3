"""Evidence first: a machine is not stopped or deleted before its disks are kept."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts, targets_of
from irkit.model.change import Target
from irkit.model.plan import PlannedStep
from irkit.model.run import Run
from irkit.model.spec import Reversal

NAME = "evidence-first"
OVERRIDABLE = True
KEEPS = "aws.evidence.snapshot"
"""The action that keeps a machine's disks."""

_LOSES = frozenset({Reversal.LOSSY, Reversal.DESTRUCTIVE})


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:
    """Refuse to lose what is on a machine that this run keeps nothing of.

    While it is planned, the playbook must at least have a step that keeps it; before the write,
    that must have been done, and for this machine.
    """
    if step.reversal not in _LOSES or step.undoes:
        return None
    for target in targets_of(step):
        if target.kind != "aws.instance":
            continue
        kept = _is_kept(run, target) if facts.before_write else facts.keeps_evidence
        if not kept:
            return Refusal(
                guard=NAME,
                code="IRK312",
                summary=f"{step.title} would lose what is on {target.label}, "
                "and this run keeps nothing of it",
                help=f"put `{KEEPS}` of the machine into an earlier phase",
            )
    return None


def _is_kept(run: Run, machine: Target) -> bool:
    """Say whether this run took a snapshot of the machine, or found that there is one."""
    taken = any(
        state.step.action == KEEPS
        and state.stage.good
        and state.change.target.tenant == machine.tenant
        and state.change.target.id.partition("/")[0] == machine.id
        for state in run.changes.values()
    )
    return taken or any(
        step.action == KEEPS and any(label.endswith(f"/{machine.id}") for label in step.already)
        for _, step in run.steps.values()
    )
