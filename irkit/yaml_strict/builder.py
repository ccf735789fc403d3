"""Parser events in, a tree of nodes out: on an explicit stack, with every limit checked."""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from irkit.canonical import MAX_INTEGER
from irkit.diagnostics import Diagnostic, Label, Span
from irkit.yaml_strict.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_DEPTH: Final = 32
MAX_NODES: Final = 50_000
MAX_DIAGNOSTICS: Final = 100

INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]|\r(?!\n)"
)
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
_INTEGER_DIGITS: Final = len(str(MAX_INTEGER)) + 1
_TOO_DEEP: Final = f"the file is nested more than {MAX_DEPTH} levels"
_QUOTING: Final = "text that starts with { [ * & ! | > % @ or holds `: ` needs quotes"
_WORDS: Final[dict[str, None | bool]] = {"": None, "null": None, "true": True, "false": False}


Loaded: TypeAlias = tuple[Node | None, tuple[Diagnostic, ...]]


class StopLoading(Exception):  # noqa: N818  # not an error: its diagnostic is recorded already
    """Going on would cost more than it tells."""


@dataclass(slots=True)
class _Open:
    """A collection under construction; `keys` is None for a sequence."""

    start: Event
    values: list[Node]
    keys: dict[str, ScalarNode] | None = None
    pending: ScalarNode | None = None
    skip: bool = False


