"""What a new run starts with, from the command line: playbook, inputs, phase, case."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import which

from irkit import assets
from irkit.cli.opened import Invocation
from irkit.cli.requesting import take_key
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.assembly import resolved
from irkit.engine.books import load_book
from irkit.engine.cases import cases, fresh_name, open_case
from irkit.engine.connections import OpenConnections
from irkit.engine.consent import WorkspaceConsent
from irkit.engine.opening import Opening, open_run
from irkit.engine.ulid import ulid
from irkit.engine.walk import Book
from irkit.trail.journal import Journal

_GIT_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOpening(Opening):
    """An opening, and what the playbook was called on the command line."""

    named: str = ""


def opening_of(
    invocation: Invocation, playbook: str, given: Mapping[str, str], *, only: str = ""
) -> NamedOpening:
    """Load a playbook and gather what its run starts with.

    Raises:
        IrkitError: if there is no such playbook or phase, or the playbook has errors.
    """
    file = assets.find_playbook(playbook, invocation.workspace.playbooks, invocation.here)
    book = load_book(file, invocation.workspace.playbooks, invocation.catalogue)
    return NamedOpening(
        book=book,
        given=given,
        mode=str(invocation.workspace.mode),
        requester=invocation.session.actor_name,
        only=_phase(book, only),
        named=playbook,
    )


def named_opening(
    invocation: Invocation,
    opening: Opening,
    journal: Journal,
    consent: WorkspaceConsent,
    *,
    case: str,
    key: str,
) -> Opening:
    """Give an opening its run id, its case and its requester, who signs with `key`.

    Nothing is recorded yet.

    Raises:
        IrkitError: if the case is closed, or a live workspace's requester has no key.
    """
    take_key(invocation, key, consent.fold.policy.signers)
    known = cases(journal)
    if case in known and known[case].closed_at is not None:
        raise IrkitError(
            Diagnostic(
                code="IRK616",
                summary=f"the case `{case}` is closed",
                help="leave --case out to open a new one, or name another",
            )
        )
    return replace(
        opening,
        requester=invocation.session.actor_name,
        case=case or fresh_name(known, os.urandom),
        run_id=ulid(invocation.clock(), os.urandom(10)),
        commit=_commit(Path(opening.book.main.file)),
    )


async def open_named(
    invocation: Invocation, opening: Opening, connections: OpenConnections, journal: Journal
) -> str:
    """Resolve the inputs, record the case if it is new, open the run and return its id."""
    session = invocation.session
    inputs = await resolved(session, opening, connections)
    if opening.case not in cases(journal):
        open_case(
            journal,
            session.actor,
            name=opening.case,
            title=opening.book.main.title,
            random=os.urandom,
        )
    return open_run(
        opening,
        inputs,
        journal=journal,
        blobs=journal.blobs,
        actor=session.actor,
        now=session.clock(),
    )


def _phase(book: Book, only: str) -> str:
    if not only:
        return ""
    for phase in book.main.phases:
        if only in {phase.id, phase.name}:
            return phase.id
    names = ", ".join(f"`{phase.name}`" for phase in book.main.phases)
    raise IrkitError(
        Diagnostic(
            code="IRK203",
            summary=f"the playbook `{book.main.id}` has no phase `{only}`",
            help=f"it has: {names}",
        )
    )


def _commit(file: Path) -> str:
    """Return the git commit the playbook is of; empty where git does not say or it was edited."""
    git = which("git")
    if git is None or not file.is_file():
        return ""
    if _said(git, file, "status", "--porcelain", "--", file.name) != "":
        return ""
    return _said(git, file, "log", "-1", "--format=%H", "--", file.name) or ""


def _said(git: str, file: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # fixed words and a file's own name
            (git, "-C", str(file.parent.absolute()), *words),
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
