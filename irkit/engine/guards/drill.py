"""Drill and live stay apart: a drill touches only the world, a live run never does."""

from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "drill"
OVERRIDABLE = False


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:
    """Refuse a step whose connection is not of the run's own kind."""
    for connection, is_world in facts.worlds.items():
        if run.mode and run.mode != facts.mode:
            return Refusal(
                guard=NAME,
                code="IRK306",
                summary=f"the run is {run.mode} and this workspace is {facts.mode}",
                help="go on in the workspace in which the run was opened",
            )
        if is_world != (facts.mode == "drill") and step.changes:
            found = "the simulated world" if is_world else "no simulated world"
            return Refusal(
                guard=NAME,
                code="IRK305",
                summary=f"this is a {facts.mode} workspace and `{connection}` is {found}",
                help="drills run on `irkit world up`; live workspaces name the real org_url",
            )
    return None
