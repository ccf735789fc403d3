"""Checking the files of a workspace: its playbooks with all that the workspace knows, its settings.

The language's rules know nothing of a workspace; what they may ask about one is gathered here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from irkit import assets
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.lang import decode as language
from irkit.lang.lint import LintContext, apply_fixes, lint
from irkit.model.playbook import CallStep, Playbook, all_steps
from irkit.model.spec import Catalogue
from irkit.trail.allowed_signers import parse_allowed_signers
from irkit.workspace import approvers, lock
from irkit.workspace import decode as settings
from irkit.workspace.config import AwsConnection, LeastPrivilege, Workspace

_TEMPLATE_ENDING = ".j2"
_SCENARIOS = "scenarios"


class Tests(Protocol):
    """Knows test files; supplied by a higher floor."""

    def check(self, path: Path, data: bytes, name: str) -> tuple[Diagnostic, ...]:
        """Return everything found in a test file."""

    def covers(self, playbook: Path) -> bool:
        """Say whether there is a valid test file for a playbook."""


class Scenarios(Protocol):
    """Knows scenarios; supplied by a higher floor."""

    def check(self, data: bytes, name: str, catalogue: Catalogue) -> tuple[Diagnostic, ...]:
        """Return everything found in a scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One file and what was found in it. `text` is empty where it could not be read."""

    file: Path
    text: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass
class Linter:
    """Checks files; `workspace` is None where there is none or it cannot be read.

    Without `tests`, nobody can say whether a playbook is tested.
    """

    catalogue: Catalogue
    workspace: Workspace | None = None
    tests: Tests | None = None
    scenarios: Scenarios | None = None

    def check(self, path: Path, name: str) -> Checked:
        """Check one file; `name` is what messages call it."""
        try:
            data = path.read_bytes()
        except OSError as error:
            problem = Diagnostic(code="IRK001", summary=f"{name} cannot be read: {error.strerror}")
            return Checked(file=path, text="", diagnostics=(problem,))
        text = data.decode(errors="replace")
        return Checked(file=path, text=text, diagnostics=self._found(path, data, text, name))

    def fixed(self, checked: Checked) -> str:
        """Return the text of a file with every safe fix applied."""
        return apply_fixes(checked.text, checked.diagnostics)

    def _found(self, path: Path, data: bytes, text: str, name: str) -> tuple[Diagnostic, ...]:
        match path.name:
            case "irkit.yaml":
                return settings.decode(data, path.parent)[1]
            case "roles.yaml":
                return approvers.decode(data, name)[1]
            case "protect.lock":
                return lock.decode(data, name)[1]
            case "allowed_signers":
                return parse_allowed_signers(text, file=name)[1]
            case test if test.endswith(assets.TEST_ENDING) and self.tests is not None:
                return self.tests.check(path, data, name)
            case _:
                return self._story(path, data, name)

    def _story(self, path: Path, data: bytes, name: str) -> tuple[Diagnostic, ...]:
        """Check what is a scenario if it is in their folder, and else a playbook."""
        if path.parent.name == _SCENARIOS and self.scenarios is not None:
            return self.scenarios.check(data, name, self.catalogue)
        return self._playbook(path, data, name)

    def _playbook(self, path: Path, data: bytes, name: str) -> tuple[Diagnostic, ...]:
        decoded = language.playbook_bytes(data, name)
        if decoded.playbook is None:
            return decoded.diagnostics
        context = replace(
            self._context,
            tested=self.tests.covers(path) if self.tests is not None else None,
            playbooks=self._called(decoded.playbook, path),
        )
        return (*decoded.diagnostics, *lint(decoded.playbook, self.catalogue, config=context))

    @cached_property
    def _context(self) -> LintContext:
        templates = frozenset(
            path.name.removesuffix(_TEMPLATE_ENDING).rpartition(".")[0]
            for path in assets.templates().glob(f"*{_TEMPLATE_ENDING}")
        )
        if self.workspace is None:
            return LintContext(templates=templates)
        return LintContext(
            roles=_roles(self.workspace),
            permissions=_permissions(self.workspace),
            connections={c.name: c.provider for c in self.workspace.connections.values()},
            templates=templates,
            federated=bool(self.workspace.federation),
            limits=self.workspace.limits,
            protected=bool(self.workspace.protect),
            least_privilege=self.workspace.least_privilege is not LeastPrivilege.OFF,
        )

    def _called(self, playbook: Playbook, path: Path) -> Mapping[str, Playbook]:
        """Return the playbooks this one calls, and those they call in turn."""
        own = self.workspace.playbooks if self.workspace else None
        found: dict[str, Playbook] = {playbook.id: playbook}
        waiting = [playbook]
        while waiting:
            for step in all_steps(waiting.pop()):
                if isinstance(step, CallStep) and step.playbook not in found:
                    called = _load(step.playbook, own, path.parent)
                    if called is not None:
                        found[step.playbook] = called
                        waiting.append(called)
        return found


def files_of(workspace: Workspace) -> Iterator[Path]:
    """Yield the files of a workspace that can be checked."""
    named = (
        workspace.file,
        workspace.roles,
        workspace.allowed_signers,
        workspace.protect_lock,
    )
    yield from (path for path in named if path.is_file())
    if workspace.playbooks.is_dir():
        yield from _with_tests(workspace.playbooks)


def expanded(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files; of a directory, its playbooks, their tests and its scenarios."""
    for path in paths:
        if path.is_dir():
            yield from _with_tests(path)
        else:
            yield path


def _with_tests(folder: Path) -> Iterator[Path]:
    yield from assets.playbook_files(folder)
    yield from (path for path in sorted(folder.glob(f"*{assets.TEST_ENDING}")) if path.is_file())
    yield from assets.playbook_files(folder / _SCENARIOS)


def _load(name: str, own: Path | None, here: Path) -> Playbook | None:
    try:
        file = assets.find_playbook(name, own, here)
        return language.playbook_bytes(file.read_bytes(), str(file)).playbook
    except (IrkitError, OSError):
        return None


def _roles(workspace: Workspace) -> Mapping[str, tuple[str, ...]] | None:
    try:
        return approvers.load(workspace.roles).roles
    except IrkitError:
        return None


def _permissions(workspace: Workspace) -> Mapping[str, frozenset[str]] | None:
    declared = {
        "aws": frozenset(
            action
            for connection in workspace.of("aws")
            if isinstance(connection, AwsConnection)
            for action in connection.permissions
        )
    }
    return {provider: found for provider, found in declared.items() if found} or None
