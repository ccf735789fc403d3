"""The options every command has, before the command's name or after it.

Only the standard library is imported: this is on the path of `irkit --help`.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True, kw_only=True)
class Common:
    """What the common options say. Lives in the root context's `obj` while a command runs."""

    workspace: Path | None = None
    json: bool = False
    plain: bool = False
    quiet: bool = False
    acting_as: str = ""
    debug: bool = False

    def take(self, name: str, value: object) -> None:
        """Take one option's value; what was said once, before or after, stays said."""
        if value in {None, False, ""}:
            return
        setattr(self, name, Path(value) if name == "workspace" else value)  # type: ignore[arg-type]
