"""The block `worlds:` of a test file: which company, and what the intruder has in it."""

from collections.abc import Iterator, Mapping
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import Fields, fields, scalars, shown, text, texts, unknown
from irkit.model.access.kinds import CredentialKind
from irkit.proving.testing.suite import Setting
from irkit.proving.world_facts import FIXTURE, FIXTURES, SEED, STORIES
from irkit.yaml_strict import ScalarNode

_KINDS: Final = tuple(str(kind) for kind in CredentialKind)
SCHEMA: Final[JsonObject] = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "fixture": {"enum": list(FIXTURES)},
            "seed": {"type": "integer", "minimum": 0},
            "users": {"type": "integer", "minimum": 1},
            "intruder": {"type": "boolean"},
            "story": {"enum": list(STORIES)},
            "regions": {"type": "array", "items": {"type": "string"}},
            "plant": {"type": "array", "items": {"enum": list(_KINDS)}},
            "admins": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
}


def read_worlds(top: Fields) -> Mapping[str, Setting]:
    """Return the worlds that a case may name: the fixtures, and those of the block."""
    found = {name: Setting(fixture=name) for name in FIXTURES}
    for key, node in top.pairs("worlds"):
        reader = fields(node, top.problems, f"world `{key.text}`")
        if reader is not None:
            found[key.text] = _setting(reader)
            reader.close()
    return found


def _setting(reader: Fields) -> Setting:
    fixture = reader.text("fixture", FIXTURE)
    node = reader.node.get("fixture")
    if isinstance(node, ScalarNode) and fixture not in FIXTURES:
        summary = f"there is no fixture {shown(fixture)}"
        unknown(reader.problems, "IRK105", summary, node, FIXTURES)
    return Setting(
        fixture=fixture,
        seed=reader.integer("seed", SEED) or 0,
        users=reader.integer("users", at_least=1),
        intruder=reader.boolean("intruder", default=True),
        story=_story(reader),
        regions=reader.texts("regions"),
        plant=tuple(_planted(reader)),
        admins={
            login.text: text(role, reader.problems, f"the role of `{login.text}`")
            for login, role in reader.pairs("admins")
        },
    )


def _story(reader: Fields) -> str:
    name, node = reader.text("story"), reader.node.get("story")
    if isinstance(node, ScalarNode) and name not in STORIES:
        summary = f"the world knows no story {shown(name)}"
        unknown(reader.problems, "IRK105", summary, node, STORIES)
    return name


def _planted(reader: Fields) -> Iterator[CredentialKind]:
    node = reader.take("plant")
    if node is None:
        return
    names = texts(node, reader.problems, "`plant`")
    for name, place in zip(names, scalars(node), strict=False):
        if name in _KINDS:
            yield CredentialKind(name)
        else:
            summary = f"{shown(name)} is no kind of credential"
            unknown(reader.problems, "IRK105", summary, place, _KINDS)
