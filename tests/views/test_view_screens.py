"""Header, seats, waits, status, runs and result: true now, open, next, who must act."""

from dataclasses import replace
from datetime import timedelta

import pytest
from golden_story import STYLE
from lapsus_run import (
    ALICE,
    BOB,
    CASE,
    RUN,
    Script,
    approve,
    ask,
    close_the_door,
    contained_run,
    opened,
    partial_run,
    send,
    waiting_run,
)

from irkit.cli.views import header, result, runs, seats, status, waits
from irkit.model.quorum import Tally
from irkit.report.residual import ResidualAccess
from irkit.report.seats import SeatRow


def _rows(*states: str) -> tuple[SeatRow, ...]:
    return tuple(SeatRow(id=f"s{n}", label=f"seat {n}", state=s) for n, s in enumerate(states))


def _seat_line(*states: str) -> str:
    return seats.text(seats.to_json(_rows(*states), checked_at=STYLE.now), style=STYLE)


@pytest.mark.parametrize(("mode", "banner"), [("live", "LIVE"), ("drill", "[EXERCISE]")])
def test_header_says_at_once_whether_it_is_real(mode: str, banner: str) -> None:
    """The first word on the screen is LIVE or [EXERCISE]."""
    value = header.to_json(mode=mode, org="acme", who=ALICE, now=STYLE.now, case=CASE)
    assert header.text(value, style=STYLE).startswith(banner)


def test_header_says_who_and_when() -> None:
    """Who you are, UTC and local time stand on the second line."""
    value = header.to_json(mode="live", org="acme", who=ALICE, now=STYLE.now)
    second = header.text(value, style=STYLE).splitlines()[1]
    assert second == "you are alice@acme · 2026-11-24 02:43:00Z (03:43 CET)"


def test_header_counts_accounts_that_do_not_fit() -> None:
    """Forty accounts are three and a number."""
    accounts = [f"aws:{n:012d}" for n in range(40)]
    value = header.to_json(mode="live", org="a", who="b", now=STYLE.now, accounts=accounts)
    assert "and 37 more" in header.text(value, style=STYLE)


def test_seats_that_live_come_first() -> None:
    """What the intruder still has stands before what is dead."""
    line = _seat_line("dead", "unknown", "alive")
    assert line.index("ALIVE") < line.index("UNKNOWN") < line.index("dead")


def test_unknown_seat_is_never_shown_dead() -> None:
    """A state nobody has heard of is unknown."""
    assert "? UNKNOWN" in _seat_line("odd")


def test_all_dead_says_so_without_an_all_clear() -> None:
    """Dead seats are what is known, not the whole truth."""
    assert _seat_line("dead").startswith(
        "INTRUDER STILL HAS:  nothing that is known · seat 0 ✔ dead"
    )


def test_no_known_seat_makes_no_line() -> None:
    """Where no seat is known, nothing is claimed about seats."""
    assert _seat_line() == ""


def test_wait_for_approval_names_who_is_missing_and_who_said_yes() -> None:
    """How many more, from whom, for how long, and the command."""
    tally = Tally(
        reached=False,
        have=(BOB,),
        used=(46,),
        missing=1,
        may_still=("identity-owner",),
        denied_by=(),
        expires_at=None,
    )
    value = waits.approval(waiting_run().run, "contain-aws", tally)
    text = waits.text(value, style=STYLE)
    assert "contain-aws needs 1 more approval (bob@acme said yes) · on identity-owner" in text
    assert "for 19m" in text
    assert text.splitlines()[1].strip() == f"irkit approve {RUN}"


def test_denied_part_is_not_a_wait_for_approvals() -> None:
    """After a denial only a new plan helps, and the line says so."""
    tally = Tally(
        reached=False,
        have=(),
        used=(),
        missing=1,
        may_still=(),
        denied_by=(BOB,),
        expires_at=None,
    )
    text = waits.text(waits.approval(waiting_run().run, "contain-aws", tally), style=STYLE)
    assert "was denied · on bob@acme" in text
    assert "irkit replan" in text


def test_wait_for_an_answer_shows_the_question_and_its_end() -> None:
    """The question, who is asked, until when, and how to answer."""
    script = Script()
    opened(script)
    ask(script)
    run = script.run
    text = waits.text(waits.of_key(run, "ask.call waits for ir-lead"), style=STYLE)
    assert "Call the user on the number HR holds." in text
    assert f"irkit answer {RUN} ask.call theirs=THEIRS notes=NOTES" in text


def test_watch_is_said_with_its_end() -> None:
    """Until the last look it is cut and watched, and never contained."""
    until = STYLE.now + timedelta(minutes=30)
    text = waits.text(waits.of_key(waiting_run().run, "cut, watching", until=until), style=STYLE)
    assert text.startswith("▲ CUT, WATCHING until 03:13:00Z")
    assert "contained" not in text.lower()


