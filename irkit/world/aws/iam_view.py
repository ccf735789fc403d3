"""IAM and SCPs as plain data: what the evaluator decides from.

`read_state` copies what bears on access out of moto: keys, policies, boundaries, groups, trust,
identity providers and the organization's service control policies. A copy is immutable, so that
yesterday's policies can go on counting until a change has propagated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User, iam_backends
from moto.organizations.models import (
    FakeAccount,
    FakeOrganizationalUnit,
    OrganizationsBackend,
    organizations_backends,
)

from irkit.model.access import Policy, PolicyError, parse_policy

PARTITION: Final = "aws"
_SCP: Final = "SERVICE_CONTROL_POLICY"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrincipalView:
    """A user or role: who it is and what its policies say."""

    name: str
    id: str
    arn: str
    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    trust: Policy | None = None
    tags: tuple[tuple[str, str], ...] = ()
    max_session: int = 3600
    service_linked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A long-term access key."""

    user: str
    active: bool
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """One account's IAM."""

    users: Mapping[str, PrincipalView]
    roles: Mapping[str, PrincipalView]
    groups: Mapping[str, PrincipalView]
    keys: Mapping[str, KeyView]
    saml_providers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessState:
    """All accounts, and the service control policies of each, one tuple a level."""

    accounts: Mapping[str, AccountView]
    scps: Mapping[str, tuple[tuple[Policy, ...], ...]]

    def find_key(self, access_key_id: str) -> tuple[str, KeyView] | None:
        """Return the account and record of a long-term key."""
        for account, view in self.accounts.items():
            if access_key_id in view.keys:
                return account, view.keys[access_key_id]
        return None


def read_state(accounts: Iterable[str], management: str) -> AccessState:
    """Copy the present access state of `accounts`; the caller holds moto's state."""
    ids = tuple(accounts)
    organization = organizations_backends[management][PARTITION]
    return AccessState(
        accounts={account: _account(iam_backends[account][PARTITION]) for account in ids},
        scps={account: _levels(organization, account) for account in ids if account != management},
    )


def _account(iam: IAMBackend) -> AccountView:
    groups = {group.name: _group(group) for group in iam.groups.values()}
    return AccountView(
        users={user.name: _user(iam, user, groups) for user in iam.users.values()},
        roles={role.name: _role(iam, role) for role in iam.roles.values()},
        groups=groups,
        keys={
            key.access_key_id: KeyView(
                user=user.name, active=key.status == "Active", secret=key.secret_access_key
            )
            for user in iam.users.values()
            for key in user.access_keys
        },
        saml_providers={
            provider.arn: provider.saml_metadata_document or ""
            for provider in iam.saml_providers.values()
        },
    )


def _user(iam: IAMBackend, user: User, groups: Mapping[str, PrincipalView]) -> PrincipalView:
    member_of = [groups[group.name] for group in iam.groups.values() if user in group.users]
    boundary = getattr(user, "permissions_boundary_arn", None)
    inherited = tuple(policy for group in member_of for policy in group.policies)
    return PrincipalView(
        name=user.name,
        id=user.id,
        arn=user.arn,
        policies=(*_own_policies(user), *inherited),
        boundary=_managed(iam, boundary),
        tags=_tags(user.tags or []),
    )


def _role(iam: IAMBackend, role: Role) -> PrincipalView:
    return PrincipalView(
        name=role.name,
        id=role.id,
        arn=role.arn,
        policies=_own_policies(role),
        boundary=_managed(iam, role.permissions_boundary_arn),
        trust=_parsed(role.assume_role_policy_document, "trust policy"),
        tags=_tags(role.tags or []),
        max_session=int(role.max_session_duration or 3600),
        service_linked="/aws-service-role/" in role.arn,
    )


def _group(group: Group) -> PrincipalView:
    return PrincipalView(name=group.name, id=group.id, arn=group.arn, policies=_own_policies(group))


def _own_policies(holder: User | Role | Group) -> tuple[Policy, ...]:
    inline = [_parsed(document, name) for name, document in holder.policies.items()]
    managed = [_default_version(policy) for policy in holder.managed_policies.values()]
    return (*inline, *managed)


def _default_version(policy: ManagedPolicy) -> Policy:
    document = next(
        version.document
        for version in policy.versions
        if version.version_id == policy.default_version_id
    )
    return _parsed(document, policy.arn)


def _managed(iam: IAMBackend, arn: str | None) -> Policy | None:
    """A boundary whose policy is gone allows nothing, as AWS has it."""
    if not arn:
        return None
    policy = iam.managed_policies.get(arn)
    return _default_version(policy) if policy else Policy(name=arn, statements=())


def _tags(tags: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((tag["Key"], tag["Value"]) for tag in tags)


def _levels(organization: OrganizationsBackend, account: str) -> tuple[tuple[Policy, ...], ...]:
    units = {unit.id: unit for unit in organization.ou}
    nodes: dict[str, FakeAccount | FakeOrganizationalUnit] = {**units}
    nodes.update({item.id: item for item in organization.accounts})
    node = nodes.get(account)
    levels = []
    while node is not None:
        attached = [policy for policy in node.attached_policies if policy.type == _SCP]
        levels.append(tuple(_parsed(policy.content, policy.name) for policy in attached))
        node = nodes.get(getattr(node, "parent_id", "") or "")
    return tuple(reversed([level for level in levels if level]))


@lru_cache(maxsize=4096)
def _parsed(document: str, name: str) -> Policy:
    """Parse a stored document; what cannot be read grants nothing."""
    try:
        return parse_policy(document, name)
    except PolicyError:
        return Policy(name=name, statements=())
