"""Approvals that must not count, and an executor that does what was not approved."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from trail_story import (
    ALICE,
    BOB,
    CAROL,
    CONTAIN,
    DAVE,
    KEYS,
    RUN,
    Story,
    Ticks,
    changes_of,
    make_change,
    make_part,
    make_policy,
    placed,
    rebuild,
    records_of,
    seeded_key,
    signer_line,
)

from irkit.canonical import Json, JsonObject, canonical, digest, digest_bytes
from irkit.model.approval import Decision, Statement
from irkit.trail import answers, sshsig, wire
from irkit.trail.approvals import sign_statement
from irkit.trail.keys import FileSigner
from irkit.trail.record import Record
from irkit.trail.signing_keys import FileKey
from irkit.trail.verdict import Outcome
from irkit.trail.verify import verify

FIRST, SECOND = changes_of(CONTAIN)
Begin = Callable[..., Story]


@pytest.fixture
def begin(trail: Path, signer: FileSigner, clock: Ticks) -> Begin:
    """Return a function that begins a trail under a policy and goes as far as a plan."""

    def start(**policy: Json) -> Story:
        made = make_policy(**policy)
        return Story.begin(trail, signer, clock, policy=made).planned()

    return start


def first(trail: Path) -> tuple[str, int | None]:
    """Return the code and record of the first finding."""
    verdict = verify(trail)
    assert verdict.outcome is Outcome.TAMPERED
    assert verdict.first is not None
    return verdict.first.code, verdict.first.place.record


STATEMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "35 other plan": ({"header": "sha256:" + "0" * 64}, "approval.plan"),
    "35 other part": ({"parts": ("sha256:" + "0" * 64,)}, "approval.scope"),
    "36 other run": ({"run": "01JDC0000000000000000000R0"}, "approval.wrong-run"),
    "37 drill": ({"mode": "drill"}, "approval.mode"),
    "47 wrong nonce": ({"nonce": "nonce-0"}, "approval.nonce"),
    "other origin": ({"origin": "elsewhere"}, "approval.origin"),
    "other policy": ({"policy": "sha256:" + "0" * 64}, "approval.policy"),
    "other requester": ({"requester": DAVE}, "approval.requester"),
    "other text": ({"display": "sha256:" + "0" * 64}, "approval.display"),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_that_does_not_fit(name: str, trail: Path, begin: Begin) -> None:
    """A statement about anything else than this plan in this run gives its own finding."""
    changed, code = STATEMENTS[name]
    record = begin().approve(BOB, **changed)
    assert first(trail) == (code, record.n)


def test_replay_from_an_earlier_run(trail: Path, begin: Begin) -> None:
    """An approval of an earlier run, pasted into another, is not an approval of it."""
    story = begin()
    old = story.approve(BOB)
    story.run, story.nonce = "01JDC0000000000000000000R2", "nonce-2"
    story.planned()
    again = story.add("approval", old.body)
    assert first(trail) == ("approval.wrong-run", again.n)


def test_expired(trail: Path, begin: Begin, clock: Ticks) -> None:
    """An approval that is added after its window is none."""
    story = begin()
    statement = story.statement(BOB)
    clock.now += timedelta(hours=1)
    record = story.add_approval(statement, sign_statement(statement, KEYS[BOB]))
    assert first(trail) == ("approval.window", record.n)


def test_expired_before_use(trail: Path, begin: Begin, clock: Ticks) -> None:
    """An approval counts until it ends, at each intent, not only when it came."""
    story = begin()
    votes = story.approved()
    story.result(story.intend(FIRST, votes))
    clock.now += timedelta(minutes=31)
    late = story.intend(SECOND, votes)
    assert first(trail) == ("step.no-quorum", late.n)


def test_recorded_a_moment_after_expiry_is_honest(trail: Path, begin: Begin, clock: Ticks) -> None:
    """The executor's look at the clock comes before its record: a few seconds are no alarm."""
    story = begin()
    votes = story.approved()
    statement = Statement.from_json(votes[0].body["statement"])
    clock.now = statement.exp + timedelta(seconds=1)
    story.result(story.intend(FIRST, votes))
    assert verify(trail).findings == ()


def test_self_approval(trail: Path, begin: Begin) -> None:
    """Whoever asked for the run may not approve it where the need excludes the requester."""
    record = begin().approve(ALICE)
    assert first(trail) == ("approval.self", record.n)


def test_same_approver_twice(trail: Path, begin: Begin) -> None:
    """Two approvals of one person are one."""
    story = begin()
    intent = story.intend(FIRST, (story.approve(BOB), story.approve(BOB)))
    assert first(trail) == ("step.no-quorum", intent.n)