def test_unknown_reason_is_shown_as_it_is() -> None:
    """A wait that has no form of its own is not swallowed."""
    until = STYLE.now + timedelta(seconds=12)
    text = waits.text(waits.of_key(waiting_run().run, "okta: rate limit", until=until), style=STYLE)
    assert text == "▲ WAITING  okta: rate limit · until 02:43:12Z"


def test_wait_for_a_person_to_say_what_became_of_a_change() -> None:
    """A change that a look cannot settle waits for the one who can look."""
    script = Script()
    opened(script)
    change = "close-the-door.suspend#suspend"
    send(script, change)
    script.add("step.result", {"change": change, "outcome": "unknown"})
    script.add("step.settled", {"change": change, "verdict": "unknown", "why": "odd state"})
    text = waits.text(waits.of_key(script.run, f"await {change}"), style=STYLE)
    assert "Suspend an Okta user: riley@contractor.example: was it made? odd state" in text
    assert f"irkit resolve {RUN} '{change}'" in text


def test_status_of_an_undo_and_of_an_untouched_part() -> None:
    """An undo names what it takes back; a part without changes says so."""
    script = waiting_run()
    first = script.records[0]
    script.records[0] = replace(first, body={**first.body, "undoes": "01JDC3OTHER"})
    run = script.run
    run.parts["empty"] = replace(run.parts["close-the-door"], id="empty", steps=())
    run.part_at["empty"] = run.part_at["close-the-door"]
    text = status.text(status.to_json(run), style=STYLE)
    assert "takes back run 01JDC3OTHER" in text
    assert "· nothing to change" in text


def test_status_of_a_run_in_doubt() -> None:
    """A change in doubt is the first open item, with the way to settle it."""
    script = Script()
    close_the_door(script, opened(script))
    change = "contain-aws.for-each.deny_session[1111]#deny"
    send(script, change)
    script.add("step.result", {"change": change, "outcome": "unknown", "error": "reset"})
    value = status.to_json(script.run)
    text = status.text(value, style=STYLE)
    assert text.startswith("? IN DOUBT")
    assert f"irkit resume {RUN}" in text


def test_status_shows_the_watch_only_while_it_lasts() -> None:
    """A closed run is not being watched."""
    until = STYLE.now + timedelta(minutes=5)
    closed = status.to_json(contained_run().run, watch_until=until)
    assert "WATCHING" not in status.text(closed, style=STYLE)
    script = contained_run()
    script.records.pop()
    held = status.to_json(script.run, watch_until=until)
    assert "▲ HOLDING" in status.text(held, style=STYLE)
    assert "CUT, WATCHING until 2026-11-24 02:48:00Z" in status.text(held, style=STYLE)


def test_contained_is_green_only_when_closed_as_contained() -> None:
    """Everything verified is not yet contained."""
    script = contained_run()
    assert status.text(status.to_json(script.run), style=STYLE).startswith("✔ CONTAINED")
    script.records.pop()
    assert not status.text(status.to_json(script.run), style=STYLE).startswith("✔")


def test_runs_mark_exercises() -> None:
    """In the table of runs an exercise is not taken for a real one."""
    value = runs.to_json([contained_run("drill").run, contained_run().run])
    first, second = runs.text(value, style=replace(STYLE, width=140)).splitlines()[1:]
    assert "[EXERCISE]" in first
    assert "[EXERCISE]" not in second


def test_a_run_that_was_taken_back_is_not_green() -> None:
    """In the table of runs, a contained run that was undone since shows no tick."""
    undo = contained_run()
    first = undo.records[0]
    undo.records[0] = replace(first, body={**first.body, "undoes": RUN})
    value = runs.to_json([contained_run().run, replace(undo.run, id="01UNDO")])
    line = runs.text(value, style=STYLE).splitlines()[1]
    assert "▲ TAKEN BACK" in line


def test_no_runs_says_how_to_begin() -> None:
    """An empty table ends with a command."""
    assert "irkit run PLAYBOOK" in runs.text(runs.to_json([]), style=STYLE)


def test_what_now_puts_the_most_urgent_first() -> None:
    """A seat alive comes before a missing approval, whichever run it is in."""
    value = runs.what_now_json([waiting_run().run, partial_run().run])
    items = value["items"]
    assert isinstance(items, list)
    kinds = [item["kind"] for item in items if isinstance(item, dict)]
    assert kinds[0] == "intruder still has"
    assert kinds.index("waits for approval") < kinds.index("drifted")


def test_what_now_with_nothing_open() -> None:
    """Where nothing is open, that is what is said."""
    value = runs.what_now_json([contained_run().run])
    assert runs.what_now(value, style=STYLE) == "Nothing is open and nobody is waited for."


def test_result_says_why_it_is_no_better() -> None:
    """The reasons of the outcome stand below it."""
    value = result.to_json(partial_run().run, reasons=["seat x is unknown"])
    text = result.text(value, style=STYLE)
    assert text.startswith("✖ PARTIAL")
    assert "WHY        seat x is unknown" in text


