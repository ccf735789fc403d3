"""A shipped playbook with exactly the rights that are printed for it, or with one of them less.

Its roles in AWS have the printed policies, the writing one that of its plan; at Okta it is a
service application with the printed scopes. Where a right is missing, what the run records, or the
error it ends with, must say which.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lab import Lab, laboratory
from service_app import jwk
from staged_playbooks import inputs_of, staged

from irkit.actions.load import catalogue
from irkit.cli.views import permissions as view
from irkit.diagnostics import IrkitError
from irkit.engine.least_privilege import LeastPrivileges, least_privileges
from irkit.engine.scoped_privileges import resources_of
from irkit.engine.walk import Book
from irkit.model.iam_actions import iam_action
from irkit.world.okta.routing import load

_TOKEN: Final = re.compile(r'auth: \{token: "file:([^"]*/)okta-token"\}')
_REFUSED: Final = re.compile(r"not authorized|insufficient_scope|AccessDenied|is missing in")

_IMPLIED: Final = {"ec2:CreateSnapshots": ("ec2:CreateTags",)}
"""What a call takes besides, which the log of calls does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One right that is printed: of which handle at AWS, or a scope at Okta."""

    handle: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a run and its undo came to, which of them named what was missing, and what was used.

    `whole` is how many of irkit's sessions had all that its roles have, `planned` what a bare plan
    wrote, `actions` are those that the run came to.
    """

    outcome: str
    undone: str
    bad: tuple[str, ...]
    named: str
    said: str
    used: frozenset[Right]
    whole: int
    planned: tuple[str, ...]
    actions: frozenset[str]


def printed(lab: Lab, book: Book) -> LeastPrivileges:
    """Return what `irkit permissions` prints for a playbook in the laboratory's workspace."""
    workspace = lab.session.workspace
    return least_privileges(book, catalogue(), workspace.protect, ways_in=workspace.break_glass.aws)


def printed_for(name: str) -> LeastPrivileges:
    """Return what is printed for a shipped playbook in a workspace of the world."""
    with TemporaryDirectory() as folder, laboratory(Path(folder) / "w", intruder=False) as lab:
        return printed(lab, lab.book(name))


def rights_of(needed: LeastPrivileges) -> tuple[Right, ...]:
    """Return each right that is printed."""
    return tuple(
        Right(handle=handle, name=name)
        for handle, rights in (
            ("read", needed.iam.read),
            ("write", needed.iam.write),
            ("okta", {**needed.okta.read, **needed.okta.write}),
        )
        for name in rights
    )


def needed_by(needed: LeastPrivileges, right: Right) -> frozenset[str]:
    """Return the actions, and what else, that a right is printed for."""
    tables = {"read": needed.iam.read, "write": needed.iam.write}
    okta = {**needed.okta.read, **needed.okta.write}
    return frozenset(tables.get(right.handle, okta).get(right.name, ()))


def when(needed: LeastPrivileges, right: Right) -> tuple[str, ...]:
    """Return when a right is needed at all; nothing if every run needs it."""
    only = needed.okta.only if right.handle == "okta" else needed.iam.only
    return tuple(only.get(right.name, ()))


@contextmanager
def with_printed(name: str, root: Path, missing: Right | None, *, reduced: bool) -> Iterator[Lab]:
    """Run a playbook's world in which irkit has what is printed without a plan, but for one."""
    with staged(name, root) as lab:
        needed = printed(lab, lab.book(name))
        for handle in ("read", "write"):
            grant(lab, f"irkit-{handle}", _policy(lab, lab.book(name), handle, {}, missing))
        scopes = [r.name for r in rights_of(needed) if r.handle == "okta"]
        if reduced:
            config = lab.root / "irkit.yaml"
            config.write_text(config.read_text() + "least_privilege: session\n")
        if scopes and (reduced or (missing is not None and missing.handle == "okta")):
            as_service_application(lab, scopes, [s for s in scopes if missing != _scope(s)])
        yield lab


def run_with(name: str, root: Path, missing: Right | None = None, *, reduced: bool = False) -> Seen:
    """Plan and run a playbook with what is printed, but for one right, and take it back.

    When `reduced`, each session has only what it is needed for.
    """
    with with_printed(name, root, missing, reduced=reduced) as lab:
        story = _Story(lab=lab, name=name, missing=missing)
        try:
            story.play(reduced=reduced)
        except IrkitError as error:
            story.failed(error)
        return story.seen()


