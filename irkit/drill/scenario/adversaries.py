"""The block `adversary:` of a scenario: goal, rhythm, tactics, and what it does when it loses."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from irkit.decode import Fields, Problems, fields, heading, scalars, shown, text, unknown, wrong
from irkit.drill.scenario.model import (
    Adversary,
    Decision,
    Held,
    Holding,
    Need,
    Setting,
    Tactic,
)
from irkit.drill.scenario.names import Ids, must_be, span_of
from irkit.drill.scenario.verbs import TEXT, VERBS, Verb
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode

EVERY: Final = timedelta(seconds=90)
JITTER: Final = timedelta(seconds=30)
GIVES_UP: Final = 6
STOLEN: Final = {
    Holding.PASSWORD: "okta.user",
    Holding.OKTA_SESSION: "okta.user",
    Holding.AWS_KEY: "aws.user",
}
"""What an intruder can begin with, and of what type of entity; the rest it has to make."""

_HOLDINGS: Final = tuple(str(holding) for holding in Holding)


def read_adversary(top: Fields, setting: Setting, decisions: Mapping[str, Decision]) -> Adversary:
    """Read `adversary:`."""
    block = top.mapping("adversary", required=True)
    if block is None:
        return Adversary(
            goal=(), every=EVERY, jitter=JITTER, gives_up_after=GIVES_UP, start=(), tactics=()
        )
    reader = _Reader(top.problems, setting, decisions)
    every = block.duration("every", EVERY) or EVERY
    adversary = Adversary(
        goal=reader.holdings(block.require("goal")),
        every=every,
        jitter=block.duration("jitter", JITTER) or timedelta(),
        gives_up_after=block.integer("gives_up_after", GIVES_UP, at_least=1) or GIVES_UP,
        start=tuple(reader.start(block.require("start"))),
        tactics=tuple(reader.tactics(block, "tactics")),
        on_loss=tuple(reader.tactics(block, "on_loss")),
    )
    if adversary.jitter >= every:
        node = block.node.get("jitter") or block.node
        top.problems.add("IRK105", "`jitter` must be shorter than `every`", heading(node))
    if not adversary.tactics and "tactics" not in block:
        block.require("tactics")
    block.close()
    return adversary


class _Reader:
    """Reads tactics; knows the entities they may speak of."""

    def __init__(
        self, problems: Problems, setting: Setting, decisions: Mapping[str, Decision]
    ) -> None:
        self._problems = problems
        self._entities = setting.entities
        self._decisions = decisions
        self._ids = Ids("tactics", problems)

    def tactics(self, block: Fields, key: str) -> Iterator[Tactic]:
        """Read a list of tactics."""
        for node in block.sequence(key):
            reader = fields(node, self._problems, "a tactic")
            if reader is not None:
                yield self._tactic(reader)
                reader.close()

    def _tactic(self, reader: Fields) -> Tactic:
        id_ = self._ids.take(reader)
        reader.what = f"the tactic {shown(id_)}"
        do = reader.text("do", required=True)
        must_be(reader.node.get("do"), VERBS, "verb", self._problems)
        gives = self.holdings(reader.take("gives"))
        verb = VERBS.get(do)
        if verb is not None:
            self._must_give(reader, verb, gives)
        return Tactic(
            id=id_,
            do=do,
            given=dict(self._given(reader, verb)),
            needs=tuple(self._needs(reader)),
            gives=gives,
            repeat=reader.integer("repeat", 1, at_least=1) or 1,
            renew=reader.boolean("renew"),
            attack=reader.text("attack"),
            decision=self._decided(reader),
            delay=reader.duration("delay", timedelta()) or timedelta(),
            span=span_of(reader),
        )

    def _must_give(self, reader: Fields, verb: Verb, gives: tuple[Held, ...]) -> None:
        for held in gives:
            if held.kind is not verb.gives:
                self._problems.add(
                    "IRK845",
                    f"`{verb.id}` cannot give `{held.kind}`",
                    heading(reader.node.get("gives") or reader.node),
                    help=f"it gives `{verb.gives}`",
                )

    def _given(self, reader: Fields, verb: Verb | None) -> Iterator[tuple[str, str]]:
        """Read `with:`; every parameter of the verb must be there."""
        known = verb.parameters if verb else {}
        found = set()
        for key, node in reader.pairs("with"):
            if verb is not None:
                must_be(key, known, f"parameter of `{verb.id}`", self._problems)
            type_ = known.get(key.text, TEXT)
            if type_ != TEXT:
                fitting = [name for name, item in self._entities.items() if item.type == type_]
                must_be(node, fitting, f"entity of type {type_}", self._problems)
            found.add(key.text)
            yield key.text, text(node, self._problems, f"`{key.text}`")
        for name in known:
            if name not in found:
                self._problems.add(
                    "IRK104",
                    f"{reader.what} has no `{name}`",
                    span_of(reader),
                    label=f"`with: {{{name}: …}}` is required here",
                )

    def _needs(self, reader: Fields) -> Iterator[Need]:
        node = reader.take("needs")
        items = node.items if isinstance(node, SequenceNode) else (node,) if node else ()
        for item in items:
            if isinstance(item, MappingNode):
                inner = Fields(item, self._problems, "a need")
                yield Need(any=self.holdings(inner.require("any")))
                inner.close()
            elif isinstance(item, ScalarNode):
                yield Need(any=self.holdings(item))
            else:
                wrong(item, self._problems, "a need", "a holding or `any: [...]`")

    def _decided(self, reader: Fields) -> tuple[str, str] | None:
        inner = reader.mapping("if_decided")
        if inner is None:
            return None
        pairs = inner.node.items
        for key, node in pairs:
            must_be(key, self._decisions, "decision", self._problems)
            if key.text in self._decisions:
                must_be(node, self._decisions[key.text].options, "option", self._problems)
        if len(pairs) != 1:
            wrong(inner.node, self._problems, "`if_decided`", "one decision and its option")
            return None
        return pairs[0][0].text, text(pairs[0][1], self._problems, "an option")

    def holdings(self, node: Node | None) -> tuple[Held, ...]:
        """Read holdings such as `okta_session` and `password:victim`."""
        places = scalars(node) if node is not None else ()
        return tuple(held for place in places if (held := self._held(place)) is not None)

    def start(self, node: Node | None) -> Iterator[Held]:
        """Read what the intruder begins with: something of somebody's that can be stolen."""
        for place in scalars(node) if node is not None else ():
            held = self._held(place)
            if held is None:
                continue
            entity = self._entities.get(held.of)
            if entity is not None and entity.type == STOLEN.get(held.kind):
                yield held
            elif entity is not None or not held.of:  # of an unknown entity it is said already
                self._no_start(place)

    def _no_start(self, place: ScalarNode) -> None:
        known = ", ".join(
            f"`{kind}` of an entity of type {type_}" for kind, type_ in STOLEN.items()
        )
        self._problems.add(
            "IRK880",
            f"an intruder cannot begin with {shown(place.text)}",
            place.span,
            help=f"begin with {known}: write for example `password:victim`",
        )

    def _held(self, place: ScalarNode) -> Held | None:
        kind, _, of = place.text.partition(":")
        if kind not in _HOLDINGS:
            summary = f"nobody can hold {shown(kind)}"
            unknown(self._problems, "IRK844", summary, place, _HOLDINGS)
            return None
        if of and of not in self._entities:
            summary = f"there is no entity {shown(of)}"
            unknown(self._problems, "IRK844", summary, place, self._entities)
        return Held(kind=Holding(kind), of=of)
