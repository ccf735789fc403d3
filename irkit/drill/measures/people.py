"""Measures of people: how long signatures took, what was kept, found out and told."""

from collections.abc import Sequence

from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed


def approvals(told: Told) -> tuple[tuple[int, int], ...]:
    """Return (asked, signed) for each part of a plan that somebody signed."""
    asked = {(done.run, done.what): done.t for done in told.of_deed(Deed.PROPOSED)}
    signed: dict[tuple[str, str], int] = {}
    for done in told.of_deed(Deed.APPROVED):
        signed.setdefault((done.run, done.what), done.t)
    return tuple((asked[part], t) for part, t in signed.items() if part in asked)


def latency(told: Told, share: int) -> int | None:
    """Return how long it took until `share` percent of what was asked had been signed."""
    waits = sorted(signed - asked for asked, signed in approvals(told))
    return None if not waits else waits[min(len(waits) * share // 100, len(waits) - 1)]


def blocked(told: Told) -> int | None:
    """Return for how long something waited for a signature."""
    spans = sorted(approvals(told))
    if not spans:
        return None
    total, until = 0, 0
    for asked, signed in spans:
        total += max(signed - max(asked, until), 0)
        until = max(until, signed)
    return total


def evidence_before_change(told: Told) -> int | None:
    """Return in which share of the runs that changed something evidence was kept before."""
    cuts: dict[str, int] = {}
    for done in told.of_deed(Deed.CUT):
        cuts[done.run] = min(done.t, cuts.get(done.run, done.t))
    if not cuts:
        return None
    kept = {
        done.run
        for done in told.of_deed(Deed.READ)
        if done.evidence and done.t <= cuts.get(done.run, -1)
    }
    return round(100 * len(kept & cuts.keys()) / len(cuts))


def verified_share(told: Told) -> int | None:
    """Return which share of what was changed was read back."""
    cuts = len(told.of_deed(Deed.CUT))
    return None if not cuts else round(100 * len(told.of_deed(Deed.VERIFIED)) / cuts)


def right_answers(told: Told, key: str) -> frozenset[str]:
    """Return the right answer to a question: what the intruder's acts really left behind."""
    if key == "addresses":
        return frozenset(told.scenario.truth.addresses)
    return frozenset(name for act in told.worked for name in act.made.get(key, ()))


def investigation_f1(told: Told) -> int | None:
    """Return how well the questions were answered, the last answer to each counting."""
    questions = told.scenario.truth.questions
    if not questions or not told.drill.answered:
        return None
    given = {answer.question: answer.answers for answer in told.drill.answered}
    scores = [f1(given.get(item.id, ()), right_answers(told, item.key)) for item in questions]
    return round(sum(scores) / len(scores))


def f1(given: Sequence[str], right: frozenset[str]) -> int:
    """Return the balance of what was found and what was right, in percent."""
    told = {item.strip() for item in given if item.strip()}
    if not told and not right:
        return 100
    hits = len(told & right)
    return 0 if not hits else round(200 * hits / (len(told) + len(right)))