@dataclass(slots=True, kw_only=True)
class _Story:
    """A playbook's plan, run and undo, as far as they come."""

    lab: Lab
    name: str
    missing: Right | None
    outcome: str = ""
    undone: str = ""
    bad: tuple[str, ...] = ()
    named: str = ""
    said: str = ""
    planned: tuple[str, ...] = ()
    actions: frozenset[str] = frozenset()

    def play(self, *, reduced: bool) -> None:
        """Plan, run, take back; what is named by then needs no undo to be named."""
        book, inputs = self.lab.book(self.name), inputs_of(self.lab, self.name)
        if reduced:
            before = len(self.lab.world.calls.all())
            self.lab.plan(book, **inputs)
            calls = self.lab.world.calls.all()[before:]
            self.planned = tuple(call.operation for call in calls if call.write)
            self._look("plan")
        run_id = self.lab.start(book, **inputs)
        self.lab.go(book, run_id)
        self._look("plan")
        plan = self.lab.run_of(run_id).plan
        if plan is not None:
            limits = resources_of(book, plan, catalogue())
            grant(self.lab, "irkit-write", _policy(self.lab, book, "write", limits, self.missing))
        run = self.lab.to_its_end(book, run_id).run
        self.outcome = str(run.outcome)
        self.bad = tuple(s.change.id for s in run.changes.values() if not s.stage.good)
        done = {state.step.action for state in run.changes.values()}
        self.actions = frozenset({*done, *(read.action for read in run.reads.values())})
        self._look("run")
        if not self.named:
            _, undoing = self.lab.take_back(run_id, book)
            self.undone = str(undoing.run.outcome)
            self._look("undo")

    def failed(self, error: IrkitError) -> None:
        """Take an error for what was said last."""
        self.said = "; ".join(f"{item.summary}: {item.help}" for item in error.diagnostics)
        self._look("plan" if not self.outcome else "undo")

    def seen(self) -> Seen:
        """Return what there was to see."""
        return Seen(
            outcome=self.outcome,
            undone=self.undone,
            bad=self.bad,
            named=self.named,
            said=self.said or refusals(self.lab),
            used=frozenset(used(self.lab)),
            whole=self._whole(),
            planned=self.planned,
            actions=self.actions,
        )

    def _whole(self) -> int:
        sessions = self.lab.world.aws.cloud.sessions.all()
        own = [session for session in sessions if session.holder_name.startswith("irkit-")]
        return sum(session.policies is None for session in own)

    def _look(self, where: str) -> None:
        if self.missing is None or self.named:
            return
        right = re.escape(self.missing.name)
        told = rf"(perform: |takes ){right}\b|\b{right} is missing"
        if re.search(told, f"{refusals(self.lab)} {self.said}"):
            self.named = where


def used(lab: Lab) -> Iterator[Right]:
    """Yield the rights that irkit's calls took."""
    scopes = _scopes()
    for call in lab.world.calls.all():
        if call.provider == "okta" and "irkit/" in call.user_agent:
            yield from (_scope(scope) for scope in scopes.get(call.operation, ()))
        elif ":assumed-role/irkit-" in call.principal:
            handle = "read" if "/irkit-read/" in call.principal else "write"
            name = iam_action(*call.operation.split(":"))
            yield from (Right(handle=handle, name=n) for n in (name, *_IMPLIED.get(name, ())))


@cache
def _scopes() -> Mapping[str, tuple[str, ...]]:
    return {route.operation: (route.scope,) for route in load() if route.area}


def _policy(
    lab: Lab,
    book: Book,
    handle: str,
    limits: Mapping[str, tuple[str, ...]],
    missing: Right | None,
) -> str:
    """Return the very policy that is printed for a handle, without one right of it."""
    policy = json.loads(view.iam(view.to_json(printed(lab, book), limits), handle))
    for statement in policy["Statement"]:
        statement["Action"] = [
            name for name in statement["Action"] if missing != Right(handle=handle, name=name)
        ]
    policy["Statement"] = [s for s in policy["Statement"] if s["Action"]]
    return json.dumps(policy)


def granted_for(
    lab: Lab,
    book: Book,
    limits: Mapping[str, tuple[str, ...]],
    missing: Right | None = None,
) -> None:
    """Give the write role what is printed for a plan that limits it so, but for one right."""
    grant(lab, "irkit-write", _policy(lab, book, "write", limits, missing))


def grant(lab: Lab, role: str, policy: str) -> None:
    """Give a role of irkit's this policy and no other, in every account."""
    for account in lab.world.accounts:
        iam = lab.world.aws.cloud.iam(account.id)
        if json.loads(policy)["Statement"]:
            iam.put_role_policy(role, role, policy)
        else:
            iam.delete_role_policy(role, role)


def as_service_application(lab: Lab, asked: Iterable[str], granted: Iterable[str]) -> None:
    """Let irkit be a service application at Okta, with these scopes."""
    client = lab.world.okta.add_service_app("irkit", jwk(_key()), tuple(granted))
    file = lab.root / ".irkit" / "keys" / "okta-key"
    file.write_bytes(_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    config = lab.root / "irkit.yaml"
    auth = f'private_key: "file:{{}}okta-key", client_id: {client}, scopes: [{", ".join(asked)}]'
    text, count = _TOKEN.subn(lambda at: f"auth: {{{auth.format(at[1])}}}", config.read_text())
    assert count == 1
    config.write_text(text)


def refusals(lab: Lab) -> str:
    """Return what the records say about rights that irkit lacks."""
    bodies = (json.dumps(body) for _, body in lab.ears.bodies)
    return "; ".join(body for body in bodies if _REFUSED.search(body))


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _scope(name: str) -> Right:
    return Right(handle="okta", name=name)
