"""What a scenario says of people: objectives, roles, injects, expectations, decisions, hints."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from irkit.clock import parse_duration
from irkit.decode import Fields, choice, fields, heading, shown
from irkit.drill.scenario.goals import UNITS, Measure, Objective, Unit
from irkit.drill.scenario.model import (
    Adversary,
    Decision,
    Evidence,
    Expectation,
    Hint,
    Inject,
    Occasion,
    Right,
    Role,
    Truth,
)
from irkit.drill.scenario.names import Ids, must_be, span_of
from irkit.yaml_strict import ScalarNode

_PERCENT: Final = re.compile(r"(\d{1,3})%")
_WHENCE: Final = ("at", "after", "when")
_REFERS: Final = frozenset({Evidence.DECIDED, Evidence.ANSWERED})
_BARE: Final = frozenset({Evidence.DECLARED, Evidence.CLAIMED, Evidence.JUDGED})


def read_objectives(top: Fields) -> tuple[Objective, ...]:
    """Read `objectives:`; each names what measures it."""
    ids = Ids("objectives", top.problems)
    return tuple(_objectives(top, ids))


def _objectives(top: Fields, ids: Ids) -> Iterator[Objective]:
    for node in top.sequence("objectives", required=True):
        reader = fields(node, top.problems, "an objective")
        if reader is None:
            continue
        id_ = ids.take(reader)
        text = reader.text("text", required=True)
        reader.require("measure")
        measure = reader.choice("measure", Measure, Measure.TIME_TO_EVICT)
        yield Objective(
            id=id_,
            text=text,
            measure=measure,
            target=_target(reader, measure),
            csf=reader.text("csf"),
        )
        reader.close()


def _target(reader: Fields, measure: Measure) -> int:
    """Read a target in the unit of its measure: `15m`, `0` or `100%`."""
    node = reader.require("target")
    if node is None:
        return 0
    written = node.text if isinstance(node, ScalarNode) else ""
    match UNITS[measure]:
        case Unit.SECONDS:
            try:
                return int(parse_duration(written).total_seconds())
            except (ValueError, OverflowError):
                expected = "a duration such as `15m`"
        case Unit.PERCENT:
            if found := _PERCENT.fullmatch(written):
                return int(found[1])
            expected = "a percentage such as `100%`"
        case Unit.COUNT:
            if written.isdigit():
                return int(written)
            expected = "a number"
    reader.problems.add("IRK846", f"the target of `{measure}` must be {expected}", heading(node))
    return 0


def read_roles(top: Fields) -> Mapping[str, Role]:
    """Read `roles:`."""
    found = {}
    for key, node in top.pairs("roles"):
        reader = fields(node, top.problems, f"the role `{key.text}`")
        if reader is None:
            continue
        rights = reader.sequence("can")
        found[key.text] = Role(
            name=key.text,
            least=reader.integer("least", 0) or 0,
            can=frozenset(
                choice(right, top.problems, "a right", Right, Right.NOTE) for right in rights
            ),
            sees_truth=reader.boolean("sees_truth"),
            reachable_within=reader.duration("reachable_within"),
        )
        reader.close()
    if not found:
        top.require("roles")
    return found


def read_decisions(top: Fields) -> Mapping[str, Decision]:
    """Read `decisions:`."""
    ids = Ids("decisions", top.problems)
    found = {}
    for node in top.sequence("decisions"):
        reader = fields(node, top.problems, "a decision")
        if reader is None:
            continue
        id_ = ids.take(reader)
        found[id_] = Decision(
            id=id_,
            ask=reader.text("ask", required=True),
            options=reader.texts("options"),
            good=reader.texts("good"),
        )
        reader.require("options")
        must_be(reader.require("good"), found[id_].options, "option", top.problems)
        reader.close()
    return found


def read_injects(
    top: Fields, roles: Mapping[str, Role], adversary: Adversary, decisions: Mapping[str, Decision]
) -> tuple[Inject, ...]:
    """Read `injects:`; each says once when it is given."""
    ids = Ids("injects", top.problems)
    tactics = [tactic.id for tactic in adversary.all_tactics]
    found = []
    for node in top.sequence("injects"):
        reader = fields(node, top.problems, "an inject")
        if reader is None:
            continue
        id_ = ids.take(reader)
        must_be(reader.require("to"), roles, "role", top.problems)
        must_be(reader.take("after"), tactics, "tactic", top.problems)
        must_be(reader.take("decision"), decisions, "decision", top.problems)
        _must_come_once(reader, id_)
        found.append(
            Inject(
                id=id_,
                to=reader.text("to"),
                channel=reader.text("channel", "chat"),
                text=reader.text("text", required=True),
                at=reader.duration("at"),
                after=reader.text("after"),
                when=reader.choice("when", Occasion, Occasion.DECLARED)
                if "when" in reader
                else None,
                delay=reader.duration("delay", timedelta()) or timedelta(),
                decision=reader.text("decision"),
                span=span_of(reader),
            )
        )
        reader.allow("when")
        reader.close()
    return tuple(found)


def _must_come_once(reader: Fields, id_: str) -> None:
    said = [key for key in _WHENCE if key in reader]
    if len(said) != 1:
        reader.problems.add(
            "IRK847",
            f"the inject {shown(id_)} must say once when it is given",
            span_of(reader),
            help="write one of `at: 4m`, `after: TACTIC` or `when: OCCASION`",
        )


def read_expectations(
    top: Fields, roles: Mapping[str, Role], decisions: Mapping[str, Decision], truth: Truth
) -> tuple[Expectation, ...]:
    """Read `expect:`; each names the evidence that shows it."""
    ids = Ids("expectations", top.problems)
    questions = [question.id for question in truth.questions]
    found = []
    for node in top.sequence("expect", required=True):
        reader = fields(node, top.problems, "an expectation")
        if reader is None:
            continue
        id_ = ids.take(reader)
        must_be(reader.require("by"), roles, "role", top.problems)
        reader.require("evidence")
        evidence = reader.choice("evidence", Evidence, Evidence.JUDGED)
        of = reader.text("of", required=evidence not in _BARE)
        if evidence in _REFERS:
            known = decisions if evidence is Evidence.DECIDED else questions
            must_be(reader.node.get("of"), known, str(evidence), top.problems)
        found.append(
            Expectation(
                id=id_,
                by=reader.text("by"),
                what=reader.text("what", required=True),
                evidence=evidence,
                of=of,
                within=reader.duration("within"),
                before=reader.text("before"),
                points=reader.integer("points", 5) or 0,
                span=span_of(reader),
            )
        )
        reader.close()
    return tuple(found)


def read_hints(top: Fields) -> tuple[Hint, ...]:
    """Read `hints:`, in the order in which they are given."""
    found = []
    for node in top.sequence("hints"):
        reader = fields(node, top.problems, "a hint")
        if reader is not None:
            points = reader.integer("points", 2, at_least=0)
            found.append(Hint(text=reader.text("text", required=True), points=points or 0))
            reader.close()
    return tuple(found)
