"""An honest trail of one small incident, and the means to write a dishonest one.

`Story` writes through the real journal. `rebuild` is what somebody with the stolen trail key can
do: write the whole journal again around other records.
"""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from irkit.canonical import Json, JsonObject, canonical, digest, digest_bytes
from irkit.model.approval import Decision, Statement, TrailView
from irkit.model.display import display_text
from irkit.model.plan import Plan
from irkit.trail import requests, sshsig, wire
from irkit.trail.approvals import sign_statement
from irkit.trail.chain import Chain, frame
from irkit.trail.journal import Journal
from irkit.trail.keys import FileSigner
from irkit.trail.layout import Layout
from irkit.trail.merkle import leaf_hash
from irkit.trail.note import Checkpoint, VerifierKey
from irkit.trail.record import Actor, Draft, Place, Record, decode_line, encode_line, record_of
from irkit.trail.signing_keys import FileKey, SigningKey
from irkit.trail.verdict import Anchor

ORIGIN = "acme.example/irkit/test"
RUN = "01JDC0000000000000000000R1"
ALICE, BOB, CAROL, DAVE = "alice@acme", "bob@acme", "carol@acme", "dave@acme"
ENGINE = Actor(id=ALICE, kind="person", auth="os-user")
ALONE: JsonObject = {
    "roles": ["ir-oncall"],
    "reversal": ["EXACT"],
    "blast": ["principal"],
    "at_most": 2,
}
NEED: JsonObject = {
    "need": 2,
    "roles": ["ir-oncall"],
    "exclude_requester": True,
    "valid_s": 1800,
}


