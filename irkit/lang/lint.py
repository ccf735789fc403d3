"""Lint: every rule of `irkit.lang.rules` over one playbook, and the safe fixes that come of it.

A rule is a module with `check(view)`; being there is all the registration it needs.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias, cast

from irkit.diagnostics import Diagnostic, Fix
from irkit.lang import rules
from irkit.lang.view import LintContext, View
from irkit.model.playbook import Playbook
from irkit.model.spec import Catalogue

__all__ = ["LintContext", "apply_fixes", "lint", "rule_names"]

Check: TypeAlias = Callable[[View], Iterator[Diagnostic]]


def lint(
    playbook: Playbook, catalogue: Catalogue, *, config: LintContext | None = None
) -> tuple[Diagnostic, ...]:
    """Return everything the rules find, in the order of the file."""
    view = View(playbook, catalogue, config or LintContext())
    found = [diagnostic for check in _checks() for diagnostic in check(view)]
    return tuple(sorted(dict.fromkeys(found), key=_place))


def rule_names() -> tuple[str, ...]:
    """Return the names of all rules."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(rules.__path__)))


def apply_fixes(text: str, diagnostics: Iterable[Diagnostic]) -> str:
    """Return `text` with every fix applied that does not overlap an earlier one."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    spans = sorted(
        {_offsets(d.fix, starts): d.fix.replacement for d in diagnostics if d.fix}.items()
    )
    pieces, at = [mark], 0
    for (start, end), replacement in spans:
        if at <= start <= end <= len(text):
            pieces += [text[at:start], replacement]
            at = end
    return "".join([*pieces, text[at:]])


@lru_cache(maxsize=1)
def _checks() -> tuple[Check, ...]:
    modules = (importlib.import_module(f"{rules.__name__}.{name}") for name in rule_names())
    return tuple(cast("Check", module.check) for module in modules)


def _offsets(fix: Fix, starts: list[int]) -> tuple[int, int]:
    span = fix.span
    last = len(starts) - 1
    start = starts[min(span.line - 1, last)] + span.column - 1
    return start, starts[min(span.end_line - 1, last)] + span.end_column - 1


def _place(diagnostic: Diagnostic) -> tuple[int, int, str]:
    if diagnostic.at is None:
        return (0, 0, diagnostic.code)
    return (diagnostic.at.span.line, diagnostic.at.span.column, diagnostic.code)
