"""The small pieces under the commands: words, generated playbooks, names of runs, values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.cli.given import pairs
from irkit.diagnostics import IrkitError
from irkit.engine.generated import action_text
from irkit.engine.read_back import COUNT, WORDS, read_back, same_words
from irkit.engine.runs import matching
from irkit.lang import decode
from irkit.model.playbook import DoStep
from irkit.model.run import Run
from irkit.model.spec import Effect, Parameter, Reversal, Spec, Verb

SUSPEND = Spec(
    id="okta.user.suspend",
    version=1,
    verb=Verb.DO,
    summary='Suspend a user: "now"',
    needs=("okta",),
    effect=Effect.PROBEABLE,
    reversal=Reversal.EXACT,
    parameters=(Parameter(name="user", type="okta.user", help="Who"),),
)


def test_the_words_are_one_for_each_byte() -> None:
    """No two bytes sound the same, and each word is one word."""
    assert len(set(WORDS)) == 256
    assert all(word.isascii() and word.isalpha() and word.islower() for word in WORDS)


@given(st.text(), st.text())
def test_the_words_depend_on_the_text_alone(one: str, other: str) -> None:
    """The same text gives the same words; another one practically never does."""
    assert len(read_back(one)) == COUNT
    assert read_back(one) == read_back(one)
    assert (read_back(one) == read_back(other)) == (one == other)


@pytest.mark.parametrize("said", ["Acid acorn AGENT album", "acid, acorn, agent, album"])
def test_words_are_heard_however_they_are_said(said: str) -> None:
    """Case and pauses are not part of them."""
    assert same_words(said, ("acid", "acorn", "agent", "album"))
    assert not same_words(said + " ally", ("acid", "acorn", "agent", "album"))


@given(st.text(max_size=200).map(lambda text: f"it is {text} so"))
def test_any_reason_makes_a_playbook_that_decodes(because: str) -> None:
    """Quotes, newlines, braces and far-away characters stay what they are."""
    text = action_text(SUSPEND, {"user": "x"}, because)
    decoded = decode.playbook(text, "do.yaml")
    if decoded.playbook is None:
        # The language has no invisible characters; that is all that may be wrong.
        assert {item.code for item in decoded.diagnostics} == {"IRK011"}
        return
    step = decoded.playbook.phases[0].steps[0]
    assert isinstance(step, DoStep)
    assert step.because == because


@given(
    st.dictionaries(
        st.text(min_size=1).filter(lambda t: "=" not in t and t == t.strip()), st.text()
    )
)
def test_pairs_are_read_as_written(values: dict[str, str]) -> None:
    """Only the first `=` separates; the value is kept as it is."""
    assert pairs(f"{name}={value}" for name, value in values.items()) == values


def test_every_text_without_a_name_is_reported() -> None:
    """All of them, not the first."""
    with pytest.raises(IrkitError) as found:
        pairs(["x", "=y", "ok=1"], "-i")
    assert [item.code for item in found.value.diagnostics] == ["IRK100", "IRK100"]
    assert found.value.diagnostics[0].help == "write -i name=value"


def runs(*ids: str, case: str = "teal-otter") -> tuple[Run, ...]:
    """Return opened runs of one case."""
    return tuple(Run(id=id_, opened=True, case=case) for id_ in ids)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("last", 1),
        ("teal-otter", 2),
        ("01ABCDEFGHJKMNPQRSTVWXYZ01", 1),
        ("01abcdefghjkmnpqrstvwxyz0", 2),
        ("XYZ02", 1),
        ("01A", 0),
        ("no-such", 0),
    ],
)
def test_runs_are_matched_by_what_people_type(text: str, found: int) -> None:
    """Id, start, end, case, `last`; never by something too short to mean one run."""
    known = runs("01ABCDEFGHJKMNPQRSTVWXYZ01", "01ABCDEFGHJKMNPQRSTVWXYZ02")
    assert len(matching(known, text)) == found
