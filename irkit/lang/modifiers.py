"""What may stand beside a step form: loops, checks, names, times."""

import re
from datetime import timedelta
from typing import Final, TypedDict

from irkit.decode import NAME, Fields, Problems, fields, heading, shown, wrong
from irkit.lang.values import expression, value
from irkit.model.playbook import Check, Expression, Loop, OnError, Value, WhenEmpty
from irkit.yaml_strict import MappingNode, Node, ScalarNode

LOOP_KEYS: Final = ("for_each", "concurrency", "flatten", "when_empty", "first", "then")
MAX_CONCURRENCY: Final = 64

_PERCENT: Final = re.compile(r"([1-9][0-9]?|100)%")
_IMPLICIT: Final = frozenset(
    {"inputs", "result", "error", "now", "true", "false", "none", "not", "and", "or", "in", "is"}
    | {"if", "else", "True", "False", "None", "self"}
)


class Common(TypedDict):
    """The fields every step has besides its id and place."""

    name: str
    when: Expression | None
    on_error: OnError
    because: str


def common(reader: Fields) -> Common:
    """Read what every step may have."""
    node = reader.take("when")
    return Common(
        name=reader.text("name"),
        when=expression(node, reader.problems, "`when`") if node is not None else None,
        on_error=reader.choice("on_error", OnError, OnError.STOP),
        because=reader.text("because").strip(),
    )


def loop(reader: Fields) -> Loop | None:
    """Read `for_each` and what modifies it."""
    node = reader.take("for_each")
    if node is None:
        _without_loop(reader)
        return None
    variable, over = _loop_head(node, reader.problems)
    empty = reader.take("when_empty")
    result = Loop(
        variable=variable,
        over=over,
        concurrency=_concurrency(reader),
        flatten=reader.boolean("flatten"),
        when_empty=None if empty is None else reader.choice("when_empty", WhenEmpty, WhenEmpty.OK),
        first=reader.integer("first", at_least=1),
        then_percent=_percent(reader),
    )
    if result.then_percent is not None and result.first is None:
        found = reader.node.key("then")
        reader.problems.add(
            "IRK112", "`then` of a loop needs `first`", found.span if found else None
        )
    return result


def _loop_head(node: Node, problems: Problems) -> tuple[str, Expression]:
    if not isinstance(node, MappingNode) or len(node.items) != 1:
        help_ = "write for example `for_each: {session: sessions}`"
        wrong(node, problems, "`for_each`", "one name and an expression", help_)
        return "item", Expression(source="[]", span=heading(node))
    key, over = node.items[0]
    return name(key, problems, "a loop variable"), expression(over, problems, "`for_each`")


def _without_loop(reader: Fields) -> None:
    for key in LOOP_KEYS[1:]:
        found = reader.node.key(key)
        if found is not None and "if" not in reader:
            reader.allow(key)
            reader.problems.add("IRK112", f"`{key}` needs `for_each` on the same step", found.span)


def _concurrency(reader: Fields) -> int:
    count = reader.integer("concurrency", 1, at_least=1) or 1
    node = reader.node.get("concurrency")
    if count > MAX_CONCURRENCY and node is not None:
        reader.problems.add("IRK105", f"`concurrency` must be at most {MAX_CONCURRENCY}", node.span)
    return min(count, MAX_CONCURRENCY)


def _percent(reader: Fields) -> int | None:
    node = reader.take("then")
    if node is None:
        return None
    found = _PERCENT.fullmatch(node.text) if isinstance(node, ScalarNode) else None
    if found is None:
        wrong(node, reader.problems, "`then` of a loop", "a share such as 10%")
        return None
    return int(found[1])


def name(node: ScalarNode, problems: Problems, what: str) -> str:
    """Read a name that expressions can use."""
    text = node.text
    if not NAME.fullmatch(text):
        help_ = "use letters, digits and underscores, such as `suspect_user`"
        problems.add("IRK107", f"{shown(text)} is no name for {what}", node.span, help=help_)
    elif text in _IMPLICIT:
        summary = f"`{text}` has a meaning of its own and cannot name {what}"
        problems.add("IRK107", summary, node.span, help="choose another name")
    return text


def bind(reader: Fields) -> str | None:
    """Read `as`."""
    node = reader.take("as")
    if node is None:
        return None
    if not isinstance(node, ScalarNode):
        wrong(node, reader.problems, "`as`", "a name")
        return None
    return name(node, reader.problems, "a result")


def arguments(reader: Fields) -> dict[str, Value]:
    """Read `with`."""
    return {key.text: value(node, reader.problems) for key, node in reader.pairs("with")}


def connection(reader: Fields) -> str | None:
    """Read `on`."""
    return reader.text("on") or None


def timeout(reader: Fields) -> timedelta:
    """Read `timeout`, which is never nothing."""
    return positive(reader, "timeout", timedelta(minutes=2))


def positive(reader: Fields, key: str, default: timedelta, *, required: bool = False) -> timedelta:
    """Read a duration longer than nothing."""
    result = reader.duration(key, default, required=required) or timedelta()
    node = reader.node.get(key)
    if result <= timedelta():
        span = heading(node) if node is not None else None
        reader.problems.add("IRK105", f"`{key}` must be longer than nothing", span)
        return default
    return result


def verification(reader: Fields) -> Check | None:
    """Read `verify`."""
    node = reader.take("verify")
    check = fields(node, reader.problems, "`verify`") if node is not None else None
    if check is None:
        return None
    expected = check.require("expect")
    result = Check(
        action=check.text("read", required=True),
        arguments=arguments(check),
        expect=expression(expected, check.problems, "`expect`")
        if expected is not None
        else Expression(source="false"),
        within=positive(check, "within", timedelta(minutes=2), required=True),
        connection=connection(check),
        span=heading(check.node),
    )
    check.close()
    return result
