"""May this credential make this request? The order in which AWS decides, without any I/O.

1. Limits that no policy lifts: what session tokens may never call.
2. An explicit deny anywhere wins (identity, boundary, session, resource, service control).
3. Every level of service control policies must allow.
4. In the same account a resource policy that names the caller is enough; across accounts both
   sides must allow.
5. Identity, boundary and session policies must all allow.

Not modelled: resource control policies, VPC endpoint policies, root users of a member account
beyond service control policies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from irkit.model.access.credential import Credential, Request, context_of
from irkit.model.access.kinds import CredentialKind
from irkit.model.access.operators import is_met
from irkit.model.access.pattern import Context, like
from irkit.model.access.policy import Effect, Patterns, Policy, Statement
from irkit.model.access.principals import Naming, naming_of

ALWAYS_ALLOWED: Final = frozenset({"sts:getcalleridentity", "sts:getsessiontoken"})
"""Calls that no policy can forbid, so that an answer to them proves nothing about access."""

_FEDERATION_ONLY: Final = ("sts:GetCallerIdentity",)
_SESSION_ONLY: Final = ("sts:AssumeRole", *_FEDERATION_ONLY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplicitDeny:
    """A statement that denies the request."""

    policy: str
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplicitDeny:
    """Nothing allows the request at this layer: `identity`, `boundary`, `session`, `scp`, ….

    Where a kind of credential can never make the call, the layer is that kind.
    """

    layer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The policy that allows the request."""

    policy: str


