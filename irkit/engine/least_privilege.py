"""The least privileges a playbook needs: what its actions declare, and what irkit asks besides.

Reads and writes are kept apart, because planning holds credentials that cannot write. Besides its
actions irkit reads what resolves the inputs, expands `protect` and tells whom the run depends on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from irkit.actions.log_plane import may_hold_log
from irkit.actions.okta_dependencies import blocks_networks, stops_tokens
from irkit.engine.guards.break_glass import may_shut_out
from irkit.engine.walk import Book
from irkit.lang.types import parse_type
from irkit.model.playbook import DoStep, Playbook, Protection, ReadStep, all_steps
from irkit.model.spec import Catalogue, Permissions, Spec
from irkit.workspace.config import AwsBreakGlass

GUARDS: Final = "irkit's own guards"
_OWN: Final[Mapping[str, Permissions]] = {
    "aws": Permissions(iam_read=("iam:GetRole",)),
    "okta": Permissions(okta_read=("okta.roles.read", "okta.users.read")),
}
"""What the guards read, by provider: which identities the run acts as, who administers."""

_KINDS: Final[Mapping[str, Permissions]] = {
    "aws.access_key": Permissions(
        iam_read=("iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAccessKeys")
    ),
    "aws.instance": Permissions(iam_read=("ec2:DescribeInstances", "ec2:DescribeRegions")),
    "aws.region": Permissions(iam_read=("ec2:DescribeRegions",)),
    "aws.role": Permissions(iam_read=("iam:GetRole", "iam:ListRoles")),
    "aws.user": Permissions(iam_read=("iam:GetUser", "iam:ListUsers")),
    "okta.app": Permissions(okta_read=("okta.apps.read",)),
    "okta.group": Permissions(okta_read=("okta.groups.read", "okta.users.read")),
    "okta.user": Permissions(okta_read=("okta.users.read",)),
}
"""What reading an input of a type, or expanding a pattern of `protect`, takes."""


@dataclass(slots=True, kw_only=True)
class _Needs:
    read: dict[str, set[str]] = field(default_factory=dict)
    write: dict[str, set[str]] = field(default_factory=dict)

    def take(self, read: Iterable[str], write: Iterable[str], who: str) -> None:
        for names, into in ((read, self.read), (write, self.write)):
            for name in names:
                into.setdefault(name, set()).add(who)


@dataclass(frozen=True, slots=True, kw_only=True)
class Privileges:
    """Rights by handle, each with what needs it."""

    read: Mapping[str, tuple[str, ...]]
    write: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastPrivileges:
    """What a playbook needs of each provider: IAM actions, and Okta OAuth scopes."""

    playbook: str
    actions: tuple[str, ...]
    iam: Privileges
    okta: Privileges


def least_privileges(
    book: Book,
    catalogue: Catalogue,
    protect: Iterable[Protection] = (),
    also: Iterable[str] = (),
    ways_in: Iterable[AwsBreakGlass] = (),
) -> LeastPrivileges:
    """Return what running `book` needs.

    Args:
        book: The playbook, with those it calls.
        catalogue: The actions' facts.
        protect: The workspace's own patterns.
        also: Actions that are not in the book: those of a run that it takes back.
        ways_in: The break-glass access to AWS that the workspace names.
    """
    iam, okta = _Needs(), _Needs()
    kinds = {way.kind for way in ways_in}
    actions = tuple(sorted({*_actions(book), *also}))
    for action in actions:
        spec = catalogue[action]
        _take(iam, okta, spec.permissions, action)
        _take(iam, okta, _guarded(spec, kinds), GUARDS)
    for kind, who in _kinds(book, protect):
        _take(iam, okta, _KINDS.get(kind, Permissions()), who)
    for provider in sorted(
        {provider for action in actions for provider in catalogue[action].needs}
    ):
        _take(iam, okta, _OWN[provider], GUARDS)
    return LeastPrivileges(
        playbook=book.main.id, actions=actions, iam=_privileges(iam), okta=_privileges(okta)
    )


def _guarded(spec: Spec, ways_in: Iterable[str]) -> Permissions:
    """Return what the guards read for some actions only; `ways_in` are kinds of principals."""
    networks = ("okta.logs.read", "okta.networkZones.read") if blocks_networks(spec) else ()
    tokens = ("okta.apiTokens.read",) if stops_tokens(spec) else ()
    trails = ("cloudtrail:DescribeTrails",) if may_hold_log(spec) else ()
    proven = ways_in if may_shut_out(spec) else ()
    stands = tuple(f"iam:Get{kind.partition('.')[2].capitalize()}Policy" for kind in proven)
    return Permissions(iam_read=(*trails, *stands), okta_read=(*networks, *tokens))


def _take(iam: _Needs, okta: _Needs, needed: Permissions, who: str) -> None:
    iam.take(needed.iam_read, needed.iam_write, who)
    okta.take(needed.okta_read, needed.okta_write, who)


def _privileges(needs: _Needs) -> Privileges:
    return Privileges(
        read={name: tuple(sorted(needs.read[name])) for name in sorted(needs.read)},
        write={name: tuple(sorted(needs.write[name])) for name in sorted(needs.write)},
    )


def _playbooks(book: Book) -> Iterator[Playbook]:
    yield book.main
    yield from book.calls.values()


def _actions(book: Book) -> Iterator[str]:
    for playbook in _playbooks(book):
        for step in all_steps(playbook):
            if isinstance(step, ReadStep | DoStep):
                yield step.action
            if isinstance(step, DoStep) and step.verify is not None:
                yield step.verify.action


def _kinds(book: Book, protect: Iterable[Protection]) -> Iterator[tuple[str, str]]:
    """Yield each type that is resolved or expanded, and for what."""
    for declared in book.main.inputs:
        yield parse_type(declared.type).leaf, f"input {declared.name}"
    for playbook in _playbooks(book):
        for item in playbook.protect:
            yield item.kind, f"protect {item.pattern}"
    for item in protect:
        yield item.kind, f"protect {item.pattern}"
