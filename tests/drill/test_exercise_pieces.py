"""The parts of an exercise on their own: the intruder's mind, clocks, agenda, response texts."""

from datetime import UTC, datetime, timedelta

import pytest
from simulated import scenario

from irkit import assets
from irkit.drill.adversary.acts import ACTS
from irkit.drill.adversary.holdings import Item
from irkit.drill.adversary.mind import Mind
from irkit.drill.exercise.agenda import Agenda
from irkit.drill.exercise.books import only
from irkit.drill.exercise.clocks import PacedClock, VirtualClock
from irkit.drill.scenario.model import Held, Holding
from irkit.drill.scenario.verbs import VERBS
from irkit.engine.books import recorded_book
from irkit.model.playbook import all_steps

START = datetime(2026, 3, 21, 2, 5, tzinfo=UTC)


def mind(*held: Holding) -> Mind:
    """Return a mind that holds these, of the victim."""
    made = Mind(plan=scenario().adversary)
    for kind in held:
        made.holdings.add(Item(held=Held(kind=kind, of="victim")))
    return made


def chosen(made: Mind, t: int = 0) -> str:
    """Return the tactic that is tried next."""
    found = made.next(t)
    return found[0].id if found else ""


def test_every_verb_can_be_done() -> None:
    """What a scenario may name and what the intruder can do are the same."""
    assert ACTS.keys() == VERBS.keys()


def test_the_first_tactic_whose_needs_hold_is_next() -> None:
    """Nothing is tried that cannot be, and nothing twice that is done."""
    made = mind(Holding.PASSWORD)
    assert chosen(made) == "push-spam"
    made.note_worked(scenario().tactic("push-spam"))
    made.holdings.add(Item(held=Held(kind=Holding.OKTA_SESSION, of="victim")))
    assert chosen(made) == "own-factor"


def test_a_loss_is_answered_first_and_only_when_it_is_noticed() -> None:
    """Until a call fails the intruder goes on as planned; then it tries to come back."""
    made = mind(Holding.PASSWORD, Holding.OKTA_SESSION, Holding.OKTA_FACTOR)
    for name in ("push-spam", "own-factor"):
        made.note_worked(scenario().tactic(name))
    assert chosen(made) == "enter-aws"
    session = made.holdings.of(Held(kind=Holding.OKTA_SESSION))
    assert session is not None
    made.note_lost(session, 100)
    assert chosen(made, 100) == "sign-in-again"


def test_what_was_refused_is_left_alone_until_something_changes() -> None:
    """An intruder does not run against the same wall all night."""
    made = mind(Holding.PASSWORD)
    made.aside["push-spam"] = 600
    assert chosen(made, 599) == ""
    assert chosen(made, 600) == "push-spam"


def test_a_tactic_may_hang_on_what_people_decide() -> None:
    """The help desk lets the intruder in only if somebody tells it to."""
    made = mind(Holding.PASSWORD, Holding.OKTA_FACTOR)
    factor = made.holdings.of(Held(kind=Holding.OKTA_FACTOR))
    assert factor is not None
    made.note_lost(factor, 0)
    made.aside |= {"push-again": 10_000, "push-spam": 10_000}
    assert chosen(made, 300) == ""
    made.decided["D1"] = "reset_mfa"
    assert chosen(made, 239) == ""
    assert chosen(made, 240) == "help-desk"


def test_a_goal_needs_all_its_repeats() -> None:
    """One copied disk is not the forty the intruder came for."""
    made = mind(Holding.AWS_KEY)
    copy = scenario().tactic("copy")
    for _ in range(copy.repeat - 1):
        made.note_worked(copy)
    assert not made.at_goal
    made.note_worked(copy)
    assert made.at_goal


def test_virtual_time_only_moves_when_it_is_moved() -> None:
    """Ninety minutes pass in no time, and never go back."""
    clock = VirtualClock(START)
    clock.move_to(timedelta(minutes=90))
    clock.move_to(timedelta(minutes=10))
    assert clock() == START + timedelta(minutes=90)
    assert clock.seconds == 5400


def test_paced_time_is_faster_and_can_stand() -> None:
    """A pause takes no exercise time, for the world neither."""
    now = [START]
    clock = PacedClock(6, lambda: now[0])
    clock.run()
    now[0] += timedelta(minutes=1)
    assert clock.seconds == 360
    clock.pause()
    now[0] += timedelta(hours=1)
    assert clock.seconds == 360
    assert clock() == START + timedelta(seconds=360)
    clock.run()
    now[0] += timedelta(minutes=1)
    assert clock.seconds == 720
    assert clock.running


def test_an_agenda_keeps_the_order_of_what_comes_together() -> None:
    """Two things of one second happen in the order in which they were planned."""
    agenda, done = Agenda(), list[str]()
    agenda.put(5, lambda: done.append("second"))
    agenda.put(5, lambda: done.append("third"))
    agenda.put(1, lambda: done.append("first"))
    while agenda.due() is not None:
        agenda.take()()
    assert done == ["first", "second", "third"]


@pytest.mark.parametrize("name", ["okta-contractor-compromise", "okta-user-federated-to-aws"])
def test_a_lesser_response_is_the_playbook_with_steps_left_out(name: str) -> None:
    """It reads what the playbook reads, changes only what it may, and claims nothing."""
    source = assets.find_playbook(name, None, assets.playbooks()).read_text(encoding="utf-8")
    book = recorded_book(only(source, frozenset({"okta.user.suspend"})), "less.yaml", {})
    actions = {getattr(step, "action", "") for step in all_steps(book.main)}
    changes = {action for action in actions if action == "okta.user.suspend"}
    assert changes == {"okta.user.suspend"}
    assert "okta.user.revoke_sessions" not in actions
    assert "okta.user.get" in actions
    assert not book.main.claims_contained
