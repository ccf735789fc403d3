"""Simulated drills that several tests look at: values, played once in a process."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from scenario_text import LAPSUS

from irkit.actions.load import catalogue
from irkit.drill.exercise.simulate import Played, simulate
from irkit.drill.measures.told import Told
from irkit.drill.scenario.files import find, load
from irkit.drill.scenario.model import Scenario


@cache
def scenario(name: str = LAPSUS) -> Scenario:
    """Return a shipped scenario."""
    return load(find(name, None, Path()), catalogue())


def played(response: str, seed: int = 7, name: str = LAPSUS, minutes: int = 90) -> Played:
    """Return the first minutes of one response; who looks at it changes nothing."""
    return _kept(response, seed, name, minutes)


def told(response: str = "playbook", minutes: int = 90) -> Told:
    """Return a simulated drill as measures read it."""
    found = played(response, minutes=minutes)
    return Told.of(scenario(), found.drill, found.runs)


def play_anew(response: str, minutes: int) -> Played:
    """Play the first minutes of one response, whether or not somebody has."""
    return _play(response, 7, LAPSUS, minutes)


def _play(response: str, seed: int, name: str, minutes: int) -> Played:
    told = replace(scenario(name), lasts=timedelta(minutes=minutes))
    (found,) = (item for item in told.responses if item.id == response)
    return simulate(told, found, seed)


_kept = cache(_play)
"""What was played, by everything that makes it different."""
