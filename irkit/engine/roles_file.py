"""Editing `roles.yaml` in place: one member in, one member out, and every comment kept.

The text is changed where the strict parser says a list stands, and read again: what does not come
out exactly as meant is not written, and the person is asked to edit by hand.
"""

import re
from collections.abc import Mapping
from typing import Final

from irkit import yaml_strict
from irkit.diagnostics import Diagnostic, IrkitError, Span
from irkit.workspace import approvers
from irkit.workspace.approvers import Approvers
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode

_FILE: Final = "roles.yaml"
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9@._+-]*")
_WORDS: Final = frozenset({"true", "false", "null"})
EMPTY: Final = "irkit: 1\nroles: {}\n"


def with_member(text: str, role: str, name: str) -> str:
    """Return `text` with `name` in `role`; the role is added where it is new.

    Raises:
        IrkitError: IRK466 if the file cannot be edited safely.
    """
    before = _read(text)
    if name in before.roles.get(role, ()):
        return text
    members = {**before.roles, role: (*before.roles.get(role, ()), name)}
    edited = _added(text, role, name)
    return _checked(edited, members, before.people)


def without(text: str, name: str) -> str:
    """Return `text` without `name` in any role, and without what it says of the person.

    Raises:
        IrkitError: IRK466 if the file cannot be edited safely.
    """
    before = _read(text)
    roles = {
        role: tuple(member for member in members if member != name)
        for role, members in before.roles.items()
    }
    people = {key: person for key, person in before.people.items() if key != name}
    edited = text
    for role in before.roles:
        edited = _removed(edited, role, name)
    if name in before.people:
        edited = _forgotten(edited, name)
    return _checked(edited, roles, people)


def _read(text: str) -> Approvers:
    found, problems = approvers.decode(text.encode(), _FILE)
    if found is None:
        raise IrkitError(*problems)
    return found


def _checked(
    text: str, roles: Mapping[str, tuple[str, ...]], people: Mapping[str, approvers.Person]
) -> str:
    found, _ = approvers.decode(text.encode(), _FILE)
    if found is None or dict(found.roles) != dict(roles) or dict(found.people) != dict(people):
        raise IrkitError(
            Diagnostic(
                code="IRK466",
                summary=f"{_FILE} is written in a way that irkit does not edit by itself",
                help="edit it by hand, then run `irkit approvers list` to see that it says "
                "what you mean",
            )
        )
    return text


def _top(text: str) -> MappingNode:
    node, _ = yaml_strict.load(text, _FILE)
    assert isinstance(node, MappingNode), "the file was decoded before"
    return node


def _added(text: str, role: str, name: str) -> str:
    top = _top(text)
    roles = top.get("roles")
    key = roles.key(role) if isinstance(roles, MappingNode) else None
    if isinstance(roles, MappingNode) and key is not None:
        return _into(text, key, roles.get(role), name)
    entry = f"{role}: [{_scalar(name)}]"
    if isinstance(roles, MappingNode) and roles.items and not _flow(text, roles.span):
        first = roles.items[0][0].span
        at = _offset(text, first.line, 1)
        return f"{text[:at]}{' ' * (first.column - 1)}{entry}\n{text[at:]}"
    if isinstance(roles, MappingNode) and roles.items:
        at = _start(text, roles.span) + 1
        return f"{text[:at]}{entry}, {text[at:]}"
    heading = top.key("roles")
    assert heading is not None, "the file was decoded before"
    if isinstance(roles, MappingNode):
        return f"{text[: _start(text, roles.span)]}{{{entry}}}{text[_closed(text, roles.span) :]}"
    at = text.index(":", _end(text, heading.span)) + 1
    return f"{text[:at]}\n  {entry}{text[at:]}"


def _into(text: str, key: ScalarNode, members: Node | None, name: str) -> str:
    """Add `name` to the list under `key`."""
    match members:
        case SequenceNode(items=items, span=span) if _flow(text, span):
            at = _end(text, items[-1].span) if items else _start(text, span) + 1
            comma = ", " if items else ""
            return f"{text[:at]}{comma}{_scalar(name)}{text[at:]}"
        case SequenceNode(items=items):
            last = items[-1].span
            line = _offset(text, last.line, 1)
            indent = text[line : _start(text, last)]
            at = _line_end(text, last.end_line)
            return f"{text[:at]}\n{indent}{_scalar(name)}{text[at:]}"
        case ScalarNode(value=str() as only, span=span):
            both = f"[{_scalar(only)}, {_scalar(name)}]"
            return f"{text[: _start(text, span)]}{both}{text[_end(text, span) :]}"
        case _:
            at = text.index(":", _end(text, key.span)) + 1
            return f"{text[:at]} [{_scalar(name)}]{text[at:]}"


