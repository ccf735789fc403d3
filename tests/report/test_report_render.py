"""Rendering: the same bytes each time, nothing from outside, nothing that runs."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from golden_story import told
from hypothesis import given
from hypothesis import strategies as st
from lapsus_run import contained_run, partial_run, waiting_run

from irkit.canonical import thaw
from irkit.diagnostics import IrkitError
from irkit.report.render import COMMS_DRAFT, Format, markdown, render, template_names
from irkit.report.story_model import Story, Surroundings
from irkit.report.timeline import NARROW, WIDE, Shape, timeline
from irkit.report.timeline_rows import rows

HOSTILE = '"><script>alert(1)</script>\x1b[31m\u202e`|<img src=x>'
_VOID = {"meta", "link", "br", "hr", "img", "input"}


class _Checker(HTMLParser):
    """Notices tags that do not close, and collects what there is."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)


def _checked(page: str) -> _Checker:
    checker = _Checker()
    checker.feed(page)
    checker.close()
    return checker


@pytest.fixture(scope="module")
def hostile() -> Story:
    """Return a story in which names and reasons try to break out."""
    script = partial_run()
    first = script.records[0]
    script.records[0] = replace(first, body={**first.body, "title": HOSTILE, "case": HOSTILE})
    last = script.records[-1]
    script.records[-1] = replace(last, body={**last.body, "reasons": [HOSTILE]})
    story = told(script)
    changes = tuple(replace(change, target=HOSTILE, why=HOSTILE) for change in story.changes)
    seats = tuple(replace(seat, label=HOSTILE) for seat in story.seats)
    return replace(story, changes=changes, seats=seats)


def _ragged_rows(text: str) -> list[str]:
    """Return the table rows that have another number of cells than their table's head."""
    found, columns = [], 0
    for line in text.splitlines():
        if line.startswith("|---"):
            columns = line.count("|")
        elif not line.startswith("|"):
            columns = 0
        elif columns and len(re.findall(r"(?<!\\)\|", line)) != columns:
            found.append(line)
    return found


@pytest.mark.parametrize("format_", ["md", "html", "json"])
def test_same_records_same_bytes(format_: Format) -> None:
    """A report rendered again is the same to the byte."""
    assert render(told(partial_run()), format_) == render(told(partial_run()), format_)


@pytest.mark.parametrize("make", [partial_run, contained_run, waiting_run])
def test_page_is_well_formed(make: object) -> None:
    """Every tag closes in its place, at every stage of a run."""
    assert callable(make)
    checker = _checked(render(told(make()), "html"))
    assert checker.problems == []
    assert checker.open == []


def test_page_needs_nothing_from_outside() -> None:
    """No script, no link, no image, no address: the page is read without a network."""
    page = render(told(partial_run()), "html")
    checker = _checked(page)
    assert not checker.tags & {"script", "link", "img", "iframe", "object", "a", "form"}
    assert not re.search(r"https?://|@import|url\((?!#)", page)
    assert not [name for name, _ in checker.attributes if name.startswith("on") or name == "src"]
    assert ("http-equiv", "Content-Security-Policy") in checker.attributes


def test_page_serves_light_dark_phone_and_print() -> None:
    """One file for every way of looking at it."""
    page = render(told(partial_run()), "html")
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert "max-width: 46rem" in page
    assert 'name="viewport"' in page


def test_tables_and_drawings_are_accessible() -> None:
    """Columns have scopes, drawings have titles, sections have headings."""
    page = render(told(partial_run()), "html")
    assert page.count("<table") == page.count("<thead")
    assert "<th>" not in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for named in re.findall(r'aria-labelledby="([^"]+)"', page):
        assert set(named.split()) <= set(ids)


def test_hostile_text_does_not_become_markup(hostile: Story) -> None:
    """Names written by an intruder are shown, and neither run nor hide anything."""
    page = render(hostile, "html")
    checker = _checked(page)
    assert checker.problems == []
    assert not checker.tags & {"script", "img"}
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", page)
    assert "&lt;script&gt;" in page


