"""Whether a policy can be sealed at all, and what in it will not work as written.

A policy nobody could ever change again, or under which nobody may approve, is refused; rules that
the people enrolled cannot satisfy are pointed out.
"""

from collections.abc import Iterator

from irkit.canonical import JsonObject, canonical, parse
from irkit.diagnostics import Diagnostic, IrkitError, Severity
from irkit.model.quorum import Need
from irkit.trail.policy import Policy as SealedPolicy
from irkit.trail.policy import PolicyError
from irkit.workspace.policy import Policy

_LIST = "run `irkit approvers list` to see who there is"


def check(policy: Policy) -> tuple[Diagnostic, ...]:
    """Return what will not work; warnings only.

    Raises:
        IrkitError: if the policy may not be sealed.
    """
    sealed = read(policy.to_json())
    warnings = (*_without_key(policy), *_out_of_reach(policy))
    if not sealed.signers:
        raise IrkitError(
            Diagnostic(
                code="IRK467",
                summary="nobody may approve: allowed_signers lists no key",
                help="run `irkit approvers add NAME --key FILE.pub --role ir-oncall`",
            )
        )
    able = _able(policy, sealed.change)
    if able < sealed.change.need:
        who = " or ".join(sealed.change.roles) or "anybody"
        raise IrkitError(
            Diagnostic(
                code="IRK468",
                summary=f"this policy could never be changed again: that would need "
                f"{sealed.change.need} approvals from {who}, and {able} can give one",
                help="enrol more people, or lower `approvals: {change: …}` in irkit.yaml",
            )
        )
    return warnings


def read(value: JsonObject) -> SealedPolicy:
    """Return a policy as the trail reads it.

    Raises:
        IrkitError: IRK469 if the trail could not.
    """
    try:
        return SealedPolicy.from_json(parse(canonical(value)))
    except PolicyError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK469",
                summary=f"this policy cannot be sealed: {error}",
                help="run `irkit approvers list`; every line of allowed_signers must be good",
            )
        ) from error


def _able(policy: Policy, need: Need) -> int:
    """Return how many of the enrolled can give an approval that `need` asks for."""
    people = [
        name
        for name in policy.principals()
        if not need.roles or set(need.roles) & set(policy.roles_of(name))
    ]
    return len(people)


def _without_key(policy: Policy) -> Iterator[Diagnostic]:
    known = set(policy.principals())
    for role, members in policy.roles.items():
        for name in members:
            if name not in known:
                yield Diagnostic(
                    code="IRK470",
                    severity=Severity.WARNING,
                    summary=f"{name} has the role {role} and no key in allowed_signers",
                    help=f"run `irkit approvers add {name} --key FILE.pub`",
                )


def _out_of_reach(policy: Policy) -> Iterator[Diagnostic]:
    """Point at classes of change that the people enrolled cannot approve."""
    rules = policy.approvals
    for kind, needs in (("reversal", rules.reversal), ("blast", rules.blast)):
        for name, need in needs.items():
            able = _able(policy, need)
            if need.need > able:
                who = f" from {' or '.join(need.roles)}" if need.roles else ""
                yield Diagnostic(
                    code="IRK471",
                    severity=Severity.WARNING,
                    summary=f"changes of {kind} {name} need {need.need} approvals{who}, and "
                    f"{able} {'person' if able == 1 else 'people'} can give one",
                    help=_LIST,
                )
