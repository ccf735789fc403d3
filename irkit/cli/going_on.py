"""Going on with a run that is in the trail: after a stop, a crash, a wait or a supplement."""

from irkit.cli.at_run import AtRun, at_run
from irkit.cli.driving import Driver, Ways
from irkit.cli.exits import of_outcome
from irkit.cli.opened import Invocation
from irkit.cli.requesting import take_key
from irkit.cli.views import result
from irkit.engine.steering import Steering


def go_on(
    invocation: Invocation,
    name: str,
    ways: Ways,
    *,
    key: str = "",
    accept_versions: bool = False,
) -> int:
    """Take up the run that `name` means; a run that is over is only shown."""
    with at_run(invocation, name) as at:
        invocation.session.check_policy(at.consent)
        if at.run.closed:
            invocation.output.show(result.to_json(at.run), result.text)
            return of_outcome(at.run.outcome)
        if at.run.header is None:
            take_key(invocation, key, at.consent.fold.policy.signers, requester=at.run.requester)
        if accept_versions or at.run.paused or at.run.stopped:
            with invocation.session.acting(at.run.id):
                Steering(at.journal, at.run, invocation.session.actor).resume(
                    accept_versions=accept_versions
                )
        return drive(at, ways)


def drive(at: AtRun, ways: Ways) -> int:
    """Drive a run of the trail, and return the exit code of what came of it."""
    driver = Driver(
        invocation=at.invocation,
        journal=at.journal,
        consent=at.consent,
        book=at.book(),
        ways=ways,
        undone=at.undone(),
    )
    return driver.carry_on(at.run)
