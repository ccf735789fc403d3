"""Findings: rules over what was measured, each with its evidence and something to do about it.

No rule reads anything but the trail. Whoever writes the names and dates beside them is a person.
"""

from collections.abc import Iterable, Iterator

from irkit.drill.report import outcome_rules, people_rules
from irkit.drill.report.facts import Draft, Facts, in_unit
from irkit.drill.report.model import ExpectationRow, Finding, ObjectiveRow
from irkit.report.times import passed

BAD, WARN = "bad", "warn"


def findings(facts: Facts) -> tuple[Finding, ...]:
    """Return every finding, those first from which the outcome suffered."""
    rules = (*outcome_rules.RULES, *people_rules.RULES)
    drafts = [draft for rule in rules for draft in rule(facts)]
    drafts += _unmet(facts, drafts)
    ordered = sorted(drafts, key=lambda draft: not draft.bad)
    return tuple(_numbered(number, draft) for number, draft in enumerate(ordered, 1))


def _numbered(number: int, draft: Draft) -> Finding:
    return Finding(
        id=f"F{number}",
        severity=BAD if draft.bad else WARN,
        what=draft.what,
        evidence=draft.evidence,
        improve=draft.improve,
        command=draft.command,
        done_when=draft.done_when,
    )


def _unmet(facts: Facts, drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Yield one for each missed objective that no other finding speaks of."""
    spoken = {measure for draft in drafts for measure in draft.measures}
    for row in facts.objectives:
        if row.met is False and row.measure not in spoken:
            limit = f"{'at least' if row.at_least else 'at most'} {in_unit(row.target, row.unit)}"
            name = row.measure.replace("_", " ")
            yield Draft(
                bad=False,
                what=f"{row.id} missed: {row.text}",
                evidence=(
                    f"{name} {in_unit(row.value, row.unit, never=row.never)}, {limit}",
                    *([row.evidence] if row.evidence else []),
                ),
                improve="Look in the time line for what took the time, and change that first.",
                command=f"irkit drill replay {facts.told.drill.id}",
                done_when=f"{name} is {limit}",
            )


def went_well(
    objectives: Iterable[ObjectiveRow], expectations: Iterable[ExpectationRow]
) -> tuple[str, ...]:
    """Return what was reached: objectives with their value, expectations with their time."""
    reached = (
        f"{row.text}: {row.measure.replace('_', ' ')} {in_unit(row.value, row.unit)}"
        for row in objectives
        if row.met
    )
    done = (
        f"{row.what}{'' if row.t is None else f', at {passed(row.t)}'}"
        for row in expectations
        if row.met
    )
    return (*reached, *done)
