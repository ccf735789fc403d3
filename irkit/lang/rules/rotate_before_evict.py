"""A credential is renewed while the intruder is still in, who then has the new one (IRK236)."""

import re
from collections.abc import Iterator
from typing import Final

from irkit.diagnostics import Diagnostic, Label
from irkit.lang.view import View, problem
from irkit.model.spec import Spec

_RENEWS: Final = re.compile(r"rotate|reset_|expire_password|remove_factor|reset_factors")


def check(view: View) -> Iterator[Diagnostic]:
    """Find renewals that come before an eviction at the same provider."""
    changes = list(view.changes())
    for index, (_, step, spec) in enumerate(changes):
        if not _renews(spec):
            continue
        later = next(
            (
                (other, found)
                for _, other, found in changes[index + 1 :]
                if (found.closes_door or found.ends_sessions)
                and set(found.needs) & set(spec.needs)
                and not _renews(found)
            ),
            None,
        )
        if later is not None:
            span = later[0].span
            yield problem(
                "IRK236",
                f"`{spec.id}` renews a credential before `{later[1].id}` evicts the intruder",
                step.span,
                label="move this after it",
                also=(Label(span=span, text="evicted only here"),) if span else (),
            )


def _renews(spec: Spec) -> bool:
    return bool(spec.mints) or bool(_RENEWS.search(spec.id.rpartition(".")[2]))
