"""What every request goes through: limits, faults, who calls, what they may, the endpoint, the log.

One request is handled at a time, under the state lock, so that an answer is always of one moment.
The pipeline never touches a socket: faults on the wire are asked of the proxy by a header.
"""

from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from irkit.canonical import JsonObject
from irkit.world.calls import CallLog
from irkit.world.faults import WIRE_HEADER, Fault, FaultKind, FaultPlan, canned
from irkit.world.okta import errors
from irkit.world.okta.callers import Caller, Credential, has_role, has_scope, identify
from irkit.world.okta.limits import Allowance, RateLimits, concurrency_refusal
from irkit.world.okta.messages import (
    Incoming,
    Outgoing,
    compose,
    parse_body,
    with_unknown_values,
)
from irkit.world.okta.network import is_blocked, may_use
from irkit.world.okta.restorable import restorable
from irkit.world.okta.routing import Access, Ask, Reply, Route
from irkit.world.okta.state import OktaState
from irkit.world.okta.system_log import Origin
from irkit.world.stale import ReadHistory

OK: Final = 200
REMEMBERED: Final = 1 << 16
"""Answers below this size are remembered for stale reads."""

_THROTTLES: Final = frozenset(
    {FaultKind.THROTTLED, FaultKind.THROTTLED_CONCURRENCY, FaultKind.THROTTLED_BARE}
)


@dataclass(slots=True, kw_only=True)
class OktaWorld:
    """The simulated org in operation: its state, what it records and what goes wrong in it."""

    state: OktaState
    calls: CallLog
    faults: FaultPlan
    limits: RateLimits = field(default_factory=RateLimits)
    latency: float = 0.0
    reads: ReadHistory[Outgoing] = field(default_factory=ReadHistory)

    def restorable(self) -> JsonObject:
        """Return what undo must restore, as JSON that compares byte for byte."""
        return restorable(self.state)


def handle(world: OktaWorld, route: Route, request: Incoming) -> Outgoing:
    """Answer one request."""
    with world.state.lock:
        return _Exchange(world, route, request).run()


def refuse(world: OktaWorld, problem: errors.Problem, request: Incoming, method: str) -> Outgoing:
    """Answer a request that no route is for."""
    with world.state.lock:
        request_id = world.state.ids.request()
        reply = Reply(status=problem.status, body=problem.body(world.state.ids.error()))
        world.calls.append(
            at=world.state.now().timestamp(),
            provider="okta",
            principal="",
            operation=f"{method} {request.path}",
            target=request.path,
            status=problem.status,
            write=method not in {"GET", "HEAD", "OPTIONS"},
            user_agent=request.headers.get("user-agent", ""),
            request_id=request_id,
        )
        return compose(reply, now=world.state.now(), request_id=request_id)


