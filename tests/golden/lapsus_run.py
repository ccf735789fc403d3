"""A Lapsus$-like run, record by record: what screens and reports are tested with.

A contractor's Okta session is driven by someone else and reaches three AWS accounts through
federation; one session made itself a long-term key. One role is protected and refused, one
was changed by somebody in between and drifted. `partial_run` ends as it must, `contained_run`
is the same night without the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lapsus_plan import ACCOUNTS, LOGIN, POLICY, START, lapsus_plan

from irkit.canonical import Json, JsonObject, digest, digest_bytes
from irkit.clock import rfc3339
from irkit.model.approval import Decision, Statement, TrailView
from irkit.model.display import display_digest, display_text
from irkit.model.fold import fold
from irkit.model.plan import Part, Plan
from irkit.model.run import Run
from irkit.trail.approvals import sign_statement
from irkit.trail.record import Actor
from irkit.trail.signing_keys import FileKey

RUN = "01JDC3T0000000000000000R42"
CASE = "teal-otter"
ALICE, BOB, CAROL = "alice@acme", "bob@acme", "carol@acme"
ROOT = "mQ8zDqRjYw3Yp1m0C2r8k0v4b5Xn6t7u8w9x0y1z2A0="
PEOPLE = {name: Actor(id=name, kind="person", auth="ssh") for name in (ALICE, BOB, CAROL)} | {
    "irkit": Actor(id=ALICE, kind="person", auth="os-user")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record, as far as screens and reports look at it."""

    n: int
    ts: str
    run: str
    type: str
    actor: Actor
    body: JsonObject


def seeded_key(name: str) -> FileKey:
    """Return the same key for the same name, so that signatures repeat."""
    seed = bytes.fromhex(digest_bytes(name.encode()).removeprefix("sha256:"))
    return FileKey(private=Ed25519PrivateKey.from_private_bytes(seed))


@dataclass(slots=True)
class Script:
    """Writes records one after the other, on a clock of its own."""

    records: list[Record] = field(default_factory=list)
    now: datetime = START
    mode: str = "live"

    def add(
        self, kind: str, body: Mapping[str, Json], *, after: float = 1, by: str = "irkit"
    ) -> int:
        """Add a record `after` seconds and return its index."""
        self.now += timedelta(seconds=after)
        n = 40 + len(self.records)
        self.records.append(
            Record(n=n, ts=rfc3339(self.now), run=RUN, type=kind, actor=PEOPLE[by], body=dict(body))
        )
        return n

    @property
    def run(self) -> Run:
        """Return the run so far."""
        return fold(self.records, RUN)


def opened(script: Script, *, drifting: bool = True) -> Plan:
    """Write the opening, the reads and the plan."""
    plan = lapsus_plan(drifting=drifting, mode=script.mode)
    script.add(
        "run.opened",
        {"mode": script.mode, "case": CASE, "requester": ALICE, "title": plan.header.title},
        after=0,
    )
    script.add(
        "playbook.loaded",
        {"digest": plan.header.playbook_digest, "file": "okta-user-federated-to-aws.yaml"},
    )
    script.add("targets.resolved", {"inputs": {"user": "00u7riley"}, "labels": {"user": LOGIN}})
    script.add("step.read", read("look.get", "okta.user.get", {"login": LOGIN}), after=2.4)
    sessions: list[Json] = [{"account": account, "role": "OktaPowerUser"} for account in ACCOUNTS]
    script.add(
        "step.read",
        read("trace.trace", "aws.federation.trace", sessions)
        | {"observed_through": "2026-11-24T02:20:00.000Z"},
        after=31,
    )
    script.add("plan.proposed", proposed(plan), after=3)
    return plan


def proposed(plan: Plan) -> dict[str, Json]:
    """Return the body of a proposal, its blob read back."""
    header = plan.header.digest
    parts: list[Json] = [{"id": part.id, "digest": part.digest(header)} for part in plan.parts]
    return {"plan": b"".join(plan.chunks()).decode(), "parts": parts, "nonce": "n0nce"}


def added(part: Part) -> dict[str, Json]:
    """Return the body of a part that is added to the plan, its blob read back."""
    return {"part": {"id": part.id}, "content": b"".join(part.content()).decode()}


def read(step_: str, action: str, value: Json) -> dict[str, Json]:
    """Return the body of one read that is evidence."""
    return {
        "step": step_,
        "action": action,
        "value": value,
        "digest": digest(value),
        "complete": True,
        "evidence": True,
        "request_ids": ["req-read-1"],
    }


def approve(script: Script, plan: Plan, part: str, who: str, *, after: float) -> None:
    """Write one person's approval of a part, really signed."""
    parts = [p for p in plan.parts if p.id == part]
    shown = display_text(plan, [part], run=RUN, requester=ALICE)
    at = script.now + timedelta(seconds=after)
    statement = Statement(
        origin="acme.example/irkit/oncall+5f3a",
        run=RUN,
        mode=script.mode,
        header=plan.header.digest,
        parts=tuple(p.digest(plan.header.digest) for p in parts),
        policy=POLICY,
        decision=Decision.APPROVE,
        approver=who,
        requester=ALICE,
        nonce="n0nce",
        nb=at,
        exp=at + timedelta(minutes=30),
        display=display_digest(shown),
        trail=TrailView(size=46, root=ROOT),
    )
    signature = sign_statement(statement, seeded_key(who)).decode()
    script.add(
        "approval", {"statement": statement.to_json(), "sig": signature}, after=after, by=who
    )


