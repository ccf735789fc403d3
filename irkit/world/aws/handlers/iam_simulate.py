"""`iam:SimulatePrincipalPolicy`: the world's own evaluator, asked about one principal."""

from collections.abc import Iterable, Mapping
from typing import Final

from irkit.model.access import (
    Credential,
    CredentialKind,
    Decision,
    ExplicitDeny,
    Policies,
    Policy,
    PolicyError,
    Request,
    decide,
    parse_policy,
)
from irkit.model.access.credential import context_of
from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.iam_view import AccessState, PrincipalView
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall

_DECISIONS: Final = {True: "explicitDeny", False: "implicitDeny"}


@handles("iam:SimulatePrincipalPolicy")
def simulate_principal_policy(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Evaluate each action on each resource with the principal's policies as they stand."""
    state = cloud.present()
    kind, principal = _principal(state, call.text("PolicySourceArn"))
    policies = _policies(call, state, caller.account, principal)
    credential = Credential(
        kind=kind,
        account=caller.account,
        principal_arn=principal.arn,
        user_id=principal.id,
        name=principal.name,
        tags=principal.tags,
    )
    keys = _context(call)
    results = [
        _evaluated(
            credential,
            policies,
            Request(action=action, time=cloud.now(), resource=resource, keys=keys),
        )
        for action in call.texts("ActionNames")
        for resource in call.texts("ResourceArns") or ("*",)
    ]
    return Result(members={"EvaluationResults": results, "IsTruncated": False})


def _principal(state: AccessState, arn: str) -> tuple[CredentialKind, PrincipalView]:
    for view in state.accounts.values():
        for kind, holders in (
            (CredentialKind.LONG_TERM_KEY, view.users),
            (CredentialKind.ROLE_SESSION, view.roles),
            (CredentialKind.LONG_TERM_KEY, view.groups),
        ):
            for holder in holders.values():
                if holder.arn == arn:
                    return kind, holder
    raise ApiError("NoSuchEntity", f"The principal {arn} cannot be found.", 404)


def _policies(
    call: ApiCall, state: AccessState, account: str, principal: PrincipalView
) -> Policies:
    try:
        more = tuple(
            parse_policy(document, f"PolicyInputList.{place}")
            for place, document in enumerate(call.texts("PolicyInputList"), start=1)
        )
        boundaries = tuple(
            parse_policy(document, "PermissionsBoundaryPolicyInputList")
            for document in call.texts("PermissionsBoundaryPolicyInputList")
        )
    except PolicyError as error:
        raise ApiError("InvalidInput", f"Syntax errors in policy: {error}") from error
    return Policies(
        identity=(*principal.policies, *more),
        boundary=boundaries[0] if boundaries else principal.boundary,
        scps=state.scps.get(account, ()),
    )


def _context(call: ApiCall) -> Mapping[str, tuple[str, ...]]:
    entries = call.params.get("ContextEntries")
    if not isinstance(entries, list):
        return {}
    return {
        str(entry["ContextKeyName"]): tuple(str(value) for value in entry["ContextKeyValues"])
        for entry in entries
    }


def _evaluated(
    credential: Credential, policies: Policies, request: Request
) -> Mapping[str, object]:
    decision = decide(credential, policies, request)
    word = "allowed" if decision.allowed else _DECISIONS[decision.denied_explicitly]
    return {
        "EvalActionName": request.action,
        "EvalResourceName": request.resource,
        "EvalDecision": word,
        "MatchedStatements": _matched(decision),
        "MissingContextValues": sorted(_missing(credential, policies, request)),
        "OrganizationsDecisionDetail": {
            "AllowedByOrganizations": not _is_refused_by_scp(decision, policies)
        },
    }


def _matched(decision: Decision) -> list[Mapping[str, object]]:
    if not isinstance(decision.why, ExplicitDeny):
        return []
    return [{"SourcePolicyId": decision.why.policy, "SourcePolicyType": "IAM Policy"}]


def _is_refused_by_scp(decision: Decision, policies: Policies) -> bool:
    scps = {policy.name for level in policies.scps for policy in level}
    if isinstance(decision.why, ExplicitDeny):
        return decision.why.policy in scps
    return not decision.allowed and getattr(decision.why, "layer", "") == "scp"


def _missing(credential: Credential, policies: Policies, request: Request) -> Iterable[str]:
    """Condition keys that the policies ask about and nobody gave."""
    given = context_of(credential, request)
    asked = {
        condition.key
        for policy in _all(policies)
        for statement in policy.statements
        for condition in statement.conditions
    }
    return {key for key in asked if key.lower() not in given}


def _all(policies: Policies) -> Iterable[Policy]:
    yield from policies.identity
    if policies.boundary is not None:
        yield policies.boundary
