"""Signed answers to manual steps: what is signed, and whether the one who is named signed it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from irkit.canonical import Json, JsonObject, canonical
from irkit.clock import parse_rfc3339
from irkit.trail.policy import Policy
from irkit.trail.record import Record
from irkit.trail.signed_by import flaw
from irkit.trail.verdict import Problem

NAMESPACE: Final = "irkit.answer.v1"
"""The SSHSIG namespace of answers, apart from those of approvals: one never serves as the other."""


def signed_bytes(run: str, step: str, values: JsonObject) -> bytes:
    """Return what somebody signs who answers `step` of `run` with `values`."""
    content: dict[str, Json] = {"run": run, "step": step, "values": values}
    return canonical(content)


def problem(
    record: Record, policy: Policy, revoked: Mapping[str, datetime], *, to: str
) -> Problem | None:
    """Return what is wrong with the signature of an `answer` record; None without a signature.

    `to` is the role the question was put to, empty if to anybody.
    """
    armored = record.body.get("sig")
    if armored is None:
        return None
    by, step, values = (record.body.get(name) for name in ("by", "step", "values"))
    message = signed_bytes(record.run or "", str(step), values if isinstance(values, dict) else {})
    found = flaw(
        str(armored),
        message,
        namespace=NAMESPACE,
        person=str(by),
        policy=policy,
        at=parse_rfc3339(record.ts),
        revoked=revoked,
    )
    if found is None:
        if to and to not in policy.roles_of(str(by)):
            return Problem(code="answer.role", text=f"{step} was put to {to}, and {by} is none")
        return None
    return Problem(
        code="answer.signer" if found.foreign else "answer.signature",
        text=f"the answer to {step}: {found.text}",
    )
