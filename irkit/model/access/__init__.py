"""Who may do what in AWS: the one truth for guards, the kill matrix and the simulated world.

`decide` answers for a credential, its policies and a request; `may_assume` and `may_federate`
answer for entering a role. Everything here is pure: policies, time and context are given.
"""

from irkit.model.access.credential import Credential, Request, context_of
from irkit.model.access.evaluate import (
    ALWAYS_ALLOWED,
    Allowed,
    Decision,
    ExplicitDeny,
    ImplicitDeny,
    Policies,
    decide,
    may_assume,
    may_federate,
)
from irkit.model.access.kinds import CredentialKind
from irkit.model.access.operators import PolicyError
from irkit.model.access.policy import Effect, Policy, Statement, parse_policy

__all__ = [
    "ALWAYS_ALLOWED",
    "Allowed",
    "Credential",
    "CredentialKind",
    "Decision",
    "Effect",
    "ExplicitDeny",
    "ImplicitDeny",
    "Policies",
    "Policy",
    "PolicyError",
    "Request",
    "Statement",
    "context_of",
    "decide",
    "may_assume",
    "may_federate",
    "parse_policy",
]
