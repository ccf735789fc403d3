"""From request to answer: the stations every AWS call passes, in the order AWS has them.

parse → faults → authenticate → limits → authorise → checks → our handler or moto → amendments
→ event.
A refused call changes nothing and, if its caller is known, is recorded all the same.
"""

from dataclasses import dataclass, field

from irkit.world.aws.answer import Answer, ApiError, Refusal, refusal, render_error, render_result
from irkit.world.aws.authenticate import authenticate
from irkit.world.aws.authorise import authorise
from irkit.world.aws.breakage import instead, marked, replaces_answer
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.event_record import record
from irkit.world.aws.federation import FEDERATED, federate
from irkit.world.aws.naming import changes_something
from irkit.world.aws.propagation import CHANGES_ACCESS
from irkit.world.aws.registry import amendments_for, checks_for, handler_for
from irkit.world.aws.resources import subject_of
from irkit.world.aws.through_moto import Moto
from irkit.world.aws.web_identity import WEB_IDENTITY, enter_by_token
from irkit.world.aws.wire import ApiCall, Environ
from irkit.world.calls import CallLog
from irkit.world.faults import Fault, FaultKind, FaultPlan
from irkit.world.stale import ReadHistory

_OWN_AUTHORISATION = frozenset({"sts:AssumeRole", "sts:AssumeRoot"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Answers calls against one simulated AWS."""

    cloud: Cloud
    calls: CallLog
    faults: FaultPlan
    moto: Moto = field(default_factory=Moto)
    reads: ReadHistory[Answer] = field(default_factory=ReadHistory)

    def answer(self, environ: Environ, call: ApiCall) -> Answer:
        """Return the answer to `call`, with whatever fault is due."""
        request_id = self.cloud.new_id()
        fault = self.faults.take("aws", call.name)
        if fault is not None and fault.kind is FaultKind.CREDENTIALS_EXPIRE:
            self.cloud.expired_keys.add(_key_id(call))
        if fault is not None and not fault.takes_effect:
            answer = instead(fault, call, request_id)
            self._log(call, _key_id(call), answer, fault, "")
            return answer
        answer, principal, target = self._real(environ, call, request_id)
        answer = self._as_of(call, answer, fault)
        self._log(call, principal, answer, fault, target)
        if fault is None:
            return answer
        return instead(fault, call, request_id) if replaces_answer(fault) else marked(fault, answer)

    def _real(self, environ: Environ, call: ApiCall, request_id: str) -> tuple[Answer, str, str]:
        if call.name in FEDERATED:
            answer, principal = federate(self.cloud, call, request_id)
            return answer, principal, call.text("RoleArn")
        if call.name == WEB_IDENTITY:
            answer, principal = enter_by_token(self.cloud, call, request_id)
            return answer, principal, call.text("RoleArn")
        state = self.cloud.effective()
        try:
            caller = authenticate(self.cloud, state, call)
        except ApiError as error:
            return render_error(call.protocol, error, request_id), _key_id(call), ""
        subject = subject_of(call, caller.account, caller.credential.name, state)
        try:
            self._count(call, caller)
            if call.name not in _OWN_AUTHORISATION:
                authorise(self.cloud, state, caller, call, subject)
            answer = self._carry_out(environ, call, caller, request_id)
        except ApiError as error:
            answer = render_error(call.protocol, error, request_id)
        record(self.cloud, state, call, caller=caller, subject=subject, answer=answer)
        target = f"{caller.account}/{call.region}/{subject.arn}"
        return answer, caller.credential.arn, target

    def _count(self, call: ApiCall, caller: Caller) -> None:
        now = self.cloud.now().timestamp()
        if not self.cloud.limits.take(caller.account, call.region, call.name, now):
            raise refusal(call.protocol, Refusal.THROTTLED, "Rate exceeded")

    def _carry_out(
        self, environ: Environ, call: ApiCall, caller: Caller, request_id: str
    ) -> Answer:
        for check in checks_for(call.name):
            check(self.cloud, call, caller)
        handler = handler_for(f"root/{call.name}" if caller.credential.is_root else call.name)
        spreads = call.signing_name in CHANGES_ACCESS and changes_something(call.operation)
        before = self.cloud.present() if spreads and self.cloud.propagation.delay else None
        if handler is not None:
            answer = render_result(call, handler(self.cloud, call, caller), request_id)
        else:
            answer = self.moto.answer(environ, call, caller.account, request_id)
        if before is not None and answer.succeeded:
            self.cloud.propagation.changing(before)
        for amendment in amendments_for(call.name):
            if answer.succeeded:
                answer = amendment(self.cloud, call, caller, answer)
        return answer

    def _as_of(self, call: ApiCall, answer: Answer, fault: Fault | None) -> Answer:
        """Remember reads; serve an old one where a stale read is due."""
        if changes_something(call.operation) or not answer.succeeded:
            return answer
        read = f"{_key_id(call)}/{call.region}/{call.name}/{sorted(call.params.items(), key=str)}"
        now = self.cloud.now().timestamp()
        if fault is not None and fault.kind is FaultKind.STALE_READ:
            return self.reads.as_of(read, now - fault.seconds) or answer
        self.reads.remember(read, now, answer)
        return answer

    def _log(
        self, call: ApiCall, principal: str, answer: Answer, fault: Fault | None, target: str
    ) -> None:
        self.calls.append(
            at=self.cloud.now().timestamp(),
            provider="aws",
            principal=principal,
            operation=call.name,
            target=target,
            status=answer.status,
            write=changes_something(call.operation) and not call.params.get("DryRun"),
            user_agent=call.user_agent,
            request_id=answer.header("x-amzn-RequestId"),
            fault=str(fault.kind) if fault else None,
        )


def _key_id(call: ApiCall) -> str:
    return call.signature.access_key_id if call.signature else ""


def unsigned(protocol: str, request_id: str) -> Answer:
    """Return the answer to a request that cannot be understood as an AWS call."""
    error = refusal(protocol, Refusal.UNSIGNED, "Request is missing Authentication Token")
    return render_error(protocol, error, request_id)
