"""Reports of simulated drills that several tests look at."""

from functools import cache

from simulated import played, told

from irkit.actions.load import catalogue
from irkit.canonical import JsonObject
from irkit.drill.exercise.baselines import NOBODY
from irkit.drill.measures.scorecard import Baseline, scorecard
from irkit.drill.measures.told import Told
from irkit.drill.report.gathering import drill_report
from irkit.drill.report.model import DrillReport, Source

SOURCE = Source(trail="irkit.example/trail", first=3, last=90, root="cm9vdA==")


def card_of(found: Told) -> JsonObject:
    """Return its score beside a baseline."""
    nobody = scorecard(told("suspend", 45))
    beside = Baseline(name=NOBODY.title, values=nobody.values, total=9)
    return scorecard(found, nobody=nobody.values, baselines=(beside,)).to_json()


def report_of(found: Told, response: str = "playbook", minutes: int = 90) -> DrillReport:
    """Return the report of a drill, with the runs of a response in it."""
    runs = played(response, minutes=minutes).runs
    return drill_report(found, runs, card_of(found), source=SOURCE, catalogue=catalogue())


@cache
def reported(response: str = "playbook", minutes: int = 90) -> DrillReport:
    """Return the report of a response; who looks at it changes nothing."""
    return report_of(told(response, minutes), response, minutes)
