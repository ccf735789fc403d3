"""The blocks `respond:` and `responses:`: the playbook that should win, and ways to respond."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from irkit.decode import Fields, fields, text
from irkit.drill.scenario.model import MADE, Decision, Move, Respond, Response, Setting
from irkit.drill.scenario.names import Ids, must_be
from irkit.drill.scenario.truths import SORTS
from irkit.yaml_strict import ScalarNode


def read_respond(top: Fields, setting: Setting) -> Respond | None:
    """Read `respond:`."""
    block = top.mapping("respond", required=True)
    if block is None:
        return None
    inputs = {}
    for key, node in block.pairs("inputs"):
        inputs[key.text] = value = text(node, top.problems, f"the input `{key.text}`")
        if isinstance(node, ScalarNode) and value.startswith("@"):
            names = [f"@{name}" for name in setting.entities]
            names += [f"@{MADE}.{sort}" for sort in SORTS]
            names += [
                f"@{name}.key" for name, item in setting.entities.items() if item.type == "aws.user"
            ]
            must_be(node, names, "entity", top.problems)
    respond = Respond(playbook=block.text("playbook", required=True), inputs=inputs)
    block.close()
    return respond


def read_responses(top: Fields, decisions: Mapping[str, Decision]) -> tuple[Response, ...]:
    """Read `responses:`."""
    ids = Ids("responses", top.problems)
    return tuple(_responses(top, ids, decisions))


def _responses(top: Fields, ids: Ids, decisions: Mapping[str, Decision]) -> Iterator[Response]:
    for node in top.sequence("responses"):
        reader = fields(node, top.problems, "a response")
        if reader is None:
            continue
        yield Response(
            id=ids.take(reader),
            title=reader.text("title", required=True),
            moves=tuple(_moves(reader)),
            approve_after=reader.duration("approve_after", timedelta()) or timedelta(),
            decides=dict(_decided(reader, decisions)),
        )
        reader.close()


def _decided(reader: Fields, decisions: Mapping[str, Decision]) -> Iterator[tuple[str, str]]:
    for key, node in reader.pairs("decides"):
        must_be(key, decisions, "decision", reader.problems)
        if key.text in decisions:
            must_be(node, decisions[key.text].options, "option", reader.problems)
        yield key.text, text(node, reader.problems, f"`{key.text}`")


def _moves(reader: Fields) -> Iterator[Move]:
    for node in reader.sequence("moves"):
        inner = fields(node, reader.problems, "a move")
        if inner is None:
            continue
        yield Move(
            at=inner.duration("at", required=True) or timedelta(), actions=inner.texts("actions")
        )
        inner.close()
