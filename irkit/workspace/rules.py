"""The approval rules of `irkit.yaml`: needs by class of change, and what may be done alone."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import TypedDict, TypeVar

from irkit.decode import Fields, Problems, choice, fields, heading, integer, unknown
from irkit.model.quorum import Need
from irkit.model.spec import Blast, Reversal
from irkit.workspace.config import DEFAULT_BLAST, DEFAULT_REVERSAL, Alone, ApprovalRules
from irkit.yaml_strict import MappingNode, Node, SequenceNode

_Class = TypeVar("_Class", bound=StrEnum)


def decode_rules(top: Fields) -> ApprovalRules:
    """Read `approvals:`; a class that is not named keeps its default."""
    inner = top.mapping("approvals")
    if inner is None:
        return ApprovalRules()
    result = ApprovalRules(
        reversal=_table(inner, "reversal", Reversal, DEFAULT_REVERSAL),
        blast=_table(inner, "blast", Blast, DEFAULT_BLAST),
        alone=_alone(inner),
        change=_change(inner),
        **_security_keys(inner),
    )
    inner.close()
    return result


class _Keys(TypedDict):
    """What is asked of the approvers' keys."""

    user_presence: bool
    user_verification: bool
    webauthn_origins: tuple[str, ...]


def _security_keys(inner: Fields) -> _Keys:
    origins = inner.texts("webauthn_origins")
    reader = inner.mapping("security_keys")
    if reader is None:
        return _Keys(user_presence=True, user_verification=False, webauthn_origins=origins)
    result = _Keys(
        user_presence=reader.boolean("user_presence", default=True),
        user_verification=reader.boolean("user_verification"),
        webauthn_origins=origins,
    )
    reader.close()
    return result


def _change(inner: Fields) -> Need | None:
    node = inner.take("change")
    return None if node is None else _need(node, inner.problems, "the need of a new policy")


def _table(
    inner: Fields, key: str, of: type[_Class], default: Mapping[_Class, Need]
) -> Mapping[_Class, Need]:
    result = dict(default)
    words = [str(word) for word in of]
    for name, node in inner.pairs(key):
        if name.text not in words:
            unknown(inner.problems, "IRK105", f"`{name.text}` is no class of `{key}`", name, words)
            continue
        result[of(name.text)] = _need(node, inner.problems, f"the need of {name.text}")
    return result


def _need(node: Node, problems: Problems, what: str) -> Need:
    if not isinstance(node, MappingNode):
        return Need(need=integer(node, problems, what, 0) or 0)
    reader = Fields(node, problems, what)
    excluded = reader.texts("not")
    found = reader.node.get("not")
    if found is not None and excluded != ("requester",):
        problems.add("IRK105", "`not` can only be [requester]", heading(found))
    result = Need(
        need=reader.integer("need", 1, required=True) or 0,
        roles=reader.texts("from"),
        exclude_requester=bool(excluded),
        valid=reader.duration("valid"),
    )
    reader.close()
    return result


def _alone(inner: Fields) -> Alone | None:
    node = inner.take("alone")
    reader = fields(node, inner.problems, "`alone`") if node is not None else None
    if reader is None:
        return None
    result = Alone(
        roles=reader.texts("from"),
        reversal=_words(reader, "reversal", Reversal, Reversal.READ),
        blast=_words(reader, "blast", Blast, Blast.PRINCIPAL),
        at_most=reader.integer("at_most", 0, required=True) or 0,
        confirm_within=reader.duration("confirm_within", timedelta(hours=4)) or timedelta(),
    )
    reader.close()
    return result


def _words(reader: Fields, key: str, of: type[_Class], default: _Class) -> frozenset[_Class]:
    node = reader.require(key)
    if node is None:
        return frozenset()
    items = node.items if isinstance(node, SequenceNode) else (node,)
    return frozenset(
        choice(item, reader.problems, f"an entry of `{key}`", of, default) for item in items
    )
