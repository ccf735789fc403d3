"""Reads the console blocks of a page and types their commands; judges what the page shows.

A block is ```` ```console ````: lines after `$ ` are typed, the lines below are output. A word
after `console` says more: `exits N` the exit code of its last command, `background` that it stays.
Every shown line has to be said by its command; `…` stands for anything, and what differs from run
to run (times, ids, digests, durations) is left out of the comparison.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```console(?P<more>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_VARYING = (
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b"), "RUN"),
    (re.compile(r"sha256:[0-9a-f]{6,64}"), "DIGEST"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]"), ""),
    (re.compile(r"\b\d\d:\d\d(:\d\d(\.\d+)?)?Z?\b"), ""),
    (re.compile(r"\b\d+(\.\d+)? ?(ms|s|m|h)\b"), "N"),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """One command of a page, what the page shows of its output, and how it ends."""

    command: str
    shown: tuple[str, ...]
    code: int
    background: bool


def commands(page: Path) -> Iterator[Typed]:
    """Yield the commands of a page in their order."""
    for fence in _FENCE.finditer(page.read_text(encoding="utf-8")):
        more = fence["more"].split()
        code = int(more[more.index("exits") + 1]) if "exits" in more else 0
        typed = list(_typed(fence["body"], background="background" in more))
        last = typed.pop()
        yield from typed
        yield Typed(last.command, last.shown, code, last.background)


def _typed(body: str, *, background: bool) -> Iterator[Typed]:
    assert body.startswith("$ "), f"a console block begins with a command: {body[:40]!r}"
    for chunk in body[2:].split("\n$ "):
        command, _, output = chunk.partition("\n")
        shown = tuple(line for line in output.split("\n") if line.strip(" …"))
        yield Typed(command, shown, 0, background)


def unsaid(shown: tuple[str, ...], output: str) -> list[str]:
    """Return the shown lines that no line of `output` says."""
    said = [_plain(line) for line in output.split("\n")]
    return [line for line in shown if not any(_says(line, one) for one in said)]


def _says(shown: str, said: str) -> bool:
    parts = [re.escape(_plain(part)) for part in shown.split("…")]
    return re.fullmatch(".*".join(parts), said) is not None


def _plain(line: str) -> str:
    for pattern, instead in _VARYING:
        line = pattern.sub(instead, line)
    return line.strip()
