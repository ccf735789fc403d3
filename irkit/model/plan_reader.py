"""Reading a plan from the bytes it is stored in, a step at a time.

A plan of a hundred thousand changes is tens of megabytes of text; as JSON objects all at once it
would be many times that. Only the canonical form is read, because only that is ever stored.
"""

import json
from collections.abc import Callable, Iterator
from typing import Final, TypeVar, cast

from irkit.canonical import Json, JsonObject
from irkit.model.plan import Header, Part, PartNeed, Plan, PlannedStep, Unknown

_decode: Final = json.JSONDecoder().raw_decode
_T = TypeVar("_T")
_STATES: Final = ("before", "after", "saved")
_KEPT: Final = 10_000
"""How many different texts and objects are looked out for."""


def plan_of(text: str) -> Plan:
    """Return the plan whose canonical form is `text`.

    Raises:
        ValueError: if it is none.
    """
    reader = _Reader(text)
    header = Header.from_json(cast("JsonObject", reader.field('{"header":')))
    reader.expect(',"parts":')
    parts = tuple(reader.items(reader.part))
    reader.expect(',"v":1}')
    return Plan(header=header, parts=parts)


def added_part_of(text: str) -> Part:
    """Return the part that was added to a plan, from the canonical form of its blob.

    Raises:
        ValueError: if it is none.
    """
    reader = _Reader(text)
    reader.expect('{"part":')
    part = reader.part()
    reader.expect(',"v":1}')
    return part


class _Reader:
    """Goes through a text from the front; what many steps have in common is there once."""

    __slots__ = ("_at", "_objects", "_text", "_texts")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._texts: dict[str, str] = {}
        self._objects: dict[tuple[tuple[str, str], ...], JsonObject] = {}

    def expect(self, literal: str) -> None:
        """Step over `literal`, which has to come next."""
        if not self._text.startswith(literal, self._at):
            raise ValueError(f"a plan has {literal!r} at {self._at}")
        self._at += len(literal)

    def value(self) -> Json:
        """Return the JSON value that comes next."""
        value, self._at = _decode(self._text, self._at)
        return cast("Json", value)

    def field(self, literal: str) -> Json:
        """Return the value behind `literal`."""
        self.expect(literal)
        return self.value()

    def items(self, read: Callable[[], _T]) -> Iterator[_T]:
        """Yield the items of a list, each as `read` gives it."""
        self.expect("[")
        if self._text.startswith("]", self._at):
            self._at += 1
            return
        while True:
            yield read()
            if self._text.startswith("]", self._at):
                self._at += 1
                return
            self.expect(",")

    def part(self) -> Part:
        """Return the part that comes next."""
        hold = cast("str", self.field('{"hold":'))
        id_ = cast("str", self.field(',"id":'))
        need = PartNeed.from_json(cast("JsonObject", self.field(',"need":')))
        phase = cast("str", self.field(',"phase":'))
        self.expect(',"steps":')
        steps = tuple(self.items(self._step))
        self.expect(',"unknowns":')
        unknowns = tuple(self.items(self._unknown))
        self.expect("}")
        return Part(id=id_, phase=phase, need=need, steps=steps, unknowns=unknowns, hold=hold)

    def _step(self) -> PlannedStep:
        value = cast("dict[str, Json]", self.value())
        value["arguments"] = self._shared(value["arguments"])
        for change in cast("list[dict[str, Json]]", value["changes"]):
            for name in _STATES:
                change[name] = self._shared(change[name])
        return PlannedStep.from_json(value)

    def _shared(self, value: Json) -> Json:
        """Return `value`, or an equal one that another step has already."""
        if isinstance(value, str):
            known = self._texts.get(value)
            if known is None and len(self._texts) < _KEPT:
                known = self._texts[value] = value
            return value if known is None else known
        if isinstance(value, list):
            return [self._shared(item) for item in value]
        if not isinstance(value, dict):
            return value
        made = {cast("str", self._shared(name)): self._shared(each) for name, each in value.items()}
        # Texts only: 1 and true are equal to Python, and not the same.
        if len(self._objects) < _KEPT and all(isinstance(each, str) for each in made.values()):
            return self._objects.setdefault(tuple(cast("dict[str, str]", made).items()), made)
        return made

    def _unknown(self) -> Unknown:
        return Unknown.from_json(cast("JsonObject", self.value()))
