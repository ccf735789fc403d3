"""Does a scenario tell good responses from bad ones? Each is tried with many seeds.

Responses that look right are run on the real simulated world, by the real engine, in virtual time;
counted is what an organization would have wanted to know and no run log says.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from irkit.actions.load import catalogue
from irkit.canonical import JsonObject
from irkit.drill.exercise.simulate import simulate
from irkit.drill.measures import truth
from irkit.drill.measures.all import Values, measured
from irkit.drill.measures.told import Told
from irkit.drill.record.kinds import Ending
from irkit.drill.scenario.files import load
from irkit.drill.scenario.goals import Measure
from irkit.drill.scenario.model import Response, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What one response came to with one seed. Times are exercise seconds."""

    response: str
    seed: int
    ending: str
    claimed: bool
    false: bool
    evicted: bool
    last_act: int
    values: Values
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One response over all seeds; the numbers of acts, data and time are medians."""

    response: str
    title: str
    seeds: int
    false: int
    evicted: int
    goal: int
    acts_after_cut: int | None
    acts_after_claim: int | None
    data: int
    last_act: int
    left: tuple[str, ...]

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "response": self.response,
            "title": self.title,
            "seeds": self.seeds,
            "false_all_clear": self.false,
            "evicted": self.evicted,
            "goal_reached": self.goal,
            "acts_after_first_cut": self.acts_after_cut,
            "acts_after_claim": self.acts_after_claim,
            "data": self.data,
            "last_act_s": self.last_act,
            "left": list(self.left),
        }


def night(scenario: Scenario, response: Response, seed: int) -> Night:
    """Play one response with one seed."""
    played = simulate(scenario, response, seed)
    told = Told.of(scenario, played.drill, played.runs)
    end = played.drill.end
    return Night(
        response=response.id,
        seed=seed,
        ending=str(end.why) if end else "",
        claimed=bool(played.drill.claims),
        false=bool(truth.false_claims(told)),
        evicted=truth.evicted_at(told) is not None,
        last_act=max((act.t for act in told.worked), default=0),
        values=measured(told),
        left=tuple(sorted({seat.kind for seat in played.drill.alive_at(told.end)})),
    )


def nights(
    file: Path, responses: Iterable[str], seeds: Iterable[int], jobs: int
) -> Iterator[Night]:
    """Play every response with every seed, `jobs` at a time, each in a process of its own."""
    wanted = [(str(file), response, seed) for response in responses for seed in seeds]
    if jobs <= 1:
        yield from (_night(work) for work in wanted)
        return
    with _pool(jobs) as pool:
        yield from pool.map(_night, wanted)


def _pool(jobs: int) -> Executor:
    # A fork would take the threads' locks of a server along, and none of its threads.
    return ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn"))


def _night(work: tuple[str, str, int]) -> Night:
    file, name, seed = work
    scenario = load(Path(file), catalogue())
    response = next(item for item in scenario.responses if item.id == name)
    return night(scenario, response, seed)


def rows(scenario: Scenario, played: Iterable[Night]) -> tuple[Row, ...]:
    """Return a row for each response that was played, in the scenario's order."""
    found = tuple(played)
    return tuple(
        _row(response, mine)
        for response in scenario.responses
        if (mine := [item for item in found if item.response == response.id])
    )


def _row(response: Response, played: list[Night]) -> Row:
    return Row(
        response=response.id,
        title=response.title,
        seeds=len(played),
        false=sum(item.false for item in played),
        evicted=sum(item.evicted for item in played),
        goal=sum(item.ending == Ending.GOAL for item in played),
        acts_after_cut=_median(item.values[Measure.ACTS_AFTER_FIRST_CUT] for item in played),
        acts_after_claim=_median(item.values[Measure.ACTS_AFTER_CLAIM] for item in played),
        data=_median(item.values[Measure.DATA_LOST] for item in played) or 0,
        last_act=_median(item.last_act for item in played) or 0,
        left=tuple(sorted({kind for item in played for kind in item.left})),
    )


def _median(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return None if not known else round(median(known))