def test_malleated_duplicate(trail: Path, begin: Begin) -> None:
    """The same statement with the other valid ECDSA signature is not a second approval."""
    key = FileKey(private=ec.derive_private_key(7, ec.SECP256R1()))
    story = begin(
        signers=[signer_line(name, KEYS[name]) for name in (ALICE, CAROL)]
        + [signer_line(BOB, key)],
    )
    statement = story.statement(BOB)
    signature = sign_statement(statement, key)
    twin = malleated(signature)
    assert twin != signature
    votes = (
        story.add_approval(statement, signature),
        story.add_approval(statement, twin),
    )
    intent = story.intend(FIRST, votes)
    assert first(trail) == ("step.no-quorum", intent.n)


def malleated(armored: bytes) -> bytes:
    """Return the other valid ECDSA signature: s replaced by the group's order minus s."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    signed = sshsig.SshSig.parse(armored)
    outer = wire.Reader(signed.signature)
    kind, numbers = outer.string(), wire.Reader(outer.string())
    r, s = numbers.mpint(), numbers.mpint()
    inner = wire.mpint(r) + wire.mpint(order - s)
    return sshsig.SshSig(
        key=signed.key,
        namespace=signed.namespace,
        hash_algorithm=signed.hash_algorithm,
        signature=wire.string(kind) + wire.string(inner),
    ).armor()


def test_wrong_role(trail: Path, begin: Begin) -> None:
    """An approver without any of the roles asked for does not count."""
    record = begin().approve(DAVE)
    assert first(trail) == ("approval.role", record.n)


def test_signed_by_another_key(trail: Path, begin: Begin) -> None:
    """A statement in Bob's name signed with Carol's key is not Bob's."""
    record = begin().approve(BOB, KEYS[CAROL])
    assert first(trail) == ("approval.key-mismatch", record.n)


def test_stranger(trail: Path, begin: Begin) -> None:
    """Somebody the policy does not list is no approver."""
    record = begin().approve("eve@acme", seeded_key("eve"))
    assert first(trail) == ("approval.unknown-signer", record.n)


@pytest.mark.parametrize("namespace", ["git", "irkit.drill-approval.v1", "file"])
def test_other_namespace(namespace: str, trail: Path, begin: Begin) -> None:
    """A signature made for another purpose is not an approval."""
    story = begin()
    statement = story.statement(BOB)
    signature = sshsig.sign(statement.canonical(), key=KEYS[BOB], namespace=namespace)
    record = story.add_approval(statement, signature)
    assert first(trail) == ("approval.signature", record.n)


def test_signature_of_another_statement(trail: Path, begin: Begin) -> None:
    """A statement changed after it was signed fails."""
    story = begin()
    signature = sign_statement(story.statement(BOB), KEYS[BOB])
    record = story.add_approval(story.statement(BOB), signature)
    assert first(trail) == ("approval.signature", record.n)


def test_malformed_statement(trail: Path, begin: Begin) -> None:
    """A body that is no statement is found, not skipped."""
    record = begin().add("approval", {"statement": {"v": 1}, "sig": ""})
    assert first(trail) == ("approval.not-canonical", record.n)


def test_revoked_key_in_policy(trail: Path, begin: Begin) -> None:
    """A key the policy lists as revoked does not approve after that moment."""
    fingerprint = wire.fingerprint(KEYS[BOB].blob)
    story = begin(revoked={fingerprint: "2026-11-24T03:00:05.000Z"})
    assert first_code(story, BOB, trail) == "approval.key-revoked"


def test_revoked_key_by_record(trail: Path, begin: Begin) -> None:
    """A revocation in the trail counts from its own time on, not before."""
    story = begin()
    story.approve(BOB)
    assert verify(trail).findings == ()
    fingerprint = wire.fingerprint(KEYS[BOB].blob)
    story.add("key.revoked", {"fingerprint": fingerprint}, run=False)
    assert first_code(story, BOB, trail) == "approval.key-revoked"


def test_key_outside_its_time(trail: Path, begin: Begin) -> None:
    """`valid-before` of allowed_signers is kept."""
    old = signer_line(BOB, KEYS[BOB], 'valid-before="20261101Z"')
    story = begin(signers=[old, *(signer_line(name, KEYS[name]) for name in (ALICE, CAROL))])
    assert first_code(story, BOB, trail) == "approval.key-validity"


def first_code(story: Story, approver: str, trail: Path) -> str:
    """Let `approver` approve and return the finding this gives."""
    record = story.approve(approver)
    code, place = first(trail)
    assert place == record.n
    return code


