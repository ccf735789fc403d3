"""Reading one case of a test file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from irkit.decode import Fields, Problems, choice, fields, heading, scalars, shown, texts, unknown
from irkit.diagnostics import Span
from irkit.model.approval import Decision
from irkit.proving.testing.expectations import Reading, kinds
from irkit.proving.testing.names import Names
from irkit.proving.testing.seen import Expectation
from irkit.proving.testing.suite import Answer, Broken, Case, Decided, Setting
from irkit.proving.world_facts import FIXTURE
from irkit.workspace.exercise import DOMAIN, PEOPLE
from irkit.world.faults import Fault, FaultKind
from irkit.yaml_strict import MappingNode, Node, ScalarNode

PROVIDERS: Final = ("okta", "aws")
REQUESTER: Final = "dana"
SILENT: Final = "silent"
ALWAYS: Final = 1_000_000
"""How often `times: all` is."""

_NEEDS: Final = {"second_run": ("run", "run: twice"), "undo": ("then", "then: undo")}


@dataclass(frozen=True, slots=True)
class CaseReader:
    """Reads cases whose inheritance has been resolved."""

    problems: Problems
    names: Names
    worlds: Mapping[str, Setting]

    def read(self, node: MappingNode) -> Case:
        """Read one case."""
        reader = Fields(node, self.problems, "a case")
        name = reader.text("name", required=True)
        reader.what = f"the case {shown(name)}"
        reader.allow("extends")
        span = heading(node.get("name") or node)
        twice, undo = self._word(reader, "run", "twice"), self._word(reader, "then", "undo")
        case = Case(
            name=name,
            span=span,
            world=self._world(reader),
            inputs=self._inputs(reader),
            requester=self._person(reader.take("requester")) or _address(REQUESTER),
            approvals=self._approvals(reader),
            answers=dict(self._answers(reader)),
            faults=tuple(self._faults(reader)),
            down=self._down(reader),
            twice=twice,
            undo=undo,
            expect=self._expect(reader, span, twice=twice, undo=undo),
        )
        reader.close()
        return case

    def _word(self, reader: Fields, key: str, only: str) -> bool:
        """Read a key that has one word, or is not there."""
        value = reader.text(key)
        node = reader.node.get(key)
        if node is not None and value != only:
            self.problems.add("IRK105", f"`{key}` can only be `{only}`", heading(node))
        return value == only

    def _world(self, reader: Fields) -> Setting:
        name = reader.text("world", FIXTURE)
        node = reader.node.get("world")
        if isinstance(node, ScalarNode) and name not in self.worlds:
            unknown(self.problems, "IRK812", f"there is no world {shown(name)}", node, self.worlds)
        return self.worlds.get(name, Setting())

    def _inputs(self, reader: Fields) -> Mapping[str, str]:
        found = {}
        for key, node in reader.pairs("inputs"):
            self.names.must_know(key, self.names.inputs, "input", self.problems)
            found[key.text] = ",".join(texts(node, self.problems, f"the input `{key.text}`"))
        return found

    def _person(self, node: Node | None) -> str:
        if node is None:
            return ""
        (name, *_) = texts(node, self.problems, "a person") or ("",)
        short = name.partition("@")[0]
        if isinstance(node, ScalarNode) and short not in PEOPLE:
            summary = f"{shown(name)} is nobody here"
            unknown(self.problems, "IRK812", summary, node, PEOPLE)
        return _address(short)

    def _approvals(self, reader: Fields) -> tuple[Decided, ...] | None:
        if "approvals" not in reader:
            reader.allow("approvals")
            return None
        read = (self._decided(node) for node in reader.sequence("approvals"))
        return tuple(found for found in read if found is not None)

    def _decided(self, node: Node) -> Decided | None:
        reader = fields(node, self.problems, "an approval")
        if reader is None:
            return None
        phase = reader.text("phase")
        place = reader.node.get("phase")
        if isinstance(place, ScalarNode):
            self.names.must_know(place, self.names.phases, "phase", self.problems)
        people = reader.require("by")
        by = tuple(self._person(place) for place in scalars(people)) if people else ()
        word = reader.take("decision")
        decision = Decision.APPROVE
        if word is not None:
            decision = choice(word, self.problems, "`decision`", Decision, Decision.APPROVE)
            if decision is Decision.REVOKE:
                self.problems.add("IRK105", "`decision` can only be approve or deny", heading(word))
        reader.close()
        return Decided(
            phase=self.names.phase_id(phase), by=by, decision=decision, span=heading(node)
        )

    def _answers(self, reader: Fields) -> Iterator[tuple[str, Answer]]:
        for key, node in reader.pairs("answers"):
            self.names.must_know(key, self.names.questions, "manual step", self.problems)
            if isinstance(node, ScalarNode) and node.value == SILENT:
                yield key.text, Answer(silent=True, span=key.span)
            elif (values := fields(node, self.problems, f"the answer to `{key.text}`")) is not None:
                yield key.text, Answer(values=self._values(values), span=key.span)

    def _values(self, reader: Fields) -> Mapping[str, str]:
        found = {}
        for key, node in reader.node.items:
            if isinstance(node, ScalarNode):
                found[key.text] = node.text
            else:
                self.problems.add("IRK103", f"`{key.text}` must be a constant", heading(node))
        return found

    def _faults(self, reader: Fields) -> Iterator[Broken]:
        for node in reader.sequence("faults"):
            inner = fields(node, self.problems, "a fault")
            if inner is not None:
                yield self._fault(inner)
                inner.close()

    def _fault(self, reader: Fields) -> Broken:
        on = reader.text("on", required=True)
        provider, _, operation = on.partition(" ")
        place = reader.node.get("on")
        if place is not None and (provider not in PROVIDERS or not operation.strip()):
            self.problems.add(
                "IRK105",
                f"{shown(on)} names no calls",
                heading(place),
                help='write for example `on: "okta POST */lifecycle/suspend"` or `on: aws iam:*`',
            )
        kind = reader.require("as")
        times = reader.take("times")
        every = isinstance(times, ScalarNode) and times.value == "all"
        seconds = reader.duration("seconds")
        return Broken(
            span=heading(place or reader.node),
            fault=Fault(
                kind=FaultKind.SERVER_ERROR_JSON
                if kind is None
                else choice(kind, self.problems, "`as`", FaultKind, FaultKind.SERVER_ERROR_JSON),
                provider=provider,
                operation=operation.strip() or "*",
                nth=reader.integer("nth", 1, at_least=1) or 1,
                times=ALWAYS if every else reader.integer("times", 1, at_least=1) or 1,
                seconds=seconds.total_seconds() if seconds is not None else 0.0,
                applied=reader.boolean("applied"),
            ),
        )

    def _down(self, reader: Fields) -> tuple[str, ...]:
        node = reader.take("down")
        if node is None:
            return ()
        for place in scalars(node):
            if place.text not in PROVIDERS:
                summary = f"{shown(place.text)} is no provider"
                unknown(self.problems, "IRK105", summary, place, PROVIDERS)
        return texts(node, self.problems, "`down`")

    def _expect(
        self, reader: Fields, span: Span, *, twice: bool, undo: bool
    ) -> tuple[Expectation, ...]:
        block = reader.mapping("expect")
        found: list[Expectation] = []
        if block is not None:
            for key, kind in kinds().items():
                node = block.take(key)
                if node is not None:
                    self._must_happen(block, key, twice=twice, undo=undo)
                    found += kind.read(node, Reading(self.problems, self.names))
            block.close()
        if not found and not (block is not None and self.problems):
            self.problems.add(
                "IRK810",
                f"{reader.what} asserts nothing",
                span,
                label="every run would pass it",
                help="say under `expect:` what has to be so, for example `result: contained`",
            )
        return tuple(found)

    def _must_happen(self, block: Fields, key: str, *, twice: bool, undo: bool) -> None:
        happens = {"second_run": twice, "undo": undo}
        if not happens.get(key, True):
            place = block.node.key(key)
            self.problems.add(
                "IRK814",
                f"`{key}` is expected and never happens",
                place.span if place is not None else None,
                help=f"add to the case: `{_NEEDS[key][1]}`",
            )


def _address(short: str) -> str:
    return f"{short}@{DOMAIN}"
