"""`roles.yaml`: which principal of the allowed_signers has which role, and how to reach them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from irkit import yaml_strict
from irkit.decode import Fields, Problems, fields, heading, scalars, shown, texts
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.yaml_strict import ScalarNode

FORMAT: Final = 1
_ROLE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_PRINCIPAL: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of an approver besides the key. `reach` is how to reach them at night."""

    name: str = ""
    reach: str = ""
    depends_on_idp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvers:
    """Roles and the principals who have them."""

    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)

    def roles_of(self, principal: str) -> tuple[str, ...]:
        """Return the roles of one principal, in the order of the file."""
        return tuple(role for role, members in self.roles.items() if principal in members)


def load(path: Path) -> Approvers:
    """Read `roles.yaml`; a file that is not there gives nobody a role.

    Raises:
        IrkitError: with everything that is wrong with it.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Approvers()
    except OSError as error:
        summary = f"{path} cannot be read: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK160", summary=summary)) from error
    approvers, found = decode(data, path.name)
    if approvers is None:
        raise IrkitError(*found)
    return approvers


def decode(data: bytes, file: str) -> tuple[Approvers | None, tuple[Diagnostic, ...]]:
    """Decode the bytes of a `roles.yaml`; never raises."""
    node, found = yaml_strict.load_bytes(data, file)
    problems = Problems(found)
    result = None
    top = fields(node, problems, file) if node is not None else None
    if top is not None:
        version = top.require("irkit")
        if version is not None and not (
            isinstance(version, ScalarNode) and version.value == FORMAT
        ):
            problems.add("IRK110", "write `irkit: 1`", heading(version))
        result = Approvers(roles=_roles(top), people=_people(top))
        top.close()
    return (None if problems else result), problems.all()


def _roles(top: Fields) -> Mapping[str, tuple[str, ...]]:
    result = {}
    top.require("roles")
    for key, node in top.pairs("roles"):
        if not _ROLE.fullmatch(key.text):
            top.problems.add(
                "IRK107",
                f"{shown(key.text)} is no name for a role",
                key.span,
                help="use lower-case words joined by hyphens",
            )
        members = texts(node, top.problems, f"the members of `{key.text}`")
        for scalar in scalars(node):
            _principal(scalar, top.problems)
        result[key.text] = tuple(dict.fromkeys(members))
    return result


def _people(top: Fields) -> Mapping[str, Person]:
    result = {}
    for key, node in top.pairs("people"):
        _principal(key, top.problems)
        reader = fields(node, top.problems, f"person `{key.text}`")
        if reader is not None:
            result[key.text] = Person(
                name=reader.text("name"),
                reach=reader.text("reach"),
                depends_on_idp=reader.boolean("depends_on_idp"),
            )
            reader.close()
    return result


def _principal(node: ScalarNode, problems: Problems) -> None:
    if not _PRINCIPAL.fullmatch(node.text) or "," in node.text:
        problems.add(
            "IRK167",
            f"{shown(node.text)} is no principal",
            node.span,
            help="write it as in allowed_signers, such as bob@acme.example",
        )
