"""The fold of everything approvals depend on: policy, plans, votes, counters, revocations.

Feed it all records of a trail in order. The engine asks it for the context of a new approval and
for the votes of a run; verification uses the very same state.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from irkit.canonical import CanonicalError, Json, JsonObject, canonical, parse
from irkit.clock import parse_rfc3339
from irkit.diagnostics import IrkitError
from irkit.model.approval import Decision, Digest, Statement, StatementError
from irkit.model.display import display_digest
from irkit.model.quorum import Vote, tally
from irkit.trail import requests, warrants
from irkit.trail.approval_codes import finding_code
from irkit.trail.approvals import ApprovalContext, PartContext, check
from irkit.trail.blobs import BlobStore
from irkit.trail.plan_content import ContentError, PlanPart, header_digest, load_content, read_part
from irkit.trail.policy import Policy, PolicyError
from irkit.trail.record import Record
from irkit.trail.run_approvals import RunApprovals, confirm, display_problems
from irkit.trail.verdict import Anchor, Problem


class ApprovalFold:
    """The state after the records so far."""

    def __init__(self, blobs: BlobStore, root_at: Callable[[int], str | None]) -> None:
        """Read plans and policies from `blobs`; `root_at` is the trail's own history."""
        self.blobs = blobs
        self.origin = ""
        self.policy = Policy()
        self.policy_digest: Digest = ""
        self.genesis_policy: Digest = ""
        self.counters: dict[str, int] = {}
        self.revoked: dict[str, datetime] = {}
        self.runs: dict[str, RunApprovals] = {}
        self.policy_votes: dict[int, Vote] = {}
        self.warrants: dict[Digest, warrants.WarrantState] = {}
        self._root_at = root_at
        self._nonces: dict[str, str] = {}
        self._witnessed: list[Anchor] = []
        self._handlers: Mapping[str, Callable[[Record], Iterator[Problem]]] = {
            "trail.genesis": self._genesis,
            "policy.changed": self._policy_changed,
            "key.revoked": self._key_revoked,
            "run.opened": self._opened,
            "warrant.proposed": self._warrant_proposed,
            "plan.proposed": self._proposed,
            "plan.extended": self._extended,
            "approval": self._approval,
            "breakglass.used": self._used_alone,
            "breakglass.confirmed": self._confirmed,
        }

    def take(self, record: Record) -> tuple[Problem, ...]:
        """Fold `record` in; return what is wrong with it."""
        handler = self._handlers.get(record.type)
        if handler is None:
            return ()
        try:
            return tuple(handler(record))
        except ContentError as error:
            return (Problem(code=error.code, text=str(error)),)

    def context(
        self, run: str, *, at: datetime, index: int, break_glass: bool = False
    ) -> ApprovalContext | None:
        """Return what an approval of `run` has to fit; None before its plan is proposed."""
        state = self.runs.get(run)
        if state is None or not state.header:
            return None
        return ApprovalContext(
            origin=self.origin,
            run=run,
            mode=state.mode,
            header=state.header,
            parts={
                digest: PartContext(
                    nonces=frozenset(state.nonces[digest]),
                    needs=(part.need,),
                    signable=part.signable,
                )
                for digest, part in state.parts.items()
            },
            requester=state.requester,
            policy_digest=self.policy_digest,
            policy=self.policy,
            at=at,
            root_at=self._root_at,
            index=index,
            counters=self.counters,
            revoked=self.revoked,
            break_glass=break_glass,
        )

    def witnessed(self) -> tuple[Anchor, ...]:
        """Return the heads that approvers signed: each is a witness of the history before."""
        return tuple(self._witnessed)

    def _genesis(self, record: Record) -> Iterator[Problem]:
        if self.origin:
            return  # only the first record begins a trail; another one is a finding of its own
        self.origin = _text(record.body, "origin")
        self.genesis_policy = _text(record.body, "policy")
        yield from self._adopt_policy(record.body)

    def _adopt_policy(self, body: JsonObject) -> Iterator[Problem]:
        self.policy_digest = _text(body, "policy")
        blob = _text(body, "policy_blob")
        if blob != self.policy_digest:
            yield Problem(code="policy.digest", text="policy and policy_blob differ")
        try:
            self.policy = Policy.from_json(parse(self.blobs.get(self.policy_digest)))
        except IrkitError as error:
            yield Problem(code="blob.missing", text=error.diagnostics[0].summary)
        except (CanonicalError, PolicyError) as error:
            yield Problem(code="policy.malformed", text=str(error))

    def _policy_changed(self, record: Record) -> Iterator[Problem]:
        new, need = _text(record.body, "policy"), self.policy.change
        votes = [
            self.policy_votes[n]
            for n in _counts(record.body, "approvals")
            if n in self.policy_votes
        ]
        result = tally(
            need,
            votes,
            part_digest=new,
            header_digest=new,
            requester=record.actor.id,
            now=parse_rfc3339(record.ts),
        )
        if not result.reached:
            yield Problem(
                code="policy.no-quorum",
                text=f"the old policy asks for {need.need} approvals of a new one",
            )
        for index in _counts(record.body, "approvals"):
            self.policy_votes.pop(index, None)
        self.warrants.clear()
        yield from self._adopt_policy(record.body)

    def _key_revoked(self, record: Record) -> Iterator[Problem]:
        fingerprint = _text(record.body, "fingerprint")
        if fingerprint:
            self.revoked.setdefault(fingerprint, parse_rfc3339(record.ts))
        yield from ()

    def _opened(self, record: Record) -> Iterator[Problem]:
        if record.run is None or record.run in self.runs:
            yield Problem(code="run.opened", text="a run is opened once")
            return
        self.runs[record.run] = RunApprovals(
            id=record.run,
            mode=_text(record.body, "mode"),
            requester=_text(record.body, "requester"),
        )

    def _proposed(self, record: Record) -> Iterator[Problem]:
        run = self._run(record.run or "")
        content = load_content(record.body, "plan", self.blobs)
        header, nonce = header_digest(content), _text(record.body, "nonce")
        if run.header:
            yield Problem(code="plan.repeated", text="a run proposes its plan once")
        if self._nonces.setdefault(nonce, run.id) != run.id or not nonce:
            yield Problem(code="plan.nonce", text="the nonce is missing or of another run")
        run.header, run.header_content = header, content.get("header")
        stated = content.get("header")
        if isinstance(stated, Mapping) and stated.get("mode") not in (run.mode, None):
            yield Problem(code="plan.mode", text=f"the plan is for {stated.get('mode')}")
        if _text(record.body, "requester") not in (run.requester, ""):
            yield Problem(code="plan.requester", text="the plan names another requester")
        unsigned = requests.problem(
            record, self.policy, self.revoked, origin=self.origin, mode=run.mode
        )
        if unsigned is not None:
            yield unsigned
        parts = content.get("parts")
        read = [read_part(one, header) for one in parts] if isinstance(parts, list) else []
        said: list[Json] = [{"id": part.id, "digest": part.digest} for part in read]
        if record.body.get("header") != header or record.body.get("parts") != said:
            yield Problem(code="plan.digest", text="the digests are not those of the stored plan")
        for part in read:
            self._add(run, part, nonce)

    def _extended(self, record: Record) -> Iterator[Problem]:
        run = self._run(record.run or "")
        content = load_content(record.body, "content", self.blobs)
        part = read_part(content.get("part"), run.header)
        if record.body.get("header") != run.header or record.body.get("part") != {
            "id": part.id,
            "digest": part.digest,
        }:
            yield Problem(code="plan.digest", text="the digests are not those of the stored part")
        nonce = _text(record.body, "nonce")
        if self._nonces.setdefault(nonce, run.id) != run.id or not nonce:
            yield Problem(code="plan.nonce", text="the nonce is missing or of another run")
        self._add(run, part, nonce)

    def _approval(self, record: Record) -> Iterator[Problem]:
        try:
            statement = Statement.from_json(record.body.get("statement"))
        except StatementError as error:
            yield Problem(code="approval.not-canonical", text=str(error))
            return
        name = record.run or _text(record.body, "run")
        if not name and "warrant" in record.body:
            yield from self._warrant_approval(record)
            return
        if not name:
            yield from self._policy_approval(record, statement)
            return
        run = self._run(name)
        alone = record.body.get("break_glass") is True
        if alone and statement.approver not in run.alone:
            yield Problem(code="breakglass.unrecorded", text="no reason was recorded before")
        context = self.context(name, at=parse_rfc3339(record.ts), index=record.n, break_glass=alone)
        if context is None:
            yield Problem(code="approval.plan", text="no plan has been proposed")
            return
        result = self._check(record, context)
        if not isinstance(result, Vote):
            yield from result
            return
        yield from display_problems(run, statement)
        run.votes[record.n] = result
        if alone and result.decision is Decision.APPROVE:
            run.unconfirmed[record.n] = result.approver
        elif result.decision is Decision.APPROVE:
            confirm(run, result)

    def _policy_approval(self, record: Record, statement: Statement) -> Iterator[Problem]:
        """An approval that belongs to no run is of a new policy: header and part are its digest."""
        context = self.runless(
            statement.header,
            PartContext(nonces=frozenset((statement.nonce,)), needs=(self.policy.change,)),
            mode=self.policy.mode or statement.mode,
            requester=statement.requester,
            at=parse_rfc3339(record.ts),
            index=record.n,
        )
        if self._nonces.setdefault(statement.nonce, statement.header) != statement.header:
            yield Problem(code="approval.nonce", text="the nonce was used before")
        result = self._check(record, context)
        if isinstance(result, Vote):
            self.policy_votes[record.n] = result
        else:
            yield from result

    def _warrant_proposed(self, record: Record) -> Iterator[Problem]:
        state = warrants.read(record, self.blobs)
        if state.warrant.mode != (self.policy.mode or state.warrant.mode):
            yield Problem(code="warrant.mode", text=f"the warrant is for {state.warrant.mode}")
        own = state.warrant.digest
        if not state.nonce or self._nonces.setdefault(state.nonce, own) != own:
            yield Problem(code="warrant.nonce", text="the nonce is missing or was used before")
        unsigned = requests.problem(
            record, self.policy, self.revoked, origin=self.origin, mode=state.warrant.mode
        )
        if unsigned is not None:
            yield unsigned
        self.warrants.setdefault(own, state)

    def _warrant_approval(self, record: Record) -> Iterator[Problem]:
        state = self.warrants.get(_text(record.body, "warrant"))
        if state is None:
            yield Problem(code="approval.plan", text="no such warrant has been proposed")
            return
        context = self.warrant_context(state, at=parse_rfc3339(record.ts), index=record.n)
        result = self._check(record, context)
        if isinstance(result, Vote):
            state.votes[record.n] = result
        else:
            yield from result

    def warrant_context(
        self, state: warrants.WarrantState, *, at: datetime, index: int
    ) -> ApprovalContext:
        """Return what a decision about a warrant has to fit."""
        warrant = state.warrant
        text = warrant.text(origin=self.origin, requester=state.requester)
        return self.runless(
            warrant.digest,
            PartContext(nonces=frozenset((state.nonce,)), needs=(warrant.need,)),
            mode=warrant.mode,
            requester=state.requester,
            at=at,
            index=index,
            display=display_digest(text),
        )

    def runless(
        self,
        matter: Digest,
        part: PartContext,
        *,
        mode: str,
        requester: str,
        at: datetime,
        index: int,
        display: Digest | None = None,
    ) -> ApprovalContext:
        """Return what a decision has to fit that belongs to no run: all of it is one digest."""
        return ApprovalContext(
            origin=self.origin,
            run=None,
            mode=mode,
            header=matter,
            parts={matter: part},
            requester=requester,
            policy_digest=self.policy_digest,
            policy=self.policy,
            at=at,
            root_at=self._root_at,
            index=index,
            counters=self.counters,
            revoked=self.revoked,
            display=display,
        )

    def _check(self, record: Record, context: ApprovalContext) -> Vote | tuple[Problem, ...]:
        data, display = canonical(record.body.get("statement")), record.body.get("display")
        result = check(data, _text(record.body, "sig").encode(), context)
        if not isinstance(result, Vote):
            return tuple(Problem(code=finding_code(one.code), text=one.summary) for one in result)
        if display is not None and display != Statement.decode(data).display:
            return (Problem(code="approval.display", text="the kept text is not what was signed"),)
        view = Statement.decode(data).trail
        self._witnessed.append(
            Anchor(
                source=f"approver {result.approver}", size=view.size, root=view.root, at=record.ts
            )
        )
        if result.counter is not None:
            self.counters[result.fingerprint] = result.counter
        return result

    def _used_alone(self, record: Record) -> Iterator[Problem]:
        self._run(record.run or "").alone.add(_text(record.body, "by"))
        yield from ()

    def _confirmed(self, record: Record) -> Iterator[Problem]:
        """A confirmation counts only with the second person's signature over the same plan."""
        name = record.run or _text(record.body, "run")
        context = self.context(name, at=parse_rfc3339(record.ts), index=record.n)
        if context is None or "statement" not in record.body:
            return
        result = self._check(record, context)
        if isinstance(result, Vote):
            confirm(self.runs[name], result)
        else:
            yield from result

    def _run(self, name: str) -> RunApprovals:
        run = self.runs.get(name)
        if run is None:
            raise ContentError("run.not-opened", "the run has not been opened")
        return run

    def _add(self, run: RunApprovals, part: PlanPart, nonce: str) -> None:
        run.parts[part.digest] = part
        run.nonces.setdefault(part.digest, set()).add(nonce)


def _text(body: JsonObject, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _counts(body: JsonObject, name: str) -> tuple[int, ...]:
    value = body.get(name)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(one for one in value if isinstance(one, int) and not isinstance(one, bool))