class Builder:
    """Turns events into nodes."""

    def __init__(self, file: str, text: str) -> None:
        """Build the tree of `file`, whose text is `text`."""
        self.file = file
        self.lines = text.split("\n")
        self.diagnostics: list[Diagnostic] = []
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0
        self.nodes = 0
        self.usable = True

    def take(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, ScalarEvent):
            self._tagged(event)
            self._add(self._scalar(event))
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._open(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._close()
        elif isinstance(event, AliasEvent):
            self._anchored(event, "alias")
        elif isinstance(event, DocumentStartEvent):
            self._document(event)

    def report(
        self,
        code: str,
        summary: str,
        span: Span,
        label: str = "",
        help_: str = "",
        *,
        also: tuple[Label, ...] = (),
    ) -> None:
        """Record an error, and stop at the limit."""
        at = Label(span=span, text=label)
        self.diagnostics.append(
            Diagnostic(code=code, summary=summary, at=at, also=also, help=help_)
        )
        if len(self.diagnostics) >= MAX_DIAGNOSTICS:
            self.usable = False
            raise StopLoading

    def unreadable(self, error: yaml.YAMLError) -> None:
        """Record what the parser could not read; nothing can be trusted after that."""
        self.usable = False
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        context = getattr(error, "context", None)
        nesting = "nesting depth" in problem
        summary = f"the file is not YAML: {problem}{f' {context}' if context else ''}"
        self.diagnostics.append(
            Diagnostic(
                code="IRK004" if nesting else "IRK003",
                summary=_TOO_DEEP if nesting else summary,
                at=Label(span=_point(self.file, mark), text="the reader stopped here"),
                help="" if nesting else _QUOTING,
            )
        )

    def finish(self) -> Loaded:
        """Return the tree and everything found."""
        if self.root is None and not self.diagnostics:
            self.report("IRK012", "the file is empty", first_place(self.file))
        return (self.root if self.usable else None), tuple(self.diagnostics)

    def _document(self, event: DocumentStartEvent) -> None:
        self.documents += 1
        span = self._span(event)
        if event.version or event.tags:
            self.report("IRK006", "directives are not allowed", span, "remove this line")
        if self.documents > 1:
            self.report(
                "IRK010", "the file holds more than one document", span, "a second one starts here"
            )
            raise StopLoading

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self.usable = False
            self.report("IRK004", _TOO_DEEP, self._span(event))
            raise StopLoading
        self._tagged(event)
        parent = self.stack[-1] if self.stack else None
        is_key = parent is not None and parent.keys is not None and parent.pending is None
        if is_key and (parent is None or not parent.skip):
            self._complex_key(event)
        mapping = isinstance(event, MappingStartEvent)
        opened = _Open(start=event, values=[], keys={} if mapping else None)
        opened.skip = is_key or (parent is not None and parent.skip)
        self.stack.append(opened)

    def _complex_key(self, event: Event) -> None:
        self.usable = False
        mark = event.start_mark
        assert mark is not None, "the C parser marks every event"
        if self.lines[mark.line][mark.column - 1 : mark.column + 1] == "{{":
            self.report(
                "IRK015",
                "an expression needs quotes",
                self._span(event),
                "YAML reads `{{` as a mapping",
                'write "{{ … }}"',
            )
        else:
            self.report("IRK008", "a key must be text", self._span(event))

    def _close(self) -> None:
        done = self.stack.pop()
        span = self._span(done.start)
        if done.values:
            last = done.values[-1].span
            span = Span(
                file=self.file,
                line=span.line,
                column=span.column,
                end_line=last.end_line,
                end_column=last.end_column,
            )
        if done.keys is None:
            self._add(SequenceNode(items=tuple(done.values), span=span))
        else:
            pairs = tuple(zip(done.keys.values(), done.values, strict=True))
            self._add(MappingNode(items=pairs, span=span))

    def _add(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.usable = False
            self.report("IRK014", f"the file holds more than {MAX_NODES} values", node.span)
            raise StopLoading
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if parent.keys is None:
            parent.values.append(node)
        elif parent.pending is None:
            parent.pending = self._key(node)
        else:
            self._pair(parent, parent.pending, node)
            parent.pending = None

    def _pair(self, parent: _Open, key: ScalarNode, node: Node) -> None:
        assert parent.keys is not None, "only mappings have pairs"
        first = parent.keys.setdefault(str(key.value), key)
        if first is key:
            parent.values.append(node)
            return
        self.report(
            "IRK007",
            f"duplicate key `{key.text}`",
            key.span,
            "written again here",
            "keep one of the two",
            also=(Label(span=first.span, text="first written here"),),
        )

    def _key(self, node: Node) -> ScalarNode:
        if not isinstance(node, ScalarNode):
            return ScalarNode(value="", text="", plain=False, span=node.span)
        if node.plain and node.text == "<<":
            self.report("IRK009", "merge keys are not allowed", node.span, "write the keys out")
        if not isinstance(node.value, str):
            self.report(
                "IRK008",
                "a key must be text",
                node.span,
                f"this is {_kind(node.value)}",
                f'write "{node.text}"',
            )
            return ScalarNode(value=node.text, text=node.text, plain=False, span=node.span)
        return node

    def _scalar(self, event: ScalarEvent) -> ScalarNode:
        plain = event.style is None or (event.style == "" and event.implicit[0])
        plain = plain and bool(event.implicit[0])
        span = self._span(event)
        text: str = event.value
        value: None | bool | int | str = text
        if plain and text in _WORDS:
            value = _WORDS[text]
        elif plain and _INTEGER.fullmatch(text):
            value = self._integer(text, span)
        elif bad := INVISIBLE.search(text):
            self._escape(bad[0], span)
        return ScalarNode(value=value, text=text, plain=plain, span=span)

    def _integer(self, text: str, span: Span) -> int | str:
        if len(text) <= _INTEGER_DIGITS and abs(int(text)) <= MAX_INTEGER:
            return int(text)
        help_ = "quote it if it is an identifier"
        self.report("IRK013", "the integer is too large", span, "outside ±(2^53-1)", help_)
        return text

    def _escape(self, character: str, span: Span) -> None:
        name = f"U+{ord(character[0]):04X}"
        self.report("IRK011", f"the text holds the invisible character {name}", span)

    def _tagged(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> None:
        if event.anchor is not None:
            self._anchored(event, "anchor")
        if event.tag is not None:
            span = self._span(event)
            self.report("IRK006", f"tags are not allowed: {event.tag}", span, "remove the tag")

    def _anchored(self, event: Event, what: str) -> None:
        self.usable = False
        self.report(
            "IRK005",
            f"an {what} is not allowed",
            self._span(event),
            "write the value out",
        )
        if what == "alias":
            span = self._span(event)
            self._add(ScalarNode(value="", text="", plain=False, span=span))

    def _span(self, event: Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None, "the C parser marks every event"
        assert end is not None, "the C parser marks every event"
        return Span(
            file=self.file,
            line=start.line + 1,
            column=start.column + 1,
            end_line=end.line + 1,
            end_column=end.column + 1,
        )


def _point(file: str, mark: yaml.Mark | None) -> Span:
    if mark is None:
        return first_place(file)
    line, column = mark.line + 1, mark.column + 1
    return Span(file=file, line=line, column=column, end_line=line, end_column=column + 1)


def first_place(file: str) -> Span:
    """Return the very beginning of `file`."""
    return Span(file=file, line=1, column=1, end_line=1, end_column=2)


def _kind(value: object) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "a truth value"
        case _:
            return "a number"
