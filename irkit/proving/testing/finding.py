"""Which tests are meant: files, folders, or playbooks by their names; else all there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from irkit import assets
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.books import load_book
from irkit.engine.walk import Book
from irkit.model.spec import Catalogue
from irkit.proving.regime import ENDING, test_file
from irkit.proving.testing.checking import load
from irkit.proving.testing.decode import tested_by
from irkit.proving.testing.suite import Case, Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A test file with its playbook; `cases` are those that are meant."""

    path: Path
    suite: Suite
    book: Book
    text: str
    cases: tuple[Case, ...]

    @property
    def whole(self) -> bool:
        """Say whether every case of the file is meant."""
        return self.cases == self.suite.cases


def find(
    what: Sequence[str], here: Path, own: Path | None, catalogue: Catalogue, *, name: str = ""
) -> tuple[Found, ...]:
    """Return the tests that are meant; `own` is the workspace's folder of playbooks.

    Raises:
        IrkitError: with everything that is wrong with any file, or if nothing is meant.
    """
    problems: list[Diagnostic] = []
    found = []
    for path in dict.fromkeys(_files(what, here, own)):
        try:
            found.append(_found(path, here, own, catalogue, name))
        except IrkitError as error:
            problems += error.diagnostics
    if problems:
        raise IrkitError(*problems)
    meant = tuple(one for one in found if one.cases)
    if not meant:
        raise _nothing(what, name)
    return meant


def _found(path: Path, here: Path, own: Path | None, catalogue: Catalogue, name: str) -> Found:
    shown = str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
    suite = load(path, shown)
    book = load_book(tested_by(path), own, catalogue)
    return Found(
        path=path,
        suite=suite,
        book=book,
        text=path.read_text(encoding="utf-8"),
        cases=tuple(case for case in suite.cases if name.casefold() in case.name.casefold()),
    )


def _files(what: Sequence[str], here: Path, own: Path | None) -> Iterator[Path]:
    if not what:
        yield from _in(own if own is not None and any(_in(own)) else assets.playbooks())
    for one in what:
        path = here / one
        if path.is_dir():
            yield from _in(path)
        elif one.endswith(ENDING):
            yield path
        else:
            yield _of_playbook(one, here, own)


def _in(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob(f"*{ENDING}")) if path.is_file())


def _of_playbook(name: str, here: Path, own: Path | None) -> Path:
    """Return the test file of a playbook: the workspace's for it, or the one beside it."""
    playbook = assets.find_playbook(name, own, here)
    return test_file(playbook, own) or playbook.parent / f"{playbook.stem}{ENDING}"


def _nothing(what: Sequence[str], name: str) -> IrkitError:
    where = ", ".join(what) or "the playbooks here"
    called = f" called {name!r}" if name else ""
    return IrkitError(
        Diagnostic(
            code="IRK822",
            summary=f"there is no case{called} in the tests of {where}",
            help="a test stands beside its playbook as NAME.test.yaml: irkit new NAME writes one",
        )
    )
