"""Adding targets to a step's loop, checked against the playbook the run carries."""

import json
from collections.abc import Iterable

from irkit.canonical import Json
from irkit.cli.at_run import AtRun
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.steering import Steering
from irkit.model.playbook import all_steps


def add_targets(at: AtRun, step: str, targets: Iterable[str]) -> tuple[Json, ...]:
    """Record targets for a step with a loop; return them.

    Raises:
        IrkitError: if the playbook has no such step.
    """
    book = at.book()
    looped = [
        item.id
        for playbook in (book.main, *book.calls.values())
        for item in all_steps(playbook)
        if getattr(item, "loop", None) is not None
    ]
    if step.partition("[")[0].rpartition("/")[2] not in looped:
        raise IrkitError(
            Diagnostic(
                code="IRK613",
                summary=f"the run has no step `{step}` that goes over targets",
                help=f"those that do: {', '.join(looped) or 'none'}",
            )
        )
    found = tuple(map(target_of, targets))
    Steering(at.journal, at.run, at.invocation.session.actor).add(step, found)
    return found


def target_of(text: str) -> Json:
    """Return a target as written: a JSON object or list, else the text itself."""
    if text[:1] not in {"{", "["}:
        return text
    try:
        return json.loads(text)  # type: ignore[no-any-return]
    except ValueError as error:
        summary = f"`{text}` is no JSON: {error}"
        raise IrkitError(Diagnostic(code="IRK100", summary=summary)) from error