def test_scope_lacks_the_step(trail: Path, begin: Begin) -> None:
    """Approving one part approves no other."""
    other = make_part("later", make_change("rotate"))
    story = begin()
    votes = story.approved()
    story.extend(other)
    (change,) = changes_of(other)
    intent = story.intend(change, votes, part=other)
    assert first(trail) == ("step.no-quorum", intent.n)


def test_denial_ignored(trail: Path, begin: Begin) -> None:
    """One denial stops the part, however many approve."""
    story = begin()
    votes = story.approved()
    story.approve(DAVE, decision=Decision.DENY)
    intent = story.intend(FIRST, votes)
    assert first(trail) == ("step.denied", intent.n)


def test_revocation_ignored(trail: Path, begin: Begin) -> None:
    """An approval taken back is missing from the quorum."""
    story = begin()
    votes = story.approved()
    story.approve(BOB, decision=Decision.REVOKE)
    intent = story.intend(FIRST, votes)
    assert first(trail) == ("step.no-quorum", intent.n)


def test_part_with_unknowns(trail: Path, signer: FileSigner, clock: Ticks) -> None:
    """A part in which something is not known yet cannot be approved."""
    part: JsonObject = {**CONTAIN, "unknowns": [{"path": "contain.x", "why": "not read"}]}
    story = Story.begin(trail, signer, clock)
    story.open()
    story.propose(part)
    statement = story.statement(BOB, part)
    record = story.add_approval(statement, sign_statement(statement, KEYS[BOB]))
    assert first(trail) == ("approval.unknowns", record.n)


def test_step_not_in_plan(trail: Path, begin: Begin) -> None:
    """A change that no part of the plan has is found at its intent."""
    story = begin()
    intent = story.intend(make_change("extra"), story.approved())
    assert first(trail) == ("step.not-in-plan", intent.n)


def test_arguments_differ(trail: Path, begin: Begin) -> None:
    """A planned name with other content is found, by digest and by what was sent."""
    story = begin()
    votes = story.approved()
    other = story.intend(make_change("suspend", {"status": "DELETED"}), votes)
    assert first(trail) == ("step.differs-from-plan", other.n)


def test_resolved_value_differs(trail: Path, begin: Begin) -> None:
    """Only late values may be filled in; everything else is sent as it was signed."""
    story = begin()
    sent = story.intend(FIRST, story.approved(), resolved={"status": "DELETED"})
    assert first(trail) == ("step.differs-from-plan", sent.n)


def test_result_without_intent(trail: Path, begin: Begin) -> None:
    """A result that no intent announced is found."""
    story = begin()
    story.approved()
    body: JsonObject = {"intent": 3, "change": "suspend", "outcome": "changed"}
    result = story.add("step.result", body)
    assert first(trail) == ("step.result-without-intent", result.n)


def test_result_twice(trail: Path, begin: Begin) -> None:
    """An intent has one result."""
    story = begin()
    intent = story.intend(FIRST, story.approved())
    story.result(intent)
    again = story.result(intent)
    assert first(trail) == ("step.result-twice", again.n)


@pytest.mark.parametrize("outcome", [None, "unknown"])
def test_repeated_blindly(outcome: str | None, trail: Path, begin: Begin) -> None:
    """A change is not sent again before somebody looked what became of it."""
    story = begin()
    votes = story.approved()
    intent = story.intend(FIRST, votes)
    if outcome:
        story.result(intent, outcome)
    again = story.intend(FIRST, votes)
    assert first(trail) == ("step.repeated", again.n)


def test_settled_then_repeated_is_honest(trail: Path, begin: Begin) -> None:
    """After a look that found it not made, sending again is right."""
    story = begin()
    votes = story.approved()
    intent = story.intend(FIRST, votes)
    settled: JsonObject = {"intent": intent.n, "change": "suspend", "verdict": "not_applied"}
    story.add("step.settled", settled)
    story.result(story.intend(FIRST, votes))
    assert verify(trail).findings == ()


def test_settled_without_intent(trail: Path, begin: Begin) -> None:
    """Nothing can be settled that was not intended."""
    record = begin().add("step.settled", {"intent": 99, "change": "x", "verdict": "applied"})
    assert first(trail) == ("step.settled-without-intent", record.n)


def test_appended_after_close(trail: Path, begin: Begin) -> None:
    """Nothing follows the close of a run."""
    story = begin()
    story.close()
    late = story.add("note", {"text": "one more"})
    assert first(trail) == ("run.after-close", late.n)


