"""The after-action report of a drill: what it says, from what was measured and nothing else."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import click
import pytest
from reported import report_of, reported
from simulated import told

from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed, Done
from irkit.drill.record.kinds import Ending
from irkit.drill.record.state import Answered, End, Heard, HintGiven, Joined, Said
from irkit.drill.report.findings import BAD
from irkit.drill.report.model import DrillReport, Finding

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from irkit.cli.main import application

pytestmark = pytest.mark.xdist_group("simulated")  # they share what was played once


def ended(found: Told, why: Ending, t: int, text: str = "") -> Told:
    """Return a drill as if it had ended otherwise."""
    end = End(t=t, at=found.drill.at_of(t), why=why, text=text, by="dana@acme.example")
    return replace(found, drill=replace(found.drill, end=end))


def empty() -> Told:
    """Return a drill in which nothing was recorded but its beginning."""
    drill = told().drill
    nothing = replace(
        drill,
        acts=(),
        losses=(),
        seats={},
        bystanders={},
        injects=(),
        broken=(),
        declared=(),
        claims=(),
        end=None,
        last_t=0,
    )
    return replace(told(), drill=nothing, deeds=())


def of(report: DrillReport, words: str) -> Finding:
    """Return the finding whose first words these are."""
    return next(item for item in report.findings if item.what.startswith(words))


def verdicts() -> Iterator[tuple[Told, str, str]]:
    """Yield drills with the word that is said of each, and words that its first page holds."""
    nobody = told("suspend", 45)
    unclaimed = replace(nobody, drill=replace(nobody.drill, claims=()))
    yield told(), "EVICTED", "The last way in was shut"
    yield nobody, "FALSE ALL-CLEAR", "Contained was said once while that was not so"
    yield unclaimed, "STILL IN", "4 ways in were still open at the end."
    yield ended(unclaimed, Ending.DIED, 1500, "gone"), "BROKE OFF", "25:00 of 45:00"
    yield ended(unclaimed, Ending.STOPPED, 60), "STOPPED", "The facilitator ended it."
    yield ended(unclaimed, Ending.REAL, 60), "ENDED FOR A REAL INCIDENT", "real incident began"
    yield replace(unclaimed, drill=replace(unclaimed.drill, end=None)), "NOT OVER", "still on"
    yield empty(), "NOT OVER", "No act of the intruder is recorded."
    yield ended(empty(), Ending.CLOCK, 0), "NOTHING HAPPENED", "Nobody declared."
    talked = replace(unclaimed, drill=replace(unclaimed.drill, style="tabletop"), deeds=())
    yield talked, "TALKED THROUGH", "the outcome was not measured"


def test_the_verdict_says_no_more_than_the_facts() -> None:
    """Each way in which a drill can turn out has its word, and a page that says where it stood."""
    for found, word, words in verdicts():
        verdict = report_of(found).verdict
        assert verdict.word == word
        assert words in " ".join(verdict.sentences)


def test_a_seat_is_told_from_its_birth_to_its_end() -> None:
    """By which tactic it came, after which change it was found dead, and the records of both."""
    report = reported()
    key = next(seat for seat in report.seats if seat.kind == "long_term_key")
    assert key.how.startswith("key (aws.create_key) with session of kai.contractor")
    assert "aws.iam_user.quarantine, arn:aws:iam::111122223333:user/svc-backup" in key.by_what
    assert key.died is not None
    assert key.lived == key.died - key.born
    assert key.found_after is not None
    assert 0 <= key.found_after <= 60
    assert [item for item in key.evidence if item.startswith("record ") and "dead" in item]
    assert any("was answered 401" in item for item in key.evidence)
    left = [seat for seat in reported("suspend", 45).seats if seat.state == "alive"]
    assert {seat.died for seat in left} == {None}
    assert {seat.by_what for seat in left} == {""}


def test_a_seat_that_ran_out_is_put_down_to_no_change() -> None:
    """What was found dead long after the last change is not said to have died by it."""
    found = told()
    id_, seat = next(iter(found.drill.seats.items()))
    late = replace(seat, states=((5, "alive"), (5000, "dead")), records=(9, 9999))
    drill = replace(found.drill, seats={id_: late})
    (row,) = report_of(replace(found, drill=drill)).seats
    assert row.by_what == ""
    assert row.found_after is None


def test_a_false_all_clear_is_the_first_finding() -> None:
    """With what was alive then, what the intruder did afterwards, and what to do about it."""
    report = reported("suspend", 45)
    first = report.findings[0]
    assert first.id == "F1"
    assert first.severity == BAD
    assert first.what == "Contained was said once while the intruder was in"
    assert "alive then: " in first.evidence[0]
    assert "AKIA" in first.evidence[0]
    still = of(report, "4 ways in stayed open")
    assert "aws.iam_key.deactivate" in still.improve
    assert not [item for item in reported().findings if item.severity == BAD]


def test_what_came_back_is_found_with_its_way_in() -> None:
    """Each seat that was made anew, and through which other one."""
    back = of(reported("wrong-order", 42), "The intruder came back")
    assert any("with Okta session of kai.contractor" in item for item in back.evidence)
    assert back.command == "irkit test okta-contractor-compromise --sweep mutate"


def test_findings_have_evidence_and_something_to_do() -> None:
    """No finding is an opinion: each shows what it rests on, and how one will know it is done."""
    for report in (reported(), reported("suspend", 45), reported("wrong-order", 42)):
        for finding in report.findings:
            assert all(finding.evidence)
            assert finding.improve
            assert finding.done_when


def crowded() -> Told:
    """Return a drill in which everything happened that a rule looks for."""
    found = told()
    drill, cut = found.drill, found.first(Deed.CUT) or 0
    at, run = drill.at_of(cut), found.of_deed(Deed.OPENED)[0].run
    stopped = Done(t=cut, at=at, deed=Deed.STOPPED, run=run, what="IRK401", label="protected")
    again = Done(t=cut, at=at, deed=Deed.RETRIED, run=run, what="okta.user.suspend", label="kai")
    innocent = next(iter(drill.bystanders.values()))
    dead = replace(
        innocent, states=(*innocent.states, (cut + 2, "dead")), records=(*innocent.records, 999)
    )
    by = "dana@acme.example"
    notes = tuple(Said(t=600 + n, by=by, text="note") for n in range(30))
    changed = replace(
        drill,
        solo=False,
        bystanders={**drill.bystanders, innocent.id: dead},
        people=(Joined(t=0, who=by, role="responder"),),
        notes=notes,
        hints=(HintGiven(t=700, by=by, text="look at AWS", points=2),),
        decided=(Said(t=1300, by=by, text="reset_mfa", about="D1"),),
        answered=(Answered(t=1400, by=by, question="Q3", answers=("192.0.2.1",)),),
    )
    blind = tuple(done for done in found.deeds if done.deed is not Deed.VERIFIED)
    kept = tuple(replace(done, evidence=False) for done in blind)
    return replace(found, drill=changed, deeds=(*kept, stopped, again))


def test_every_rule_finds_what_it_is_for() -> None:
    """Innocent people cut off, evidence not kept, refusals, roles, hints, answers, decisions."""
    report = report_of(crowded())
    for words in (
        "1 innocent credential stopped working",
        "Evidence was kept first in only 0%",
        "1 refusal by guards, ",
        "Nobody took 3 needed roles: commander, approver, facilitator",
        "One person did ",
        "1 hint was needed",
        "3 questions about what happened",
        "E7 missed",
        "E5 missed",
    ):
        assert of(report, words).evidence
    assert "chose reset_mfa" in " ".join(of(report, "E7 missed").evidence)
    assert [item for item in report.findings if item.what.endswith("not read back as planned")]


def test_who_played_alone_is_not_told_to_talk_to_the_press() -> None:
    """What one person cannot do at once is no finding, and what was never asked is none either."""
    whats = " ".join(item.what for item in reported().findings)
    assert "E5" not in whats
    assert "O7" not in whats
    found = told()
    unasked = replace(found, drill=replace(found.drill, injects=()))
    assert "E6" not in " ".join(item.what for item in report_of(unasked).findings)


def test_commands_of_findings_exist() -> None:
    """What a finding tells people to type is a command of irkit's."""
    reports = (report_of(crowded()), reported("suspend", 45), reported("wrong-order", 42))
    commands = {item.command for report in reports for item in report.findings}
    assert len(commands) > 8
    context = click.Context(application(), info_name="irkit")
    for command in commands:
        here: click.Command = application()
        for word in command.split()[1:]:
            if not isinstance(here, click.Group):
                break
            below = here.get_command(context, word)
            assert below is not None, command
            here = below


