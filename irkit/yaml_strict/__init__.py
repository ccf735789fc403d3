"""Strict YAML: the one loader of playbooks, scenarios, tests and `irkit.yaml`.

Builds a tree of nodes with spans straight from parser events, on an explicit stack, so that no
input can exhaust the interpreter's. What would let a file mean something else than what a reviewer
reads is a diagnostic: duplicate keys, anchors, aliases, merge keys, tags, directives, keys that are
no text, invisible characters, more than one document. Scalars follow LANGUAGE §1: `true`, `false`,
`null` and plain decimal integers; everything else is text.
"""

from typing import Final

import yaml

from irkit.diagnostics import Diagnostic, Label, Span
from irkit.yaml_strict.builder import (
    INVISIBLE,
    MAX_DEPTH,
    MAX_DIAGNOSTICS,
    MAX_NODES,
    Builder,
    Loaded,
    StopLoading,
    first_place,
)
from irkit.yaml_strict.nodes import MappingNode, Node, ScalarNode, SequenceNode

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "Loaded",
    "MappingNode",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "load",
    "load_bytes",
]

MAX_BYTES: Final = 1 << 20


def load_bytes(data: bytes, file: str) -> Loaded:
    """Load a file's bytes; they must be UTF-8."""
    if len(data) > MAX_BYTES:
        return None, (_too_large(file, len(data)),)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        span = Span(file=file, line=line, column=1, end_line=line, end_column=2)
        return None, (
            Diagnostic(
                code="IRK001",
                summary=f"the file is not UTF-8 (byte {error.start})",
                at=Label(span=span, text="this line holds the first invalid byte"),
                help="save the file as UTF-8",
            ),
        )
    return load(text, file)


def load(text: str, file: str) -> Loaded:
    """Load `text`; the node is None where no trustworthy tree could be built.

    Never raises, whatever `text` is. A tree may come with errors beside it, so that a decoder can
    report its own as well.
    """
    text = text.removeprefix("\ufeff")
    size = len(text)
    if size <= MAX_BYTES:
        size = len(text.encode(errors="replace"))
    if size > MAX_BYTES:
        return None, (_too_large(file, size),)
    invisible = _invisible(text, file)
    if invisible:
        return None, invisible
    builder = Builder(file, text)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.unreadable(error)
    except StopLoading:
        pass
    return builder.finish()


def _invisible(text: str, file: str) -> tuple[Diagnostic, ...]:
    found = []
    for match in INVISIBLE.finditer(text):
        start = match.start()
        line = text.count("\n", 0, start) + 1
        column = start - (text.rfind("\n", 0, start) + 1) + 1
        found.append(
            Diagnostic(
                code="IRK011",
                summary=f"the file holds the invisible character U+{ord(match[0][0]):04X}",
                at=Label(
                    span=Span(
                        file=file, line=line, column=column, end_line=line, end_column=column + 1
                    ),
                    text="a reviewer cannot see it",
                ),
                help="remove the character",
            )
        )
        if len(found) >= MAX_DIAGNOSTICS:
            break
    return tuple(found)


def _too_large(file: str, size: int) -> Diagnostic:
    return Diagnostic(
        code="IRK002",
        summary=f"the file is too large ({size} bytes; at most {MAX_BYTES})",
        at=Label(span=first_place(file)),
        help="split the file",
    )