def test_wrong_count(trail: Path, begin: Begin) -> None:
    """A close that counts other records than there are is found."""
    closed = begin().add("run.closed", {"count": 99, "outcome": "contained"})
    assert first(trail) == ("run.count", closed.n)


def test_plan_that_is_not_its_blob(trail: Path, signer: FileSigner, clock: Ticks) -> None:
    """Digests that are not those of the stored plan are found."""
    story = Story.begin(trail, signer, clock)
    story.open()
    blob = story.journal.blobs.put(canonical({"v": 1, "header": {}, "parts": []}))
    body: JsonObject = {
        "header": digest(story.header),
        "parts": [{"id": "contain", "digest": story.part_digest(CONTAIN)}],
        "blob": blob,
        "nonce": "n",
        "requester": ALICE,
    }
    record = story.add("plan.proposed", {**body, **story.request(body)})
    assert first(trail) == ("plan.digest", record.n)


def test_nonce_of_another_run(trail: Path, begin: Begin) -> None:
    """Two runs do not share a nonce, or approvals could be replayed."""
    story = begin()
    story.run = "01JDC0000000000000000000R2"
    story.planned()
    assert first(trail)[0] == "plan.nonce"


def test_policy_changed_without_quorum(trail: Path, begin: Begin) -> None:
    """A new policy needs the approvals the old one asks for."""
    story = begin()
    new = make_policy(roles={"ir-oncall": [DAVE]})
    body: JsonObject = {
        "policy": digest(new),
        "policy_blob": story.journal.blobs.put(canonical(new)),
        "approvals": [],
    }
    record = story.add("policy.changed", body, run=False)
    assert first(trail) == ("policy.no-quorum", record.n)


def test_policy_changed_with_quorum(trail: Path, begin: Begin) -> None:
    """Two approvers of the old policy seal a new one, and it is in force afterwards."""
    story = begin()
    new = make_policy(roles={"ir-oncall": [DAVE]})
    approvals: list[Json] = [approve_policy(story, n, digest(new)) for n in (BOB, CAROL)]
    body: JsonObject = {
        "policy": digest(new),
        "policy_blob": story.journal.blobs.put(canonical(new)),
        "approvals": approvals,
    }
    story.add("policy.changed", body, run=False)
    assert verify(trail, policy=digest(new)).findings == ()


def approve_policy(story: Story, approver: str, policy: str) -> int:
    """Append `approver`'s approval of a new policy and return its index."""
    statement: Statement = story.statement(
        approver, run=None, header=policy, parts=(policy,), nonce="policy-1"
    )
    signature = sign_statement(statement, KEYS[approver])
    return story.add_approval(statement, signature, run=False).n


def alone(story: Story, name: str) -> Record:
    """Let `name` approve alone, with the reason recorded before."""
    story.add("breakglass.used", {"by": name, "reason": "nobody answers"})
    statement = story.statement(name)
    return story.add_approval(statement, sign_statement(statement, KEYS[name]), break_glass=True)


def confirm(story: Story, name: str) -> Record:
    """Let `name` confirm what was done alone."""
    statement = story.statement(name)
    signature = sign_statement(statement, KEYS[name]).decode()
    body: JsonObject = {
        "run": RUN,
        "by": name,
        "statement": statement.to_json(),
        "sig": signature,
    }
    return story.add("breakglass.confirmed", body, run=False)


def test_break_glass_is_open_until_confirmed(trail: Path, begin: Begin) -> None:
    """One person alone may act under break-glass; that stays open until somebody confirms."""
    story = begin()
    vote = alone(story, ALICE)
    story.result(story.intend(FIRST, (vote,)))
    verdict = verify(trail)
    assert [(f.code, f.place.record) for f in verdict.findings] == [("breakglass.open", vote.n)]
    assert verdict.outcome is Outcome.CONSISTENT
    confirm(story, BOB)
    assert verify(trail).findings == ()


def test_break_glass_cannot_be_confirmed_by_oneself(trail: Path, begin: Begin) -> None:
    """The person who acted alone does not confirm it."""
    story = begin()
    alone(story, CAROL)
    confirm(story, CAROL)
    assert [f.code for f in verify(trail).findings] == ["breakglass.open"]


def test_forged_confirmation(trail: Path, begin: Begin) -> None:
    """A confirmation whose signature is another's is found, and closes nothing."""
    story = begin()
    alone(story, ALICE)
    statement = story.statement(BOB)
    signature = sign_statement(statement, KEYS[CAROL]).decode()
    body: JsonObject = {"by": BOB, "statement": statement.to_json(), "sig": signature}
    record = story.add("breakglass.confirmed", body)
    assert first(trail) == ("approval.key-mismatch", record.n)
    assert "breakglass.open" in {f.code for f in verify(trail).findings}


