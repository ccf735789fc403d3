"""A plan as JSON: all that a person decides on, and its digests."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.cli.views import plan_changes
from irkit.cli.views.plan_text import text
from irkit.diagnostics import Diagnostic
from irkit.model import next_commands
from irkit.model.display import display_text
from irkit.model.plan import Part, Plan, PlannedStep
from irkit.model.run import Run
from irkit.model.spec import Reversal
from irkit.report.residual import ResidualAccess

__all__ = ["ResidualAccess", "display_text", "text", "to_json"]

_EXACT: Final = frozenset({Reversal.READ, Reversal.ADDITIVE, Reversal.EXACT})


def to_json(
    plan: Plan,
    *,
    run: Run | None = None,
    refused: Iterable[Diagnostic] = (),
    residual: Iterable[ResidualAccess] = (),
    claims: bool = False,
    valid: timedelta = timedelta(hours=1),
) -> JsonObject:
    """Return the JSON form: all of the plan that a person decides on, and its digests.

    `run` adds what the records say beside the plan: what guards refused, what could not be planned
    and what could not be seen. `refused` adds to that.
    """
    header = plan.header
    changes = list(plan.changes)
    return {
        "view": "plan",
        "run": run.id if run else "",
        "playbook": header.playbook,
        "title": header.title,
        "mode": header.mode,
        "undoes": header.undoes,
        "observed_at": header.observed_at,
        "valid_s": int(valid.total_seconds()),
        "tenants": list(header.tenants),
        "digest": plan.digest,
        "header": header.digest,
        "changes": len(changes),
        "targets": len({change.target.key for change in changes}),
        "already": sum(len(step.already) for part in plan.parts for step in part.steps),
        "reversal": {} if header.undoes else _reversal(plan),
        "not_back": [_not_back(s) for s in _steps(plan) if _loses(s) and not header.undoes],
        "parts": [_part(part, header.digest) for part in plan.parts],
        "refused": [
            *({"code": i.code, "summary": i.summary, "help": i.help} for i in refused),
            *(_refused(run) if run else ()),
        ],
        "not_seen": list(_not_seen(run)) if run else [],
        "claims_contained": claims,
        "residual": [item.to_json() for item in residual],
        "next": list(_next(plan, run.id if run else "")),
    }


def _steps(plan: Plan) -> Iterator[PlannedStep]:
    for part in plan.parts:
        yield from part.steps


def _loses(step: PlannedStep) -> bool:
    return bool(step.changes) and step.reversal not in _EXACT


def _reversal(plan: Plan) -> dict[str, int]:
    found: Counter[Reversal] = Counter()
    for step in _steps(plan):
        found[step.reversal] += len(step.changes)
    return {str(kind): found[kind] for kind in Reversal if found[kind]}


def _not_back(step: PlannedStep) -> JsonObject:
    return {
        "path": step.path,
        "action": step.action,
        "reversal": str(step.reversal),
        "title": step.title,
        "because": step.because,
        "changes": len(step.changes),
    }


def _part(part: Part, header: str) -> JsonObject:
    tenants = Counter(change.target.tenant for change in part.changes)
    return {
        "id": part.id,
        "phase": part.phase,
        "digest": part.digest(header),
        "signable": part.signable,
        "need": part.need.to_json(),
        "hold": part.hold,
        "changes": sum(tenants.values()),
        "already": [target for step in part.steps for target in step.already],
        "tenants": dict(tenants),
        "work": _works(part),
        "steps": [plan_changes.step_json(step) for step in part.steps],
        "unknowns": [unknown.to_json() for unknown in part.unknowns],
    }


def _works(part: Part) -> list[Json]:
    """Return what the part does: each kind of work once, with its targets."""
    titles: dict[str, list[str]] = {}
    for step in part.steps:
        titles.setdefault(step.title, []).extend(c.target.label for c in step.changes)
    return [{"title": title, "targets": list(t)} for title, t in titles.items() if t]


def _refused(run: Run) -> Iterator[JsonObject]:
    for _, code, summary in run.refusals:
        yield {"code": code, "summary": summary, "help": run.help_for(summary)}
    told = {summary for _, _, summary in run.refusals}
    for step, why in (*run.failed_steps.items(), *run.skipped_steps.items()):
        if why not in told:
            help_ = run.helps.get(step, "")
            yield {"code": "", "summary": f"{step}: {why}", "help": help_}


def _not_seen(run: Run) -> Iterator[JsonObject]:
    """What could not be read is unknown, and a plan that rests on it has to say so."""
    for fact in run.reads.values():
        if fact.error or not fact.complete:
            yield {"step": fact.step, "why": fact.error or ", ".join(fact.gaps)}


def _next(plan: Plan, run: str) -> Iterator[str]:
    if not any(plan.changes):
        return
    if not run:
        yield f"irkit run {plan.header.playbook}"
        return
    if any(part.signable and part.need.need for part in plan.parts):
        yield next_commands.approve(run)
    yield next_commands.on("run", run)
