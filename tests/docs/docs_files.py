"""Where the documentation is, and how to read it."""

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page; `info` is what stands after the fence."""

    page: Path
    line: int
    info: str
    text: str

    @property
    def place(self) -> str:
        """Return where it is, for messages and test ids."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> tuple[Path, ...]:
    """Return every Markdown page of the project."""
    top = (ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md"))
    return (*top, *sorted(DOCS.rglob("*.md")))


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page=page, line=line, info=found["info"].strip(), text=found["text"])


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def free_ports() -> int:
    """Return a port that is free, as is the one after it."""
    for base in range(23_101, 24_101, 2):
        try:
            for port in (base, base + 1):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise AssertionError("no two ports in a row are free")
