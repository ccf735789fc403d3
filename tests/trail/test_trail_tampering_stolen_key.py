"""Tampering with the stolen trail key: everything is signed again, and approvers remember."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from trail_story import BOB, ORIGIN, Story, Ticks, anchor_of, as_draft, placed, rebuild, records_of

from irkit.canonical import JsonObject
from irkit.diagnostics import IrkitError
from irkit.trail.journal import Journal
from irkit.trail.keys import FileSigner, create_key_file
from irkit.trail.note import VerifierKey
from irkit.trail.record import Draft, Record
from irkit.trail.verdict import Anchor, Outcome, Verdict
from irkit.trail.verify import verify

Edit = Callable[[list[Record]], list[tuple[Draft, Record]]]


@pytest.fixture
def story(trail: Path, signer: FileSigner, clock: Ticks) -> Story:
    """Tell an honest story."""
    return Story.begin(trail, signer, clock).whole()


def codes(verdict: Verdict) -> list[str]:
    """Return the codes of all findings in their order."""
    return [finding.code for finding in verdict.findings]


def edit_before_approvals(records: list[Record]) -> list[tuple[Draft, Record]]:
    """Change what was recorded before the approvals."""
    changed = placed(records)
    draft, old = changed[3]
    assert draft.type == "targets.resolved"
    changed[3] = (replace(draft, body={"inputs": {"user": "mallory"}}), old)
    return changed


def drop_run(records: list[Record]) -> list[tuple[Draft, Record]]:
    """Drop an earlier run and keep a later one."""
    return placed(r for r in records if r.run != "earlier")


def drop_approval(records: list[Record]) -> list[tuple[Draft, Record]]:
    """Drop one approval and number everything again."""
    kept = [r for r in records if r.type != "approval" or r.n == 5]
    moved: list[tuple[Draft, Record]] = []
    for record in kept:
        draft = as_draft(record)
        if record.type == "step.intent":
            draft = replace(draft, body={**record.body, "approvals": [5]})
        elif record.type == "step.result":
            intent = record.body["intent"]
            assert isinstance(intent, int)
            draft = replace(draft, body={**record.body, "intent": intent - 1})
        elif record.type == "run.closed":
            draft = replace(draft, body={**record.body, "count": len(kept) - 1})
        moved.append((draft, record))
    return moved


def test_honest_rebuild_is_no_alarm(trail: Path, signer: FileSigner, story: Story) -> None:
    """The forger's tool itself adds nothing that verification would find."""
    rebuild(trail, signer, placed(records_of(trail)))
    assert codes(verify(trail)) == []


def test_edit_before_approvals(trail: Path, signer: FileSigner, story: Story) -> None:
    """Approvers signed the history they were shown; another one makes their approvals void."""
    rebuild(trail, signer, edit_before_approvals(records_of(trail)))
    verdict = verify(trail)
    assert verdict.outcome is Outcome.TAMPERED
    assert codes(verdict)[0] == "approval.trail-view"
    assert {"step.no-quorum"} <= set(codes(verdict))
    assert verdict.first is not None
    assert verdict.first.place.record == 5


def test_run_dropped(trail: Path, signer: FileSigner, clock: Ticks) -> None:
    """Dropping an earlier run breaks the view of every approver after it."""
    story = Story.begin(trail, signer, clock)
    story.run = "earlier"
    story.open()
    story.close("cancelled")
    story.run = "later"
    story.whole()
    rebuild(trail, signer, drop_run(records_of(trail)))
    assert codes(verify(trail))[0] == "approval.trail-view"


def test_approval_dropped(trail: Path, signer: FileSigner, story: Story) -> None:
    """Without one of its approvals a change has no quorum."""
    rebuild(trail, signer, drop_approval(records_of(trail)))
    verdict = verify(trail)
    assert verdict.first is not None
    assert (verdict.first.code, verdict.first.place.record) == ("step.no-quorum", 6)


