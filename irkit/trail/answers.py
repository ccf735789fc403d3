"""Signed answers to manual steps: what is signed, and whether the one who is named signed it."""

from typing import Final

from irkit.canonical import Json, JsonObject, canonical
from irkit.trail.policy import Policy
from irkit.trail.record import Record
from irkit.trail.ssh_verify import SignatureError
from irkit.trail.sshsig import SshSig
from irkit.trail.verdict import Problem

NAMESPACE: Final = "irkit.answer.v1"
"""The SSHSIG namespace of answers, apart from those of approvals: one never serves as the other."""


def signed_bytes(run: str, step: str, values: JsonObject) -> bytes:
    """Return what somebody signs who answers `step` of `run` with `values`."""
    content: dict[str, Json] = {"run": run, "step": step, "values": values}
    return canonical(content)


def problem(record: Record, policy: Policy) -> Problem | None:
    """Return what is wrong with the signature of an `answer` record; None without a signature.

    The key must be listed for the person the record names. What namespaces its line allows is not
    asked: they limit what may be approved, and an answer approves nothing.
    """
    armored = record.body.get("sig")
    if armored is None:
        return None
    by, step, values = (record.body.get(name) for name in ("by", "step", "values"))
    message = signed_bytes(record.run or "", str(step), values if isinstance(values, dict) else {})
    try:
        signature = SshSig.parse(str(armored).encode())
        signature.verify(message)
    except SignatureError as error:
        return Problem(code="answer.signature", text=f"the answer to {step}: {error}")
    if signature.namespace != NAMESPACE:
        text = f"the answer to {step} was signed for {signature.namespace}"
        return Problem(code="answer.signature", text=text)
    if all(signature.key != one.key for one in policy.keys_of(str(by))):
        return Problem(
            code="answer.signer", text=f"the answer to {step} is not signed with a key of {by}"
        )
    return None
