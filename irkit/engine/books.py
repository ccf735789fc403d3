"""Finding and loading playbooks, with the sub-playbooks they call, checked before use."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from irkit import assets
from irkit.diagnostics import Diagnostic, IrkitError, Label, has_errors
from irkit.engine.walk import Book
from irkit.lang import decode
from irkit.lang.lint import lint
from irkit.model.playbook import CallStep, Playbook, UndoStep, all_steps
from irkit.model.spec import Catalogue


def load_book(file: Path, folder: Path | None, catalogue: Catalogue) -> Book:
    """Read a playbook and all it calls; refuse one with errors.

    Raises:
        IrkitError: with every error of every file.
    """
    main = load_playbook(file, catalogue)
    calls: dict[str, Playbook] = {}
    waiting = [main]
    while waiting:
        for step in all_steps(waiting.pop()):
            if isinstance(step, CallStep) and step.playbook not in calls:
                path = assets.find_playbook(step.playbook, folder, file.parent)
                calls[step.playbook] = load_playbook(path, catalogue)
                waiting.append(calls[step.playbook])
    _no_cycle(main, calls)
    return Book(main=main, calls=calls)


def load_playbook(file: Path, catalogue: Catalogue) -> Playbook:
    """Read one playbook.

    Raises:
        IrkitError: with every error found in it.
    """
    return checked(file.read_bytes(), str(file), catalogue)


def checked(data: bytes, file: str, catalogue: Catalogue) -> Playbook:
    """Decode and lint a playbook's bytes.

    Raises:
        IrkitError: with every error found in it.
    """
    playbook = _decoded(data, file)
    found = lint(playbook, catalogue)
    if has_errors(found):
        raise IrkitError(*found)
    return playbook


def _decoded(data: bytes, file: str) -> Playbook:
    decoded = decode.playbook_bytes(data, file)
    if decoded.playbook is None:
        raise IrkitError(*decoded.diagnostics)
    return decoded.playbook


def recorded_book(source: str, file: str, calls: Mapping[str, str]) -> Book:
    """Return the book of a text that needs no linting.

    It is one that irkit wrote, or the one a run carries, checked when the run was opened: a rule
    that came later, or that is about how people write, must not stop a run half way.
    """
    return Book(
        main=_decoded(source.encode(), file),
        calls={name: _decoded(text.encode(), f"{name}.yaml") for name, text in calls.items()},
    )


def providers_of(
    book: Book, catalogue: Catalogue, taken_back: Iterable[str] | None = None
) -> frozenset[str]:
    """Return the providers that any step of the book needs.

    An undo needs those of the actions that it takes back; all of them, where these are not known.
    """
    undone = [catalogue[action] for action in taken_back] if taken_back is not None else catalogue
    needed: set[str] = set()
    for playbook in (book.main, *book.calls.values()):
        for step in all_steps(playbook):
            if isinstance(step, UndoStep):
                needed |= {provider for spec in undone for provider in spec.needs}
            action = getattr(step, "action", None)
            if action is not None:
                needed |= set(catalogue[action].needs)
            check = getattr(step, "verify", None)
            if check is not None:
                needed |= set(catalogue[check.action].needs)
        needed |= {protection.kind.partition(".")[0] for protection in playbook.protect}
    return frozenset(needed)


def _no_cycle(main: Playbook, calls: Mapping[str, Playbook]) -> None:
    def visit(playbook: Playbook, above: tuple[str, ...]) -> None:
        for step in all_steps(playbook):
            if not isinstance(step, CallStep):
                continue
            if step.playbook in above:
                raise IrkitError(
                    Diagnostic(
                        code="IRK245",
                        summary=f"the playbooks call each other in a circle: "
                        f"{' -> '.join((*above, step.playbook))}",
                        at=Label(span=step.span) if step.span else None,
                        help="take one of the calls out",
                    )
                )
            visit(calls[step.playbook], (*above, step.playbook))

    visit(main, (main.id,))