def test_edit_after_the_last_approval_needs_an_anchor(
    trail: Path, signer: FileSigner, story: Story
) -> None:
    """What came after the last approval can be rewritten; an anchor from the end shows it."""
    memory = anchor_of(story, "mail")
    changed = placed(records_of(trail))
    draft, old = changed[8]
    assert draft.type == "step.result"
    changed[8] = (replace(draft, body={**draft.body, "request_ids": ["forged"]}), old)
    rebuild(trail, signer, changed)
    assert verify(trail).outcome is Outcome.CONSISTENT
    assert codes(verify(trail, anchors=(memory,))) == ["anchor.fork"]


def test_two_roots_for_one_size(trail: Path, story: Story) -> None:
    """Two outside memories of one size that differ prove that the trail showed two faces."""
    memory = anchor_of(story, "witness A")
    other = Anchor(source="witness B", size=memory.size, root="A" * 43 + "=")
    assert codes(verify(trail, anchors=(memory, other))) == ["anchor.split-view"]


def test_shown_another_history(trail: Path, signer: FileSigner, clock: Ticks) -> None:
    """An approver who was shown another history than the trail's gives no valid approval."""
    story = Story.begin(trail, signer, clock).planned()
    view = replace(story.statement(BOB).trail, root="A" * 43 + "=")
    story.approve(BOB, trail=view)
    assert codes(verify(trail)) == ["approval.trail-view"]


def test_approval_of_the_future(trail: Path, signer: FileSigner, clock: Ticks) -> None:
    """An approval cannot speak of a size the trail had not reached."""
    story = Story.begin(trail, signer, clock).planned()
    view = replace(story.statement(BOB).trail, size=50)
    story.approve(BOB, trail=view)
    assert codes(verify(trail)) == ["approval.trail-view"]


@pytest.mark.parametrize("kind", ["key.introduced", "key.rotated"])
def test_rotation_to_an_unknown_key(
    kind: str, trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """A new trail key counts only if it is pinned, by the auditor or by the policy."""
    story = Story.begin(trail, signer, clock).whole()
    old = VerifierKey(name=ORIGIN, public=signer.public)
    new = VerifierKey(name=ORIGIN, public=create_key_file(tmp_path / "new").public)
    record = story.add(kind, {"vkey": str(new), "old": str(old)}, run=False)
    verdict = verify(trail, vkeys=(old,))
    assert verdict.first is not None
    assert (verdict.first.code, verdict.first.place.record) == ("key.untrusted", record.n)
    assert codes(verify(trail, vkeys=(old, new))) == []


def test_key_outside_the_policy(
    trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """A policy that pins trail keys refuses another one without any help from the auditor."""
    old = VerifierKey(name=ORIGIN, public=signer.public)
    new = VerifierKey(name=ORIGIN, public=create_key_file(tmp_path / "new").public)
    policy: JsonObject = {"v": 1, "trail_keys": [str(old)]}
    story = Story.begin(trail, signer, clock, policy=policy)
    story.add("key.introduced", {"vkey": str(new)}, run=False)
    assert codes(verify(trail)) == ["key.untrusted"]


def test_rotated_key_signs_on(
    trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """After a rotation the new key signs, and the old one does not any more."""
    story = Story.begin(trail, signer, clock).whole()
    successor = create_key_file(tmp_path / "new")
    old = VerifierKey(name=ORIGIN, public=signer.public)
    new = VerifierKey(name=ORIGIN, public=successor.public)
    story.add("key.rotated", {"vkey": str(new), "old": str(old)}, run=False)
    assert codes(verify(trail)) == []
    with pytest.raises(IrkitError, match="IRK706"):
        story.add("note", {}, run=False)
    with Journal.open(trail, signer=successor, clock=clock) as journal:
        journal.append(Draft(type="note", actor=records_of(trail)[0].actor, body={}))
    assert codes(verify(trail, deep=True)) == []
