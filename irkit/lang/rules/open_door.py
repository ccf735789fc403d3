"""Sessions are ended while the door is open: the intruder just comes back in (IRK235)."""

from collections.abc import Iterator, Mapping
from typing import Final

from irkit.diagnostics import Diagnostic, Label
from irkit.lang.residual import MINTS
from irkit.lang.view import View, problem, warning
from irkit.model.playbook import DoStep
from irkit.model.spec import Reversal, Spec

_ENTERED_FROM: Final[Mapping[str, frozenset[str]]] = {
    "aws.role": frozenset(
        {"aws.oidc_audience", "aws.role_session", "aws.saml_provider", "aws.scp", "aws.user"}
    )
}
"""Whose doors, closed before, keep new sessions of a kind from starting as well as its own."""


def check(view: View) -> Iterator[Diagnostic]:
    """Find actions that only end sessions, before or without one that closes the door."""
    doors: dict[str, list[tuple[int, DoStep]]] = {}
    changes = list(view.changes())
    for index, (_, step, spec) in enumerate(changes):
        if spec.closes_door:
            doors.setdefault(spec.target, []).append((index, step))
    for index, (_, step, spec) in enumerate(changes):
        if not spec.ends_sessions or spec.closes_door:
            continue
        closing = doors.get(spec.target, [])
        entered = (spec.target, *_ENTERED_FROM.get(spec.target, ()))
        if any(at < index for kind in entered for at, _ in doors.get(kind, [])):
            continue
        if closing:
            later = closing[0][1]
            yield problem(
                "IRK235",
                f"`{spec.id}` ends sessions before `{later.action}` closes the door",
                step.span,
                label="move this after it",
                also=(Label(span=later.span, text="the door is closed here"),)
                if later.span
                else (),
            )
            continue
        if not _comes_back(view, spec):
            continue
        names = sorted(
            found.id
            for found in view.catalogue
            if found.closes_door
            and found.target == spec.target
            and found.reversal is Reversal.EXACT  # nobody is told to begin with what stays done
        )
        if names:
            yield warning(
                "IRK235",
                f"`{spec.id}` ends sessions, and nothing keeps new ones from starting",
                step.span,
                help=f"first {' or '.join(f'`{name}`' for name in names)}",
            )


def _comes_back(view: View, ends: Spec) -> bool:
    """Say whether the playbook is against anybody who holds more than these sessions themselves.

    Whoever stole a cookie, and no password or factor, opens no further session.
    """
    against = view.playbook.against
    opens = {kind for kind, made in MINTS.items() if made & set(ends.cuts)} - set(ends.cuts)
    return not against or bool(opens & set(against))
