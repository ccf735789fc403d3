"""Whether a word on the command line means a run or a playbook."""

from irkit import assets
from irkit.cli.opened import Invocation
from irkit.diagnostics import IrkitError
from irkit.engine.runs import all_runs, matching


def names_a_run(invocation: Invocation, what: str) -> bool:
    """A file or a known playbook is a playbook; what else is in the trail is a run."""
    try:
        assets.find_playbook(what, invocation.workspace.playbooks, invocation.here)
    except IrkitError:
        if not invocation.session.has_trail:
            return False
        with invocation.session.journal(writing=False) as journal:
            return bool(matching(all_runs(journal), what))
    return False
