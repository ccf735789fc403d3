"""From a run and its records to its story. Pure: the same records give the same story."""

from collections.abc import Iterable, Sequence

from irkit.model.fold import take
from irkit.model.playbook import Playbook
from irkit.model.run import Run
from irkit.report.figures import figures_of
from irkit.report.findings import findings
from irkit.report.open_items import open_items
from irkit.report.reading import texts_of
from irkit.report.seats import last_seen
from irkit.report.standing import state_of
from irkit.report.story_facts import approvals, changes, evidence, phases, seats
from irkit.report.story_model import (
    Event,
    RunStory,
    Story,
    StoryEntry,
    Surroundings,
)
from irkit.report.telling import tell

PEOPLE, IRKIT, INTRUDER = "people", "irkit", "intruder"
_BY_PEOPLE = frozenset(
    {"approval", "answer", "change.resolved", "breakglass.used", "breakglass.confirmed"}
)


def story(run: Run, entries: Iterable[StoryEntry], around: Surroundings | None = None) -> Story:
    """Return the story of `run`; `entries` are all its records, in order."""
    known = around or Surroundings()
    records = tuple(entries)
    told = (*_events(run.id, records), *known.intruder)
    rows = last_seen(run) if known.seats is None else known.seats
    decided = approvals(run, records)
    return Story(
        mode=run.mode,
        case=run.case,
        org=known.org,
        title=run.title,
        state=str(state_of(run)),
        runs=(_run(run, records),),
        figures=figures_of(run, decided, seats(run, rows)),
        events=tuple(sorted(told, key=lambda event: (event.at, event.n))),
        phases=phases(run, decided, known),
        changes=changes(run),
        approvals=decided,
        seats=seats(run, rows),
        findings=findings(run, records, phases(run, decided, known)),
        open_items=open_items(run, seats=rows),
        residual=known.residual,
        evidence=evidence(run.id, records),
        trail=known.trail,
    )


def surroundings_of(playbook: Playbook, around: Surroundings | None = None) -> Surroundings:
    """Return `around` with the names and goals of a playbook's phases."""
    known = around or Surroundings()
    return Surroundings(
        org=known.org,
        names={phase.id: phase.name for phase in playbook.phases},
        goals_s={
            phase.id: int(phase.goal.total_seconds())
            for phase in playbook.phases
            if phase.goal is not None
        },
        seats=known.seats,
        residual=known.residual,
        intruder=known.intruder,
        trail=known.trail,
    )


def _events(run_id: str, records: Sequence[StoryEntry]) -> Iterable[Event]:
    run = Run(id=run_id)
    for entry in records:
        take(run, entry)
        line = tell(entry, run)
        if line is None:
            continue
        assert run.last_at is not None
        yield Event(
            at=run.last_at,
            lane=PEOPLE if entry.type in _BY_PEOPLE else IRKIT,
            actor=entry.actor.id,
            mark=line.mark.name.lower(),
            word=line.word,
            what=line.what,
            notes=line.notes,
            phase=line.phase,
            n=entry.n,
            run=run_id,
        )


def _run(run: Run, records: Sequence[StoryEntry]) -> RunStory:
    closed = next((e for e in reversed(records) if e.type == "run.closed"), None)
    header, plan = run.header, run.plan
    return RunStory(
        id=run.id,
        title=run.title,
        state=str(state_of(run)),
        undoes=run.undoes,
        requester=run.requester,
        playbook=header.playbook if header else "",
        playbook_digest=run.playbook_digest,
        plan_digest=plan.digest if plan else "",
        header_digest=header.digest if header else "",
        policy=header.policy if header else "",
        irkit=header.irkit if header else "",
        inputs=run.inputs,
        tenants=header.tenants if header else (),
        opened_at=run.opened_at,
        last_at=run.last_at,
        reasons=texts_of(closed.body, "reasons") if closed else (),
        records=len(records),
    )