class _Exchange:
    """One request on its way through."""

    def __init__(self, world: OktaWorld, route: Route, request: Incoming) -> None:
        self._world = world
        self._state = world.state
        self._route = route
        self._request = request
        self._request_id = world.state.ids.request()
        self._allowance = world.limits.take(route.operation, self._now)
        self._fault = world.faults.take("okta", route.operation)
        self._caller = self._identify()

    @property
    def _now(self) -> float:
        return self._state.now().timestamp()

    def run(self) -> Outgoing:
        """Return the answer, faults included, and log the call."""
        fault = self._fault
        if fault is not None and fault.kind is FaultKind.CREDENTIALS_EXPIRE:
            self._state.tables.expired.add(self._caller.secret)
            self._caller = self._identify()
        acts = fault is None or fault.takes_effect or fault.kind is FaultKind.CREDENTIALS_EXPIRE
        answer = self._act() if acts else None
        if answer is not None and self._can_go_stale(answer):
            self._world.reads.remember(self._read, self._now, answer)
        final = self._delivered(answer)
        unanswered = fault is not None and fault.wire is not None and answer is None
        self._log(0 if unanswered else final.status)
        return final

    def _can_go_stale(self, answer: Outgoing) -> bool:
        return not self._route.write and answer.status == OK and len(answer.body) < REMEMBERED

    @property
    def _uri(self) -> str:
        query = self._request.query
        return self._request.path + (f"?{query}" if query else "")

    @property
    def _read(self) -> str:
        return f"{self._caller.principal} {self._uri}"

    def _identify(self) -> Caller:
        headers = self._request.headers
        return identify(self._state, headers.get("authorization", ""), headers.get("cookie", ""))

    def _act(self) -> Outgoing:
        if self._allowance is not None and self._allowance.refused:
            return self._problem(errors.THROTTLED)
        ask = self._ask()
        try:
            self._authorise(ask)
            reply = self._route.handler(self._with_body(ask))
        except errors.OktaError as refusal:
            return self._problem(refusal.problem)
        return self._composed(reply, self._allowance)

    def _authorise(self, ask: Ask) -> None:
        caller, route = self._caller, self._route
        if is_blocked(self._state.tables, ask.origin.ip):
            self._denied(ask, "blocked by a network zone")
        if route.access is Access.OPEN:
            return
        if caller.credential is Credential.NONE:
            raise errors.no_session()
        if not caller.valid:
            is_session = caller.credential is Credential.SESSION
            raise errors.no_session() if is_session else errors.bad_token()
        token = caller.token
        if token and not may_use(self._state.tables, token.network, ask.origin.ip):
            self._denied(ask, "the token is bound to another network zone")
        if route.access is Access.SELF:
            return
        if not has_scope(caller, route.scope):
            self._denied(ask, f"missing {route.scope}", errors.insufficient_scope(route.scope))
        if not has_role(self._state, caller, route.area, write=route.write):
            self._denied(ask, f"no role for {route.scope}")

    def _denied(self, ask: Ask, reason: str, refusal: errors.OktaError | None = None) -> NoReturn:
        ask.happened("security.request.blocked", "Request blocked", result="DENY", reason=reason)
        raise refusal or errors.forbidden()

    def _ask(self) -> Ask:
        request, session = self._request, self._caller.session
        forwarded = request.headers.get("x-forwarded-for", "").partition(",")[0].strip()
        return Ask(
            state=self._state,
            caller=self._caller,
            base=request.base,
            path=request.path,
            origin=Origin(
                ip=forwarded or request.peer,
                user_agent=request.headers.get("user-agent", ""),
                request_id=self._request_id,
                uri=self._uri,
                session=session.external_id if session else "",
                device_token=session.device_token if session else "",
            ),
            params=request.params,
            query=request.values,
        )

    def _with_body(self, ask: Ask) -> Ask:
        kind = self._request.headers.get("content-type", "")
        return replace(ask, body=parse_body(self._request.body, kind))

    def _composed(self, reply: Reply, allowance: Allowance | None) -> Outgoing:
        now = self._state.now()
        return compose(reply, now=now, request_id=self._request_id, allowance=allowance)

    def _problem(self, problem: errors.Problem) -> Outgoing:
        if problem.scope:
            challenge = (
                f'Bearer authorization_uri="{self._request.base}/oauth2/v1/authorize", '
                f'realm="{self._request.base}", scope="{problem.scope}", '
                f'error="insufficient_scope", error_description="{problem.summary}", '
                f'resource="{self._request.path}"'
            )
            refused = Reply(status=problem.status, headers=(("www-authenticate", challenge),))
            return self._composed(refused, self._allowance)
        reply = Reply(status=problem.status, body=problem.body(self._state.ids.error()))
        return self._composed(reply, self._allowance)

    def _delivered(self, answer: Outgoing | None) -> Outgoing:
        """Return what the client gets for `answer` (None where nothing was done)."""
        fault = self._fault
        if fault is not None and (wire := fault.wire) is not None:
            base = answer or self._composed(Reply(), self._allowance)
            return replace(base, headers=(*base.headers, (WIRE_HEADER, wire)))
        if fault is not None and (page := canned(fault.kind)) is not None:
            return Outgoing(status=page.status, headers=page.headers, body=page.body)
        if fault is not None and fault.kind in _THROTTLES:
            return self._throttle(fault)
        if answer is None or (fault and fault.kind is FaultKind.SERVER_ERROR_JSON):
            return self._problem(errors.INTERNAL)
        return answer if fault is None else self._twist(fault, answer)

    def _twist(self, fault: Fault, answer: Outgoing) -> Outgoing:
        if fault.kind is FaultKind.UNKNOWN_ENUM:
            return with_unknown_values(answer)
        if fault.kind is FaultKind.STALE_READ and not self._route.write:
            return self._world.reads.as_of(self._read, self._now - fault.seconds) or answer
        return answer

    def _throttle(self, fault: Fault) -> Outgoing:
        reply = Reply(status=429, body=errors.THROTTLED.body(self._state.ids.error()))
        allowance: Allowance | None = None
        if fault.kind is FaultKind.THROTTLED_CONCURRENCY:
            allowance = concurrency_refusal(self._now)
        elif fault.kind is FaultKind.THROTTLED:
            limit = self._allowance.limit if self._allowance else 1
            reset = int(self._now + fault.seconds) + 1
            allowance = Allowance(limit=limit, remaining=0, reset=reset)
        return self._composed(reply, allowance)

    def _log(self, status: int) -> None:
        self._world.calls.append(
            at=self._now,
            provider="okta",
            principal=self._caller.principal,
            operation=self._route.operation,
            target=self._request.path,
            status=status,
            write=self._route.write,
            user_agent=self._request.headers.get("user-agent", ""),
            request_id=self._request_id,
            fault=None if self._fault is None else str(self._fault.kind),
        )