def test_a_drill_that_broke_off_blames_nobody_for_what_was_to_come() -> None:
    """What had its time is late; what still had time is no finding, and where it broke off is."""
    early = ended(told("suspend", 45), Ending.DIED, 400, "the process is gone")
    drill = replace(early.drill, claims=(), declared=())
    whats = [item.what for item in report_of(replace(early, drill=drill, deeds=())).findings]
    assert "The drill did not reach its end: it broke off at 6:40 of 45:00" in whats
    assert not [what for what in whats if what.startswith("E")]


def test_approvals_are_told_with_who_and_how_long() -> None:
    """Signatures from being asked for to being given; a voice is told apart, silence as well."""
    signed = reported().approvals
    assert {row.decision for row in signed} == {"approved"}
    assert {row.waited for row in signed} == {120}
    drill = replace(
        told().drill,
        asked=(
            Said(t=60, by="dana", text="suspend Kai", about="A1"),
            Said(t=70, by="dana", text="more", about="A2"),
        ),
        heard=(Heard(t=95, by="dana", about="A1", voice="bob", yes=True),),
    )
    rows = {row.part: row for row in report_of(replace(told(), drill=drill)).approvals}
    assert rows["A1: suspend Kai"].decision == "said yes"
    assert rows["A1: suspend Kai"].waited == 35
    assert rows["A1: suspend Kai"].run == ""
    assert rows["A2: more"].decision == ""


