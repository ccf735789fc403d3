"""Typed reading of strict YAML nodes: every decoder is a list of fields read one by one.

`Problems` collects; nothing here raises or stops at the first problem. A `Fields` reader knows
which keys were asked for, so that `close` can name each unknown one with the nearest known one.
Reading a value that is missing or of the wrong type records a problem and returns the default.
"""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeVar

from irkit.decode.problems import Problems, heading, kind, nearest, one_of, shown, unknown, wrong
from irkit.decode.values import choice, duration, integer, plain, scalars, slug, text, texts
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode

__all__ = [
    "NAME",
    "SLUG",
    "Fields",
    "Problems",
    "choice",
    "duration",
    "fields",
    "heading",
    "integer",
    "kind",
    "nearest",
    "one_of",
    "plain",
    "scalars",
    "shown",
    "slug",
    "text",
    "texts",
    "unknown",
    "wrong",
]

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_Choice = TypeVar("_Choice", bound=StrEnum)
_TRUTH: Final = {
    "yes": "true",
    "on": "true",
    "y": "true",
    "no": "false",
    "off": "false",
    "n": "false",
}


class Fields:
    """Reads the keys of one mapping; `what` names it in messages (`step`, `connection okta`)."""

    def __init__(self, node: MappingNode, problems: Problems, what: str) -> None:
        """Read `node`, recording into `problems`."""
        self.node = node
        self.problems = problems
        self.what = what
        self._asked: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return self.node.get(key) is not None

    def take(self, key: str) -> Node | None:
        """Return the node under `key`, which is known from here on."""
        self._asked.setdefault(key)
        return self.node.get(key)

    def knows(self, key: str) -> bool:
        """Say whether `key` was asked for."""
        return key in self._asked

    def allow(self, *keys: str) -> None:
        """Make `keys` known without reading them."""
        for key in keys:
            self._asked.setdefault(key)

    def require(self, key: str) -> Node | None:
        """Return the node under `key`; a missing one is a problem."""
        node = self.take(key)
        if node is None:
            self.problems.add(
                "IRK104",
                f"{self.what} has no `{key}`",
                heading(self.node),
                label=f"`{key}:` is required here",
            )
        return node

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Read text."""
        node = self.require(key) if required else self.take(key)
        return text(node, self.problems, f"`{key}`", default) if node is not None else default

    def boolean(self, key: str, *, default: bool = False) -> bool:
        """Read `true` or `false`."""
        node = self.take(key)
        if node is None:
            return default
        if isinstance(node, ScalarNode) and isinstance(node.value, bool):
            return node.value
        help_ = ""
        if isinstance(node, ScalarNode) and node.text.lower() in _TRUTH:
            help_ = f"write {_TRUTH[node.text.lower()]}"
        wrong(node, self.problems, f"`{key}`", "true or false", help_)
        return default

    def integer(
        self, key: str, default: int | None = None, *, at_least: int = 0, required: bool = False
    ) -> int | None:
        """Read a whole number."""
        node = self.require(key) if required else self.take(key)
        if node is None:
            return default
        return integer(node, self.problems, f"`{key}`", default, at_least=at_least)

    def duration(
        self, key: str, default: timedelta | None = None, *, required: bool = False
    ) -> timedelta | None:
        """Read a duration such as `90s` or `1h30m`."""
        node = self.require(key) if required else self.take(key)
        if node is None:
            return default
        return duration(node, self.problems, f"`{key}`", default)

    def choice(self, key: str, of: type[_Choice], default: _Choice) -> _Choice:
        """Read one word of a closed set."""
        node = self.take(key)
        if node is None:
            return default
        return choice(node, self.problems, f"`{key}`", of, default)

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts; a single text stands for a list of one."""
        node = self.take(key)
        return texts(node, self.problems, f"`{key}`") if node is not None else ()

    def mapping(self, key: str, *, required: bool = False) -> "Fields | None":
        """Read a mapping as fields of its own."""
        node = self.require(key) if required else self.take(key)
        return fields(node, self.problems, f"`{key}`") if node is not None else None

    def pairs(self, key: str) -> tuple[tuple[ScalarNode, Node], ...]:
        """Read a mapping whose keys are names."""
        node = self.take(key)
        if node is None:
            return ()
        if isinstance(node, MappingNode):
            return node.items
        wrong(node, self.problems, f"`{key}`", "a mapping")
        return ()

    def sequence(self, key: str, *, required: bool = False) -> tuple[Node, ...]:
        """Read a list."""
        node = self.require(key) if required else self.take(key)
        if node is None:
            return ()
        if isinstance(node, SequenceNode):
            return node.items
        wrong(node, self.problems, f"`{key}`", "a list")
        return ()

    def close(self) -> None:
        """Record every key that was never asked for."""
        present = {key.text for key, _ in self.node.items}
        for key, _ in self.node.items:
            if key.text not in self._asked:
                summary = f"unknown key `{key.text}` in {self.what}"
                unknown(self.problems, "IRK101", summary, key, self._asked, unfixed=present)


def fields(node: Node, problems: Problems, what: str) -> Fields | None:
    """Return a reader of `node`, or None where it is no mapping."""
    if isinstance(node, MappingNode):
        return Fields(node, problems, what)
    wrong(node, problems, what, "a mapping")
    return None
