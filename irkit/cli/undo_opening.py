"""What the run that takes another one back starts with."""

from irkit.cli.opened import Invocation
from irkit.engine.books import recorded_book
from irkit.engine.generated import undo_text
from irkit.engine.opening import Opening
from irkit.model.run import Run


def undo_opening(invocation: Invocation, run: Run, phase: str) -> Opening:
    """Return the opening of the run that takes `run` back.

    Raises:
        IrkitError: if there is no such phase, or nothing to take back.
    """
    made_by = recorded_book(run.playbook_source, run.playbook_file, run.calls)
    text = undo_text(run, made_by.main, phase)
    return Opening(
        book=recorded_book(text, f"undo-{run.id}.yaml", {}),
        given={},
        mode=str(invocation.workspace.mode),
        requester=invocation.session.actor_name,
        undoes=run.id,
    )
