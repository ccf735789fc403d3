"""The block `policy:` of a test file: how often a playbook is to be proven, level by level."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias

from irkit.clock import words
from irkit.decode import Fields, heading
from irkit.proving.proof import Level
from irkit.yaml_strict import ScalarNode

_ON_CHANGE: Final = "on_change"
_WINDOWS: Final = 2
"""How many windows a proof may be old where nothing is said: one may be missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is asked of one level.

    `every` is when it is due again, `max_age` when it is overdue. With `on_change` it is also due
    as soon as what was proven has changed; without, a changed one waits for its next time. Either
    way it is unproven from the change on.
    """

    every: timedelta | None = None
    max_age: timedelta | None = None
    on_change: bool = True


Policy: TypeAlias = Mapping[Level, Rule]


def decode_policy(top: Fields) -> Policy:
    """Read `policy:` of a test file; no block is a policy that asks nothing."""
    block = top.mapping("policy")
    if block is None:
        return {}
    rules = {}
    for level in Level:
        inner = block.mapping(level.word)
        if inner is not None:
            rules[level] = _rule(inner)
            inner.close()
    block.close()
    return rules


def _rule(inner: Fields) -> Rule:
    every = _longer_than_nothing(inner, "every")
    max_age = None if _means_on_change(inner) else _longer_than_nothing(inner, "max_age")
    if every is not None and max_age is not None and max_age < every:
        inner.problems.add(
            "IRK841",
            f"proven every {words(every)}, it is overdue after {words(max_age)} each time",
            heading(inner.node.get("max_age") or inner.node),
            help="let `max_age` be longer than `every`, by the time one run may be late",
        )
    if every is not None and max_age is None:
        max_age = every * _WINDOWS
    return Rule(every=every, max_age=max_age, on_change=inner.boolean(_ON_CHANGE, default=True))


def _longer_than_nothing(inner: Fields, key: str) -> timedelta | None:
    found = inner.duration(key)
    if found is not None and not found:
        node = inner.node.get(key)
        assert node is not None
        inner.problems.add("IRK105", f"`{key}` must be longer than nothing", heading(node))
        return None
    return found


def _means_on_change(inner: Fields) -> bool:
    """Say whether `max_age` holds the name of its neighbour, and say what to write."""
    node = inner.take("max_age")
    if not (isinstance(node, ScalarNode) and node.value == _ON_CHANGE):
        return False
    inner.problems.add(
        "IRK106",
        "`max_age` is no duration: `on_change`",
        node.span,
        help="a change always makes a proof stale; write `on_change: true` to prove it at once",
    )
    return True
