"""The block `world:` of a scenario: the company, who it speaks of, and what is broken there."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from irkit.decode import Fields, fields, integer, text
from irkit.drill.scenario.model import Breakage, Entity, Fix, Setting
from irkit.drill.scenario.names import must_be, span_of
from irkit.proving.world_facts import FIXTURE, FIXTURES

NAMED_BY: Final[Mapping[str, str]] = {
    "okta.user": "login",
    "okta.app": "label",
    "aws.role": "name",
    "aws.user": "name",
}
"""The types of entities, and the key that says which one."""

ADMIN_ROLES: Final = ("SUPER_ADMIN", "ORG_ADMIN", "APP_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN")
_A_WHILE: Final = timedelta(minutes=5)


def read_setting(top: Fields) -> Setting:
    """Read `world:`."""
    block = top.mapping("world", required=True)
    if block is None:
        return Setting(fixture=FIXTURE)
    fixture = block.text("fixture", FIXTURE)
    must_be(block.node.get("fixture"), FIXTURES, "fixture", top.problems)
    entities = dict(_entities(block))
    people = tuple(name for name, entity in entities.items() if entity.type == "okta.user")
    setting = Setting(
        fixture=fixture,
        entities=entities,
        admins=dict(_admins(block, people)),
        tires=dict(_tires(block, people)),
        broken=tuple(_broken(block)),
    )
    block.close()
    return setting


def _entities(block: Fields) -> Iterator[tuple[str, Entity]]:
    for key, node in block.pairs("entities"):
        reader = fields(node, block.problems, f"the entity `{key.text}`")
        if reader is None:
            continue
        type_ = reader.text("type", required=True)
        must_be(reader.node.get("type"), NAMED_BY, "type of entity", block.problems)
        name = reader.text(NAMED_BY[type_], required=True) if type_ in NAMED_BY else ""
        account = reader.text("account", required=type_.startswith("aws."))
        if type_ in NAMED_BY:
            reader.close()
        yield key.text, Entity(id=key.text, type=type_, name=name, account=account, span=key.span)


def _admins(block: Fields, people: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, node in block.pairs("admins"):
        must_be(key, people, "person", block.problems)
        must_be(node, ADMIN_ROLES, "administrator role", block.problems)
        yield key.text, text(node, block.problems, f"the role of `{key.text}`")


def _tires(block: Fields, people: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for key, node in block.pairs("tires"):
        must_be(key, people, "person", block.problems)
        count = integer(node, block.problems, f"`{key.text}`", 1, at_least=1)
        yield key.text, count or 1


def _broken(block: Fields) -> Iterator[Breakage]:
    for node in block.sequence("broken"):
        reader = fields(node, block.problems, "what is broken")
        if reader is None:
            continue
        what = reader.choice("what", Fix, Fix.OKTA_LIMIT)
        reader.require("what")
        yield Breakage(
            at=reader.duration("at", required=True) or timedelta(),
            what=what,
            lasts=reader.duration("lasts", _A_WHILE, required=True) or _A_WHILE,
            who=reader.text("who", required=what is Fix.APPROVER),
        )
        _ = span_of(reader)
        reader.close()
