"""Session policies: what a role session is reduced to, of what its role may do.

AWS grants a session what both the role's policies and the session policy allow, so a session policy
can only take rights away. Its text has at most 2,048 characters (STS `AssumeRole`). A longer list
of reads is widened to its verbs (`iam:Get*`), service by service, until it fits: the role still
decides. A list of writes is never widened.
"""

import json
import re
from collections.abc import Iterable
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError

LIMIT: Final = 2048
_VERB: Final = re.compile(r"(?:Batch)?[A-Z][a-z]+")


def session_policy(rights: Iterable[str], *, write: bool) -> str:
    """Return the policy that allows `rights` (IAM actions) and nothing else.

    Raises:
        IrkitError: if it is too long for a session.
    """
    wanted = frozenset(rights)
    text = _text(wanted)
    while len(text) > LIMIT and not write:
        service = _widest(wanted)
        if not service:
            break
        wanted = frozenset(_by_verb(right) if _of(right) == service else right for right in wanted)
        text = _text(wanted)
    if len(text) > LIMIT:
        raise IrkitError(
            Diagnostic(
                code="IRK532",
                summary=f"the session policy is too long: {len(text):,} of {LIMIT:,} characters",
                help="run fewer steps in one playbook, or write `least_privilege: true` in "
                "irkit.yaml and rely on the roles' own policies",
            )
        )
    return text


def _text(rights: frozenset[str]) -> str:
    statement = {"Effect": "Allow", "Action": sorted(rights), "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return json.dumps(policy, separators=(",", ":"))


def _widest(rights: frozenset[str]) -> str:
    """Return the service that widening makes shortest, empty if none gets any shorter."""
    saved = {
        service: sum(len(right) + 3 for right in own)
        - sum(len(verb) + 3 for verb in {_by_verb(right) for right in own})
        for service in {_of(right) for right in rights}
        if (own := [right for right in rights if _of(right) == service])
    }
    service = max(sorted(saved), key=lambda name: saved[name])
    return service if saved[service] > 0 else ""


def _of(right: str) -> str:
    return right.partition(":")[0]


def _by_verb(right: str) -> str:
    service, _, action = right.partition(":")
    verb = _VERB.match(action)
    return right if verb is None or action.endswith("*") else f"{service}:{verb[0]}*"