def make(script: Script, change: str, *, request: str = "", resolved: Json = None) -> None:
    """Write a change that is made and read back."""
    send(script, change, resolved=resolved)
    script.add(
        "step.result",
        {
            "change": change,
            "outcome": "changed",
            "status": 200,
            "request_ids": [request or f"req-{change[-6:]}"],
            "duration_ms": 412,
            "outputs": {},
        },
        after=0.4,
    )
    script.add("step.verified", {"change": change, "how": "state", "milliseconds": 1200}, after=1.2)


def send(script: Script, change: str, *, resolved: Json = None, attempt: int = 1) -> int:
    """Write an intent."""
    body: dict[str, Json] = {"change": change, "attempt": attempt, "resolved": resolved}
    return script.add("step.intent", body, after=0.6)


def look(script: Script, index: int, seats: Mapping[str, str], *, last: bool, after: float) -> None:
    """Write one look of the hold at which everything holds."""
    body: dict[str, Json] = {
        "look": index,
        "last": last,
        "lost": [],
        "unknown": [],
        "added": 0,
        "seats": dict(seats),
    }
    script.add("hold.checked", body, after=after)


def close_the_door(script: Script, plan: Plan) -> None:
    """Write the approval and the changes of the first part."""
    approve(script, plan, "close-the-door", BOB, after=48)
    make(script, "close-the-door.suspend#suspend", request="Zk1okta-suspend")
    make(script, "close-the-door.revoke_sessions#sessions", request="Zk2okta-sessions")


def contain_aws(script: Script, plan: Plan, *, drifting: bool) -> None:
    """Write the approvals and the changes of the second part, doubt included."""
    approve(script, plan, "contain-aws", BOB, after=20)
    approve(script, plan, "contain-aws", CAROL, after=75)
    at = "contain-aws.for-each."
    make(script, f"{at}deny_session[1111]#deny")
    send(script, f"{at}deny_session[2222]#deny")
    script.add(
        "step.result",
        {
            "change": f"{at}deny_session[2222]#deny",
            "outcome": "unknown",
            "error": "the connection was reset after sending",
            "request_ids": [],
            "status": 0,
        },
        after=2,
    )
    script.add(
        "step.settled",
        {"change": f"{at}deny_session[2222]#deny", "verdict": "applied", "why": "found made"},
        after=10,
    )
    script.add(
        "step.verified",
        {"change": f"{at}deny_session[2222]#deny", "how": "state", "milliseconds": 900},
        after=0.9,
    )
    make(script, f"{at}deny_session[3333]#deny")
    make(script, f"{at}deactivate[1111]#deactivate", request="9f2c-iam-key")
    make(script, "contain-aws.rotate#rotate")
    if drifting:
        _not_made(script, at)


def _not_made(script: Script, at: str) -> None:
    script.add(
        "step.drifted",
        {
            "change": f"{at}deny_session[4444]#deny",
            "found": {"policies": {"base": {"Version": "2012-10-17"}, "open": {"Effect": "Allow"}}},
        },
        after=1,
    )
    script.add(
        "guard.refused",
        {
            "change": f"{at}deny_session[5555]#deny",
            "guard": "protected",
            "code": "IRK302",
            "summary": "arn:aws:iam::555555555555:role/ir-responder is protected (aws.role: ir-*)",
        },
        after=1,
    )


def ask(script: Script) -> None:
    """Write the question to a person and the answer."""
    script.add(
        "step.asked",
        {
            "step": "ask.call",
            "to": "ir-lead",
            "text": "Call the user on the number HR holds. Was this activity theirs?",
            "until": rfc3339(script.now + timedelta(minutes=30)),
            "ask": {"theirs": "bool", "notes": "text"},
        },
        after=2,
    )
    script.add(
        "answer",
        {
            "step": "ask.call",
            "values": {"theirs": False, "notes": "At home, phone kept asking since 01:50Z"},
            "silent": False,
            "by": CAROL,
        },
        after=240,
        by=CAROL,
    )


ALIVE: Mapping[str, str] = {
    "okta session": "dead",
    "aws session 111111111111": "alive",
    "key AKIA…7Q": "alive",
    "external trust": "unknown",
}
DEAD: Mapping[str, str] = dict.fromkeys(ALIVE, "dead")


def partial_run() -> Script:
    """Return the whole night: one change refused, one drifted, so the run ends as partial."""
    script = Script()
    plan = opened(script)
    close_the_door(script, plan)
    look(script, 0, ALIVE, last=False, after=5)
    contain_aws(script, plan, drifting=True)
    ask(script)
    look(script, 0, {**ALIVE, "key AKIA…7Q": "dead"}, last=False, after=5)
    look(script, 1, {**DEAD, "external trust": "unknown"}, last=False, after=30)
    look(script, 2, {**DEAD, "external trust": "unknown"}, last=True, after=300)
    close(
        script,
        "partial",
        "contain-aws.for-each.deny_session[4444]#deny: drifted (it is no longer as planned)",
        "contain-aws.for-each.deny_session[5555]#deny: refused (it is protected)",
        "seat external trust is unknown",
    )
    return script


def contained_run(mode: str = "live") -> Script:
    """Return a night in which everything was made, held, and died."""
    script = Script(mode=mode)
    plan = opened(script, drifting=False)
    close_the_door(script, plan)
    contain_aws(script, plan, drifting=False)
    ask(script)
    look(script, 0, ALIVE, last=False, after=5)
    look(script, 1, DEAD, last=False, after=30)
    look(script, 2, DEAD, last=True, after=300)
    close(script, "contained")
    return script


def close(script: Script, outcome: str, *reasons: str) -> None:
    """Write the end."""
    body: dict[str, Json] = {
        "outcome": outcome,
        "count": len(script.records) + 1,
        "reasons": list(reasons),
    }
    script.add("run.closed", body, after=1)


def waiting_run() -> Script:
    """Return the run at the moment its first cut is ready and nobody has approved."""
    script = Script()
    opened(script)
    return script
