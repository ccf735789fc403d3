"""The people of an exercise: three approvers with keys of their own, enrolled and sealed.

Their private keys lie in the workspace, which is why they are good for an exercise and nothing
else: their lines are for the namespace of drills only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from irkit.engine import enrolment
from irkit.engine.policy_change import Sealed, begin
from irkit.engine.session import Session
from irkit.trail import wire
from irkit.trail.keys import create_key_file
from irkit.trail.signing_keys import FileKey
from irkit.workspace.config import Workspace
from irkit.workspace.exercise import DOMAIN, DRILL_KEYS, PEOPLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """One of them."""

    name: str
    roles: tuple[str, ...]
    key: Path


def enrol(workspace: Workspace) -> tuple[Approver, ...]:
    """Make their keys and enrol them."""
    folder = workspace.root / DRILL_KEYS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tuple(_enrolled(workspace, folder))


def _enrolled(workspace: Workspace, folder: Path) -> Iterator[Approver]:
    for short, roles in PEOPLE.items():
        path, name = folder / short, f"{short}@{DOMAIN}"
        key = FileKey(private=create_key_file(path).private)
        line = f"{wire.public_line(key.blob)} {name}"
        path.with_suffix(".pub").write_text(line + "\n", encoding="utf-8")
        enrolment.enrol(workspace, name=name, key=line, roles=roles)
        yield Approver(name=name, roles=roles, key=path)


def seal(session: Session) -> Sealed:
    """Begin the trail under the policy of the exercise."""
    return begin(session)
