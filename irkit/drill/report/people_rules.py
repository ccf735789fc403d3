"""Findings about how it went: what was late or left out, signed slowly, not kept, not found."""

from collections.abc import Iterator
from typing import Final

from irkit.drill.measures.load import by_people
from irkit.drill.record.deeds import Deed
from irkit.drill.report.evidence import evidence_and_cut, listed, slowest
from irkit.drill.report.facts import Draft, Facts
from irkit.drill.report.model import ExpectationRow
from irkit.drill.scenario.goals import Measure
from irkit.drill.scenario.model import Evidence, Expectation
from irkit.report.reading import counted
from irkit.report.times import passed

_SILENT: Final = 600
_BUSY: Final = 75
_WHOLE: Final = 100

_ADVICE: Final = {
    Evidence.DECLARED: "Agree on what is enough to declare: the first report of this kind should "
    "be. Declaring early costs nothing that cannot be taken back.",
    Evidence.CLAIMED: "Let somebody say clearly when it is over, and on what ground.",
    Evidence.ACTION: "Use the playbook, which has this step in its place.",
    Evidence.PLAYBOOK: "Run the playbook that is meant for this, to its end.",
    Evidence.APPROVALS: "Have approvers who can be reached, and find out before the night whether "
    "they can.",
    Evidence.POSTED: "Have a first line ready for this audience: what is known, and when more "
    "will be said. irkit drafts one from a run.",
    Evidence.DECIDED: "Write the answer to this question into the runbook, with who decides.",
    Evidence.ANSWERED: "Read the answer out of what the run has traced and kept.",
    Evidence.JUDGED: "Talk through what the facilitator saw, and what would have been better.",
}


def expected(facts: Facts) -> Iterator[Draft]:
    """Something that good responders do came late, or not at all."""
    known = {item.id: item for item in facts.told.scenario.expect}
    for row in facts.expectations:
        if row.met is False and _had_the_chance(facts, known[row.id], row):
            yield _missed(facts, known[row.id], row)


def _had_the_chance(facts: Facts, item: Expectation, row: ExpectationRow) -> bool:
    """Say whether there was time for it, and somebody was asked what only they can decide."""
    told = facts.told
    if row.t is not None:
        return True
    if told.drill.solo and item.evidence is Evidence.POSTED:
        return False
    if facts.unfinished and (row.within is None or told.began + row.within > told.end):
        return False
    asked = {given.decision for given in told.drill.injects if not given.skipped}
    return item.evidence is not Evidence.DECIDED or item.of in asked


def _missed(facts: Facts, item: Expectation, row: ExpectationRow) -> Draft:
    limit = f", expected within {passed(row.within)}" if row.within is not None else ""
    when = "" if row.t is None else f"{passed(row.t)}: "
    about = _SPOKEN_OF.get(item.evidence, frozenset())
    return Draft(
        bad=False,
        what=f"{row.id} {'late' if row.late else 'missed'}: {row.what}",
        evidence=(f"{when}{row.why or 'not met'}{limit}", *_chosen(facts, item)),
        improve=_ADVICE[item.evidence],
        command=_command(facts, item),
        done_when=f"{row.id} is met in the next drill",
        measures=about,
    )


_SPOKEN_OF: Final = {
    Evidence.DECLARED: frozenset({Measure.TIME_TO_DECLARE}),
    Evidence.POSTED: frozenset({Measure.COMMS_ON_TIME}),
}


def _chosen(facts: Facts, item: Expectation) -> Iterator[str]:
    if item.evidence is not Evidence.DECIDED:
        return
    for row in facts.decisions:
        if row.id == item.of:
            taken = f"{row.by} chose {row.chosen}" if row.chosen else "nobody decided"
            yield f"“{row.ask}” {taken}; good would be: {', '.join(row.good)}"


