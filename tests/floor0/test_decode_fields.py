"""Typed reading of nodes: every problem is named, with its place and what was meant."""

from datetime import timedelta
from enum import StrEnum

from hypothesis import given, settings
from hypothesis import strategies as st

from irkit import yaml_strict
from irkit.decode import Fields, Problems, fields, nearest, one_of, plain, shown, slug
from irkit.diagnostics import Diagnostic, Severity
from irkit.yaml_strict import MappingNode


class Colour(StrEnum):
    """A closed set for the tests."""

    RED = "red"
    GREEN = "green"


def reader(text: str) -> Fields:
    """Return a reader of one mapping."""
    node, found = yaml_strict.load(text, "f.yaml")
    assert isinstance(node, MappingNode)
    return Fields(node, Problems(found), "a thing")


def found(read: Fields) -> list[tuple[str, str]]:
    """Return codes and summaries of all problems."""
    return [(item.code, item.summary) for item in read.problems.all()]


def test_good_values_are_read_as_their_types() -> None:
    """Each reader returns its type and records nothing."""
    read = reader("t: x\nb: true\ni: 3\nd: 1h30m\nc: red\nl: [a, b]\none: a\nm: {k: v}\n")
    assert read.text("t") == "x"
    assert read.boolean("b") is True
    assert read.integer("i") == 3
    assert read.duration("d") == timedelta(hours=1, minutes=30)
    assert read.choice("c", Colour, Colour.GREEN) is Colour.RED
    assert read.texts("l") == ("a", "b")
    assert read.texts("one") == ("a",)
    inner = read.mapping("m")
    assert inner is not None
    assert inner.text("k") == "v"
    read.close()
    inner.close()
    assert found(read) == []


def test_missing_values_are_defaults() -> None:
    """An absent key is no problem unless it is required."""
    read = reader("x: 1\n")
    assert read.text("t", "default") == "default"
    assert read.boolean("b", default=True) is True
    assert read.integer("i", 7) == 7
    assert read.duration("d") is None
    assert read.texts("l") == ()
    assert read.sequence("s") == ()
    assert read.pairs("p") == ()
    assert read.mapping("m") is None
    assert read.choice("c", Colour, Colour.GREEN) is Colour.GREEN
    assert found(read) == []


def test_required_values_are_asked_for() -> None:
    """A missing required key names what lacks it."""
    read = reader("x: 1\n")
    assert read.text("t", required=True) == ""
    assert found(read) == [("IRK104", "a thing has no `t`")]


def test_wrong_types_say_what_is_there_and_what_is_wanted() -> None:
    """Every mismatch is reported, and reading goes on."""
    read = reader(
        "t: [a]\nb: maybe\ni: x\nd: soon\nc: blue\nl: {a: b}\ns: 1\np: 1\nm: 1\n"
        "e:\nf: true\ng: {a: b}\nh: [a]\n"
    )
    read.text("t")
    read.boolean("b")
    read.integer("i")
    read.duration("d")
    read.choice("c", Colour, Colour.RED)
    read.texts("l")
    read.sequence("s")
    read.pairs("p")
    read.mapping("m")
    read.text("e")
    read.text("f")
    read.choice("g", Colour, Colour.RED)
    read.duration("h")
    assert found(read) == [
        ("IRK103", "`t` must be text, not a list"),
        ("IRK103", "`b` must be true or false, not text"),
        ("IRK103", "`i` must be a whole number, not text"),
        ("IRK106", "`d` is no duration: `soon`"),
        ("IRK105", "`c` must be red or green, not `blue`"),
        ("IRK103", "`l` must be text, not a mapping"),
        ("IRK103", "`s` must be a list, not a number"),
        ("IRK103", "`p` must be a mapping, not a number"),
        ("IRK103", "`m` must be a mapping, not a number"),
        ("IRK103", "`e` must be text, not empty"),
        ("IRK103", "`f` must be text, not a truth value"),
        ("IRK103", "`g` must be red or green, not a mapping"),
        ("IRK103", "`h` must be a duration, not a list"),
    ]


def test_a_number_where_text_is_meant_comes_with_the_quotes() -> None:
    """The fix quotes what was written, digit for digit."""
    read = reader("t: 123456789012\n")
    assert read.text("t") == "123456789012"
    problem = read.problems.all()[0]
    assert problem.fix is not None
    assert problem.fix.replacement == '"123456789012"'


