"""Collecting problems, and the words in which they are told."""

import difflib
from collections.abc import Container, Iterable, Sequence
from typing import Final

from irkit.diagnostics import Diagnostic, Fix, Label, Severity, Span
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode

MAX_PROBLEMS: Final = 200
_SHOWN: Final = 60


class Problems:
    """Collects diagnostics while a file is decoded."""

    def __init__(self, found: Iterable[Diagnostic] = ()) -> None:
        """Start with what was found before."""
        self._found = list(found)

    def add(
        self,
        code: str,
        summary: str,
        span: Span | None,
        *,
        label: str = "",
        help: str = "",  # noqa: A002  # the diagnostic's own word
        fix: Fix | None = None,
        also: tuple[Label, ...] = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Record one problem; beyond the limit nobody reads on."""
        if self.full:
            return
        at = Label(span=span, text=label) if span else None
        self._found.append(
            Diagnostic(
                code=code,
                summary=summary,
                severity=severity,
                at=at,
                also=also,
                help=help,
                fix=fix,
            )
        )

    @property
    def full(self) -> bool:
        """Say whether the limit is reached."""
        return len(self._found) >= MAX_PROBLEMS

    def extend(self, found: Iterable[Diagnostic]) -> None:
        """Record problems found elsewhere."""
        self._found.extend(found)

    def __bool__(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self._found)

    def all(self) -> tuple[Diagnostic, ...]:
        """Return everything found, in the order of the file."""
        return tuple(sorted(self._found, key=_place))


def unknown(
    problems: Problems,
    code: str,
    summary: str,
    node: ScalarNode,
    known: Iterable[str],
    *,
    unfixed: Container[str] = (),
) -> None:
    """Record a word that is not known, with the nearest one that is.

    The nearest word is a fix as well, unless it is one of `unfixed`: what is there already, or what
    would make the file do more than it says.
    """
    near = "" if problems.full else nearest(node.text, known)
    if near:
        problems.add(
            code,
            summary,
            node.span,
            label=f"did you mean `{near}`?",
            fix=None if near in unfixed else Fix(span=node.span, replacement=near),
        )
        return
    names = sorted(known)
    problems.add(code, summary, node.span, help=f"known: {', '.join(names)}" if names else "")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like `word`, or an empty text."""
    found = difflib.get_close_matches(word[:80], list(known), n=1, cutoff=0.7)
    return found[0] if found else ""


def wrong(node: Node, problems: Problems, what: str, expected: str, help_: str = "") -> None:
    """Record a value of the wrong type."""
    problems.add(
        "IRK103",
        f"{what} must be {expected}, not {kind(node)}",
        heading(node),
        help=help_,
    )


def kind(node: Node) -> str:
    """Say in a word or two what `node` is."""
    match node:
        case MappingNode():
            return "a mapping"
        case SequenceNode():
            return "a list"
        case ScalarNode(value=None):
            return "empty"
        case ScalarNode(value=bool()):
            return "a truth value"
        case ScalarNode(value=int()):
            return "a number"
        case ScalarNode():
            return "text"


def heading(node: Node) -> Span:
    """Return a short span that shows where `node` starts: the first key of a mapping."""
    while isinstance(node, SequenceNode) and node.items:
        node = node.items[0]
    if isinstance(node, MappingNode) and node.items:
        return node.items[0][0].span
    return node.span


def one_of(words: Sequence[str]) -> str:
    """Return `a, b or c`."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} or {words[-1]}"


def shown(value: str) -> str:
    """Return `value` in back quotes, shortened for a message."""
    line = value.replace("\n", " ")
    return f"`{line[:57]}…`" if len(line) > _SHOWN else f"`{line}`"


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    if diagnostic.at is None:
        return ("", 0, 0)
    span = diagnostic.at.span
    return (span.file, span.line, span.column)