def _command(facts: Facts, item: Expectation) -> str:
    match item.evidence:
        case Evidence.ACTION | Evidence.PLAYBOOK:
            return facts.plan
        case Evidence.APPROVALS:
            return "irkit approvers ping"
        case Evidence.POSTED:
            run = next((done.run for done in facts.told.of_deed(Deed.OPENED)), "RUN")
            return f"irkit report {run} --comms"
        case _:
            return facts.drill_again


def waited(facts: Facts) -> Iterator[Draft]:
    """Signatures took longer than they should, or never came."""
    unsigned = [row for row in facts.approvals if not row.decision]
    slow = [
        row
        for row in facts.objectives
        if row.measure in {Measure.APPROVAL_P50, Measure.APPROVAL_P90, Measure.BLOCKED_TIME}
        and row.met is False
    ]
    if not unsigned and not slow:
        return
    evidence = [
        f"{row.part} of {row.run} was never signed" if row.run else f"nobody answered {row.part}"
        for row in unsigned
    ]
    evidence += [f"{row.measure.replace('_', ' ')} {passed(row.value or 0)}" for row in slow]
    yield Draft(
        bad=False,
        what="What waited for a signature waited too long",
        evidence=(*evidence, slowest(facts.told)),
        improve="Ask approvers regularly to show that they can be reached and can sign, and enrol "
        "one more for each that could not.",
        command="irkit approvers ping --within 5m",
        done_when="nothing is left unsigned, and the objective for approvals is met",
        measures=frozenset({Measure.APPROVAL_P50, Measure.APPROVAL_P90, Measure.BLOCKED_TIME}),
    )


def not_kept(facts: Facts) -> Iterator[Draft]:
    """Something was changed before the evidence was kept."""
    kept = facts.value(Measure.EVIDENCE_BEFORE_CHANGE)
    if kept is None or kept >= _WHOLE:
        return
    yield Draft(
        bad=False,
        what=f"Evidence was kept first in only {kept}% of the runs that changed something",
        evidence=(evidence_and_cut(facts.told),),
        improve="Begin with a phase that reads, marked as evidence, before any change.",
        command=f"irkit graph {facts.told.scenario.respond.playbook}",
        done_when="evidence before change is 100% in the next drill",
        measures=frozenset({Measure.EVIDENCE_BEFORE_CHANGE}),
    )


def not_read_back(facts: Facts) -> Iterator[Draft]:
    """Something was changed that nobody looked at afterwards."""
    told = facts.told
    back = {(done.run, done.what, done.label) for done in told.of_deed(Deed.VERIFIED)}
    blind = [
        done for done in told.of_deed(Deed.CUT) if (done.run, done.what, done.label) not in back
    ]
    if not blind:
        return
    yield Draft(
        bad=False,
        what=f"{counted(len(blind), 'change')} {'was' if len(blind) == 1 else 'were'} not read "
        "back as planned",
        evidence=tuple(f"{passed(done.t)} {done.what}, {done.label}" for done in blind),
        improve="Carry the run on until each change was read back: made is not the same as so.",
        command=f"irkit resume {blind[0].run}",
        done_when="every cut is read back in the next drill",
    )


def friction(facts: Facts) -> Iterator[Draft]:
    """A guard refused, or a provider had to be asked again."""
    stopped, again = facts.told.of_deed(Deed.STOPPED), facts.told.of_deed(Deed.RETRIED)
    if not stopped and not again:
        return
    refused = [f"{passed(done.t)} {done.what}: {done.label}" for done in stopped]
    retried = [f"{passed(done.t)} sent again: {done.what}, {done.label}" for done in again]
    yield Draft(
        bad=False,
        what=f"{counted(len(stopped), 'refusal')} by guards, "
        f"{counted(len(again), 'retry', 'retries')}",
        evidence=(*refused[:5], *retried[:5]),
        improve="Look before the night whether a run could go through: rights, targets, limits.",
        command=f"irkit preflight {facts.told.scenario.respond.playbook}",
        done_when="guard refusals and retries are fewer in the next drill",
        measures=frozenset({Measure.GUARD_REFUSALS, Measure.RETRIES}),
    )


