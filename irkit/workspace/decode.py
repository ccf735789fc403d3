"""`irkit.yaml` in, `Workspace` out, with everything that is wrong with it.

Keeps the separation of live and drill: drill connections are on this machine, live ones are not,
and only a drill has seats.
"""

from datetime import timedelta
from pathlib import Path
from typing import Final

from irkit import yaml_strict
from irkit.canonical import digest_bytes
from irkit.decode import Fields, Problems, duration, fields, heading, shown
from irkit.decode.problems import wrong
from irkit.decode.targets import limit_entries, protect_entries
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.playbook import Protection
from irkit.workspace.break_glass import decode_break_glass
from irkit.workspace.config import (
    HoldSettings,
    LeastPrivilege,
    Mode,
    SecretReference,
    Workspace,
)
from irkit.workspace.connections import decode_connections, decode_federation
from irkit.workspace.rules import decode_rules
from irkit.workspace.secrets import reference_here, refuse_literals
from irkit.workspace.trail_settings import decode_trail, inside
from irkit.yaml_strict import Node, ScalarNode

FILE: Final = "irkit.yaml"
FORMAT: Final = 1


def load(root: Path) -> Workspace:
    """Read the workspace in the directory `root`.

    Raises:
        IrkitError: with everything that is wrong with its `irkit.yaml`.
    """
    path = root / FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK160",
                summary=f"{path} cannot be read: {error.strerror}",
                help="make a workspace with `irkit init`",
            )
        ) from error
    workspace, found = decode(data, root)
    if workspace is None:
        raise IrkitError(*found)
    return workspace


def decode(data: bytes, root: Path) -> tuple[Workspace | None, tuple[Diagnostic, ...]]:
    """Decode the bytes of an `irkit.yaml` that stands in `root`; never raises."""
    node, found = yaml_strict.load_bytes(data, FILE)
    problems = Problems(found)
    result = None
    if node is not None:
        refuse_literals(node, problems)
        top = fields(node, problems, FILE)
        result = _workspace(top, problems, data, root) if top else None
    return (None if problems else result), problems.all()


def _workspace(top: Fields, problems: Problems, data: bytes, root: Path) -> Workspace:
    _format(top, problems)
    mode = _mode(top, problems)
    break_glass = decode_break_glass(top)
    result = Workspace(
        root=root,
        org=top.text("org", required=True),
        mode=mode,
        origin=_origin(top, problems),
        connections=decode_connections(top, mode),
        federation=decode_federation(top),
        break_glass=break_glass,
        protect=(
            *(
                Protection(kind=kind, pattern=pattern, span=span)
                for kind, pattern, span in protect_entries(top)
            ),
            *break_glass.protections(top.node.span),
        ),
        limits=limit_entries(top, "limits"),
        approvers=inside(top, "approvers", "approvers/allowed_signers"),
        approvals=decode_rules(top),
        trail=decode_trail(top, mode),
        plan_valid=top.duration("plan_valid", timedelta(minutes=60)) or timedelta(),
        in_doubt_wait=top.duration("in_doubt_wait"),
        hold=_hold(top),
        seats=_seats(top, problems, mode),
        least_privilege=_least_privilege(top, problems),
        digest=digest_bytes(data),
        source=data.decode(errors="replace"),
    )
    top.close()
    return result


def _least_privilege(top: Fields, problems: Problems) -> LeastPrivilege:
    node = top.take("least_privilege")
    match node:
        case None:
            return LeastPrivilege.OFF
        case ScalarNode(value=bool() as strict):
            return LeastPrivilege.DECLARED if strict else LeastPrivilege.OFF
        case ScalarNode(text="session"):
            return LeastPrivilege.SESSION
    wrong(node, problems, "`least_privilege`", "true, false or session")
    return LeastPrivilege.OFF


def _format(top: Fields, problems: Problems) -> None:
    node = top.require("irkit")
    if node is not None and not (isinstance(node, ScalarNode) and node.value == FORMAT):
        problems.add(
            "IRK110",
            "this version of irkit reads irkit.yaml of format 1 only",
            heading(node),
            help="write `irkit: 1`",
        )


def _mode(top: Fields, problems: Problems) -> Mode:
    node = top.require("mode")
    if node is None:
        return Mode.LIVE
    mode = top.choice("mode", Mode, Mode.LIVE)
    if isinstance(node, ScalarNode) and node.value in tuple(Mode):
        return mode
    problems.add("IRK161", "without a mode nothing can be connected", heading(node))
    return mode


def _origin(top: Fields, problems: Problems) -> str:
    origin = top.text("origin", required=True)
    node = top.node.get("origin")
    if node is not None and origin and (not origin.isascii() or any(c in origin for c in " +\n")):
        problems.add(
            "IRK162",
            f"{shown(origin)} is no trail origin",
            heading(node),
            help="write a host name and a path, such as acme.example/irkit/oncall",
        )
    return origin


def _hold(top: Fields) -> HoldSettings:
    inner = top.mapping("hold")
    default = HoldSettings()
    if inner is None:
        return default
    looks = tuple(
        found
        for node in inner.sequence("looks")
        if (found := duration(node, inner.problems, "a look", None)) is not None
    )
    watch = inner.duration("watch", default.watch)
    result = HoldSettings(
        looks=looks if "looks" in inner else default.looks,
        watch=default.watch if watch is None else watch,
    )
    inner.close()
    return result


def _seats(top: Fields, problems: Problems, mode: Mode) -> SecretReference | None:
    node: Node | None = top.take("seats")
    if node is None:
        return None
    if mode is Mode.LIVE:
        problems.add(
            "IRK165",
            "only a drill has seats",
            heading(node),
            label="these would be the intruder's credentials",
        )
        return None
    return reference_here(node, problems, "`seats`")