def test_yes_and_no_are_pointed_to_the_word() -> None:
    """Old YAML truth words are text here, and the help says what to write."""
    read = reader("b: yes\n")
    assert read.boolean("b") is False
    assert read.problems.all()[0].help == "write true"


def test_numbers_have_a_lower_bound() -> None:
    """A number below the bound is refused."""
    read = reader("i: 0\n")
    assert read.integer("i", 5, at_least=1) == 5
    assert found(read) == [("IRK105", "`i` must be at least 1")]


def test_an_unknown_key_comes_with_the_nearest_known_one() -> None:
    """Did-you-mean speaks of keys that were asked for, and is a fix."""
    read = reader("tittle: x\nzzz: 1\n")
    read.text("title")
    read.close()
    problems = read.problems.all()
    assert [p.summary for p in problems] == [
        "unknown key `tittle` in a thing",
        "unknown key `zzz` in a thing",
    ]
    assert problems[0].at is not None
    assert problems[0].at.text == "did you mean `title`?"
    assert problems[0].fix is not None
    assert problems[0].fix.replacement == "title"
    assert problems[1].help == "known: title"


def test_a_suggestion_that_would_make_a_second_key_is_no_fix() -> None:
    """The word is said, and a person decides what to do with the two."""
    read = reader("title: a\ntitel: b\n")
    read.text("title")
    read.close()
    problem = read.problems.all()[0]
    assert problem.at is not None
    assert problem.at.text == "did you mean `title`?"
    assert problem.fix is None


def test_a_word_of_a_closed_set_is_suggested_and_not_fixed() -> None:
    """Which value was meant is for a person to say."""
    read = reader("c: gren\n")
    read.choice("c", Colour, Colour.RED)
    problem = read.problems.all()[0]
    assert problem.at is not None
    assert problem.at.text == "did you mean `green`?"
    assert problem.fix is None


def test_allowed_and_known_keys_are_not_unknown() -> None:
    """A key can be made known without being read."""
    read = reader("a: 1\n")
    assert not read.knows("a")
    read.allow("a")
    assert read.knows("a")
    read.close()
    assert found(read) == []
    assert "a" in read
    assert "b" not in read


def test_problems_are_in_the_order_of_the_file() -> None:
    """However they were found, they are read top to bottom."""
    read = reader("a: 1\nb: 2\n")
    read.text("b")
    read.text("a")
    assert [p.summary[:3] for p in read.problems.all()] == ["`a`", "`b`"]


def test_only_errors_make_problems_true() -> None:
    """Warnings do not stop a file from being used."""
    problems = Problems([Diagnostic(code="IRK000", summary="x", severity=Severity.WARNING)])
    assert not problems
    problems.add("IRK000", "y", None)
    assert problems


def test_what_is_no_mapping_has_no_fields() -> None:
    """Reading fields of a list is a problem, not an exception."""
    node, _ = yaml_strict.load("[a]", "f.yaml")
    assert node is not None
    problems = Problems()
    assert fields(node, problems, "it") is None
    assert problems.all()[0].summary == "it must be a mapping, not a list"


def test_words_for_messages() -> None:
    """Small texts are shortened and joined as people write them."""
    assert one_of(["a"]) == "a"
    assert one_of(["a", "b", "c"]) == "a, b or c"
    assert shown("x" * 100) == f"`{'x' * 57}…`"
    assert shown("a\nb") == "`a b`"
    assert nearest("usr", ["user", "role"]) == "user"
    assert nearest("zzz", ["user"]) == ""


def test_slugs_are_ascii_words_joined_by_hyphens() -> None:
    """Ids come from names, whatever is in them."""
    assert slug("Close the door!") == "close-the-door"
    assert slug("Über 3") == "ber-3"
    assert slug("…") == "x"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_reading_anything_never_raises(text: str) -> None:
    """Whatever a file holds, typed reading ends in values and problems."""
    node, _ = yaml_strict.load(text, "f.yaml")
    if isinstance(node, MappingNode):
        read = Fields(node, Problems(), "it")
        for key, _ in node.items:
            for method in (read.text, read.boolean, read.integer, read.duration, read.texts):
                method(key.text)
        read.close()
        assert all(p.code.startswith("IRK1") for p in read.problems.all())
        assert isinstance(plain(node), dict)
