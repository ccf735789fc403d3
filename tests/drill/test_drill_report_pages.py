"""The pages of a drill's report: the same bytes, nothing from outside, nothing that breaks out."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_reader import Page, ragged_rows
from reported import report_of, reported
from simulated import told

from irkit.canonical import Json, thaw
from irkit.drill.measures.told import Told
from irkit.drill.record.state import Said
from irkit.drill.report.drawing import NARROW, WIDE, Shape, drawing
from irkit.drill.report.model import DrillReport
from irkit.drill.report.render import render
from irkit.model.visible import visible
from irkit.report.render import Format, markdown

pytestmark = pytest.mark.xdist_group("simulated")  # they share what was played once

HOSTILE = '"><script>alert(1)</script>\x1b[31m\u202e`|</title></svg><img src=x>\n# [a](b)'
_FORMATS: tuple[Format, ...] = ("md", "html", "json")
_WORDS = frozenset(
    ("format", "mark", "severity", "kind", "look", "unit", "measure", "name", "state", "decision")
)
"""Keys whose values are shown as a shape, a word of the page, or with spaces for underlines."""


def hostile(text: str) -> DrillReport:
    """Return a report of a small drill in which everybody's words are `text`."""
    found = told()
    drill = found.drill
    act = replace(drill.acts[0], tactic=text, why=text)
    seat = next(iter(drill.seats.values()))
    small = replace(
        drill,
        title=text,
        acts=(act, replace(drill.acts[4], using=text)),
        losses=(),
        seats={seat.id: replace(seat, label=text, id=text, kind=text)},
        injects=(replace(drill.injects[0], text=text, channel=text),),
        notes=(Said(t=60, by=text, text=text),),
        decided=(Said(t=1300, by=text, text=text, about="D1"),),
    )
    scenario = replace(found.scenario, about=text, labels=(text,))
    deeds = tuple(replace(done, label=text) for done in found.deeds[:12])
    return report_of(Told(scenario=scenario, drill=small, deeds=deeds))


def strings(value: Json, key: str = "") -> Iterator[str]:
    """Yield every text in a JSON value that a page has to show as it is."""
    if isinstance(value, str) and value and key not in _WORDS:
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from strings(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, key)


@pytest.mark.parametrize("format_", _FORMATS)
def test_the_same_records_give_the_same_bytes(format_: Format) -> None:
    """A report that is made again from the records is the same to the byte."""
    again = report_of(told("suspend", 45), "suspend", 45)
    assert render(again, format_) == render(reported("suspend", 45), format_)


@pytest.mark.parametrize("response", ["playbook", "suspend", "wrong-order"])
def test_the_page_is_well_formed_and_needs_nothing(response: str) -> None:
    """Every tag closes; no script, no link, no picture, nothing that is fetched."""
    minutes = {"playbook": 90, "suspend": 45, "wrong-order": 42}[response]
    page = Page(render(reported(response, minutes), "html"))
    assert page.problems == []
    assert not set(page.tags) & {"script", "link", "img", "iframe", "object", "a", "form", "base"}
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert not re.search(r"@import|url\((?!#)", page.source)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert ("meta", "content", policy) in page.attributes


def test_tables_have_captions_and_scopes_and_ids_are_unique() -> None:
    """What a screen reader needs: captions, scopes, headings that sections are named by."""
    page = Page(render(reported("suspend", 45), "html"))
    assert page.tags.count("table") == page.tags.count("caption") == page.tags.count("thead") > 8
    assert page.tags.count("th") == [name for _, name, _ in page.attributes].count("scope")
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    named = [value for _, name, value in page.attributes if name == "aria-labelledby"]
    assert {word for value in named for word in value.split()} <= set(ids)


