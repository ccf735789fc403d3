"""Signed requests: whoever asks for a plan to be carried out signs which one.

Separation of duties compares the requester's name with the approvers'. A name that anybody may
write into a record proves nothing, so in live mode the proposal of a plan carries the requester's
own signature, in a namespace that no approval can be taken from.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from irkit.canonical import Json, JsonObject, canonical
from irkit.clock import parse_rfc3339
from irkit.trail.policy import Policy
from irkit.trail.record import Record
from irkit.trail.signed_by import flaw
from irkit.trail.verdict import Problem

TYPE: Final = "irkit.request/v1"
NAMESPACE: Final = "irkit.request.v1"
DRILL_NAMESPACE: Final = "irkit.drill-request.v1"
DRILL: Final = "drill"
_BOUND: Final = ("header", "parts", "nonce", "requester")


def namespace_of(mode: str) -> str:
    """Return the SSHSIG namespace of requests in `mode`."""
    return DRILL_NAMESPACE if mode == DRILL else NAMESPACE


def statement(body: JsonObject, *, origin: str, run: str, mode: str) -> JsonObject:
    """Return what the requester signs of the body of a `plan.proposed` record."""
    bound: dict[str, Json] = {name: body.get(name) for name in _BOUND}
    return {"v": 1, "type": TYPE, "origin": origin, "run": run, "mode": mode, **bound}


def problem(
    record: Record, policy: Policy, revoked: Mapping[str, datetime], *, origin: str, mode: str
) -> Problem | None:
    """Return what is wrong with the signature of a `plan.proposed` record.

    Only a drill may propose a plan that nobody signed for.
    """
    body = record.body
    signed, armored = body.get("request"), body.get("sig")
    if armored is None and mode == DRILL:
        return None
    if not isinstance(signed, Mapping) or not isinstance(armored, str):
        return Problem(code="plan.unsigned", text="nobody signed the request for this plan")
    expected = statement(body, origin=origin, run=record.run or "", mode=mode)
    if canonical(signed) != canonical(expected):
        return Problem(code="plan.request", text="the signed request is for another plan")
    found = flaw(
        armored,
        canonical(signed),
        namespace=namespace_of(mode),
        person=str(body.get("requester")),
        policy=policy,
        at=parse_rfc3339(record.ts),
        revoked=revoked,
    )
    if found is None:
        return None
    return Problem(
        code="plan.requester" if found.foreign else "plan.request-signature",
        text=f"the request for this plan: {found.text}",
    )
