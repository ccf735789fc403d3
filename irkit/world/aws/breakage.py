"""Faults of the HTTP kind, as AWS services show them.

Decides what a due fault makes of a call: an answer in place of the real one, a changed real one,
or the mark that asks the proxy for trouble on the wire.
"""

import re
from dataclasses import replace
from typing import Final

from irkit.world.aws.answer import Answer, Refusal, refusal, render_error
from irkit.world.aws.wire import ApiCall
from irkit.world.faults import WIRE_HEADER, Fault, FaultKind, canned

_THROTTLES: Final = frozenset(
    {FaultKind.THROTTLED, FaultKind.THROTTLED_CONCURRENCY, FaultKind.THROTTLED_BARE}
)
_ENUM_XML: Final = re.compile(rb"<(Status|status|State|EvalDecision)>[A-Za-z-]+</")
_ENUM_JSON: Final = re.compile(rb'"(Status|State|status|state)": ?"[A-Za-z_-]+"')


def replaces_answer(fault: Fault) -> bool:
    """Say whether the caller never sees what the service would have said."""
    return not fault.takes_effect or fault.applied


def instead(fault: Fault, call: ApiCall, request_id: str) -> Answer:
    """Return the answer that stands in place of the real one."""
    page = canned(fault.kind)
    if page is not None:
        return Answer(status=page.status, headers=page.headers, body=page.body)
    if fault.kind in _THROTTLES:
        error = refusal(call.protocol, Refusal.THROTTLED, "Rate exceeded")
        return render_error(call.protocol, error, request_id)
    if fault.kind is FaultKind.CREDENTIALS_EXPIRE:
        error = refusal(call.protocol, Refusal.EXPIRED, "The provided token has expired.")
        return render_error(call.protocol, error, request_id)
    error = refusal(call.protocol, Refusal.BROKEN, "An internal error occurred.")
    return marked(fault, render_error(call.protocol, error, request_id))


def marked(fault: Fault, answer: Answer) -> Answer:
    """Return `answer` as the fault leaves it, with the mark for the proxy where it needs one."""
    if fault.kind is FaultKind.UNKNOWN_ENUM:
        body = _ENUM_XML.sub(rb"<\1>SomethingNew</", answer.body)
        return replace(answer, body=_ENUM_JSON.sub(rb'"\1": "SomethingNew"', body))
    if fault.wire is None:
        return answer
    return replace(answer, headers=(*answer.headers, (WIRE_HEADER, fault.wire)))
