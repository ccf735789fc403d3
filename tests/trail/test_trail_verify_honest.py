"""Honest trails raise no alarm."""

from pathlib import Path

import pytest
from trail_story import Story, Ticks, make_policy

from irkit.canonical import digest
from irkit.trail.keys import FileSigner
from irkit.trail.note import VerifierKey
from irkit.trail.verdict import Outcome
from irkit.trail.verify import verify


@pytest.mark.parametrize("deep", [False, True])
def test_whole_story_has_no_finding(
    deep: bool, trail: Path, signer: FileSigner, clock: Ticks
) -> None:
    """A run from plan to close verifies without any finding, quickly and deeply."""
    story = Story.begin(trail, signer, clock).whole()
    key = VerifierKey(name=story.journal.origin, public=signer.public)
    verdict = verify(
        trail,
        vkeys=(key,),
        origin=story.journal.origin,
        genesis_policy=digest(make_policy()),
        policy=digest(make_policy()),
        deep=deep,
    )
    assert verdict.findings == ()
    assert verdict.size == story.journal.head().size
    assert verdict.outcome is Outcome.CONSISTENT