def test_result_shows_seats_tried_after_the_last_look() -> None:
    """Seats handed in are shown with the moment at which they were tried."""
    value = result.to_json(
        contained_run().run, seats=_rows("alive"), checked_at=STYLE.now - timedelta(seconds=4)
    )
    text = result.text(value, style=STYLE)
    assert "seat 0 ✖ ALIVE   checked 4s ago" in text
    assert "OPEN       ▲ intruder still has: seat 0 is ALIVE" in text


def test_result_says_what_undo_cannot_bring_back() -> None:
    """Exact changes are counted, the others named with their reason."""
    text = result.text(result.to_json(contained_run().run), style=STYLE)
    assert "UNDO       5 changes can be taken back exactly" in text
    assert "End all sessions of an Okta user: riley@contractor.example (SELF_HEALING)" in text
    assert f"irkit undo {RUN}" in text


def test_result_shows_residual_access_as_open() -> None:
    """Access that is left is not hidden by a good outcome."""
    value = result.to_json(contained_run().run, residual=[ResidualAccess(kind="console_session")])
    assert "STILL OPEN ✖ console_session: OPEN" in result.text(value, style=STYLE)


def test_result_says_what_the_configuration_left_out() -> None:
    """Not even `contained` lets it be forgotten that some regions were not looked into."""
    script = contained_run()
    for account in ("111122223333", "444455556666"):
        script.add(
            "step.read",
            {
                "step": f"sweep.sweep[{account}]",
                "action": "aws.inventory.sweep",
                "digest": "sha256:0",
                "left_out": ["1 enabled region, by `regions` in irkit.yaml: eu-west-1"],
            },
        )
    text = result.text(result.to_json(script.run), style=STYLE)
    assert "NOT SEEN   1 enabled region, by `regions` in irkit.yaml: eu-west-1 (in 2 reads)" in text


def test_result_of_an_undo_does_not_offer_undo() -> None:
    """A run that took back is not offered to be taken back as if it were the incident's."""
    script = contained_run()
    first = script.records[0]
    script.records[0] = replace(first, body={**first.body, "undoes": "01JDC3OTHER"})
    value = result.to_json(script.run)
    assert "irkit undo" not in result.text(value, style=STYLE)
    assert "this took back run 01JDC3OTHER" in result.text(value, style=STYLE)
    assert "NOT BACK" not in result.text(value, style=STYLE)
    assert "first change 1m 27s after opening" in result.text(value, style=STYLE)


def test_status_with_counted_approvals_trusts_the_count() -> None:
    """A tally that is reached ends the wait, one that is not keeps it."""
    script = Script()
    plan = opened(script)
    approve(script, plan, "close-the-door", BOB, after=1)
    reached = Tally(
        reached=True,
        have=(BOB,),
        used=(46,),
        missing=0,
        may_still=(),
        denied_by=(),
        expires_at=None,
    )
    run = script.run
    tallies = {"close-the-door": reached, "contain-aws": reached}
    assert status.to_json(run, tallies=tallies)["state"] == "planned"
    assert status.to_json(run)["state"] == "waiting"


def test_open_items_say_how_the_cause_goes_away() -> None:
    """Status and result show the help of what failed, was refused or could not be read."""
    script = Script()
    opened(script)
    script.add("step.skipped", {"step": "s", "outcome": "failed", "why": "w", "help": "do this"})
    script.add("step.read", {"step": "t", "action": "a.b", "error": "denied", "help": "do that"})
    screens = (
        status.text(status.to_json(script.run), style=STYLE),
        result.text(result.to_json(script.run), style=STYLE),
    )
    for screen in screens:
        assert "= help: do this" in screen
        assert "= help: do that" in screen


def test_a_replanned_step_keeps_no_old_advice() -> None:
    """Once the step is to be planned again, what was said of the last attempt is over."""
    script = Script()
    opened(script)
    script.add("step.skipped", {"step": "s", "outcome": "failed", "why": "w", "help": "do this"})
    script.add("step.replanned", {"step": "s"})
    assert "do this" not in status.text(status.to_json(script.run), style=STYLE)


def test_after_an_undo_the_next_thing_is_to_look_and_to_report() -> None:
    """What was given back may live: nobody is sent to look for another cut."""
    script = contained_run()
    script.records[0].body["undoes"] = "01JDC3T0000000000000000R41"  # type: ignore[index]
    script.records = script.records[:-1]
    look_at = script.run
    value = result.to_json(look_at, seats=_rows("alive"))
    assert value["next"][:3] == [  # type: ignore[index]
        f"irkit status {CASE}",
        "irkit trail verify",
        f"irkit report {RUN} --format html",
    ]
    assert result.to_json(contained_run().run, seats=_rows("alive"))["next"][0] == (  # type: ignore[index]
        "irkit actions matrix"
    )
