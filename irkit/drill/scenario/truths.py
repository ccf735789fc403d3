"""The block `truth:` of a scenario: what the facilitator knows and an investigation should find."""

from collections.abc import Iterator
from typing import Final

from irkit.decode import Fields, fields
from irkit.drill.scenario.model import Adversary, Question, Setting, Truth
from irkit.drill.scenario.names import Ids, must_be

SORTS: Final = ("keys", "machines", "providers", "sessions", "snapshots", "users")
"""What an intruder's acts really made, by sort."""

KEYS: Final = ("addresses", *SORTS)
"""Where the right answer to a question is."""


def read_truth(top: Fields, setting: Setting, adversary: Adversary) -> Truth | None:
    """Read `truth:`."""
    block = top.mapping("truth", required=True)
    if block is None:
        return None
    truth = Truth(
        patient_zero=block.text("patient_zero", required=True),
        first_bad=block.text("first_bad", required=True),
        addresses=block.texts("addresses"),
        never_touched=block.texts("never_touched"),
        questions=tuple(_questions(block)),
    )
    must_be(block.node.get("patient_zero"), setting.entities, "entity", top.problems)
    must_be(block.node.get("never_touched"), setting.entities, "entity", top.problems)
    tactics = [tactic.id for tactic in adversary.all_tactics]
    must_be(block.node.get("first_bad"), tactics, "tactic", top.problems)
    block.require("addresses")
    block.close()
    return truth


def _questions(block: Fields) -> Iterator[Question]:
    ids = Ids("questions", block.problems)
    for node in block.sequence("questions"):
        reader = fields(node, block.problems, "a question")
        if reader is None:
            continue
        yield Question(
            id=ids.take(reader),
            ask=reader.text("ask", required=True),
            key=reader.text("key", required=True),
        )
        must_be(reader.node.get("key"), KEYS, "key", block.problems)
        reader.close()
