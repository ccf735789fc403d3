"""The playbooks a workspace can run, each with what is asked of it, and its subject as it is now.

The workspace's own come first; one of its own hides a shipped one of the same name. A test file in
the workspace speaks for a shipped playbook as well: how often is the workspace's to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from irkit import assets
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.books import load_book
from irkit.engine.session import Session
from irkit.engine.walk import Book
from irkit.proving.proof import Level
from irkit.proving.regime import Regime, load, test_file
from irkit.proving.subject import (
    Subject,
    subject_of,
    workspace_environment,
    world_environment,
)

_HERE = frozenset({Level.LINT, Level.PREFLIGHT, Level.CANARY})
"""The levels that are proven against the workspace; the others against the simulated world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """One playbook. `book` is None where it cannot be loaded; `problems` say why."""

    name: str
    file: Path
    book: Book | None = None
    regime: Regime = field(default_factory=Regime)
    problems: tuple[Diagnostic, ...] = ()


@dataclass
class Shelf:
    """The playbooks of a session."""

    session: Session

    def all(self) -> Iterator[Shelved]:
        """Yield every playbook, by name."""
        own = self.session.workspace.playbooks
        folders = (own, assets.playbooks()) if own.is_dir() else (assets.playbooks(),)
        found = {f.stem: f for folder in reversed(folders) for f in assets.playbook_files(folder)}
        for name in sorted(found):
            yield self._shelved(found[name])

    def some(self, names: Sequence[str], here: Path) -> Iterator[Shelved]:
        """Yield the playbooks of these names, or all where none is named.

        Raises:
            IrkitError: IRK205 for a name that is none.
        """
        if not names:
            yield from self.all()
        for name in names:
            yield self.one(name, here)

    def one(self, name: str, here: Path) -> Shelved:
        """Return one playbook by its name or file.

        Raises:
            IrkitError: IRK205 if there is none.
        """
        return self._shelved(assets.find_playbook(name, self.session.workspace.playbooks, here))

    def subject(self, shelved: Shelved, level: Level) -> Subject | None:
        """Return what a proof at `level` made now would hold for; None if it cannot be loaded."""
        if shelved.book is None:
            return None
        environment = self._workspace if level in _HERE else world_environment()
        asked = shelved.regime.asked.get(level, "")
        return subject_of(shelved.book, environment=environment, test=asked)

    @cached_property
    def _workspace(self) -> str:
        return workspace_environment(self.session)

    def _shelved(self, file: Path) -> Shelved:
        workspace = self.session.workspace
        problems: list[Diagnostic] = []
        regime, book = Regime(), None
        try:
            regime = load(test_file(file, workspace.playbooks))
        except IrkitError as error:
            problems += error.diagnostics
        try:
            book = load_book(file, workspace.playbooks, self.session.catalogue)
        except IrkitError as error:
            problems += error.diagnostics
        return Shelved(
            name=book.main.id if book else file.stem,
            file=file,
            book=book,
            regime=regime,
            problems=tuple(problems),
        )