def test_drawings_are_xml_with_their_words() -> None:
    """Both drawings are well-formed, say in words what they show, and every mark has its title."""
    page = Page(render(reported("wrong-order", 42), "html"))
    drawings = page.drawings()
    assert [found.get("class") for found in drawings] == ["timeline wide", "timeline narrow"]
    for found in drawings:
        assert found.find("title") is not None
        words = found.findtext("desc") or ""
        assert "“contained”: untrue" in words
        assert "Seats that lived: okta session" in words
        marks = [item for item in found.iter() if (item.get("class") or "").startswith("mark ")]
        assert len(marks) > 30
        assert all(item.findtext("title") for item in marks)


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_drawings_stay_inside_their_frame(shape: Shape) -> None:
    """No bar, mark or flag is drawn outside, and no flag covers another's words."""
    root = ET.fromstring(drawing(reported("wrong-order", 42).time_line, shape))
    places: dict[str, list[tuple[float, float]]] = {}
    for item in root.iter():
        x, width = float(item.get("x", item.get("cx", "0"))), float(item.get("width", "0"))
        assert 0 <= x <= x + width <= shape.width
        if (item.get("class") or "").startswith("flag-word"):
            long = len(item.text or "") * 6
            start = x - long if item.get("text-anchor") == "end" else x
            places.setdefault(item.get("y", ""), []).append((start, start + long))
    assert sum(map(len, places.values())) == 4
    for spans in places.values():
        ordered = sorted(spans)
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))


def test_the_intruder_is_above_and_the_responders_below() -> None:
    """Between them is what lived; the exercise itself comes last."""
    lanes = [lane.name for lane in reported().time_line.lanes]
    assert lanes == ["intruder", "seats", "responders", "exercise"]


def test_levels_count_what_was_alive() -> None:
    """At each moment as many seats are drawn as were alive in the records."""
    drill, line = told().drill, reported().time_line
    for level in line.levels:
        states = [seat.at(level.t) for seat in drill.seats.values()]
        assert (level.alive, level.unknown) == (states.count("alive"), states.count("unknown"))
    assert line.levels[-1].alive == 0


def test_html_and_markdown_say_what_json_says() -> None:
    """Every text of the JSON report stands on the page and in the Markdown."""
    report = reported("wrong-order", 42)
    page = Page(render(report, "html")).shown.lower()
    text = " ".join(render(report, "md").split()).lower()
    value = json.loads(render(report, "json"))
    assert value == thaw(report.to_json())
    value["exercise"].pop("opened_at")  # the day, which each shows in its own way
    for found in dict.fromkeys(strings(value)):
        words = " ".join(visible(found).split()).lower()
        assert words in page
        assert markdown(words) in text or words in text


def test_long_and_hostile_words_stay_words() -> None:
    """What an intruder or a participant wrote is shown, and neither runs nor hides anything."""
    report = hostile(HOSTILE * 50)
    page = Page(render(report, "html"))
    assert page.problems == []
    assert not set(page.tags) & {"script", "img"}
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", page.source)
    assert visible(HOSTILE) in page.shown
    assert len(page.drawings()) == 2
    text = render(report, "md")
    assert not re.search(r"(?<!\\)<(?:script|img)", text)
    assert ragged_rows(text) == []
    assert not re.search(r"(?m)^# \[a\]", text)


@settings(max_examples=8)
@given(st.text(min_size=1, max_size=30))
def test_no_word_becomes_markup(text: str) -> None:
    """Whatever people write, the page has the same tags, and Markdown the same tables."""
    report = hostile(text)
    page = Page(render(report, "html"))
    assert page.tags == plain_tags()
    assert page.problems == []
    assert ragged_rows(render(report, "md")) == []
    assert json.loads(render(report, "json"))["exercise"]["title"] == text


@cache
def plain_tags() -> list[str]:
    """Return the tags of the page when nobody writes anything odd."""
    return Page(render(hostile("words"), "html")).tags


def test_the_exercise_is_marked_everywhere() -> None:
    """No document of a drill can be taken for one of an incident."""
    assert Page(render(reported(), "html")).shown.count("[EXERCISE]") >= 3
    assert "[EXERCISE]" in render(reported(), "md")
    assert json.loads(render(reported(), "json"))["format"] == "irkit.drill-report/v1"


def test_a_drill_of_no_time_has_no_drawing() -> None:
    """Where nothing passed there is nothing to draw, and the page does without."""
    report = reported()
    still = replace(report, time_line=replace(report.time_line, end=0, lanes=()))
    page = Page(render(still, "html"))
    assert page.drawings() == []
    assert "Time line" not in page.shown
