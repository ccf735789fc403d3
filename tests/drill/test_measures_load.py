"""Measures of friction and load: what records show of how hard it was."""

from dataclasses import replace

import pytest
from simulated import told

from irkit.drill.measures import load
from irkit.drill.measures.points import Group
from irkit.drill.measures.scorecard import scorecard
from irkit.drill.record.deeds import Deed, Done
from irkit.drill.record.state import Said

pytestmark = pytest.mark.xdist_group("simulated")  # they share what was played once


def test_refusals_and_retries_are_counted() -> None:
    """What a guard refused and what had to be sent again, each as often as it was."""
    found = told()
    before = load.retries(found)  # a busy machine may have made some
    done = Done(t=9, at=found.drill.opened_at, deed=Deed.RETRIED, run="R", what="okta.user.suspend")
    stopped = replace(done, deed=Deed.STOPPED)
    again = replace(found, deeds=(*found.deeds, done, done, stopped))
    assert load.guard_refusals(again) == load.guard_refusals(found) + 1
    assert load.retries(again) == before + 2


def test_the_peak_is_what_people_did_within_one_minute() -> None:
    """Words and signatures together; a minute later is another minute."""
    found = told("suspend", 45)
    words = tuple(Said(t=t, by="dana", text="note") for t in (100, 130, 159, 160))
    quiet = replace(
        found, deeds=(), drill=replace(found.drill, declared=(), claims=(), notes=words)
    )
    assert load.peak_decisions(quiet) == 3
    assert load.peak_decisions(replace(quiet, drill=replace(quiet.drill, notes=()))) == 0


def test_silence_counts_only_while_the_intruder_has_something() -> None:
    """From the first seat to the last one's death, the longest time without a deed."""
    found = told()
    first = min(seat.since for seat in found.drill.seats.values())
    assert load.longest_silence(found) == 1200 - first
    word = (Said(t=first + 300, by="dana", text="odd"),)
    assert load.longest_silence(replace(found, drill=replace(found.drill, notes=word))) == (
        1200 - first - 300
    )
    assert load.longest_silence(replace(found, drill=replace(found.drill, seats={}))) is None


def test_who_did_most_is_a_share_and_no_name() -> None:
    """Of three things one person did two; who plays alone shares with nobody."""
    found = told()
    assert load.busiest_share(found) is None
    words = tuple(Said(t=t, by=by, text="note") for t, by in ((1, "dana"), (2, "bob"), (3, "dana")))
    drill = replace(found.drill, solo=False, declared=(), claims=(), notes=words)
    assert load.busiest_share(replace(found, deeds=(), drill=drill)) == 67


def test_every_point_says_why() -> None:
    """No number of the scorecard stands without its reason, recorded beside it."""
    for found in (told(), told("suspend", 45)):
        card = scorecard(found)
        assert all(item.why for item in card.points)
        assert {item.group for item in card.points} == set(Group)
    why = {item.what: item.why for item in scorecard(told("suspend", 45)).points}
    assert why["seats left"] == "4 of 7 seats not dead at the end"
    assert why["evicted"] == "never"
    assert why["declared in time"] == "E1 late at 20:00"