def test_break_glass_without_a_reason(trail: Path, begin: Begin) -> None:
    """An approval that says it was given alone needs its reason on record."""
    story = begin()
    statement = story.statement(ALICE)
    signature = sign_statement(statement, KEYS[ALICE])
    record = story.add_approval(statement, signature, break_glass=True)
    assert first(trail) == ("breakglass.unrecorded", record.n)


@pytest.mark.parametrize(
    "rule",
    [
        None,
        {"roles": ["dev"], "reversal": ["EXACT"], "blast": ["principal"], "at_most": 2},
        {"roles": ["ir-oncall"], "reversal": ["ADDITIVE"], "blast": ["principal"], "at_most": 2},
        {"roles": ["ir-oncall"], "reversal": ["EXACT"], "blast": ["account"], "at_most": 2},
        {"roles": ["ir-oncall"], "reversal": ["EXACT"], "blast": ["principal"], "at_most": 1},
    ],
    ids=["no rule", "role", "reversal", "blast", "too many"],
)
def test_break_glass_beyond_its_rule(rule: Json, trail: Path, begin: Begin) -> None:
    """Acting alone beyond what the policy lets one person do is acting without quorum."""
    story = begin(approvals={"alone": rule})
    intent = story.intend(FIRST, (alone(story, ALICE),))
    assert first(trail) == ("step.no-quorum", intent.n)


def test_text_that_the_plan_does_not_read_like(trail: Path, begin: Begin) -> None:
    """A shown text that was kept and signed, and says something else than the plan, is found."""
    story = begin()
    other = b"irkit.display/v1\nnothing to worry about\n"
    statement = story.statement(BOB, display=digest_bytes(other))
    signature = sign_statement(statement, KEYS[BOB]).decode()
    body: JsonObject = {
        "statement": statement.to_json(),
        "sig": signature,
        "display": story.journal.blobs.put(other),
    }
    record = story.add("approval", body)
    assert first(trail) == ("approval.display", record.n)


def test_clock_that_goes_back(trail: Path, signer: FileSigner, begin: Begin) -> None:
    """Even a validly signed record may not be earlier than the one before."""
    story = begin()
    story.close()
    records = placed(records_of(trail))
    rebuild(trail, signer, records, backwards=len(records) - 1)
    assert first(trail) == ("record.time", len(records) - 1)


def answered(story: Story, **more: Any) -> Record:
    """Record an answer that Bob signed; `more` changes it after that."""
    values: JsonObject = {"theirs": True}
    message = answers.signed_bytes(story.run, "ask.manual", values)
    namespace = str(more.pop("namespace", answers.NAMESPACE))
    signed = sshsig.sign(message, key=KEYS[BOB], namespace=namespace).decode()
    body: JsonObject = {"step": "ask.manual", "values": values, "by": BOB, "sig": signed}
    return story.add("answer", {**body, "silent": False, **more})


def test_a_signed_answer_is_fine(trail: Path, begin: Begin) -> None:
    """As is one that nobody signed."""
    story = begin()
    answered(story)
    story.add("answer", {"step": "x", "values": {}, "by": BOB, "silent": False})
    assert verify(trail).outcome is Outcome.CONSISTENT


@pytest.mark.parametrize(("to", "fine"), [("ir-oncall", True), ("", True), ("ir-lead", False)])
def test_an_answer_of_somebody_who_was_not_asked(
    to: str, fine: bool, trail: Path, begin: Begin
) -> None:
    """A signed answer counts from somebody with the role that the question was put to."""
    story = begin()
    story.add("step.asked", {"step": "ask.manual", "to": to, "text": "?", "ask": {}})
    record = answered(story)
    if fine:
        assert verify(trail).outcome is Outcome.CONSISTENT
    else:
        assert first(trail) == ("answer.role", record.n)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"values": {"theirs": False}}, "answer.signature"),
        ({"step": "other.manual"}, "answer.signature"),
        ({"sig": "none"}, "answer.signature"),
        ({"namespace": "irkit.approval.v1"}, "answer.signature"),
        ({"by": CAROL}, "answer.signer"),
        ({"by": "nobody@acme"}, "answer.signer"),
    ],
)
def test_an_answer_that_its_person_did_not_sign(
    changed: dict[str, Any], code: str, trail: Path, begin: Begin
) -> None:
    """Other words, another question, another purpose and another person are all found."""
    record = answered(begin(), **changed)
    assert first(trail) == (code, record.n)