def test_decisions_are_told_with_what_was_known() -> None:
    """What was chosen, whether it was right, and which injects had come by then."""
    report = report_of(crowded())
    d1, d2 = report.decisions
    assert (d1.chosen, d1.right) == ("reset_mfa", False)
    assert d1.known == ("I1", "I2")
    assert (d2.chosen, d2.right, d2.known) == ("", None, ())


def test_exercise_time_is_told_with_its_pauses() -> None:
    """A pause is no exercise time, and the report says how long it was."""
    found = told()
    start = found.drill.anchors[0]
    stood = replace(start, at=start.at + timedelta(seconds=60), t=60, speed=0)
    goes_on = replace(stood, at=stood.at + timedelta(seconds=90), speed=1)
    drill = replace(found.drill, anchors=(start, stood, goes_on))
    clock = report_of(replace(found, drill=drill)).exercise.clock
    assert clock == (
        "1 exercise second to each second of the trail's clock",
        "paused at 1:00",
        "1 pause of 1m 30s in all, which are no exercise time",
    )


def test_what_went_well_is_said_too() -> None:
    """Objectives that were reached and expectations that were met are in the report."""
    assert "Cut nobody off who is innocent: collateral 0" in reported().went_well
    assert any(item.startswith("Look before touching, at ") for item in reported().went_well)


def test_what_never_happened_is_missed_once_the_drill_is_over() -> None:
    """Who never declared missed that objective; where it broke off nobody can say."""
    nobody = told("suspend", 45)
    silent = replace(nobody, drill=replace(nobody.drill, declared=()))
    first = report_of(silent).objectives[0]
    assert (first.value, first.never, first.met) == (None, True, False)
    first = report_of(ended(silent, Ending.STOPPED, 400)).objectives[0]
    assert (first.never, first.met) == (False, None)


def test_a_tabletop_is_not_measured_by_what_nobody_cut() -> None:
    """Objectives about the outcome stay open where all was only talked through."""
    nobody = told("suspend", 45)
    talked = replace(nobody, drill=replace(nobody.drill, style="tabletop"), deeds=())
    report = report_of(talked)
    open_ = {row.id for row in report.objectives if row.met is None}
    assert {"O2", "O5"} <= open_
    assert not [item for item in report.findings if item.what.startswith(("O2", "O5"))]
