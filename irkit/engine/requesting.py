"""The requester's signature under a plan that is about to be recorded."""

from irkit.canonical import JsonObject, canonical
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.context import SignRequest, unsigned
from irkit.engine.session import Session
from irkit.trail import requests, sshsig
from irkit.workspace.config import Mode


def request_signer(session: Session, run_id: str) -> SignRequest:
    """Return how the session's person signs for the plan of `run_id`; a drill may go without."""
    key, mode = session.key, str(session.workspace.mode)
    if key is None:
        return unsigned if session.workspace.mode is Mode.DRILL else _nobody_signs
    namespace, origin = requests.namespace_of(mode), session.origin

    def sign(body: JsonObject) -> JsonObject:
        statement = requests.statement(body, origin=origin, run=run_id, mode=mode)
        signature = sshsig.sign(canonical(statement), key=key, namespace=namespace)
        return {"request": statement, "sig": signature.decode("ascii")}

    return sign


def _nobody_signs(body: JsonObject) -> JsonObject:  # noqa: ARG001  # it has the shape of a signer
    raise IrkitError(
        Diagnostic(
            code="IRK476",
            summary="the requester has not signed for this plan, and this workspace is live",
            help="name your key: --key ~/.ssh/id_ed25519, or load it with `ssh-add`",
        )
    )
