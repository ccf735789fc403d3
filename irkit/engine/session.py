"""A session: one command's hold on a workspace, its policy, its trail and who is acting."""

import fcntl
import getpass
import json
import os
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from irkit.clock import Clock, system_clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.consent import WorkspaceConsent
from irkit.engine.history import inflated
from irkit.model.fold import fold
from irkit.model.run import Run
from irkit.model.spec import Catalogue
from irkit.trail.approval_fold import ApprovalFold
from irkit.trail.journal import Journal, exists
from irkit.trail.keys import Signer, open_signer
from irkit.trail.merkle import root_of
from irkit.trail.note import VerifierKey
from irkit.trail.problems import FOREIGN_KEY
from irkit.trail.record import Actor
from irkit.trail.signing_keys import SigningKey
from irkit.workspace import policy as policies
from irkit.workspace.config import Workspace
from irkit.workspace.policy import Policy


@dataclass(slots=True)
class _Roots:
    """The roots of a trail's own history, at every size."""

    leaves: list[bytes] = field(default_factory=list)

    def at(self, size: int) -> str | None:
        """Return the base64 root at `size`, None where the trail was never that long."""
        if not 0 < size <= len(self.leaves):
            return None
        return b64encode(root_of(self.leaves[:size])).decode()


@dataclass
class Session:
    """What commands work with. `actor_name` is who acts, as in allowed_signers.

    `key` is theirs, where it is at hand: with it they sign which plan they ask for.
    """

    workspace: Workspace
    catalogue: Catalogue
    environment: Mapping[str, str]
    actor_name: str
    clock: Clock = system_clock
    key: SigningKey | None = None

    @property
    def actor(self) -> Actor:
        """Return who acts, as records name them."""
        return Actor(id=self.actor_name, kind="person", auth="local")

    @cached_property
    def signers(self) -> tuple[Signer, ...]:
        """Return the trail's signer and, while a rotation is planned or just done, the next one."""
        trail = self.workspace.trail
        return tuple(
            open_signer(
                uri,
                base=self.workspace.root,
                agent_socket=self.environment.get("SSH_AUTH_SOCK"),
                elsewhere={"awskms": self._in_kms},
            )
            for uri in (trail.key, trail.next_key)
            if uri
        )

    def _in_kms(self, arn: str) -> Signer:
        from irkit.engine.kms_signer import KmsSigner  # noqa: PLC0415  # few have one

        access = self.workspace.trail.kms
        assert access is not None, "irkit.yaml was checked for it"
        return KmsSigner(arn, access, self.workspace, self.clock)

    @property
    def has_trail(self) -> bool:
        """Say whether the trail has begun."""
        return exists(self.workspace.trail_directory)

    @property
    def origin(self) -> str:
        """Return the trail's origin, or what irkit.yaml says where there is no trail yet."""
        if not self.has_trail:
            return self.workspace.origin
        with (self.workspace.trail_directory / "journal.jsonl").open("rb") as file:
            first = file.readline()
        return str(json.loads(first)["body"]["origin"])

    def policy_under(self, origin: str) -> Policy:
        """Return the policy as the files say it now, with the trail key's name under `origin`."""
        keys: tuple[str, ...] = ()
        with suppress(IrkitError):
            keys = tuple(str(VerifierKey(name=origin, public=one.public)) for one in self.signers)
        return policies.load(self.workspace, keys)

    @cached_property
    def policy(self) -> Policy:
        """Return the policy as the workspace's files say it now."""
        return self.policy_under(self.origin)

    @contextmanager
    def journal(self, *, writing: bool) -> Iterator[Journal]:
        """Open the trail.

        Raises:
            IrkitError: if there is none yet, or it cannot be trusted.
        """
        if not self.has_trail:
            raise IrkitError(
                Diagnostic(
                    code="IRK431",
                    summary="this workspace's policy is not sealed yet, so it has no trail",
                    help="enrol approvers (irkit approvers add), then: irkit approvers seal",
                )
            )
        with self._opened(writing=writing) as journal:
            yield journal

    def _opened(self, *, writing: bool) -> Journal:
        """Open the trail with the key that signs it now: the next one, once it was handed over."""
        directory, clock = self.workspace.trail_directory, self.clock
        if not writing:
            return Journal.open(directory, signer=None, clock=clock)
        first, *others = self.signers
        try:
            return Journal.open(directory, signer=first, clock=clock)
        except IrkitError as error:
            if not others or error.diagnostics[0].code != FOREIGN_KEY:
                raise
        return Journal.open(directory, signer=others[0], clock=clock)

    def consent(self, journal: Journal) -> WorkspaceConsent:
        """Return the consent fold over `journal`, up to now."""
        roots = _Roots()
        for record in journal.replay():
            roots.leaves.append(record.leaf)
        fold_ = ApprovalFold(journal.blobs, _following(journal, roots))
        consent = WorkspaceConsent(fold_, journal, self.policy, self.workspace.plan_valid)
        consent.catch_up()
        return consent

    def check_policy(self, consent: WorkspaceConsent) -> None:
        """Refuse to act under a policy that is not the sealed one.

        Raises:
            IrkitError: if the files say another policy than the trail.
        """
        if consent.fold.policy_digest != self.policy.digest:
            raise IrkitError(
                Diagnostic(
                    code="IRK432",
                    summary="approvers, roles or rules have changed since the policy was sealed",
                    help="seal the new policy with the old one's quorum: irkit approvers seal",
                )
            )

    def run(self, journal: Journal, run_id: str) -> Run:
        """Return a run as the trail has it."""
        return fold(inflated(journal.replay(run_id), journal.blobs), run_id)

    @contextmanager
    def acting(self, run_id: str) -> Iterator[None]:
        """Be the one process that acts for a run.

        Raises:
            IrkitError: if another process does.
        """
        folder = self.workspace.state / "runs"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / f"{run_id}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise IrkitError(
                    Diagnostic(
                        code="IRK608",
                        summary=f"another process is acting for the run {run_id}",
                        help=f"watch it with: irkit status {run_id}",
                    )
                ) from error
            yield
        finally:
            os.close(handle)

    def acted_for(self, run_id: str) -> bool:
        """Say whether a process acts for a run at this moment."""
        if not (self.workspace.state / "runs" / f"{run_id}.lock").exists():
            return False
        try:
            with self.acting(run_id):
                return False
        except IrkitError:
            return True

    @property
    def locks(self) -> Path:
        """Return the folder of the locks on targets."""
        return self.workspace.state / "locks"


def _following(journal: Journal, roots: _Roots) -> Callable[[int], str | None]:
    def root_at(size: int) -> str | None:
        for record in journal.follow(len(roots.leaves) - 1):
            roots.leaves.append(record.leaf)
        return roots.at(size)

    return root_at


def whoever(policy_names: tuple[str, ...], given: str, environment: Mapping[str, str]) -> str:
    """Return who acts: as given, as IRKIT_AS says, or the only enrolled name of this login."""
    named = given or environment.get("IRKIT_AS", "")
    if named:
        return named
    login = getpass.getuser()
    own = [name for name in policy_names if name.partition("@")[0] == login]
    return own[0] if len(own) == 1 else f"{login}@{socket.gethostname()}"
