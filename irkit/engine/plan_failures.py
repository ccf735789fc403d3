"""What of a plan could not be read or planned, and is no guard's refusal."""

from collections.abc import Iterator
from typing import Final

from irkit.diagnostics import Diagnostic
from irkit.engine.leaves import FailedLeaf
from irkit.engine.runner import Driven

_CHECK: Final = "see that everything is there: irkit check"


def failures(driven: Driven) -> Iterator[Diagnostic]:
    """Yield what could not be read or planned, with the help that was given; no guard's refusal."""
    refused = {summary for _, _, summary in driven.run.refusals}
    said: set[str] = set()
    for leaf in driven.walked.leaves:
        if isinstance(leaf, FailedLeaf) and leaf.why not in refused:
            said.add(leaf.path)
            yield Diagnostic(
                code="IRK602",
                summary=f"{leaf.path}: {leaf.why}",
                help=driven.run.helps.get(leaf.path) or _CHECK,
            )
    for fact in driven.run.reads.values():
        if fact.error and fact.step not in said:
            yield Diagnostic(
                code="IRK603",
                summary=f"{fact.step} could not be read: {fact.error}",
                help=driven.run.helps.get(fact.step) or _CHECK,
            )
