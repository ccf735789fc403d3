"""Session policies: what a role session is reduced to, of what its role may do.

AWS grants a session what both the role's policies and the session policy allow, so a session policy
can only take rights away. Its text has at most 2,048 characters (STS `AssumeRole`). What is longer
is widened step by step, and the role still decides: ARNs become any resource of their type and
account, then any at all; reads become their verbs (`iam:Get*`), service by service. The actions of
a write are never widened.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.iam_rights import Condition, Right, condition_json, condition_of

LIMIT: Final = 2048
_VERB: Final = re.compile(r"(?:Batch)?[A-Z][a-z]+")
_TYPE: Final = re.compile(r"((?:[^:]*:){5}(?:[\w-]+[/:])?).+")


class Reach(StrEnum):
    """How far a session policy reaches: the named resources, any of their type, or any at all."""

    NAMED = "named"
    TYPE = "type"
    ANY = "any"


def session_policies(rights: Iterable[Right], *, write: bool) -> tuple[str, ...]:
    """Return policies that allow `rights` and as little else as can be, the narrowest first.

    STS also limits what a policy comes to in its own packed form, which nobody can compute: where
    it refuses one, the next is for trying.

    Raises:
        IrkitError: if none is short enough for a session.
    """
    return tuple(dict.fromkeys(text for _, text in _fitting(rights, write=write)))


def reach(rights: Iterable[Right]) -> Reach:
    """Return how far the session of a write reaches.

    Raises:
        IrkitError: if no policy is short enough for a session.
    """
    return _fitting(rights, write=True)[0][0]


def _fitting(rights: Iterable[Right], *, write: bool) -> tuple[tuple[Reach, str], ...]:
    forms = tuple(_forms(frozenset(rights), write=write))
    fitting = tuple(form for form in forms if len(form[1]) <= LIMIT)
    if not fitting:
        raise IrkitError(
            Diagnostic(
                code="IRK532",
                summary=f"the session policy is too long: {len(forms[-1][1]):,} of {LIMIT:,} "
                "characters",
                help="run fewer steps in one playbook, or write `least_privilege: true` in "
                "irkit.yaml and rely on the roles' own policies",
            )
        )
    return fitting


def _forms(rights: frozenset[Right], *, write: bool) -> Iterator[tuple[Reach, str]]:
    """Yield policies, each wider and shorter than the one before."""
    yield (Reach.NAMED, _text(rights, write=write))
    yield (Reach.TYPE, _text(frozenset(map(_any_of_its_type, rights)), write=write))
    rights = frozenset(replace(right, on=()) for right in rights)
    yield (Reach.ANY, _text(rights, write=write))
    while not write and (service := _widest(rights)):
        rights = frozenset(_by_verb(r) if _service(r) == service else r for r in rights)
        yield (Reach.ANY, _text(rights, write=write))


def _text(rights: frozenset[Right], *, write: bool) -> str:
    found: dict[tuple[tuple[str, ...], Condition | None], list[str]] = {}
    for right in sorted(rights, key=lambda right: right.action):
        condition = condition_of(right.action, write=write)
        found.setdefault((right.on, condition), []).append(right.action)
    statements = [
        {
            "Effect": "Allow",
            "Action": actions,
            "Resource": list(on) or "*",
            **({"Condition": condition_json(condition)} if condition else {}),
        }
        for (on, condition), actions in found.items()
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    return json.dumps(policy, separators=(",", ":"))


def _any_of_its_type(right: Right) -> Right:
    """Return the right on everything of the type and account of each ARN."""
    return replace(right, on=tuple(dict.fromkeys(_TYPE.sub(r"\1*", arn) for arn in right.on)))


def _widest(rights: frozenset[Right]) -> str:
    """Return the service that widening makes shortest, empty if none gets any shorter."""
    saved = {
        service: sum(len(right.action) + 3 for right in own)
        - sum(len(action) + 3 for action in {_by_verb(right).action for right in own})
        for service in {_service(right) for right in rights}
        if (own := [right for right in rights if _service(right) == service])
    }
    service = max(sorted(saved), key=lambda name: saved[name], default="")
    return service if service and saved[service] > 0 else ""


def _service(right: Right) -> str:
    return right.action.partition(":")[0]


def _by_verb(right: Right) -> Right:
    service, _, action = right.action.partition(":")
    verb = _VERB.match(action)
    if verb is None or action.endswith("*") or condition_of(right.action, write=False):
        return right
    return replace(right, action=f"{service}:{verb[0]}*")
