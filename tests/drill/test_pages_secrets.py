"""What no page of a participant may tell: the intruder's side, and messages to other roles."""

import html
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import played, scenario
from table import Table

from irkit.canonical import JsonObject
from irkit.drill.pages.doors import Holder
from irkit.drill.pages.participant import seen_by
from irkit.drill.record.kinds import Kind
from irkit.drill.record.state import Drill

SECRET = "SECRETOFTHEINTRUDER"
ROLES = tuple(scenario().roles)
PLAYERS = tuple(name for name, role in scenario().roles.items() if not role.sees_truth)

TRUTHS: Mapping[Kind, JsonObject] = {
    Kind.ACT: {
        "tactic": SECRET,
        "do": SECRET,
        "why": SECRET,
        "using": SECRET,
        "gives": [SECRET],
        "made": {SECRET: [SECRET]},
        "worked": True,
    },
    Kind.LOST: {"holding": SECRET, "seat": SECRET},
    Kind.SEAT: {"seat": SECRET, "kind": SECRET, "label": SECRET, "by": SECRET, "state": "alive"},
    Kind.BYSTANDER: {"seat": SECRET, "kind": SECRET, "label": SECRET, "state": "dead"},
    Kind.BROKEN: {"what": SECRET, "whom": SECRET, "on": True},
    Kind.CLAIMED: {"alive": [SECRET], "run": "", "who": "Mia"},
    Kind.JUDGED: {"expectation": SECRET, "met": True, "note": SECRET},
    Kind.NOTED: {"text": SECRET, "who": "dana@acme.example"},
    Kind.SCORED: {"score": {"total": SECRET}},
}
PUBLIC: Mapping[Kind, JsonObject] = {
    Kind.DECLARED: {"text": "odd pushes", "who": "Mia"},
    Kind.DECIDED: {"about": "D1", "text": "refuse", "who": "Mia"},
    Kind.POSTED: {"about": "press", "text": "We look into it.", "who": "Paul"},
    Kind.HINT: {"text": "Look at AWS", "points": 2},
    Kind.CLOCK: {"speed": 0, "why": "paused"},
    Kind.ASKED: {"about": "A1", "text": "suspend Kai", "who": "Ola"},
}


def for_role(role: str) -> str:
    """Return a mark that only one role may read."""
    return f"ONLYFOR{role.upper()}"


def pages(table: Table) -> Iterator[tuple[str, str]]:
    """Yield everything that is shown to people who do not lead, by whose it is."""
    for role in PLAYERS:
        holder = Holder(role=role, name=f"{role}-person")
        yield role, table.shown.role(holder, "kept")
        yield role, table.shown.pulse(holder, "")
        yield role, table.shown.glossary(role)
    yield "projector", table.shown.projector()


@settings(max_examples=25)
@given(
    kinds=st.lists(st.sampled_from([*TRUTHS, *PUBLIC, Kind.INJECT]), max_size=24),
    roles=st.lists(st.sampled_from(ROLES), min_size=24, max_size=24),
    number=st.integers(min_value=0, max_value=10**9),
)
def test_no_page_of_a_participant_tells_the_truth(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[Kind], roles: list[str], number: int
) -> None:
    """Whatever happened, in whatever order: neither the intruder's side nor others' messages."""
    table = Table(tmp_path_factory.getbasetemp())
    for kind, role in zip(kinds, roles, strict=False):
        if kind is Kind.INJECT:
            mark = f"{for_role(role)} {number}"
            table.record(kind, {"inject": f"I{number}", "to": role, "text": mark})
        else:
            table.record(kind, {**TRUTHS, **PUBLIC}[kind])
    told = {role for kind, role in zip(kinds, roles, strict=False) if kind is Kind.INJECT}
    for whose, page in pages(table):
        assert SECRET not in page
        assert not [role for role in ROLES if role != whose and for_role(role) in page]
    for role in told & set(PLAYERS):
        holder = Holder(role=role, name="x")
        assert for_role(role) in table.shown.role(holder, "kept")


