"""May irkit's roles make every planned call? AWS's own policy simulator is asked.

A planned change is asked about with its target; a step without one tonight, with any. What
is not allowed for any target may be for the right one, so it is unknown, as is a denial that hangs
on a condition the simulator was not given. What the plan reads it has read: that is proof.
"""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias, cast

from irkit.actions.base import Readers
from irkit.actions.shape import entries, text, texts
from irkit.canonical import JsonObject
from irkit.engine.checking import Finding, State, good
from irkit.engine.walk import Book
from irkit.model.playbook import DoStep, ReadStep, all_steps
from irkit.proving.preflight.site import Site
from irkit.workspace.config import Connection

_ANY: Final = "*"
_ARN: Final = re.compile(r"arn:aws[a-z-]*:\S+")
_EXPLICIT: Final = "explicitDeny"
_MANY: Final = 50
"""Actions asked about in one call."""

_Wanted: TypeAlias = Mapping[tuple[str, str], frozenset[str]]
"""IAM actions by account and resource."""


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield what the simulator denies, account by account."""
    for finding in site.blind("permissions", "aws"):
        yield finding
    for connection in site.open("aws"):
        readers = site.readers(connection)
        asked = 0
        denied: list[Finding] = []
        for (account, resource), actions in sorted(_wanted(site, connection, readers).items()):
            asked += len(actions)
            principal = await _writer(readers, account)
            denied += await _denied(readers, account, principal, resource, sorted(actions))
        for finding in denied:
            yield replace(finding, remedy=f"irkit permissions {site.book.main.id} --handle write")
        if asked and not denied:
            yield good("permissions", f"{asked} IAM permissions of `{connection.name}` are there")


def _wanted(site: Site, connection: Connection, readers: Readers) -> _Wanted:
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    planned = set()
    catalogue = site.session.catalogue
    for step in site.steps:
        if step.changes:
            planned.add(step.action)
        if step.connection not in {"", connection.name}:
            continue
        for change in step.changes:
            provider, _, account = change.target.tenant.partition(":")
            if provider == "aws":
                named = _ARN.search(f"{change.target.id} {change.target.label}")
                resource = named[0] if named else _ANY
                permissions = catalogue[step.action].permissions.iam_write
                wanted[account, resource] |= set(permissions)
    for action in sorted(set(_changing(site.book)) - planned):
        for account in readers.aws.accounts():
            wanted[account, _ANY] |= set(catalogue[action].permissions.iam_write)
    return {place: frozenset(actions) for place, actions in wanted.items() if actions}


def _changing(book: Book) -> Iterator[str]:
    for playbook in (book.main, *book.calls.values()):
        for step in all_steps(playbook):
            if isinstance(step, DoStep | ReadStep):
                yield step.action


async def _writer(readers: Readers, account: str) -> str:
    """Return the ARN of the role that makes changes in an account, or of the first identity."""
    caller = await readers.aws.caller(account)
    return text(caller, "WriteRole") or text(caller, "Source", "Arn")


async def _denied(
    readers: Readers, account: str, principal: str, resource: str, actions: Sequence[str]
) -> list[Finding]:
    found: list[Finding] = []
    for start in range(0, len(actions), _MANY):
        parameters: JsonObject = {
            "PolicySourceArn": principal,
            "ActionNames": list(actions[start : start + _MANY]),
            "ResourceArns": [resource],
        }
        pages = readers.aws.pages("iam", "simulate_principal_policy", parameters, account=account)
        async for page in pages:
            found += _told(entries(page.body, "EvaluationResults"), principal, resource)
    return found


def _told(results: Iterable[JsonObject], principal: str, resource: str) -> Iterator[Finding]:
    for result in results:
        decision = text(result, "EvalDecision")
        if decision == "allowed":
            continue
        missing = texts(result, "MissingContextValues") if "MissingContextValues" in result else ()
        detail = cast("JsonObject", result.get("OrganizationsDecisionDetail") or {})
        by = "an organization's policy" if detail.get("AllowedByOrganizations") is False else ""
        how = f"{decision}, by {by}" if by else decision
        unsure = bool(missing) or (resource == _ANY and decision != _EXPLICIT)
        why = f", which hangs on {', '.join(missing)}" if missing else ""
        yield Finding(
            subject="permissions",
            state=State.UNKNOWN if unsure else State.BAD,
            what=f"{principal} may not {text(result, 'EvalActionName')} on "
            f"{'any target' if resource == _ANY else resource} ({how}{why})",
        )
