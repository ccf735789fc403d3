"""Can the inputs be resolved and the playbook be planned, with no guard in the way?"""

from collections.abc import AsyncIterator

from irkit.diagnostics import Diagnostic
from irkit.engine.checking import Finding, State, bad, good
from irkit.engine.leaves import UnknownLeaf
from irkit.engine.plan_failures import failures
from irkit.engine.runner import Driven
from irkit.proving.preflight.site import Site


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield what the plan came to, or why there is none."""
    for item in site.unplanned:
        yield bad("targets", item)
    if site.planned is not None:
        for item in _problems(site.planned):
            yield bad("targets", item)
        yield _summary(site, site.planned)
    elif site.asked:
        yield Finding(
            subject="targets",
            state=State.UNKNOWN,
            what=f"nothing was named to try it with: {', '.join(site.asked)}",
            remedy=" ".join(f"-i {name}=…" for name in site.asked)
            + ", or `inputs` of the check `targets` in the test file",
        )
    elif site.closed:
        providers = " and ".join(sorted(site.closed))
        yield Finding(
            subject="targets",
            state=State.UNKNOWN,
            what=f"not planned, because {providers} cannot be asked",
            remedy="see `connections`",
        )


def _problems(planned: Driven) -> list[Diagnostic]:
    refused = [
        Diagnostic(code=code, summary=f"a guard refuses {path}: {summary}", help="name another")
        for path, code, summary in planned.run.refusals
    ]
    return [*refused, *failures(planned)]


def _summary(site: Site, planned: Driven) -> Finding:
    changes = planned.run.changes
    targets = {state.change.target.key for state in changes.values()}
    waiting = sum(isinstance(leaf, UnknownLeaf) for leaf in planned.walked.leaves)
    more = f"; {waiting} steps wait for an answer" if waiting else ""
    given = ", ".join(f"{name} {value}" for name, value in site.given.items())
    named = f"{given}: " if given else ""
    return good(
        "targets", f"{named}{len(changes)} changes to {len(targets)} targets are planned{more}"
    )
