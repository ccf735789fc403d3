"""`irkit case`: opening, noting, showing and closing."""

import re

import pytest
from catalogue_workspace import ALICE, BOB, Desk


@pytest.fixture
def sealed(desk: Desk) -> Desk:
    """A workspace with a trail."""
    desk.sealed(ALICE, BOB)
    return desk


def test_a_case_gets_a_name_that_people_can_say(sealed: Desk) -> None:
    """Without a name given, two words are chosen, and no name twice."""
    names = {sealed.ask("case", "open").json["case"] for _ in range(5)}
    assert len(names) == 5
    assert all(re.fullmatch(r"[a-z]+-[a-z]+", name) for name in names)


def test_a_case_is_opened_noted_shown_and_closed(sealed: Desk) -> None:
    """The whole life of a case is in the trail and on the screen."""
    sealed.ask("case", "open", "teal-otter", "--title", "phished contractor")
    sealed.ask("case", "note", "teal-otter", "HR reached the user: not theirs", who=BOB)
    shown = sealed.ask("case", "show", "teal-otter").json
    assert (shown["title"], shown["opened_by"], shown["closed_at"]) == (
        "phished contractor",
        ALICE,
        "",
    )
    assert [(note["by"], note["text"]) for note in shown["notes"]] == [
        (BOB, "HR reached the user: not theirs")
    ]
    assert sealed.ask("case", "close", "teal-otter", who=BOB).code == 0
    assert sealed.ask("case", "show", "teal-otter").json["closed_by"] == BOB
    assert "CLOSED" in sealed.run("case", "show", "teal-otter").out


@pytest.mark.parametrize("name", ["Teal", "two words", "-x", "x" * 65, "ä"])
def test_a_name_that_cannot_be_typed_is_refused(sealed: Desk, name: str) -> None:
    """Names are lower-case words joined by hyphens."""
    assert sealed.run("--json", "case", "open", "--", name).code != 0


def test_a_name_is_used_once(sealed: Desk) -> None:
    """A second case of the same name would mix two incidents."""
    sealed.ask("case", "open", "teal-otter")
    assert sealed.ask("case", "open", "teal-otter").codes == ("IRK631",)


def test_an_unknown_case_is_named_with_the_nearest(sealed: Desk) -> None:
    """A typo gets the name that was meant."""
    sealed.ask("case", "open", "teal-otter")
    said = sealed.ask("case", "show", "teal-oter")
    assert said.codes == ("IRK630",)
    assert "teal-otter" in said.err


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 16_001])
def test_an_empty_or_endless_note_is_refused(sealed: Desk, text: str) -> None:
    """A note says something, and fits."""
    sealed.ask("case", "open", "teal-otter")
    assert sealed.ask("case", "note", "teal-otter", text).codes == ("IRK632",)


def test_a_case_is_closed_once(sealed: Desk) -> None:
    """Closing again says when and by whom it was closed."""
    sealed.ask("case", "open", "teal-otter")
    sealed.ask("case", "close", "teal-otter")
    assert sealed.ask("case", "close", "teal-otter").codes == ("IRK633",)


def test_without_a_trail_there_is_no_case(desk: Desk) -> None:
    """What cannot be recorded is not done."""
    assert desk.ask("case", "open").code != 0
