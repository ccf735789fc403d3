"""A playbook claims containment and leaves access behind (IRK244)."""

from collections.abc import Iterator

from irkit.clock import words
from irkit.diagnostics import Diagnostic
from irkit.lang.residual import EXPIRES, Residual, certain_cuts, residual
from irkit.lang.view import View, problem, warning
from irkit.model.access.kinds import CredentialKind as Kind


def check(view: View) -> Iterator[Diagnostic]:
    """Find what is left of `against`, what is accepted and must not be, and empty claims."""
    playbook = view.playbook
    against = [Kind(word) for word in playbook.against if word in tuple(Kind)]
    if playbook.claims_contained and not playbook.against:
        yield problem(
            "IRK244",
            "`claims: contained` says nothing without `against`",
            view.top_span("claims"),
            help="name the kinds of credential the intruder may hold",
        )
    for word in playbook.accepts:
        if word in tuple(Kind) and Kind(word) not in EXPIRES:
            yield problem(
                "IRK244",
                f"`{word}` does not expire and cannot be accepted",
                view.top_span("accepts"),
                help="cut it instead",
            )
    if not playbook.claims_contained:
        return
    cuts = certain_cuts(playbook, view.catalogue, view.context.playbooks)
    left = residual(against, cuts, federated=bool(view.context.federated))
    for item in left:
        if item.kind not in playbook.accepts:
            yield _left(view, item)
    for word in playbook.accepts:
        if word in tuple(Kind) and word not in {item.kind for item in left}:
            yield warning(
                "IRK244", f"`{word}` is accepted although it is cut", view.top_span("accepts")
            )


def _left(view: View, item: Residual) -> Diagnostic:
    cutting = [f"`{spec.id}`" for spec in view.catalogue if item.kind in spec.cuts]
    via = f"; `{item.via}` leads to it" if item.via else ""
    helps = [f"cut it with {' or '.join(cutting)}"] if cutting else []
    if item.expires is not None:
        helps.append(
            f"it expires within {words(item.expires)}: or accept it under `accepts` with a reason"
        )
    return problem(
        "IRK244",
        f"`claims: contained`, but `{item.kind}` is left",
        view.top_span("claims"),
        label=f"nothing that certainly runs cuts it{via}",
        help="\n".join(helps),
    )