def test_hostile_text_does_not_break_markdown(hostile: Story) -> None:
    """Neither HTML nor a table cell can be opened from a name."""
    text = render(hostile, "md")
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", text)
    assert not re.search(r"(?<!\\)<(?:script|img)", text)
    assert _ragged_rows(text) == []


def test_json_is_the_whole_story() -> None:
    """The JSON report is the story itself, and reads back."""
    story = told(partial_run())
    assert json.loads(render(story, "json")) == thaw(story.to_json())


def test_exercise_is_marked_in_every_document() -> None:
    """No document of an exercise can be taken for a real one."""
    story = told(contained_run("drill"))
    for format_ in ("md", "html"):
        assert "[EXERCISE]" in render(story, format_)
    assert "[EXERCISE]" in render(story, "md", template=COMMS_DRAFT)
    assert json.loads(render(story, "json"))["mode"] == "drill"


def test_draft_does_not_claim_what_is_not_known() -> None:
    """A customer draft says that access has ended only when it is contained."""
    partial = render(told(partial_run()), "md", template=COMMS_DRAFT)
    assert "We do not yet say that it has ended." in partial
    contained = render(told(contained_run()), "md", template=COMMS_DRAFT)
    assert "has been ended, and we watched until 02:36:06Z" in contained


def test_unknown_template_names_those_there_are() -> None:
    """A wrong name is a diagnostic with the right ones."""
    with pytest.raises(IrkitError) as caught:
        render(told(partial_run()), "html", template="no-such")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "IRK620"
    assert "after-action.html.j2" in diagnostic.help


def test_all_formats_of_the_report_are_shipped() -> None:
    """Markdown, HTML and JSON have their templates."""
    assert {f"after-action.{e}.j2" for e in ("md", "html", "json")} <= set(template_names())
    assert f"{COMMS_DRAFT}.md.j2" in template_names()


@given(st.text(max_size=40))
def test_markdown_escape_leaves_no_open_syntax(text: str) -> None:
    """Whatever the text, no character with a meaning stands unescaped."""
    escaped = markdown(text)
    plain = re.sub(r"\\[\\`*_{}\[\]<>|#~&:.]", "", escaped)
    assert not re.search(r"[`*_<>|\[\]]", plain)
    assert "\n" not in escaped


@pytest.mark.parametrize("shape", [WIDE, NARROW])
def test_timeline_stays_inside_its_drawing(shape: Shape) -> None:
    """No bar or mark is drawn outside the frame."""
    drawing = timeline(told(partial_run()), shape)
    for x, width in re.findall(r'x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawing):
        assert 0 <= float(x) <= float(x) + float(width) <= shape.width
    for x in re.findall(r'cx="([\d.]+)"', drawing):
        assert 0 <= float(x) <= shape.width


def test_timeline_has_the_intruder_above_and_the_responders_below() -> None:
    """Seats stand between what the intruder did and what was done about it."""
    sides = [row.side for row in rows(told(partial_run()))]
    assert sides == ["seat"] * 4 + ["responder"] * 4


def test_seat_bars_follow_what_was_found() -> None:
    """A seat is drawn alive until the look that found it dead."""
    row = next(r for r in rows(told(partial_run())) if r.label == "key AKIA…7Q")
    alive, dead = row.bars
    assert (alive.look, dead.look) == ("alive", "dead")
    assert alive.end == dead.start


def test_story_of_one_moment_has_no_timeline() -> None:
    """Without two moments there is nothing to draw, and the page does without."""
    script = partial_run()
    del script.records[1:]
    story = told(script, Surroundings())
    assert timeline(story, WIDE) == ""
    assert '<h2 id="h-timeline">' not in render(story, "html")


def test_many_changes_do_not_make_many_marks() -> None:
    """Ten thousand changes in one phase are drawn as a few hundred marks at most."""
    story = told(partial_run())
    change = story.changes[0]
    crowd = tuple(replace(change, id=f"c{n}") for n in range(10_000))
    drawing = timeline(replace(story, changes=crowd), WIDE)
    assert drawing.count("<circle") < 400
