"""The shipped playbooks and what they are given in the laboratory."""

from lab import Lab

KAI = "kai.contractor@acme.example"
PLAYBOOKS = ("okta-user-federated-to-aws", "leaked-aws-access-key", "okta-contractor-compromise")


def inputs_of(lab: Lab, name: str) -> dict[str, str]:
    """Return the inputs of a shipped playbook: the contractor, or the key the intruder made."""
    if name != "leaked-aws-access-key":
        return {"user": KAI}
    seat = next(seat for seat in lab.world.seats if seat.kind == "long_term_key")
    return {"key": seat.access_key_id}
