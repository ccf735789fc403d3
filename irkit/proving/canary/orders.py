"""The block `canary:` of a test file: which identity, what is planted, who approves, and when not.

There is one identity, listed here and tagged at AWS: a name alone could be anybody's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from irkit.decode import Fields, fields, heading, shown, text, unknown
from irkit.proving.canary.plants import kinds
from irkit.proving.canary.quiet import QuietHours
from irkit.yaml_strict import Node, ScalarNode

SEAT: Final = "seat."
"""An input that begins so is the id of the seat of that kind, once it is planted."""

_USER: Final = re.compile(r"arn:aws[\w-]*:iam::\d{12}:user/(?:[!-~]*/)?[\w+=,.@-]+")
_TAG: Final = re.compile(r"([^=\s]+)=(\S+)")
_WITHIN: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a canary does.

    `user` is the ARN of the one identity, `tag` what it is tagged with. `plant` are kinds of
    credential, in order. `inputs` are the playbook's, `answers` those to its manual steps, by step.
    `approve` maps people to the files of their keys. `within` is how soon each kind has to be dead.
    `soc` is how long the SOC has to say that it saw it; None if nobody is asked.
    """

    user: str
    tag: tuple[str, str]
    plant: tuple[str, ...]
    inputs: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    approve: Mapping[str, str] = field(default_factory=dict)
    within: Mapping[str, timedelta] = field(default_factory=dict)
    quiet: tuple[QuietHours, ...] = ()
    soc: timedelta | None = None

    def soon(self, kind: str) -> timedelta:
        """Return how soon a seat of `kind` has to be dead."""
        return self.within.get(kind, _WITHIN)

    def quiet_at(self, moment: datetime) -> QuietHours | None:
        """Return the quiet hours that cover `moment`, if any do."""
        return next((hours for hours in self.quiet if hours.covers(moment)), None)


def decode_canary(top: Fields) -> Orders | None:
    """Read `canary:` of a test file; None where there is none."""
    block = top.mapping("canary")
    if block is None:
        return None
    _one_target(block)
    orders = Orders(
        user=_matching(block, "user", _USER, "the ARN of an IAM user", ""),
        tag=_tag(block),
        plant=_plant(block),
        inputs=_texts(block, "inputs"),
        answers=_answers(block),
        approve=_texts(block, "approve"),
        within=_within(block),
        quiet=_quiet(block),
        soc=_soc(block),
    )
    block.close()
    return orders


def _one_target(block: Fields) -> None:
    """A limit may be written, to be seen; there is no other one."""
    if block.integer("max_targets", 1) != 1:
        node = block.node.get("max_targets")
        assert node is not None, "it is another number"
        block.problems.add("IRK105", "a canary has one target: `max_targets` is 1", heading(node))


def _matching(
    block: Fields, key: str, pattern: re.Pattern[str], expected: str, default: str
) -> str:
    found = block.text(key, default, required=not default)
    node = block.node.get(key)
    if node is not None and found and not pattern.fullmatch(found):
        block.problems.add("IRK105", f"{shown(found)} is not {expected}", heading(node))
    return found


def _tag(block: Fields) -> tuple[str, str]:
    name, _, value = _matching(
        block, "tag", _TAG, "a tag: key=value", "irkit-canary=true"
    ).partition("=")
    return name, value


def _plant(block: Fields) -> tuple[str, ...]:
    block.require("plant")
    found = block.texts("plant")
    known = kinds()
    for node in _scalars(block, "plant"):
        if node.text not in known:
            unknown(block.problems, "IRK105", f"no canary plants {shown(node.text)}", node, known)
    return found


def _scalars(block: Fields, key: str) -> tuple[ScalarNode, ...]:
    node = block.node.get(key)
    items: tuple[Node, ...] = () if node is None else getattr(node, "items", (node,))
    return tuple(item for item in items if isinstance(item, ScalarNode))


def _texts(block: Fields, key: str) -> Mapping[str, str]:
    return {
        name.text: text(node, block.problems, f"`{name.text}`") for name, node in block.pairs(key)
    }


def _answers(block: Fields) -> Mapping[str, Mapping[str, str]]:
    found = {}
    for name, node in block.pairs("answers"):
        reader = fields(node, block.problems, f"the answer to `{name.text}`")
        if reader is not None:
            found[name.text] = {key.text: _said(value) for key, value in reader.node.items}
    return found


def _said(node: Node) -> str:
    """Return an answer as a person would type it."""
    return node.text if isinstance(node, ScalarNode) else ""


def _within(block: Fields) -> Mapping[str, timedelta]:
    inner = block.mapping("within")
    if inner is None:
        return {}
    found = {kind: soon for kind in sorted(kinds()) if (soon := inner.duration(kind)) is not None}
    inner.close()
    return found


def _quiet(block: Fields) -> tuple[QuietHours, ...]:
    found = []
    block.take("quiet")
    for node in _scalars(block, "quiet"):
        try:
            found.append(QuietHours.parse(node.text))
        except ValueError as error:
            block.problems.add("IRK105", str(error), node.span)
    return tuple(found)


def _soc(block: Fields) -> timedelta | None:
    inner = block.mapping("soc")
    if inner is None:
        return None
    within = inner.duration("within", required=True)
    inner.close()
    return within
