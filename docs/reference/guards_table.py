# ruff: noqa: INP001  # beside the script that prints it, no package
"""The guards as their files describe them, and what is kept where no guard is needed."""

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Final, cast

from irkit.engine.guards import guards

_REFUSES: Final = re.compile(r'code="(IRK\d{3})"')

ELSEWHERE: Final[dict[str, str]] = {
    "Targets that turn up later are no part of what was signed": "What is not planned is not done: "
    "they wait in a part of their own ([ADR 6](../adr/0006-supplements-and-open-parts.md)). Where "
    "their class needs no approval and a step would come to more than a fifth more targets than "
    "were planned at first, the part needs one person all the same "
    "([IRK327](../diagnostics/IRK327.md)).",
    "Undo touches what irkit made and nothing else": "It compares before it takes back, and "
    "refuses where somebody changed the thing since: name and document, or the id Okta gave, have "
    "to be those in the trail. Tried to be got past in `tests/engine/test_guards_elsewhere.py`.",
    "Secrets and links reach no channel that the intruder may read": "A secret is a type of its "
    "own: it goes to a secret store and can be neither planned, shown, logged nor recorded. Reset "
    "links are mailed to nobody and dropped. irkit itself writes to no channel. Tried to be got "
    "past in `tests/engine/test_guards_elsewhere.py`.",
    "Another account than the pinned one is never asked": "Whatever credentials are used, their "
    "own identity is looked at first ([IRK529](../diagnostics/IRK529.md)).",
}
"""Rules that hold by the way irkit is made."""


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield each guard: its name, what it keeps, who may override it, its refusals."""
    for guard in guards():
        codes = sorted(set(_REFUSES.findall(inspect.getsource(cast("ModuleType", guard)))))
        yield (
            f"`{guard.NAME}`",
            (inspect.getdoc(guard) or "").partition("\n\n")[0],
            "two people" if guard.OVERRIDABLE else "nobody",
            ", ".join(f"[{code}](../diagnostics/{code}.md)" for code in codes),
        )
