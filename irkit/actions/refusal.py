"""Why an action cannot be planned or taken back, as diagnostics that say what to do instead."""

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.providers.call import CallError, Outcome


def cannot_reach(summary: str, help_: str) -> IrkitError:
    """Return the error for a goal that cannot be reached from the state that was found."""
    return IrkitError(Diagnostic(code="IRK660", summary=summary, help=help_))


def not_sent(summary: str, help_: str) -> CallError:
    """Return the error for a write that would do harm now: nothing was sent, and that is sure."""
    return CallError(
        Diagnostic(code="IRK660", summary=summary, help=help_), outcome=Outcome.REJECTED
    )


def no_such(kind: str, name: str, help_: str, *, there_are: str = "") -> IrkitError:
    """Return the error for a target that does not exist: never a silent `already`."""
    others = f"; there are: {there_are}" if there_are else ""
    summary = f"there is no {kind} `{name}`{others}"
    return IrkitError(Diagnostic(code="IRK661", summary=summary, help=help_))


def no_way_back(action: str, instead: str) -> IrkitError:
    """Return the error for an undo of what cannot be undone."""
    return IrkitError(
        Diagnostic(code="IRK662", summary=f"`{action}` cannot be taken back", help=instead)
    )


def still_used(what: str, by: str) -> IrkitError:
    """Return the error for a thing of ours that undo must leave because others use it."""
    return IrkitError(
        Diagnostic(
            code="IRK663",
            summary=f"{what} is still used by {by} and was left",
            help="take back the runs that use it first, then undo this one again",
        )
    )
