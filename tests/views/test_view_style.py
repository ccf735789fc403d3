"""Width, colour and characters: dressing never changes what is said."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from golden_story import STYLE
from hypothesis import given
from hypothesis import strategies as st

from irkit.cli.views.layout import Section, fit, section, table
from irkit.cli.views.style import Style, Tone, cells, clip, pad
from irkit.cli.views.times import age, full, local
from irkit.report.mark import Mark
from irkit.report.times import exact, took

_CODES = re.compile(r"\x1b\[[0-9;]*m")


@given(st.text(max_size=60), st.integers(min_value=1, max_value=40))
def test_clipped_text_fits(text: str, width: int) -> None:
    """No clipped text is wider than was asked."""
    assert cells(clip(text, width)) <= width


def test_wide_characters_count_twice() -> None:
    """East Asian names take two columns each and combining marks none."""
    assert cells("木村") == 4
    assert cells("e\u0301") == 1
    assert pad("木村", 6) == "木村  "


def test_colour_is_only_added() -> None:
    """Taking the codes out of coloured text gives the plain text."""
    coloured = replace(STYLE, colour=True)
    marked = coloured.marked(Mark.BAD, "ALIVE")
    assert marked != STYLE.marked(Mark.BAD, "ALIVE")
    assert _CODES.sub("", marked) == STYLE.marked(Mark.BAD, "ALIVE") == "✖ ALIVE"


def test_plain_terminals_get_ascii() -> None:
    """Without Unicode every shape has an ASCII form and nothing else slips through."""
    plain = replace(STYLE, unicode=False)
    shown = plain.shown("✔ ✖ ▲ → … José")
    assert shown == "+ x ! -> ... Jos\\xe9"


@pytest.mark.parametrize("mark", list(Mark))
def test_every_shape_differs_without_colour_and_unicode(mark: Mark) -> None:
    """No two shapes become the same in ASCII, but for the ones that carry no judgement."""
    plain = replace(STYLE, unicode=False)
    others = [plain.shown(str(other)) for other in Mark if other is not mark]
    assert plain.shown(str(mark)) not in others


@given(st.lists(st.integers(min_value=1, max_value=30), max_size=12))
def test_sections_fit_where_their_least_allows_it(sizes: list[int]) -> None:
    """Whatever the sections hold, the lines stay within the limit."""
    sections = [section(f"S{n}", *map(str, range(size))) for n, size in enumerate(sizes)]
    assert len(fit(sections, 24, STYLE)) <= 24


def test_what_is_left_out_is_counted() -> None:
    """A shortened section says how many lines are missing."""
    lines = fit([section("A", *map(str, range(10)))], 4, STYLE)
    assert lines[-1].strip() == "… 7 more: --full"


def test_a_section_keeps_its_least() -> None:
    """Lines that must be seen are never given up."""
    kept = Section(label="K", pieces=section("K", "1", "2", "3").pieces, least=3)
    assert len(fit([kept, section("A", *"abcdef")], 4, STYLE)) == 4


def test_table_columns_align() -> None:
    """Every row's last column begins at the same place."""
    lines = table([("a", "木村", "x"), ("bbb", "c", "y")], ("H", "NAME", "LAST"), STYLE)
    last = ("LAST", "x", "y")
    starts = [cells(line[: line.rindex(word)]) for line, word in zip(lines, last, strict=True)]
    assert len(set(starts)) == 1


def test_times_are_utc_local_and_age() -> None:
    """A time is said in UTC, in the reader's zone, and as an age."""
    moment = STYLE.now - timedelta(minutes=12)
    assert full(moment, STYLE) == "2026-11-24 02:31:00Z (03:31 CET, 12m ago)"
    assert age(STYLE.now + timedelta(minutes=3), STYLE) == "in 3m"


def test_local_time_names_the_day_when_it_is_another() -> None:
    """Just before midnight UTC it is tomorrow in Berlin, and the line says so."""
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert local(late, STYLE) == "Wed 00:30 CET"


def test_durations_keep_the_precision_that_matters() -> None:
    """Tenths below ten seconds, seconds below an hour, minutes above."""
    assert took(1200) == "1.2 s"
    assert took(45_000) == "45s"
    assert exact(timedelta(seconds=87)) == "1m 27s"
    assert exact(timedelta(seconds=120)) == "2m"
    assert exact(timedelta(hours=3, minutes=5, seconds=9)) == "3h 5m"


def test_painting_nothing_leaves_nothing() -> None:
    """Empty text gets no codes around it."""
    coloured = Style(now=STYLE.now, colour=True)
    assert coloured.paint(Tone.BAD, "") == ""
    assert coloured.paint(Tone.PLAIN, "x") == "x"
