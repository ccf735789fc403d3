"""Text of a playbook in, `Playbook` out, with everything that is wrong with it.

Never raises on any text and never stops at the first problem. A playbook with errors is not
returned: nothing may plan what was not read completely.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from irkit import yaml_strict
from irkit.canonical import digest_bytes
from irkit.decode import NAME, SLUG, Fields, Problems, fields, heading, shown, text
from irkit.decode.targets import limit_entries, protect_entries
from irkit.diagnostics import Diagnostic
from irkit.lang import types
from irkit.lang.phases import decode_phases
from irkit.lang.steps import StepReader
from irkit.lang.values import value
from irkit.model.playbook import Approval, Input, Playbook, Protection, Value
from irkit.yaml_strict import MappingNode, Node, ScalarNode

FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What came of a file: the playbook if it has no errors, and all that was found."""

    playbook: Playbook | None
    diagnostics: tuple[Diagnostic, ...]


def playbook(text_: str, file: str) -> Decoded:
    """Decode a playbook's text."""
    return _decode(*yaml_strict.load(text_, file), text_, text_.encode(errors="replace"), file)


def playbook_bytes(data: bytes, file: str) -> Decoded:
    """Decode a playbook's bytes, as read from its file."""
    node, found = yaml_strict.load_bytes(data, file)
    return _decode(node, found, data.decode(errors="replace"), data, file)


def _decode(
    node: Node | None, found: tuple[Diagnostic, ...], source: str, data: bytes, file: str
) -> Decoded:
    problems = Problems(found)
    result = None
    if node is not None:
        top = fields(node, problems, "a playbook")
        result = _playbook(top, problems, source, digest_bytes(data), file) if top else None
    if problems:
        result = None
    return Decoded(playbook=result, diagnostics=problems.all())


def _playbook(top: Fields, problems: Problems, source: str, digest: str, file: str) -> Playbook:
    _format(top, problems)
    guards = top.mapping("guards")
    steps = StepReader(problems)
    result = Playbook(
        id=_id(top, problems),
        title=top.text("title", required=True),
        version=top.text("version", "0.0.0"),
        about=top.text("about").strip(),
        labels=top.texts("labels"),
        against=top.texts("against"),
        claims_contained=_claims(top, problems),
        accepts=_accepts(top, problems),
        inputs=_inputs(top, problems),
        protect=_protections(guards) if guards else (),
        limits=limit_entries(guards, "limit") if guards else {},
        approvals=_approvals(top, problems),
        phases=decode_phases(top, problems, steps),
        always=steps.sequence(top.take("always"), "always"),
        outputs=_outputs(top, problems),
        file=file,
        digest=digest,
        source=source,
        span=heading(top.node),
    )
    if guards:
        guards.close()
    top.close()
    return result


def _format(top: Fields, problems: Problems) -> None:
    node = top.require("irkit")
    if node is None or (isinstance(node, ScalarNode) and node.value == FORMAT):
        return
    problems.add(
        "IRK110",
        "this version of irkit reads playbook format 1 only",
        heading(node),
        help="write `irkit: 1`",
    )


def _id(top: Fields, problems: Problems) -> str:
    result = top.text("playbook", required=True)
    node = top.node.get("playbook")
    if node is not None and result and not SLUG.fullmatch(result):
        problems.add(
            "IRK107",
            f"{shown(result)} is no playbook id",
            node.span,
            help="use lower-case words joined by hyphens, such as `leaked-access-key`",
        )
    return result


def _claims(top: Fields, problems: Problems) -> bool:
    claim = top.text("claims")
    node = top.node.get("claims")
    if node is not None and claim != "contained":
        problems.add("IRK105", "`claims` can only be `contained`", heading(node))
    return claim == "contained"


def _accepts(top: Fields, problems: Problems) -> Mapping[str, str]:
    result = {}
    for key, node in top.pairs("accepts"):
        reason = text(node, problems, f"the reason to accept `{key.text}`")
        if not reason.strip():
            problems.add("IRK104", f"`{key.text}` is accepted without a reason", key.span)
        result[key.text] = reason
    return result


def _inputs(top: Fields, problems: Problems) -> tuple[Input, ...]:
    return tuple(_input(key, node, problems) for key, node in top.pairs("inputs"))


def _input(key: ScalarNode, node: Node, problems: Problems) -> Input:
    if not NAME.fullmatch(key.text):
        problems.add(
            "IRK107", f"{shown(key.text)} is no name for an input", key.span, help=_NAME_HELP
        )
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        type_ = node.value
        types.check(type_, problems, node.span)
        return Input(name=key.text, type=type_, span=key.span)
    reader = fields(node, problems, f"input `{key.text}`")
    if reader is None:
        return Input(name=key.text, type="text", span=key.span)
    type_ = reader.text("type", "text", required=True)
    type_node = node.get("type") if isinstance(node, MappingNode) else None
    if type_node is not None:
        types.check(type_, problems, type_node.span)
    default_node = reader.take("default")
    default: Value = None if default_node is None else value(default_node, problems)
    result = Input(
        name=key.text,
        type=type_,
        ask=reader.text("ask"),
        default=default,
        required=reader.boolean("required", default=default_node is None),
        span=key.span,
    )
    reader.close()
    return result


def _protections(guards: Fields) -> tuple[Protection, ...]:
    return tuple(
        Protection(kind=kind, pattern=pattern, span=span)
        for kind, pattern, span in protect_entries(guards)
    )


def _approvals(top: Fields, problems: Problems) -> Mapping[str, Approval]:
    result = {}
    for key, node in top.pairs("approvals"):
        reader = fields(node, problems, f"approval `{key.text}`")
        if reader is not None:
            result[key.text] = _approval(key, reader, problems)
            reader.close()
    return result


def _approval(key: ScalarNode, reader: Fields, problems: Problems) -> Approval:
    excluded = reader.texts("not")
    node = reader.node.get("not")
    if node is not None and excluded != ("requester",):
        problems.add("IRK105", "`not` can only be [requester]", heading(node))
    return Approval(
        name=key.text,
        need=reader.integer("need", 1, required=True) or 0,
        roles=reader.texts("from"),
        exclude_requester=bool(excluded),
        valid=_positive(reader, problems),
        span=key.span,
    )


def _positive(reader: Fields, problems: Problems) -> timedelta | None:
    valid = reader.duration("valid")
    if valid is not None and valid <= timedelta():
        node = reader.node.get("valid")
        problems.add("IRK105", "`valid` must be longer than nothing", node.span if node else None)
    return valid


def _outputs(top: Fields, problems: Problems) -> Mapping[str, Value]:
    result = {}
    for key, node in top.pairs("outputs"):
        if not NAME.fullmatch(key.text):
            problems.add(
                "IRK107", f"{shown(key.text)} is no name for an output", key.span, help=_NAME_HELP
            )
        result[key.text] = value(node, problems)
    return result


_NAME_HELP: Final = "use letters, digits and underscores, such as `suspect_user`"