@pytest.mark.xdist_group("simulated")  # they share what was played once
def test_nothing_of_a_drill_that_was_really_played_is_told(tmp_path: Path) -> None:
    """Half an hour of a real intruder: its acts, seats and gains are on no page but Dana's."""
    told = played("suspend", minutes=45).drill
    table = Table(tmp_path)
    for line in _truths(told):
        assert len(line) > 3
    for act in told.acts:
        made: JsonObject = {sort: tuple(names) for sort, names in act.made.items()}
        table.record(Kind.ACT, {"tactic": act.tactic, "do": act.do, "made": made})
    for seat in told.seats.values():
        table.record(Kind.SEAT, {"seat": seat.id, "label": seat.label, "state": "alive"})
    table.tell("I1")
    for _, page in pages(table):
        shown = html.unescape(page)
        assert not [truth for truth in _truths(told) if truth in shown]
    leads = table.shown.role(Holder(role="facilitator", name="dana@acme.example"), "kept")
    assert told.acts[0].do in leads
    assert next(iter(told.seats.values())).label in leads


def test_what_is_still_to_come_is_nobodys_yet(tmp_path: Path) -> None:
    """A decision, its options and the messages of later are on no page; nor are the questions."""
    table = Table(tmp_path)
    later = [inject.text for inject in scenario().injects]
    later += [decision.ask for decision in scenario().decisions.values()]
    later += [question.ask for question in scenario().truth.questions]
    later += list(scenario().truth.addresses)
    for _, page in pages(table):
        assert not [text for text in later if text in html.unescape(page)]


def test_questions_come_with_the_declaration_and_decisions_with_their_message(
    tmp_path: Path,
) -> None:
    """An investigation begins when somebody declares; what is to be decided has been raised."""
    table = Table(tmp_path)
    mia = Holder(role="commander", name="Mia")
    seen = seen_by(table.drill, scenario(), mia, (), 0)
    assert (seen.questions, seen.choices) == ((), ())
    table.dana.declare("odd pushes")
    table.tell("I7")
    seen = seen_by(table.drill, scenario(), mia, (), 0)
    assert [question.id for question in seen.questions] == ["Q1", "Q2", "Q3"]
    assert [choice.ask for choice in seen.choices] == ["Reset MFA for the caller?"]
    assert seen.messages == ()
    table.dana.decide("D1", "refuse")
    assert seen_by(table.drill, scenario(), mia, (), 0).choices == ()


def test_a_namesake_of_the_facilitator_reads_none_of_their_notes(tmp_path: Path) -> None:
    """Notes are shown to their author by name, and a name may have been taken twice."""
    table = Table(tmp_path)
    table.dana.note("the intruder waits for the help desk")
    for role, count in (("comms", 0), ("facilitator", 1)):
        holder = Holder(role=role, name="dana@acme.example")
        assert len(seen_by(table.drill, scenario(), holder, (), 0).notes) == count


def test_four_words_are_read_by_approvers_and_not_by_those_who_ask(tmp_path: Path) -> None:
    """Who asks hears the words, and cannot copy them from the page."""
    table = Table(tmp_path)
    table.dana.ask("Suspend Kai")
    ola, ines = Holder(role="responder", name="Ola"), Holder(role="approver", name="Ines")
    (asked,) = seen_by(table.drill, scenario(), ola, (), 0).asked
    (read,) = seen_by(table.drill, scenario(), ines, (), 301).asked
    assert (asked.words, len(read.words)) == ((), 4)
    assert (asked.late, read.late, read.due) == (False, True, "5:00")


def _truths(drill: Drill) -> set[str]:
    """Return what of a played drill nobody but the facilitator may read."""
    made = {name for act in drill.acts for names in act.made.values() for name in names}
    acts = {act.do for act in drill.acts}
    seats = {seat.label for seat in drill.seats.values()} | set(drill.seats)
    return made | acts | seats | set(scenario().truth.addresses)
