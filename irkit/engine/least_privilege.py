"""The least privileges a playbook needs: what its actions declare, and what irkit asks besides.

Reads and writes are kept apart, because planning holds credentials that cannot write. Besides its
actions irkit reads what resolves the inputs, expands `protect` and tells whom the run depends on.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from irkit.actions.log_plane import may_hold_log
from irkit.actions.okta_dependencies import blocks_networks, stops_tokens
from irkit.engine.books import providers_of
from irkit.engine.circumstances import Use, uses
from irkit.engine.guards.break_glass import may_shut_out
from irkit.engine.walk import Book
from irkit.lang.types import parse_type
from irkit.model.playbook import Playbook, Protection
from irkit.model.spec import Catalogue, Permissions, Spec, Verb
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
    "aws.role": Permissions(iam_read=("iam:GetRole",)),
    "aws.user": Permissions(iam_read=("iam:GetUser",)),
    "okta.app": Permissions(okta_read=("okta.apps.read",)),
    "okta.group": Permissions(okta_read=("okta.groups.read", "okta.users.read")),
    "okta.user": Permissions(okta_read=("okta.users.read",)),
}
"""What reading an input of a type, or expanding a pattern of `protect`, takes."""

_LISTED: Final[Mapping[str, Permissions]] = {
    "aws.role": Permissions(iam_read=("iam:ListRoles",)),
    "aws.user": Permissions(iam_read=("iam:ListUsers",)),
}
"""What it takes instead where a pattern is no ARN, so that all there are have to be matched."""


@dataclass(slots=True, kw_only=True)
class _Needs:
    """Rights by handle, each with what needs it and when."""

    read: dict[str, set[str]] = field(default_factory=dict)
    write: dict[str, set[str]] = field(default_factory=dict)
    when: dict[str, set[str]] = field(default_factory=dict)

    def take(
        self,
        read: Iterable[str],
        write: Iterable[str],
        who: str,
        *,
        when: str = "",
        only: Mapping[str, str] | None = None,
    ) -> None:
        """Note that `who` needs these, `when` it comes to that."""
        for names, into in ((read, self.read), (write, self.write)):
            for name in names:
                into.setdefault(name, set()).add(who)
                own = (only or {}).get(name, "")
                self.when.setdefault(name, set()).add(" and ".join(filter(None, (when, own))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Privileges:
    """Rights by handle, each with what needs it.

    `only` says when a right is needed, of those that a run may well do without.
    """

    read: Mapping[str, tuple[str, ...]]
    write: Mapping[str, tuple[str, ...]]
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    iam, okta, also = _Needs(), _Needs(), tuple(also)
    kinds = {way.kind for way in ways_in}
    guarded: set[str] = set()
    used = (*uses(book), *(Use(action=action) for action in also))
    for use in used:
        spec = catalogue[use.action]
        needed = spec.permissions
        if use.arguments is not None:
            needed = needed.of(use.arguments)
        _take(iam, okta, needed, use.action, use.when)
        if spec.verb is Verb.DO:
            _take(iam, okta, _guarded(spec, kinds), GUARDS, use.when)
            guarded |= set(spec.needs)
    for takes, who in _named(book, protect, guarded):
        _take(iam, okta, takes, who)
    for provider in sorted(guarded):
        _take(iam, okta, _OWN[provider], GUARDS)
    opened = providers_of(book, catalogue, also)
    return LeastPrivileges(
        playbook=book.main.id,
        actions=tuple(sorted({use.action for use in used})),
        iam=_privileges(iam if "aws" in opened else _Needs()),
        okta=_privileges(okta if "okta" in opened else _Needs()),
    )


def _guarded(spec: Spec, ways_in: Iterable[str]) -> Permissions:
    """Return what the guards read for some actions only; `ways_in` are kinds of principals."""
    networks = ("okta.logs.read", "okta.networkZones.read") if blocks_networks(spec) else ()
    tokens = ("okta.apiTokens.read",) if stops_tokens(spec) else ()
    trails = ("cloudtrail:DescribeTrails",) if may_hold_log(spec) else ()
    proven = ways_in if may_shut_out(spec) else ()
    stands = tuple(f"iam:Get{kind.partition('.')[2].capitalize()}Policy" for kind in proven)
    return Permissions(iam_read=(*trails, *stands), okta_read=(*networks, *tokens))


def _take(iam: _Needs, okta: _Needs, needed: Permissions, who: str, when: str = "") -> None:
    iam.take(needed.iam_read, needed.iam_write, who, when=when, only=needed.only)
    okta.take(needed.okta_read, needed.okta_write, who, when=when, only=needed.only)


def _privileges(needs: _Needs) -> Privileges:
    return Privileges(
        read={name: tuple(sorted(needs.read[name])) for name in sorted(needs.read)},
        write={name: tuple(sorted(needs.write[name])) for name in sorted(needs.write)},
        only={
            name: tuple(sorted(when)) for name, when in sorted(needs.when.items()) if "" not in when
        },
    )


def _playbooks(book: Book) -> Iterator[Playbook]:
    yield book.main
    yield from book.calls.values()


def _named(
    book: Book, protect: Iterable[Protection], guarded: Collection[str]
) -> Iterator[tuple[Permissions, str]]:
    """Yield what it takes to resolve each input and to expand each pattern, and for what.

    Patterns are expanded where something is changed: a provider that is only read has no guard.
    """
    nothing = Permissions()
    for declared in book.main.inputs:
        yield _KINDS.get(parse_type(declared.type).leaf, nothing), f"input {declared.name}"
    for item in (*(item for playbook in _playbooks(book) for item in playbook.protect), *protect):
        if item.kind.partition(".")[0] in guarded:
            exact = item.pattern.startswith("arn:") and not set("*?[") & set(item.pattern)
            one = _KINDS.get(item.kind, nothing)
            yield one if exact else _LISTED.get(item.kind, one), f"protect {item.pattern}"
