"""What was expected, and whether and when it happened."""

from dataclasses import dataclass

from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed
from irkit.drill.scenario.model import Evidence, Expectation

_CONTAINED = "contained"
_BY_IRKIT = frozenset({Evidence.ACTION, Evidence.PLAYBOOK, Evidence.APPROVALS})
"""What runs show; where all was only talked through, the facilitator says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One expectation as it turned out. `met` is None where nobody could say yet."""

    expectation: Expectation
    met: bool | None
    t: int | None = None
    late: bool = False
    why: str = ""


def judged(told: Told) -> tuple[Judgement, ...]:
    """Return every expectation as it turned out."""
    return tuple(_judge(told, expectation) for expectation in told.scenario.expect)


def _judge(told: Told, expectation: Expectation) -> Judgement:
    if takes_a_word(expectation, only_talked=told.only_talked):
        words = [item for item in told.drill.judged if item.expectation == expectation.id]
        if not words:
            return Judgement(expectation=expectation, met=None, why="nobody has judged it")
        return Judgement(
            expectation=expectation, met=words[-1].met, t=words[-1].t, why=words[-1].note
        )
    t = happened(told, expectation)
    if t is None:
        return Judgement(expectation=expectation, met=False, why="it did not happen")
    late = expectation.within is not None and (t - told.began > expectation.within.total_seconds())
    if late:
        return Judgement(expectation=expectation, met=False, t=t, late=True, why="it was late")
    other = _before(told, expectation)
    if other is not None and other < t:
        return Judgement(
            expectation=expectation, met=False, t=t, why=f"`{expectation.before}` came before"
        )
    return Judgement(expectation=expectation, met=True, t=t)


def takes_a_word(expectation: Expectation, *, only_talked: bool) -> bool:
    """Say whether the facilitator judges an expectation, because nothing else can show it."""
    return expectation.evidence is Evidence.JUDGED or (
        only_talked and expectation.evidence in _BY_IRKIT
    )


def happened(told: Told, expectation: Expectation) -> int | None:
    """Return when an expectation was met, None if it was not."""
    of, drill = expectation.of, told.drill
    match expectation.evidence:
        case Evidence.DECLARED:
            times = [said.t for said in drill.declared]
        case Evidence.CLAIMED:
            times = [claim.t for claim in drill.claims]
        case Evidence.ACTION:
            times = _of_action(told, of)
        case Evidence.PLAYBOOK:
            times = _of_playbook(told, of)
        case Evidence.APPROVALS:
            return _signed_by(told, int(of))
        case Evidence.POSTED:
            times = [said.t for said in drill.posts if said.about == of]
        case Evidence.DECIDED:
            good = told.scenario.decisions[of].good
            times = [said.t for said in drill.decided if said.about == of and said.text in good]
        case Evidence.ANSWERED:
            times = [answer.t for answer in drill.answered if answer.question == of]
        case Evidence.JUDGED:
            times = []
    return min(times, default=None)


def _before(told: Told, expectation: Expectation) -> int | None:
    """Return when that happened which should have come later."""
    if not expectation.before:
        return None
    for other in told.scenario.expect:
        if other.id == expectation.before:
            return happened(told, other)
    return min(_of_action(told, expectation.before), default=None)


def _of_action(told: Told, action: str) -> list[int]:
    return [
        done.t for done in told.deeds if done.what == action and done.deed in {Deed.READ, Deed.CUT}
    ]


def _of_playbook(told: Told, playbook: str) -> list[int]:
    runs = {done.run for done in told.of_deed(Deed.OPENED) if done.what == playbook}
    return [
        done.t for done in told.of_deed(Deed.CLOSED) if done.run in runs and done.what == _CONTAINED
    ]


def _signed_by(told: Told, count: int) -> int | None:
    """Return when so many different people had signed something."""
    people: set[str] = set()
    for done in told.of_deed(Deed.APPROVED):
        people.add(done.by)
        if len(people) >= count:
            return done.t
    return None
