"""The reports, byte by byte."""

import pytest
from expected_text import expect
from golden_story import told
from lapsus_run import contained_run, partial_run

from irkit.report.render import COMMS_DRAFT, Format, render


@pytest.mark.parametrize("format_", ["md", "html", "json"])
def test_after_action_report_is_as_kept(format_: Format) -> None:
    """The report of a night that ended as partial is as it was reviewed."""
    expect(f"after-action.{format_}", render(told(partial_run()), format_))


def test_report_of_an_exercise_is_as_kept() -> None:
    """A contained exercise says so, and says that it is one."""
    text = render(told(contained_run("drill")), "md")
    assert "[EXERCISE]" in text
    expect("after-action-exercise.md", text)


@pytest.mark.parametrize("ending", ["partial", "contained"])
def test_message_drafts_are_as_kept(ending: str) -> None:
    """The drafts say what is known, and not more."""
    script = partial_run() if ending == "partial" else contained_run()
    expect(f"comms-{ending}.md", render(told(script), "md", template=COMMS_DRAFT))
