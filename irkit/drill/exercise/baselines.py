"""What others would have got: nobody acting, the playbook at once, and oneself last time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final, cast

from irkit.canonical import JsonObject
from irkit.diagnostics import Diagnostic
from irkit.drill.exercise.simulate import Played, simulate
from irkit.drill.measures.scorecard import Baseline, Scorecard, scorecard
from irkit.drill.measures.told import Told
from irkit.drill.measures.truth import evicted_at, false_claims
from irkit.drill.record.kinds import Ending
from irkit.drill.record.state import Drill
from irkit.drill.scenario.goals import Measure
from irkit.drill.scenario.model import Move, Response, Scenario

NOBODY: Final = Response(id="nobody", title="Nobody acts")
AT_ONCE: Final = Response(
    id="at-once", title="The playbook, by a machine, at T+0", moves=(Move(at=timedelta()),)
)
IN_TIME: Final = Response(
    id="in-time",
    title="The playbook",
    moves=(Move(at=timedelta(minutes=20)),),
    approve_after=timedelta(minutes=2),
)
"""What has to win: people need twenty minutes to notice, and two to sign."""


def baselines(scenario: Scenario, seed: int) -> tuple[Baseline, ...]:
    """Play what nobody and what a machine would have come to, with the same seed."""
    nobody = simulate(scenario, NOBODY, seed)
    values = Told.of(scenario, nobody.drill, nobody.runs)
    nothing = scorecard(values)
    at_once = simulate(scenario, AT_ONCE, seed)
    return (
        Baseline(name=NOBODY.title, values=nothing.values, total=nothing.total),
        _baseline(scenario, AT_ONCE.title, at_once, nothing),
    )


def _baseline(scenario: Scenario, name: str, played: Played, nobody: Scorecard) -> Baseline:
    told = Told.of(scenario, played.drill, played.runs)
    card = scorecard(told, nobody=nobody.values)
    return Baseline(name=name, values=card.values, total=card.total)


def last_time(drill: Drill, others: Iterable[Drill]) -> tuple[Baseline, ...]:
    """Return the last scored drill of the same scenario before this one, if there is one."""
    before = [
        other
        for other in others
        if other.scenario == drill.scenario and other.first_n < drill.first_n and other.score
    ]
    if not before:
        return ()
    score = before[-1].score
    measures = cast("JsonObject", score["measures"])
    values = {
        Measure(name): cast("int | None", value)
        for name, value in measures.items()
        if name in set(Measure)
    }
    return (
        Baseline(
            name=f"Last time ({before[-1].id})",
            values=values,
            total=cast("int", score["total"]),
        ),
    )


def score(scenario: Scenario, played: Played, others: Iterable[Drill]) -> Scorecard:
    """Score a drill beside its baselines."""
    found = baselines(scenario, played.drill.seed)
    told = Told.of(scenario, played.drill, played.runs)
    return scorecard(
        told,
        nobody=found[0].values,
        baselines=(*found, *last_time(played.drill, others)),
    )


def winnable(scenario: Scenario, seed: int) -> tuple[Diagnostic, ...]:
    """Say what is wrong if waiting wins, or the scenario's own playbook does not."""
    found = []
    nobody = simulate(scenario, NOBODY, seed).drill
    if nobody.end is None or nobody.end.why is not Ending.GOAL:
        minutes = int(scenario.lasts.total_seconds()) // 60
        found.append(
            Diagnostic(
                code="IRK854",
                summary=f"nobody acts in `{scenario.id}` with seed {seed}, and the intruder does "
                f"not reach its goal in {minutes}m",
                help="let it act more often, give it more time, or a goal that it can reach",
            )
        )
    played = simulate(scenario, IN_TIME, seed)
    told = Told.of(scenario, played.drill, played.runs)
    if evicted_at(told) is None or false_claims(told):
        left = ", ".join(sorted({seat.kind for seat in played.drill.alive_at(told.end)}))
        found.append(
            Diagnostic(
                code="IRK853",
                summary=f"the playbook `{scenario.respond.playbook}` does not win `{scenario.id}` "
                f"with seed {seed}: left are {left or 'none, but contained was said too early'}",
                help="see what it leaves open: irkit drill compare "
                f"{scenario.id} --seeds 1 --response playbook",
            )
        )
    return tuple(found)
