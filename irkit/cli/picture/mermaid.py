"""A playbook as Mermaid text, which repositories and wikis draw by themselves."""

from collections.abc import Iterator
from typing import Final

from irkit.cli.picture.boxes import Box, Row

_SHAPES: Final = {
    "read": ('(["', '"])'),
    "do": ('["', '"]'),
    "manual": ('[/"', '"/]'),
    "if": ('{{"', '"}}'),
    "require": ('{{"', '"}}'),
}
_OTHER: Final = ('("', '")')


def mermaid(title: str, drawn: tuple[Box, ...]) -> str:
    """Return the text of a flow chart."""
    lines = ["---", f"title: {_quoted(title)}", "---", "flowchart TD"]
    for number, box in enumerate(drawn):
        lines += _box(number, box)
    numbers = {box.id: number for number, box in enumerate(drawn)}
    for box in drawn:
        lines += [f"  p{numbers[need]} --> p{numbers[box.id]}" for need in box.needs]
    lines += [
        "  classDef do fill:#fde8e8,stroke:#b42318,color:#1f1f1f",
        "  classDef read fill:#e8f1fd,stroke:#175cd3,color:#1f1f1f",
        "  classDef manual fill:#fff4e0,stroke:#b54708,color:#1f1f1f",
    ]
    return "\n".join(lines)


def _box(number: int, box: Box) -> Iterator[str]:
    title = " · ".join((box.title, *box.facts))
    yield f'  subgraph p{number}["{_escaped(title)}"]'
    yield "    direction TB"
    names = [f"p{number}s{index}" for index in range(len(box.rows))]
    for name, row in zip(names, box.rows, strict=True):
        start, end = _SHAPES.get(row.kind, _OTHER)
        kind = f":::{row.kind}" if row.kind in {"do", "read", "manual"} else ""
        yield f"    {name}{start}{_escaped(_text(row))}{end}{kind}"
    if len(names) > 1:
        yield f"    {' --> '.join(names)}"
    yield "  end"


def _text(row: Row) -> str:
    indent = "› " * row.depth
    notes = f" ({'; '.join(row.notes)})" if row.notes else ""
    return f"{indent}{row.kind} {row.text}{notes}"


def _escaped(text: str) -> str:
    """Return `text` with everything that Mermaid or a browser reads as more than text escaped."""
    return "".join(f"#{ord(char)};" if char in '"<>&#`{}[]|\\' else char for char in text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
