"""Signed requests: in a live workspace, a name in a record does not prove who asked."""

from pathlib import Path
from typing import Any

import pytest
from trail_story import ALICE, BOB, KEYS, Story, Ticks, make_policy, signer_line

from irkit.canonical import Json, JsonObject, canonical, digest
from irkit.trail import wire
from irkit.trail.keys import FileSigner
from irkit.trail.record import Record
from irkit.trail.signing_keys import SigningKey
from irkit.trail.verify import verify


def found(trail: Path) -> tuple[str, int | None] | None:
    """Return the code and record of the first finding, if there is one."""
    return next(((f.code, f.place.record) for f in verify(trail).findings), None)


def proposed(
    story: Story,
    signed: "JsonObject | None" = None,
    key: SigningKey | None = None,
    **more: Json,
) -> Record:
    """Propose an empty plan; sign it as `signed` says, or with `key`; `more` comes after that."""
    content: JsonObject = {"v": 1, "header": story.header, "parts": []}
    body: JsonObject = {
        "header": digest(story.header),
        "parts": [],
        "blob": story.journal.blobs.put(canonical(content)),
        "nonce": "n",
        "requester": story.requester,
    }
    request = story.request({**body, **(signed or {})}, key)
    return story.add("plan.proposed", {**body, **request, **more})


REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "nobody signed": ({"request": None, "sig": None}, "plan.unsigned"),
    "no statement": ({"request": None}, "plan.unsigned"),
    "another plan": ({"signed": {"header": digest({})}}, "plan.request"),
    "another person": ({"signed": {"requester": BOB}}, "plan.request"),
    "another's key": ({"key": KEYS[BOB]}, "plan.requester"),
    "no signature": ({"sig": "none"}, "plan.request-signature"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_that_its_person_did_not_sign(
    name: str, trail: Path, signer: FileSigner, clock: Ticks
) -> None:
    """In a live workspace whoever asks signs for exactly this plan; anything else is found."""
    changed, code = REQUESTS[name]
    story = Story.begin(trail, signer, clock)
    story.open()
    assert found(trail) is None
    record = proposed(story, **changed)
    assert found(trail) == (code, record.n)


def test_a_drill_may_go_unsigned(trail: Path, signer: FileSigner, clock: Ticks) -> None:
    """In a drill nobody has to sign; whoever does is checked all the same."""
    story = Story.begin(trail, signer, clock, policy=make_policy(mode="drill"))
    story.mode = "drill"
    story.open()
    proposed(story, request=None, sig=None)
    assert found(trail) is None
    story.run = "01JDC0000000000000000000R2"
    story.open()
    record = proposed(story, nonce="other")
    assert found(trail) == ("plan.request", record.n)


@pytest.mark.parametrize("option", ['valid-before="20261101Z"', 'valid-after="20270101Z"'])
def test_a_request_with_a_key_outside_its_time(
    option: str, trail: Path, signer: FileSigner, clock: Ticks
) -> None:
    """A key that has ended, or does not count yet, does not prove who asked."""
    lines: list[Json] = [signer_line(ALICE, KEYS[ALICE], option), signer_line(BOB, KEYS[BOB])]
    story = Story.begin(trail, signer, clock, policy=make_policy(signers=lines))
    story.open()
    record = proposed(story)
    assert found(trail) == ("plan.requester", record.n)


def test_a_request_with_a_revoked_key(trail: Path, signer: FileSigner, clock: Ticks) -> None:
    """Nor does a key that was revoked before."""
    story = Story.begin(trail, signer, clock)
    fingerprint = wire.fingerprint(KEYS[ALICE].blob)
    story.add("key.revoked", {"fingerprint": fingerprint, "principal": ALICE}, run=False)
    story.open()
    record = proposed(story)
    assert found(trail) == ("plan.requester", record.n)
