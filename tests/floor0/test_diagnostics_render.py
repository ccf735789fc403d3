"""Diagnostics on the screen and as JSON lines: exact, safe, and the same in both forms."""

import json

import pytest

from irkit.diagnostics import Diagnostic, Label, Severity, Span
from irkit.diagnostics.render import Piece, render, render_json, totals


def span(line: int, column: int, end: int, *, file: str = "p.yaml", end_line: int = 0) -> Span:
    """Return a span on one line, unless told where it ends."""
    return Span(file=file, line=line, column=column, end_line=end_line or line, end_column=end)


SOURCE = """\
irkit: 1
steps:
  - do: okta.user.suspend
    with:
      usr: "{{ inputs.suspect }}"
"""

UNKNOWN = Diagnostic(
    code="IRK102",
    summary="unknown parameter `usr` of action `okta.user.suspend`",
    at=Label(span=span(5, 7, 10), text="did you mean `user`?"),
    help="run `irkit actions show okta.user.suspend`",
)


def test_a_diagnostic_shows_line_carets_and_help() -> None:
    """The form of the design page, character by character."""
    assert render([UNKNOWN], {"p.yaml": SOURCE}) == (
        "error[IRK102]: unknown parameter `usr` of action `okta.user.suspend`\n"
        " --> p.yaml:5:7\n"
        "  |\n"
        '5 |       usr: "{{ inputs.suspect }}"\n'
        "  |       ^^^ did you mean `user`?\n"
        "  = help: run `irkit actions show okta.user.suspend`\n"
    )


def test_several_spans_and_wide_line_numbers_line_up() -> None:
    """Secondary spans follow with their own excerpt; the gutter fits the largest number."""
    source = "".join(f"k{n}: {n}\n" for n in range(1, 13))
    item = Diagnostic(
        code="IRK007",
        summary="duplicate key `k1`",
        at=Label(span=span(12, 1, 4), text="written again here"),
        also=(Label(span=span(1, 1, 3), text="first written here"),),
        help="one\ntwo",
    )
    assert render([item], {"p.yaml": source}) == (
        "error[IRK007]: duplicate key `k1`\n"
        "  --> p.yaml:12:1\n"
        "   |\n"
        "12 | k12: 12\n"
        "   | ^^^ written again here\n"
        "  ::: p.yaml:1:1\n"
        "   |\n"
        " 1 | k1: 1\n"
        "   | ^^ first written here\n"
        "   = help: one\n"
        "   = help: two\n"
    )


def test_a_file_whose_text_is_not_at_hand_is_named_only() -> None:
    """Without the source there is the place and the label."""
    assert render([UNKNOWN]) == (
        "error[IRK102]: unknown parameter `usr` of action `okta.user.suspend`\n"
        " --> p.yaml:5:7\n"
        "  = did you mean `user`?\n"
        "  = help: run `irkit actions show okta.user.suspend`\n"
    )


def test_a_diagnostic_without_a_place_is_two_lines() -> None:
    """Some problems have no file."""
    item = Diagnostic(code="IRK166", summary="no workspace", help="run `irkit init`")
    assert render([item]) == "error[IRK166]: no workspace\n  = help: run `irkit init`\n"


def test_a_span_over_several_lines_underlines_the_first() -> None:
    """Carets stop at the end of the first line."""
    item = Diagnostic(
        code="IRK103", summary="x", at=Label(span=span(1, 4, 3, end_line=2)), severity=Severity.NOTE
    )
    assert render([item], {"p.yaml": "a: abc  \nd\n"}).splitlines()[-1] == "  |    ^^^"


def test_a_place_beyond_the_file_is_named_only() -> None:
    """A file that changed under us does no harm."""
    item = Diagnostic(code="IRK103", summary="x", at=Label(span=span(99, 1, 2)))
    assert render([item], {"p.yaml": "a\n"}) == "error[IRK103]: x\n  --> p.yaml:99:1\n"


def test_control_characters_cannot_move_the_cursor() -> None:
    """Escape sequences and directional marks of a hostile file are shown as a replacement."""
    item = Diagnostic(
        code="IRK011", summary="bad \x1b[2J", at=Label(span=span(1, 1, 2), text="\u202e")
    )
    text = render([item], {"p.yaml": "a\x1b[31m\u202eb\x9b\n"})
    assert not any(ord(char) < 32 and char != "\n" for char in text)
    assert "\u202e" not in text
    assert "\x9b" not in text


def test_a_secret_in_the_line_is_masked() -> None:
    """A diagnostic about a secret does not put it on the screen; the carets still fit."""
    token = "00" + "aB3-" * 10
    item = Diagnostic(code="IRK242", summary="x", at=Label(span=span(1, 8, 50)))
    lines = render([item], {"p.yaml": f"token: {token}\n"}).splitlines()
    assert token not in "\n".join(lines)
    assert lines[3] == f"1 | token: {'•' * 42}"
    assert lines[4] == f"  |        {'^' * 42}"


def test_tabs_and_wide_characters_keep_the_carets_below() -> None:
    """Columns are counted as a terminal shows them."""
    item = Diagnostic(code="IRK103", summary="x", at=Label(span=span(1, 5, 7)))
    lines = render([item], {"p.yaml": "\t日本 ab\n"}).splitlines()
    assert lines[3] == "1 |     日本 ab"
    assert lines[4] == "  |          ^^"


def test_a_very_long_line_is_cut() -> None:
    """A line of a megabyte does not fill the screen."""
    item = Diagnostic(code="IRK103", summary="x", at=Label(span=span(1, 1, 90_000)))
    assert all(len(line) < 200 for line in render([item], {"p.yaml": "x" * 90_000}).splitlines())


def test_painting_touches_the_look_only() -> None:
    """Every piece is offered to the caller, and removing the paint gives the plain text."""
    seen: set[Piece] = set()

    def paint(piece: Piece, text: str) -> str:
        seen.add(piece)
        return f"<{text}>"

    painted = render([UNKNOWN], {"p.yaml": SOURCE}, paint=paint)
    assert painted.replace("<", "").replace(">", "") == render(
        [UNKNOWN], {"p.yaml": SOURCE}
    ).replace(">", "")
    assert {Piece.ERROR, Piece.SUMMARY, Piece.GUTTER, Piece.HELP} <= seen


def test_json_lines_are_one_object_a_line() -> None:
    """The JSON form has the same fields, one diagnostic a line."""
    lines = render_json([UNKNOWN, UNKNOWN]).splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0]) == {
        "code": "IRK102",
        "severity": "error",
        "summary": "unknown parameter `usr` of action `okta.user.suspend`",
        "at": {
            "file": "p.yaml",
            "line": 5,
            "column": 7,
            "end_line": 5,
            "end_column": 10,
            "text": "did you mean `user`?",
        },
        "also": [],
        "help": "run `irkit actions show okta.user.suspend`",
    }


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        ([], "no problems"),
        (["error"], "1 error"),
        (["error", "warning", "error"], "2 errors, 1 warning"),
        (["note"], "1 note"),
    ],
)
def test_totals_are_said_in_words(severities: list[str], expected: str) -> None:
    """The last line of a check."""
    items = [Diagnostic(code="IRK000", summary="", severity=Severity(s)) for s in severities]
    assert totals(items) == expected
