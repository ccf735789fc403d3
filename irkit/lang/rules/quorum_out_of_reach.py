"""An approval that the enrolled approvers cannot give (IRK240)."""

from collections.abc import Iterator

from irkit.diagnostics import Diagnostic
from irkit.lang.view import View, problem, warning


def check(view: View) -> Iterator[Diagnostic]:
    """Find approvals that need more people than have the roles."""
    roles = view.context.roles
    for approval in view.playbook.approvals.values():
        if approval.need < 1:
            yield problem("IRK240", f"the approval `{approval.name}` needs nobody", approval.span)
        if roles is None:
            continue
        wanted = approval.roles or tuple(roles)
        people = {person for role in wanted for person in roles.get(role, ())}
        if len(people) < approval.need:
            yield problem(
                "IRK240",
                f"`{approval.name}` needs {approval.need}, and {len(people)} can give it",
                approval.span,
                label=f"from {', '.join(wanted)}" if wanted else "nobody has a role",
                help="enrol people: irkit approvers add",
            )
        elif approval.exclude_requester and len(people) == approval.need:
            yield warning(
                "IRK240",
                f"`{approval.name}` is out of reach when one of its approvers is the requester",
                approval.span,
                label=f"exactly {approval.need} can give it, and the requester may not",
                help="enrol one more: irkit approvers add",
            )
