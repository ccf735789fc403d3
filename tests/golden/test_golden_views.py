"""The screens, letter by letter: JSON form and text."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from expected_text import expect
from golden_story import RESIDUAL, STYLE
from lapsus_plan import ACCOUNTS, OKTA, lapsus_plan
from lapsus_run import (
    ALICE,
    CASE,
    RUN,
    Script,
    contained_run,
    partial_run,
    waiting_run,
)

from irkit.canonical import JsonObject, thaw
from irkit.cli.views import header, plan, progress, result, runs, seats, status, waits
from irkit.cli.views.style import Style
from irkit.model.display import display_text
from irkit.model.fold import take
from irkit.model.run import Run
from irkit.report.seats import SeatRow

View = tuple[JsonObject, Callable[..., str]]


def _header() -> View:
    accounts = (OKTA, *(f"aws:{account}" for account in ACCOUNTS))
    value = header.to_json(
        mode="live", case=CASE, run=RUN, org="acme", accounts=accounts, who=ALICE, now=STYLE.now
    )
    return value, header.text


def _plan() -> View:
    run = waiting_run().run
    assert run.plan is not None
    return plan.to_json(run.plan, run=run, residual=RESIDUAL), plan.text


def _status_waiting() -> View:
    return status.to_json(waiting_run().run), status.text


def _status_partial() -> View:
    return status.to_json(partial_run().run), status.text


def _result_partial() -> View:
    script = partial_run()
    reasons = script.records[-1].body["reasons"]
    assert isinstance(reasons, list)
    value = result.to_json(script.run, reasons=map(str, reasons), residual=RESIDUAL)
    return value, result.text


def _result_contained() -> View:
    return result.to_json(contained_run().run), result.text


def _runs() -> View:
    return runs.to_json(s.run for s in (waiting_run(), partial_run(), contained_run())), runs.text


def _what_now() -> View:
    return runs.what_now_json([waiting_run().run, partial_run().run]), runs.what_now


def _wait() -> View:
    return waits.of_key(waiting_run().run, "await close-the-door"), waits.text


VIEWS: dict[str, Callable[[], View]] = {
    "header": _header,
    "plan": _plan,
    "status-waiting": _status_waiting,
    "status-partial": _status_partial,
    "result-partial": _result_partial,
    "result-contained": _result_contained,
    "runs": _runs,
    "what-now": _what_now,
    "wait": _wait,
}


@pytest.mark.parametrize("name", VIEWS)
def test_view_is_letter_for_letter_as_kept(name: str) -> None:
    """Text and JSON of every screen are as they were reviewed."""
    value, text = VIEWS[name]()
    expect(f"{name}.txt", text(value, style=STYLE) + "\n")
    expect(f"{name}.json", json.dumps(thaw(value), indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", VIEWS)
def test_text_needs_nothing_but_the_json(name: str) -> None:
    """A screen rendered from the JSON read back is the same screen."""
    value, text = VIEWS[name]()
    again = json.loads(json.dumps(thaw(value)))
    assert text(again, style=STYLE) == text(value, style=STYLE)


def test_full_plan_shows_every_difference() -> None:
    """The full plan is as it was reviewed."""
    value, _ = _plan()
    expect("plan-full.txt", plan.text(value, style=STYLE, full=True) + "\n")


def _progress(script: Script, style: Style) -> str:
    run = Run(id=RUN)
    lines = []
    for entry in script.records:
        take(run, entry)
        value = progress.to_json(entry, run)
        if value is not None:
            lines.append(progress.text(value, style=style))
    return "\n".join(lines) + "\n"


def test_progress_of_a_whole_night() -> None:
    """Every line of a run's progress is as it was reviewed."""
    expect("progress.txt", _progress(partial_run(), STYLE))


def test_progress_in_colour_and_ascii() -> None:
    """Colour only adds codes, and a plain terminal gets plain characters."""
    style = replace(STYLE, colour=True, unicode=False)
    expect("progress-ascii.txt", _progress(partial_run(), style))


def test_seat_line_after_the_first_look() -> None:
    """The seat line has exactly the form of the specification."""
    expect(
        "seats.txt", seats.text(seats.to_json(_rows(), checked_at=STYLE.now), style=STYLE) + "\n"
    )


def _rows() -> tuple[SeatRow, ...]:
    return (
        SeatRow(id="s1", label="okta session", state="dead"),
        SeatRow(id="s2", label="aws session", state="alive", expires=STYLE.now),
        SeatRow(id="s3", label="key AKIA…7Q", state="alive"),
        SeatRow(id="s4", label="external trust", state="unknown"),
    )


def test_signed_text_is_as_kept() -> None:
    """What approvers sign never changes its form within a version."""
    shown = display_text(lapsus_plan(), ["close-the-door", "contain-aws"], run=RUN, requester=ALICE)
    expect("display-v1.txt", shown)
