"""Making and showing a plan: looking only, with or without a run in the trail."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace

import anyio

from irkit.canonical import JsonObject
from irkit.cli.at_run import AtRun
from irkit.cli.driving import announce, warn
from irkit.cli.exits import ExitCode
from irkit.cli.listening import Silent
from irkit.cli.opened import Invocation
from irkit.cli.opening import open_named
from irkit.cli.output import Text
from irkit.cli.seat_watch import supplied
from irkit.cli.views import plan as view
from irkit.cli.views.style import Style
from irkit.diagnostics import Diagnostic
from irkit.engine.approving import no_plan
from irkit.engine.assembly import Surroundings, connected, context, open_and_prepare
from irkit.engine.leaves import FailedLeaf, UnknownLeaf
from irkit.engine.memory import MemoryJournal
from irkit.engine.opening import Opening
from irkit.engine.plan_failures import failures
from irkit.engine.runner import Driven, Runner
from irkit.model.run import Run
from irkit.report.residual_rows import residual_rows
from irkit.trail.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan that was made, and whether it is a run in the trail now."""

    driven: Driven
    recorded: bool

    @property
    def run(self) -> Run:
        """Return the run the plan is of."""
        return self.driven.run

    @property
    def changes(self) -> int:
        """Return how many changes are planned."""
        return len(self.run.changes)

    @property
    def code(self) -> int:
        """Return the exit code: what could not be planned or seen is never done."""
        if self.run.refusals and not self.changes:
            return ExitCode.REFUSED
        failed = any(isinstance(leaf, FailedLeaf) for leaf in self.driven.walked.leaves)
        blind = any(fact.error for fact in self.run.reads.values())
        return ExitCode.STILL_OPEN if failed or blind else ExitCode.DONE


def make(
    invocation: Invocation,
    opening: Opening,
    journal: Journal | MemoryJournal,
    undone: Run | None = None,
) -> Planned:
    """Make a plan: every read is made, every change is predicted, nothing is written."""
    announce(invocation, run=opening.run_id, case=opening.case)
    driven = anyio.run(_make, invocation, opening, journal, undone)
    return Planned(driven=driven, recorded=isinstance(journal, Journal))


async def _make(
    invocation: Invocation,
    opening: Opening,
    journal: Journal | MemoryJournal,
    undone: Run | None,
) -> Driven:
    session, book = invocation.session, opening.book
    listener = Silent(output=invocation.output)
    around = Surroundings(listener=listener, seats=supplied(invocation), on_wait=listener.limited)
    async with connected(session, book, around, run_id=opening.run_id, dry=True, undone=undone) as (
        connections,
        silent,
    ):
        warn(invocation, silent)
        if isinstance(journal, Journal):
            run_id = await open_named(invocation, opening, connections, journal)
        else:
            run_id = await open_and_prepare(
                session, opening, connections, journal=journal, blobs=journal.blobs
            )
        runner = Runner(
            context(
                session,
                book,
                around,
                connections,
                run_id=run_id,
                journal=journal,
                consent=None,
                undone=undone,
            )
        )
        return await runner.drive(wait=False)


def show(
    invocation: Invocation, planned: Planned, opening: Opening, *, full: bool, again: Iterable[str]
) -> None:
    """Show a plan, and what could not be planned. `again` is the command that runs it."""
    run = planned.run
    if run.plan is None:
        _show_nothing(invocation, planned)
        return
    shown = run if planned.recorded else replace(run, id="")
    value = dict(
        view.to_json(
            run.plan,
            run=shown,
            refused=[item for item in failures(planned.driven) if item.code == "IRK602"],
            residual=residual_rows(opening.book, invocation.catalogue),
            claims=opening.book.main.claims_contained,
            valid=invocation.workspace.plan_valid,
        )
    )
    if not planned.recorded and planned.changes:
        value["next"] = [shlex.join(again)]

    invocation.output.show(value, _laid_out(full=full))


def show_recorded(at: AtRun, *, full: bool) -> None:
    """Show the plan that a run carries, all of its parts known so far."""
    run, invocation = at.run, at.invocation
    if run.plan is None:
        raise no_plan(run.id)
    value = view.to_json(
        run.plan,
        run=run,
        residual=residual_rows(at.book(), invocation.catalogue),
        claims=at.book().main.claims_contained,
        valid=invocation.workspace.plan_valid,
    )
    invocation.output.show(value, _laid_out(full=full))


def _laid_out(*, full: bool) -> Text:
    def text(value: JsonObject, *, style: Style) -> str:
        return view.text(value, style=style, full=full)

    return text


def _show_nothing(invocation: Invocation, planned: Planned) -> None:
    """Say why there is no plan: refused, failed, not known yet, or nothing to do."""
    run = planned.run
    refused = [
        Diagnostic(code=code, summary=summary, help=run.help_for(summary))
        for _, code, summary in run.refusals
    ]
    failed = list(failures(planned.driven))
    invocation.output.bad_news([*refused, *failed])
    waiting = [
        f"{leaf.path}: {leaf.why}"
        for leaf in planned.driven.walked.leaves
        if isinstance(leaf, UnknownLeaf)
    ]
    told = "REFUSED: nothing is planned." if refused else "Nothing to change."
    if failed and not refused:
        told = "Nothing is planned, because of what could not be read or planned."
    more = f" Not known yet: {'; '.join(waiting)}." if waiting else ""
    invocation.output.say(told + more, waiting=waiting)