def not_found(facts: Facts) -> Iterator[Draft]:
    """What the intruder left was not found, or made up."""
    wrong = [row for row in facts.questions if row.f1 is None or row.f1 < _WHOLE]
    if not wrong or facts.unfinished:
        return
    yield Draft(
        bad=False,
        what=f"{counted(len(wrong), 'question')} about what happened had no whole answer",
        evidence=tuple(
            f"{row.id} {row.ask} "
            + ("nobody answered" if row.f1 is None else f"answered {listed(row.given)}")
            + f"; right is {listed(row.right) or 'none'}"
            for row in wrong
        ),
        improve="Ask the trace of the run for what each session made, and follow it to the end.",
        command="irkit actions show aws.federation.trace",
        done_when="investigation f1 is 100% in the next drill",
        measures=frozenset({Measure.INVESTIGATION_F1}),
    )


def roles(facts: Facts) -> Iterator[Draft]:
    """A role that the scenario needs was nobody's, or one person did nearly everything."""
    told, busiest = facts.told, facts.value(Measure.BUSIEST_SHARE)
    if told.drill.solo:
        return
    taken = {joined.role for joined in told.drill.people}
    empty = [
        role.name for role in told.scenario.roles.values() if role.least and role.name not in taken
    ]
    if empty:
        yield Draft(
            bad=False,
            what=f"Nobody took {counted(len(empty), 'needed role')}: {listed(empty)}",
            evidence=(f"taken: {listed(sorted(taken)) or 'none'}",),
            improve="Say at the start who is what, with a deputy for each.",
            command=f"irkit drill join {empty[0]}",
            done_when="every needed role is taken in the next drill",
        )
    people = {who for _, who in by_people(told)}
    if busiest is not None and busiest >= _BUSY and len(people) > 1:
        yield Draft(
            bad=False,
            what=f"One person did {busiest}% of everything that people did",
            evidence=(f"{counted(len(people), 'person', 'people')} decided, signed or spoke",),
            improve="Hand over what somebody else can do: words to others, decisions, signatures.",
            command=facts.drill_again,
            done_when="busiest share is lower in the next drill",
            measures=frozenset({Measure.BUSIEST_SHARE}),
        )


def silence(facts: Facts) -> Iterator[Draft]:
    """For a long time nobody did anything, and the intruder had something."""
    longest = facts.value(Measure.LONGEST_SILENCE)
    if longest is None or longest < _SILENT or facts.told.only_talked:
        return
    detect = facts.value(Measure.TIME_TO_DETECT)
    first = "nobody looked" if detect is None else f"first look after {passed(detect)}"
    yield Draft(
        bad=False,
        what=f"For {passed(longest)} nobody did anything while the intruder had something",
        evidence=(first,),
        improve="Find out what people waited for: an alert that did not come, a right, a decision.",
        command=f"irkit drill replay {facts.told.drill.id}",
        done_when=f"longest silence is below {passed(_SILENT)} in the next drill",
        measures=frozenset({Measure.LONGEST_SILENCE, Measure.TIME_TO_DETECT}),
    )


def hints(facts: Facts) -> Iterator[Draft]:
    """Help was needed."""
    given = facts.told.drill.hints
    if given:
        yield Draft(
            bad=False,
            what=f"{counted(len(given), 'hint')} {'was' if len(given) == 1 else 'were'} needed",
            evidence=tuple(f"{passed(hint.t)} {hint.text}" for hint in given),
            improve="Teach what the hint says to everybody who could be on call.",
            command="irkit actions matrix",
            done_when="no hint is needed in the next drill",
        )


RULES: Final = (
    expected,
    waited,
    not_kept,
    not_read_back,
    not_found,
    friction,
    roles,
    silence,
    hints,
)
