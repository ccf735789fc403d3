"""What access is left after all a playbook does, for the plan to show and the outcome to judge."""

from collections.abc import Mapping

from irkit.lang.residual import residual
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.playbook import DoStep, Playbook, all_steps
from irkit.model.spec import Catalogue


def leftover(playbook: Playbook, catalogue: Catalogue) -> Mapping[str, str]:
    """Return the kinds that are left, each with the reason it is accepted for, or empty text."""
    cuts = {
        Kind(kind)
        for step in all_steps(playbook)
        if isinstance(step, DoStep)
        for kind in catalogue[step.action].cuts
    }
    left = residual([Kind(kind) for kind in playbook.against], cuts)
    return {str(item.kind): playbook.accepts.get(item.kind, "") for item in left}


def open_residual(playbook: Playbook, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the kinds that are left and not accepted."""
    return tuple(kind for kind, why in leftover(playbook, catalogue).items() if not why)
