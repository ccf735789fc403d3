"""How a resource or trust policy names a caller.

AWS treats the ways differently: naming the session or user lets it in by itself, naming the role
leaves boundaries and session policies in force, naming the account hands the decision to that
account's identity policies.
"""

from enum import IntEnum

from irkit.model.access.credential import Credential
from irkit.model.access.policy import Principals


class Naming(IntEnum):
    """How directly a statement names the caller; a greater value is more direct."""

    NOT = 0
    ACCOUNT = 1
    PRINCIPAL = 2
    CALLER = 3


def naming_of(principals: Principals, credential: Credential) -> Naming:
    """Return how `principals` name `credential`."""
    best = max((_one(value, credential) for value in principals.values), default=Naming.NOT)
    if principals.negated:
        return Naming.CALLER if best is Naming.NOT else Naming.NOT
    return best


def _one(principal: tuple[str, str], credential: Credential) -> Naming:
    kind, value = principal
    if kind != "AWS":
        return Naming.NOT
    if value == "*":
        return Naming.CALLER
    if value in {credential.account, f"arn:aws:iam::{credential.account}:root"}:
        return Naming.ACCOUNT
    if value == credential.arn:
        return Naming.CALLER
    if value == credential.principal_arn:
        return Naming.PRINCIPAL
    return Naming.NOT