def _removed(text: str, role: str, name: str) -> str:
    """Take `name` out of `role`, every time it is there."""
    roles = _top(text).get("roles")
    assert isinstance(roles, MappingNode), "the file was decoded before"
    key, members = roles.key(role), roles.get(role)
    match members:
        case ScalarNode(text=only, span=span) if only == name:
            return f"{text[: _start(text, span)]}[]{text[_end(text, span) :]}"
        case SequenceNode(items=items, span=span):
            kept = [item for item in items if not _is(item, name)]
            if len(kept) == len(items):
                return text
            if _flow(text, span):
                inside = ", ".join(_source(text, item.span) for item in kept)
                return f"{text[: _start(text, span)]}[{inside}]{text[_closed(text, span) :]}"
            gone = [item.span for item in items if _is(item, name)]
            text = _without_lines(text, gone)
            if not kept and key is not None:
                at = text.index(":", _end(text, key.span)) + 1
                text = f"{text[:at]} []{text[at:]}"
            return text
        case _:
            return text


def _forgotten(text: str, name: str) -> str:
    """Take out the lines about a person; the heading goes with the last one."""
    top = _top(text)
    people, heading = top.get("people"), top.key("people")
    assert isinstance(people, MappingNode), "the file was decoded before"
    assert heading is not None, "the file was decoded before"
    key, value = people.key(name), people.get(name)
    assert key is not None, "the person is in the file"
    if _flow(text, people.span):
        kept = [
            text[_start(text, k.span) : _end(text, v.span)]
            for k, v in people.items
            if k.text != name
        ]
        inside = ", ".join(kept)
        return (
            f"{text[: _start(text, people.span)]}{{{inside}}}{text[_closed(text, people.span) :]}"
        )
    last = _last_line(value) if value is not None else key.span.line
    spans = [_lines(key.span, key.span.line, last)]
    if len(people.items) == 1:
        spans.insert(0, _lines(heading.span, heading.span.line, heading.span.line))
    return _without_lines(text, spans)


def _lines(span: Span, first: int, last: int) -> Span:
    return Span(file=span.file, line=first, column=1, end_line=last, end_column=1)


def _last_line(node: Node) -> int:
    """Return the last line a node stands on; a block's own span may reach into the next one."""
    match node:
        case MappingNode(items=items) if items:
            return max(_last_line(value) for _, value in items)
        case SequenceNode(items=items) if items:
            return max(_last_line(item) for item in items)
        case _:
            return node.span.end_line


def _without_lines(text: str, spans: list[Span]) -> str:
    lines = text.split("\n")
    gone = {number for span in spans for number in range(span.line, span.end_line + 1)}
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in gone)


def _is(node: Node, name: str) -> bool:
    return isinstance(node, ScalarNode) and node.text == name


def _scalar(name: str) -> str:
    """Return `name` as a YAML scalar that is read back as the same text."""
    if _PLAIN.fullmatch(name) and name not in _WORDS:
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _flow(text: str, span: Span) -> bool:
    return text[_start(text, span)] in "[{"


def _closed(text: str, span: Span) -> int:
    """Return where a list or mapping in brackets ends; its span ends with what is in it."""
    bracket = {"[": "]", "{": "}"}[text[_start(text, span)]]
    return text.index(bracket, _end(text, span)) + 1


def _source(text: str, span: Span) -> str:
    return text[_start(text, span) : _end(text, span)]


def _start(text: str, span: Span) -> int:
    return _offset(text, span.line, span.column)


def _end(text: str, span: Span) -> int:
    return _offset(text, span.end_line, span.end_column)


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(item) + 1 for item in lines[: line - 1]) + column - 1


def _line_end(text: str, line: int) -> int:
    return _offset(text, line, 1) + len(text.split("\n")[line - 1])
