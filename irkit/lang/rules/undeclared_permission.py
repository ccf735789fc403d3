"""An action needs a permission that its connection does not declare (IRK243)."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from irkit.diagnostics import Diagnostic, Severity
from irkit.lang.view import View, problem
from irkit.model.playbook import DoStep, ReadStep
from irkit.model.spec import Permissions


def check(view: View) -> Iterator[Diagnostic]:
    """Find missing permissions, where connections declare theirs."""
    declared = view.context.permissions
    if declared is None:
        return
    severity = Severity.ERROR if view.context.least_privilege else Severity.WARNING
    for place in view.places:
        step, spec = place.step, view.spec(place.step)
        if not isinstance(step, ReadStep | DoStep) or spec is None:
            continue
        needed = spec.permissions.of(step.arguments)
        for provider, missing in _missing(needed, declared).items():
            yield problem(
                "IRK243",
                f"`{spec.id}` needs {', '.join(missing)}",
                step.span,
                label=f"the {provider} connection does not declare it",
                help=f"run `irkit permissions {view.playbook.id}`",
                severity=severity,
            )


def _missing(
    permissions: Permissions, declared: Mapping[str, frozenset[str]]
) -> Mapping[str, list[str]]:
    wanted = {
        "aws": (*permissions.iam_read, *permissions.iam_write),
        "okta": (*permissions.okta_read, *permissions.okta_write),
    }
    return {
        provider: missing
        for provider, names in wanted.items()
        if provider in declared
        and (missing := [name for name in names if not _allowed(name, declared[provider])])
    }


def _allowed(name: str, declared: frozenset[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in declared)
