"""A change that cannot be undone exactly does not say why it is made (IRK233)."""

from collections.abc import Iterator
from typing import Final

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, problem
from irkit.model.spec import Reversal

_WHY: Final = {
    Reversal.SELF_HEALING: "ends what comes back by itself, but cannot be given back",
    Reversal.LOSSY: "can be undone in function only, not to the same state",
    Reversal.DESTRUCTIVE: "cannot be undone",
}


def check(view: View) -> Iterator[Diagnostic]:
    """Find such changes without `because`."""
    for _, step, spec in view.changes():
        if spec.reversal in _WHY and not step.because:
            yield problem(
                "IRK233",
                f"`{spec.id}` {_WHY[spec.reversal]}, so it needs `because`",
                step.span,
                label=f"reversal: {spec.reversal}",
                help="add `because: …`; approvers read it",
            )