class Ticks:
    """A clock that moves on by a second whenever it is read."""

    def __init__(self) -> None:
        """Start in the night of the incident."""
        self.now = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the next second."""
        self.now += timedelta(seconds=1)
        return self.now


def seeded_key(name: str) -> FileKey:
    """Return the same key for the same name, so that tests repeat exactly."""
    seed = digest_bytes(name.encode()).removeprefix("sha256:")
    return FileKey(private=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)))


KEYS = {name: seeded_key(name) for name in (ALICE, BOB, CAROL, DAVE)}


def signer_line(name: str, key: SigningKey, options: str = "") -> JsonObject:
    """Return a signer as a policy lists it."""
    line = f"{name} {options + ' ' if options else ''}{wire.public_line(key.blob)}"
    return {"line": line, "fingerprint": wire.fingerprint(key.blob)}


def make_policy(**more: Json) -> JsonObject:
    """Return a policy of three approvers, two of them on call."""
    return {
        "v": 1,
        "mode": "live",
        "signers": [signer_line(name, KEYS[name]) for name in (ALICE, BOB, CAROL, DAVE)],
        "roles": {"ir-oncall": [ALICE, BOB, CAROL]},
        "approvals": {"alone": ALONE},
        **more,
    }


def make_change(name: str, after: Json = None) -> JsonObject:
    """Return one planned write."""
    target = {"kind": "okta.user", "tenant": "okta:00o1", "id": f"00u{name}", "label": name}
    return {
        "id": name,
        "target": target,
        "verb": "suspend",
        "before": {"status": "ACTIVE"},
        "after": {"status": "SUSPENDED"} if after is None else after,
        "saved": None,
        "needs": [],
    }


def make_part(name: str, *changes: JsonObject, need: JsonObject = NEED) -> JsonObject:
    """Return one part of a plan."""
    step: JsonObject = {
        "path": name,
        "action": "okta.user.suspend",
        "version": 1,
        "connection": "okta",
        "arguments": {"user": "alice"},
        "title": "suspend",
        "effect": "IDEMPOTENT",
        "reversal": "EXACT",
        "blast": "principal",
        "because": "",
        "changes": list(changes),
        "already": [],
        "undoes": "",
    }
    return {
        "id": name,
        "phase": name,
        "need": need,
        "unknowns": [],
        "steps": [step],
        "hold": "watch",
    }


LATE: JsonObject = {"status": "SUSPENDED", "since": {"$late": "provider_now"}}
CONTAIN = make_part("contain", make_change("suspend"), make_change("cut", LATE))


@dataclass(slots=True)
class Story:
    """Writes one run step by step; every method appends one record and returns it."""

    journal: Journal
    clock: Callable[[], datetime]
    run: str = RUN
    mode: str = "live"
    requester: str = ALICE
    nonce: str = "nonce-1"
    policy: JsonObject = field(default_factory=make_policy)
    parts: list[JsonObject] = field(default_factory=list)

    @classmethod
    def begin(
        cls,
        directory: Path,
        signer: FileSigner,
        clock: Callable[[], datetime],
        policy: "JsonObject | None" = None,
    ) -> "Story":
        """Begin a trail."""
        chosen = policy or make_policy()
        journal = Journal.create(
            directory, origin=ORIGIN, signer=signer, policy=chosen, clock=clock
        )
        return cls(journal, clock, policy=chosen)

    def add(self, kind: str, body: JsonObject, *, run: bool = True) -> Record:
        """Append one record."""
        draft = Draft(type=kind, run=self.run if run else None, actor=ENGINE, body=body)
        return self.journal.append(draft)[0]

    def open(self) -> Record:
        """Open the run."""
        body: JsonObject = {
            "mode": self.mode,
            "case": "teal-otter",
            "requester": self.requester,
            "title": "session theft",
            "playbook": "session-theft",
        }
        return self.add("run.opened", body)

    @property
    def header(self) -> JsonObject:
        """The header of the plan."""
        return {
            "playbook": "session-theft",
            "playbook_digest": digest_bytes(b"irkit: 1\n"),
            "title": "session theft",
            "inputs": {"user": "alice"},
            "tenants": ["okta:00o1"],
            "mode": self.mode,
            "policy": digest(self.policy),
            "guards": ["protected"],
            "irkit": "0.1.0",
            "actions": {"okta.user.suspend": 1},
            "observed_at": "2026-11-24T03:00:00.000Z",
            "undoes": "",
        }

    def propose(self, *parts: JsonObject) -> Record:
        """Propose the plan."""
        content: JsonObject = {"v": 1, "header": self.header, "parts": list(parts)}
        self.parts = list(parts)
        body: JsonObject = {
            "header": digest(self.header),
            "parts": [{"id": p["id"], "digest": self.part_digest(p)} for p in parts],
            "blob": self.journal.blobs.put(canonical(content)),
            "nonce": self.nonce,
            "requester": self.requester,
        }
        return self.add("plan.proposed", {**body, **self.request(body)})

    def request(self, body: JsonObject, key: SigningKey | None = None) -> JsonObject:
        """Return what the requester's or another's key adds to the body of a proposal."""
        signed = requests.statement(body, origin=ORIGIN, run=self.run, mode=self.mode)
        signature = sshsig.sign(
            canonical(signed),
            key=key or KEYS[self.requester],
            namespace=requests.namespace_of(self.mode),
        )
        return {"request": signed, "sig": signature.decode("ascii")}

    def extend(self, part: JsonObject) -> Record:
        """Add a part to the plan."""
        self.parts.append(part)
        body: JsonObject = {
            "header": digest(self.header),
            "part": {"id": part["id"], "digest": self.part_digest(part)},
            "blob": self.journal.blobs.put(canonical({"v": 1, "part": part})),
            "reason": "known now",
            "nonce": self.nonce,
        }
        return self.add("plan.extended", body)

    def shown(self, wanted: Sequence[str]) -> str:
        """Return the text that is shown to who approves the parts `wanted`."""
        plan = Plan.from_json({"header": self.header, "parts": list(self.parts)})
        ids = [str(p["id"]) for p in self.parts if self.part_digest(p) in wanted]
        return display_text(plan, ids, run=self.run, requester=self.requester)

    def part_digest(self, part: JsonObject) -> str:
        """Return the digest of a part under this plan's header."""
        return digest({"header": digest(self.header), "part": part})

    def statement(self, approver: str, part: JsonObject = CONTAIN, **changed: Any) -> Statement:
        """Return what `approver` would sign now; `changed` replaces fields of it."""
        now, head = self.clock(), self.journal.head()
        parts = changed.get("parts", (self.part_digest(part),))
        statement = Statement(
            origin=ORIGIN,
            run=self.run,
            mode=self.mode,
            header=digest(self.header),
            parts=parts,
            policy=digest(self.policy),
            decision=Decision.APPROVE,
            approver=approver,
            requester=self.requester,
            nonce=self.nonce,
            nb=now,
            exp=now + timedelta(minutes=30),
            display=digest_bytes(self.shown(parts).encode()),
            trail=TrailView(size=head.size, root=base64.b64encode(head.root).decode()),
        )
        return replace(statement, **changed)

    def approve(self, approver: str, key: SigningKey | None = None, **changed: Any) -> Record:
        """Append an approval signed by `approver`'s or another key."""
        statement = self.statement(approver, **changed)
        return self.add_approval(statement, sign_statement(statement, key or KEYS[approver]))

    def add_approval(
        self, statement: Statement, signature: bytes, *, run: bool = True, **more: Json
    ) -> Record:
        """Append a signed statement as it is."""
        body: JsonObject = {
            "statement": statement.to_json(),
            "sig": signature.decode(),
            "display": self.journal.blobs.put(self.shown(statement.parts).encode()),
            **more,
        }
        return self.add("approval", body, run=run)

    def intend(
        self,
        change: JsonObject,
        approvals: Iterable[Record],
        part: JsonObject = CONTAIN,
        **changed: Json,
    ) -> Record:
        """Append the intent of one change."""
        resolved = change["after"]
        if resolved == LATE:
            resolved = {"status": "SUSPENDED", "since": "2026-11-24T03:05:00Z"}
        body: dict[str, Json] = {
            "part": self.part_digest(part),
            "change": change["id"],
            "digest": digest(change),
            "attempt": 1,
            "resolved": resolved,
            "approvals": [record.n for record in approvals],
        }
        return self.add("step.intent", {**body, **changed})

    def result(self, intent: Record, outcome: str = "changed") -> Record:
        """Append the result of an intent."""
        body: JsonObject = {
            "intent": intent.n,
            "change": intent.body["change"],
            "outcome": outcome,
            "status": 200,
            "request_ids": ["req-1"],
            "duration_ms": 12,
        }
        return self.add("step.result", body)

    def close(self, outcome: str = "contained") -> Record:
        """Close the run."""
        count = sum(1 for _ in self.journal.replay(self.run)) + 1
        return self.add("run.closed", {"count": count, "outcome": outcome})

    def planned(self) -> "Story":
        """Go as far as a proposed plan."""
        self.open()
        blob = self.journal.blobs.put(b"irkit: 1\n")
        self.add("playbook.loaded", {"digest": blob, "blob": blob, "commit": ""})
        self.add("targets.resolved", {"inputs": {"user": "alice"}})
        self.propose(CONTAIN)
        return self

    def approved(self) -> tuple[Record, Record]:
        """Let both people on call approve."""
        return self.approve(BOB), self.approve(CAROL)

    def whole(self) -> "Story":
        """Tell the whole honest story."""
        self.planned()
        votes = self.approved()
        for change in changes_of(CONTAIN):
            intent = self.intend(change, votes)
            self.result(intent)
            self.add("step.verified", {"change": change["id"], "how": "read back"})
        self.close()
        return self