Why: TypeAlias = Allowed | ExplicitDeny | ImplicitDeny


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer and its reason."""

    why: Why

    @property
    def allowed(self) -> bool:
        """Whether the request may go ahead."""
        return isinstance(self.why, Allowed)

    @property
    def denied_explicitly(self) -> bool:
        """Whether a statement says no, so that no further allow can help."""
        return isinstance(self.why, ExplicitDeny)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Everything that bears on one principal.

    `session` is None where the session was made without session policies; an empty tuple means
    that none were given where one is required (GetFederationToken). `scps` has one entry a level
    from the root down to the account; it is empty for the management account and for
    service-linked roles, which these policies do not bind.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] | None = None
    scps: tuple[tuple[Policy, ...], ...] = ()
    resource: Policy | None = None


def decide(credential: Credential, policies: Policies, request: Request) -> Decision:
    """Say whether AWS would let `credential` make `request`, and why."""
    if not _within_limits(credential, request):
        return Decision(why=ImplicitDeny(layer=str(credential.kind)))
    if request.action.lower() in ALWAYS_ALLOWED:
        return Decision(why=Allowed(policy="always allowed"))
    context = context_of(credential, request)
    asked = _Asked(credential=credential, request=request, context=context)
    refusal = _explicit_deny(policies, asked) or _service_control(policies, asked)
    if refusal:
        return Decision(why=refusal)
    if credential.is_root:
        if policies.session is not None and not _first_allow(policies.session, asked):
            return Decision(why=ImplicitDeny(layer="session"))
        return Decision(why=Allowed(policy="root"))
    return Decision(why=_grant(policies, asked))


def may_assume(trust: Policy, caller: Credential, policies: Policies, request: Request) -> Decision:
    """Say whether `caller` may assume the role that has the trust policy `trust`.

    `request.resource` is the role's ARN and `request.resource_account` its account. A trust policy
    that names only an account leaves the decision to that account's identity policies.
    """
    everything = Policies(
        identity=policies.identity,
        boundary=policies.boundary,
        session=policies.session,
        scps=policies.scps,
        resource=trust,
    )
    decision = decide(caller, everything, request)
    if not decision.allowed:
        return decision
    asked = _Asked(credential=caller, request=request, context=context_of(caller, request))
    if _resource_allow(trust, asked) is None:
        return Decision(why=ImplicitDeny(layer="trust"))
    return decision


def may_federate(trust: Policy, provider_arn: str, request: Request) -> Decision:
    """Say whether an identity vouched for by `provider_arn` may assume the role behind `trust`.

    The keys of the assertion (`SAML:aud`, `SAML:sub`, `sts:RoleSessionName` …) are given in
    `request.keys`. No identity policies are involved: the caller has no principal yet.
    """
    context = {key.lower(): values for key, values in request.keys.items()}
    granted: Allowed | None = None
    for statement in trust.statements:
        principals = statement.principals
        if principals is None or not _speaks_of(statement, request, context, trust.variables):
            continue
        named = (
            any(
                kind == "Federated" and value in {provider_arn, "*"}
                for kind, value in principals.values
            )
            or ("AWS", "*") in principals.values
        )
        if named == principals.negated:
            continue
        if statement.effect is Effect.DENY:
            return Decision(why=ExplicitDeny(policy=trust.name, statement=statement))
        granted = Allowed(policy=trust.name)
    return Decision(why=granted or ImplicitDeny(layer="trust"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    credential: Credential
    request: Request
    context: Context

    @property
    def crosses_accounts(self) -> bool:
        owner = self.request.resource_account
        return bool(owner) and owner != self.credential.account


def _within_limits(credential: Credential, request: Request) -> bool:
    service = request.action.split(":", 1)[0].lower()
    if credential.kind is CredentialKind.GET_FEDERATION_TOKEN:
        return service != "iam" and (service != "sts" or _is_one_of(request, _FEDERATION_ONLY))
    if credential.kind is CredentialKind.GET_SESSION_TOKEN:
        if service == "iam":
            return credential.mfa_at is not None
        return service != "sts" or _is_one_of(request, _SESSION_ONLY)
    return True


def _is_one_of(request: Request, actions: tuple[str, ...]) -> bool:
    return request.action.lower() in {action.lower() for action in actions}


def _explicit_deny(policies: Policies, asked: _Asked) -> ExplicitDeny | None:
    for policy in _all_policies(policies):
        for statement in policy.statements:
            if statement.effect is Effect.DENY and _applies(statement, policy, asked):
                return ExplicitDeny(policy=policy.name, statement=statement)
    return None


def _all_policies(policies: Policies) -> Iterable[Policy]:
    yield from policies.identity
    yield from policies.session or ()
    for level in policies.scps:
        yield from level
    for policy in (policies.boundary, policies.resource):
        if policy is not None:
            yield policy


def _service_control(policies: Policies, asked: _Asked) -> ImplicitDeny | None:
    if all(_first_allow(level, asked) for level in policies.scps):
        return None
    return ImplicitDeny(layer="scp")


def _grant(policies: Policies, asked: _Asked) -> Allowed | ImplicitDeny:
    """Weigh the allows, once nothing denies explicitly and service control policies agree."""
    grant = _resource_allow(policies.resource, asked) if policies.resource else None
    if grant and not asked.crosses_accounts and grant.naming is Naming.CALLER:
        return Allowed(policy=grant.policy)
    if asked.crosses_accounts and grant is None:
        return ImplicitDeny(layer="resource")
    bounded = _missing_bound(policies, asked)
    if bounded:
        return ImplicitDeny(layer=bounded)
    if grant and not asked.crosses_accounts and grant.naming is Naming.PRINCIPAL:
        return Allowed(policy=grant.policy)
    return _first_allow(policies.identity, asked) or ImplicitDeny(layer="identity")


def _missing_bound(policies: Policies, asked: _Asked) -> str:
    if policies.boundary is not None and not _first_allow((policies.boundary,), asked):
        return "boundary"
    if policies.session is not None and not _first_allow(policies.session, asked):
        return "session"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grant:
    policy: str
    naming: Naming


def _resource_allow(policy: Policy, asked: _Asked) -> _Grant | None:
    """Return the most direct way in which `policy` allows the request, if any."""
    grants = [
        _Grant(policy=policy.name, naming=naming_of(statement.principals, asked.credential))
        for statement in policy.statements
        if statement.principals is not None
        and statement.effect is Effect.ALLOW
        and _applies(statement, policy, asked)
    ]
    return max(grants, key=lambda grant: grant.naming, default=None)


def _first_allow(policies: Iterable[Policy], asked: _Asked) -> Allowed | None:
    for policy in policies:
        for statement in policy.statements:
            if statement.effect is Effect.ALLOW and _applies(statement, policy, asked):
                return Allowed(policy=policy.name)
    return None


def _applies(statement: Statement, policy: Policy, asked: _Asked) -> bool:
    principals = statement.principals
    if principals is not None:
        named = naming_of(principals, asked.credential)
        if named is Naming.NOT:
            return False
    return _speaks_of(statement, asked.request, asked.context, policy.variables)


def _speaks_of(statement: Statement, request: Request, context: Context, variables: bool) -> bool:
    replace = context if variables else None
    return (
        _covers(statement.actions, request.action, None, fold=True)
        and _covers(statement.resources, request.resource, replace, fold=False)
        and all(is_met(c, context, variables=variables) for c in statement.conditions)
    )


def _covers(patterns: Patterns, value: str, context: Context | None, *, fold: bool) -> bool:
    found = any(like(pattern, value, context, fold=fold) for pattern in patterns.values)
    return found != patterns.negated
