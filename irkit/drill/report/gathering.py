"""A drill's report, gathered from the trail: its records, the runs in it, and its score."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, cast

from irkit.canonical import JsonObject
from irkit.drill.exercise.baselines import AT_ONCE, NOBODY
from irkit.drill.exercise.lines import lines
from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed, is_of
from irkit.drill.record.state import Drill
from irkit.drill.report import seats, tables
from irkit.drill.report.facts import Facts, cutters
from irkit.drill.report.findings import findings, went_well
from irkit.drill.report.lanes import time_line
from irkit.drill.report.model import DrillReport, Exercise, LogRow, Source
from irkit.drill.report.sentences import numbers, verdict
from irkit.drill.report.time_line import Bar
from irkit.drill.scenario.model import Scenario
from irkit.model.run import Run
from irkit.model.spec import Catalogue
from irkit.report.reading import counted
from irkit.report.times import exact, passed
from irkit.trail.journal import Journal
from irkit.trail.merkle import Frontier

_SHORT: Final = {NOBODY.title: "nobody acting", AT_ONCE.title: "playbook at once"}


def drill_report(
    told: Told,
    runs: Iterable[Run],
    card: JsonObject,
    *,
    source: Source,
    catalogue: Catalogue,
) -> DrillReport:
    """Return the report of a drill; `card` is its score as it is recorded."""
    known = tuple(run for run in runs if is_of(told.drill, run))
    told = _until_the_end(told)
    names, totals, measured = tables.columns(card)
    rows = {row.name: row for row in tables.measures(card)}
    short = tuple(_short(name) for name in names)
    values = cast("Mapping[str, int | None]", measured[0])
    facts = _facts(told, known, card, values, catalogue)
    score = tables.score(card)
    return DrillReport(
        exercise=exercise(told),
        verdict=verdict(told, values, score, tuple(zip(short, totals, strict=True))[1:]),
        numbers=numbers(score, short, totals, rows),
        score=score,
        time_line=time_line(told, _waits(told, facts)),
        findings=findings(facts),
        went_well=went_well(facts.objectives, facts.expectations),
        seats=facts.seats,
        bystanders=facts.bystanders,
        objectives=facts.objectives,
        expectations=facts.expectations,
        columns=names,
        totals=totals,
        measures=tuple(rows.values()),
        decisions=facts.decisions,
        approvals=facts.approvals,
        told=tables.words(told),
        broken=tables.broken(told),
        questions=facts.questions,
        people=tables.people(told),
        runs=tables.runs_of(told, known),
        log=tuple(
            LogRow(t=line.t, lane=str(line.lane), text=line.text, good=line.good)
            for line in lines(told.drill, told.deeds)
        ),
        source=replace(source, irkit=_versions(known)),
    )


def source_of(journal: Journal, drill: Drill) -> Source:
    """Return where a drill stands in the trail; records that came after it change nothing."""
    mine = [r.n for r in journal.replay() if r.body.get("drill") == drill.id]
    tree = Frontier()
    for record in journal.replay():
        if record.n <= mine[-1]:
            tree.append(record.leaf)
    return Source(
        trail=journal.origin,
        first=mine[0],
        last=mine[-1],
        root=b64encode(tree.root()).decode(),
    )


def _until_the_end(told: Told) -> Told:
    """Leave out what runs did after the drill was over: its world was gone."""
    return replace(told, deeds=tuple(done for done in told.deeds if done.t <= told.end))


def _facts(
    told: Told,
    runs: tuple[Run, ...],
    card: JsonObject,
    values: Mapping[str, int | None],
    catalogue: Catalogue,
) -> Facts:
    known = cutters(catalogue)
    return Facts(
        told=told,
        values=values,
        objectives=tables.objectives(told, card),
        expectations=tables.expectations(told, card),
        decisions=tables.decisions(told),
        approvals=tables.approvals(told, runs),
        questions=tables.questions(told),
        seats=seats.seats(told, known),
        bystanders=seats.bystanders(told, known),
        cutters=known,
    )


def _short(name: str) -> str:
    return _SHORT.get(name, "last time" if name.startswith("Last time") else name)


def _versions(runs: Iterable[Run]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(run.header.irkit for run in runs if run.header))


def _waits(told: Told, facts: Facts) -> Iterator[Bar]:
    """Yield how long each part of a plan waited, until its last signature or to the end."""
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    for row in facts.approvals:
        if row.asked is not None and row.decision != Deed.REFUSED:
            until = told.end if row.t is None else row.t
            asked, before = spans.get((row.run, row.part), (row.asked, until))
            spans[row.run, row.part] = (asked, max(before, until))
    for (_, part), (asked, until) in spans.items():
        yield Bar(start=asked, end=until, look="wait", title=f"{part} waited for a signature")


def exercise(told: Told) -> Exercise:
    """Return which drill it was."""
    drill, scenario = told.drill, told.scenario
    return Exercise(
        drill=drill.id,
        scenario=drill.scenario,
        title=drill.title,
        about=scenario.about.strip(),
        version=drill.version,
        digest=drill.digest,
        difficulty=scenario.difficulty,
        labels=scenario.labels,
        references=scenario.references,
        patient_zero=_entity(scenario, scenario.truth.patient_zero),
        first_bad=scenario.truth.first_bad,
        goal=tuple(str(held) for held in scenario.adversary.goal),
        playbook=scenario.respond.playbook,
        style=drill.style,
        solo=drill.solo,
        seed=drill.seed,
        speed=drill.speed,
        clock=tuple(_clock(drill)),
        opened_at=drill.opened_at,
        opened_by=drill.opened_by,
        lasts=drill.lasts,
        end=told.end,
        state=str(drill.end.why) if drill.end else "on",
        ended_by=drill.end.by if drill.end else "",
        ended_why=drill.end.text if drill.end else "",
    )


def _entity(scenario: Scenario, name: str) -> str:
    found = scenario.world.entities.get(name)
    return found.name if found else name


def _clock(drill: Drill) -> Iterator[str]:
    """Yield how exercise time ran beside the trail's."""
    many = counted(drill.speed, "exercise second")
    yield f"{many} to each second of the trail's clock"
    pauses = timedelta()
    stood = 0
    for here, after in zip(drill.anchors, (*drill.anchors[1:], None), strict=True):
        if here.speed:
            continue
        stood += 1
        until = after.at if after else drill.end.at if drill.end else here.at
        pauses += until - here.at
        yield f"paused at {passed(here.t)}"
    if stood:
        yield f"{counted(stood, 'pause')} of {exact(pauses)} in all, which are no exercise time"
