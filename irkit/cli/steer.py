"""Saying something to a run from any terminal; the process that acts for it hears it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from irkit.cli.at_run import at_run
from irkit.cli.opened import Invocation
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.steering import Decision, Steering


@contextmanager
def steer(invocation: Invocation, name: str) -> Iterator[Steering]:
    """Open the trail at a run, to say something to it."""
    with at_run(invocation, name) as at:
        yield Steering(at.journal, at.run, invocation.session.actor)


def one_of(flags: Mapping[Decision, bool]) -> Decision:
    """Return the one decision whose flag was given.

    Raises:
        IrkitError: if none was, or more than one.
    """
    given = [decision for decision, said in flags.items() if said]
    if len(given) == 1:
        return given[0]
    named = ", ".join(f"--{decision}" for decision in flags)
    summary = f"say one of {named}"
    raise IrkitError(Diagnostic(code="IRK100", summary=summary, help="irkit resolve --help"))