def changes_of(part: JsonObject) -> tuple[JsonObject, ...]:
    """Return the changes of a part."""
    steps = cast("list[JsonObject]", part["steps"])
    return tuple(c for step in steps for c in cast("list[JsonObject]", step["changes"]))


def records_of(directory: Path) -> list[Record]:
    """Read all records of a trail without checking anything."""
    lines = Layout(directory=directory).journal.read_bytes().split(b"\n")
    return [decode_line(line) for line in lines if line.startswith(b"{")]


def as_draft(record: Record) -> Draft:
    """Return the draft a record was made of."""
    return Draft(type=record.type, run=record.run, actor=record.actor, body=record.body)


def rebuild(
    directory: Path,
    signer: FileSigner,
    drafts: Sequence[tuple[Draft, Record]],
    backwards: int | None = None,
) -> None:
    """Write the journal again around `drafts`, each in the place of a record, validly signed.

    The record `backwards` gets a time before the one of the record before it.
    """
    layout = Layout(directory=directory)
    key = VerifierKey(name=ORIGIN, public=signer.public)
    chain, data = Chain(), b""
    for index, (draft, old) in enumerate(drafts):
        chain.origin, chain.keys = ORIGIN, {str(key): key}
        place = Place(
            n=index,
            prev=chain.prev,
            ts=drafts[0][1].ts if index == backwards else old.ts,
            boot=old.boot,
            mono=old.mono,
            c=index,
            rn=chain.next_index(draft.run),
        )
        line = encode_line(draft, canonical(draft.body), place)
        chain.advance(record_of(draft, place, leaf_hash(line)))
        checkpoint = Checkpoint(origin=ORIGIN, size=index + 1, root=chain.frontier.root())
        note = checkpoint.sign(key, signer.sign)
        chain.close(note, check_signature=False)
        data += line + b"\n" + frame(note) + b"\n"
    layout.journal.write_bytes(data)


def anchor_of(story: Story, source: str) -> Anchor:
    """Return what an outside party remembers of the trail as it is now."""
    head = story.journal.head()
    return Anchor(source=source, size=head.size, root=base64.b64encode(head.root).decode())


def placed(records: Iterable[Record]) -> list[tuple[Draft, Record]]:
    """Return records as `rebuild` takes them."""
    return [(as_draft(record), record) for record in records]
