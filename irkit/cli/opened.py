"""What a command works with: its options, its output, and the workspace it is in.

`this()` returns the `Invocation` of the running command. Everything on it is loaded when first
asked for, so that a command pays only for what it uses.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from irkit import log, settings
from irkit.cli.options import Common
from irkit.cli.output import Output
from irkit.clock import Clock, system_clock

if TYPE_CHECKING:
    from irkit.engine.session import Session
    from irkit.model.spec import Catalogue
    from irkit.workspace.config import Workspace


@dataclass
class Invocation:
    """One command being carried out."""

    common: Common
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    here: Path = field(default_factory=Path.cwd)
    clock: Clock = system_clock

    @cached_property
    def output(self) -> Output:
        """Return where to say things."""
        return Output.of(self.common)

    @cached_property
    def root(self) -> Path:
        """Return the workspace's directory.

        Raises:
            IrkitError: if there is none.
        """
        return settings.require_workspace(self.here, self.environment, self.common.workspace)

    @property
    def in_workspace(self) -> bool:
        """Say whether there is a workspace."""
        found = settings.find_workspace(self.here, self.environment, self.common.workspace)
        return found is not None

    @cached_property
    def workspace(self) -> "Workspace":
        """Return the workspace.

        Raises:
            IrkitError: with everything that is wrong with it.
        """
        from irkit.workspace.decode import load  # noqa: PLC0415

        return load(self.root)

    @cached_property
    def catalogue(self) -> "Catalogue":
        """Return the catalogue of actions."""
        from irkit.actions.load import catalogue  # noqa: PLC0415

        return catalogue()

    @cached_property
    def session(self) -> "Session":
        """Return the session on the workspace, acted by whoever `--as` names."""
        from irkit.engine.session import Session, whoever  # noqa: PLC0415
        from irkit.workspace.policy import signers  # noqa: PLC0415

        lines = signers(self.workspace)
        names = tuple(dict.fromkeys(n for line in lines for n in line.split()[0].split(",")))
        return Session(
            workspace=self.workspace,
            catalogue=self.catalogue,
            environment=self.environment,
            actor_name=whoever(names, self.common.acting_as, self.environment),
            clock=self.clock,
        )


def this() -> Invocation:
    """Return the running command's invocation; with `IRKIT_LOG` set, the log is heard as well."""
    if os.environ.get("IRKIT_LOG"):
        log.to_stderr()
    return Invocation(common=click.get_current_context().find_root().obj)
