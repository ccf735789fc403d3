"""What a proof is about, by digests: a change to any of them makes it a proof of something else.

The sources themselves are hashed and not only versions, because a playbook depends on the code that
carries it out, and code is also changed in place. The environment is what is configured: what it
takes to learn a role's present rights is the preflight's part.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from irkit import yaml_strict
from irkit.canonical import JsonObject, digest, digest_bytes
from irkit.decode import plain
from irkit.model.playbook import DoStep, ReadStep, all_steps

if TYPE_CHECKING:  # lint reads test files, which speak of proofs, and needs no engine
    from irkit.engine.session import Session
    from irkit.engine.walk import Book

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_SDKS: Final = ("boto3", "botocore", "okta")
_SIMULATORS: Final = ("moto",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The digests a proof holds for.

    `playbook` covers what it calls as well, `actions` those it uses, `irkit` all other code,
    `environment` where it was proven, `test` what the test file asks at this level.
    """

    playbook: str
    actions: Mapping[str, str]
    irkit: str
    environment: str
    test: str = ""

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "playbook": self.playbook,
            "actions": dict(self.actions),
            "irkit": self.irkit,
            "environment": self.environment,
            "test": self.test,
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> "Subject":
        """Read the JSON form."""
        return cls(
            playbook=str(value["playbook"]),
            actions=dict(cast("Mapping[str, str]", value["actions"])),
            irkit=str(value["irkit"]),
            environment=str(value["environment"]),
            test=str(value["test"]),
        )

    def changed_since(self, then: "Subject") -> tuple[str, ...]:
        """Return in words what differs from `then`; nothing if a proof of `then` still holds."""
        pairs = (
            ("playbook", self.playbook, then.playbook),
            ("test", self.test, then.test),
            ("irkit", self.irkit, then.irkit),
            ("environment", self.environment, then.environment),
        )
        actions = sorted(self.actions.keys() | then.actions.keys())
        return (
            *(name for name, now, before in pairs if now != before),
            *(name for name in actions if self.actions.get(name) != then.actions.get(name)),
        )


def subject_of(book: "Book", *, environment: str, test: str = "") -> Subject:
    """Return the subject of a proof of `book` as everything is now."""
    called = {name: playbook.digest for name, playbook in book.calls.items()}
    used = sorted(set(_actions(book)))
    return Subject(
        playbook=digest({"main": book.main.digest, "calls": called}),
        actions={action: _action_digest(action) for action in used},
        irkit=irkit_digest(),
        environment=environment,
        test=test,
    )


def world_environment() -> str:
    """Return the digest of the simulated world as an environment.

    Its own code is irkit's; what it stands on is not.
    """
    return digest({"where": "world", "packages": _versions(*_SDKS, *_SIMULATORS)})


def workspace_environment(session: "Session") -> str:
    """Return the digest of a workspace as an environment: its settings, its policy, the SDKs."""
    workspace = session.workspace
    node, _ = yaml_strict.load(workspace.source, workspace.file.name)
    return digest(
        {
            "where": str(workspace.mode),
            "settings": None if node is None else plain(node),
            "policy": session.policy.digest,
            "packages": _versions(*_SDKS),
        }
    )


@cache
def irkit_digest() -> str:
    """Return the digest of irkit's own code, without the actions, which are named one by one."""
    total = sha256()
    for file in sorted(_PACKAGE.rglob("*.py")):
        path = file.relative_to(_PACKAGE)
        if not _is_action(path):
            total.update(f"{path.as_posix()}\0{digest_bytes(file.read_bytes())}\n".encode())
    return f"sha256:{total.hexdigest()}"


def _is_action(path: Path) -> bool:
    """Say whether a file is below `actions/PROVIDER/NOUN/`, or shipped data."""
    top, *rest = path.parts
    return top == "_assets" or (top == "actions" and len(rest) > len(("provider", "noun")))


@cache
def _action_digest(action: str) -> str:
    found = find_spec(f"irkit.actions.{action}")
    assert found is not None, f"{action} is used and has no module"
    assert found.origin is not None, f"{action} is no file"
    return digest_bytes(Path(found.origin).read_bytes())


def _actions(book: "Book") -> Iterator[str]:
    for playbook in (book.main, *book.calls.values()):
        for step in all_steps(playbook):
            if isinstance(step, ReadStep | DoStep):
                yield step.action
            if isinstance(step, DoStep) and step.verify is not None:
                yield step.verify.action


def _versions(*packages: str) -> JsonObject:
    return {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{name: _version(name) for name in packages},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
