"""Documents that commands write: which kind is wanted, and a file that its owner alone can read."""

from enum import StrEnum
from pathlib import Path

from irkit.diagnostics import Diagnostic, IrkitError


class Format(StrEnum):
    """What kind of document."""

    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


def by_name(out: Path | None) -> Format:
    """Return the format that a file's ending says, else Markdown."""
    ending = "" if out is None else out.suffix.removeprefix(".")
    return Format(ending) if ending in tuple(Format) else Format.MARKDOWN


def written(path: Path, document: str) -> None:
    """Write a report, readable by its owner alone: it names people and systems.

    Raises:
        IrkitError: IRK621 if it cannot be written there.
    """
    try:
        path.touch(mode=0o600)
        path.write_text(document, encoding="utf-8")
    except OSError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK621",
                summary=f"the report cannot be written to {path}: {error.strerror}",
                help="name another file: --out FILE",
            )
        ) from error
