"""What undo must restore, as one JSON value: compare it before a run and after its undo.

Holds users, keys and their status, policies, groups, roles with trust, identity providers, network
interfaces' groups, instances' states, security groups, secrets' version stages, functions'
concurrency and service control policies. Holds no logs, no times, no last-used marks, no secret
values. Reading it touches nothing: services that were never used stay unloaded.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any, cast

from moto.iam.models import Group, IAMBackend, Role, User, iam_backends
from moto.organizations.models import organizations_backends

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.iam_view import PARTITION


def restorable(cloud: Cloud) -> Mapping[str, Json]:
    """Return the restorable state of every account."""
    with cloud.moto:
        accounts: dict[str, Json] = {
            account: {
                "iam": _iam(iam_backends[account][PARTITION]),
                "ec2": _by_region("moto.ec2.models", "ec2_backends", account, _ec2),
                "secretsmanager": _by_region(
                    "moto.secretsmanager.models", "secretsmanager_backends", account, _secrets
                ),
                "lambda": _by_region(
                    "moto.awslambda.models", "lambda_backends", account, _functions
                ),
            }
            for account in cloud.account_ids
        }
        return {"accounts": accounts, "organization": _organization(cloud.management)}


def _iam(iam: IAMBackend) -> Json:
    return {
        "users": {user.name: _user(iam, user) for user in iam.users.values()},
        "roles": {role.name: _role(role) for role in iam.roles.values()},
        "groups": {group.name: _group(group) for group in iam.groups.values()},
        "policies": {
            policy.arn: {
                "default": policy.default_version_id,
                "versions": {
                    version.version_id: _document(version.document) for version in policy.versions
                },
            }
            for policy in iam.managed_policies.values()
            if ":iam::aws:" not in policy.arn
        },
        "saml_providers": {
            provider.name: provider.saml_metadata_document
            for provider in iam.saml_providers.values()
        },
    }


def _user(iam: IAMBackend, user: User) -> Json:
    return {
        "id": user.id,
        "path": user.path,
        "keys": {key.access_key_id: key.status for key in user.access_keys},
        "console": user.password is not None,
        "reset_required": bool(user.password_reset_required),
        "mfa": [*sorted(user.mfa_devices)],
        "groups": [*sorted(g.name for g in iam.groups.values() if user in g.users)],
        "boundary": getattr(user, "permissions_boundary_arn", None),
        "tags": {tag["Key"]: tag["Value"] for tag in user.tags or []},
        **_policies(user),
    }


def _role(role: Role) -> Json:
    return {
        "id": role.id,
        "path": role.path,
        "trust": _document(role.assume_role_policy_document),
        "boundary": role.permissions_boundary_arn,
        "max_session": int(role.max_session_duration or 3600),
        "tags": {tag["Key"]: tag["Value"] for tag in role.tags or []},
        **_policies(role),
    }


def _group(group: Group) -> Json:
    return {"id": group.id, "path": group.path, **_policies(group)}


def _policies(holder: User | Role | Group) -> dict[str, Json]:
    return {
        "inline": {name: _document(text) for name, text in holder.policies.items()},
        "attached": [*sorted(holder.managed_policies)],
    }


def _document(text: str | None) -> Json:
    """Policies are compared by meaning: two spellings of one document are equal."""
    try:
        return cast("Json", json.loads(text or "null"))
    except ValueError:
        return text


def _by_region(module: str, attribute: str, account: str, dump: Any) -> Json:
    loaded = sys.modules.get(module)
    if loaded is None:
        return {}
    backends = getattr(loaded, attribute)
    if account not in backends:
        return {}
    regions = {region: dump(backend) for region, backend in backends[account].items()}
    return {region: content for region, content in sorted(regions.items()) if content}


def _ec2(ec2: Any) -> Json:
    instances = {
        instance.id: {
            "state": instance.state,
            "interfaces": sorted(nic.id for nic in instance.nics.values()),
            "protected": str(instance.disable_api_termination).lower(),
            "shutdown": instance.instance_initiated_shutdown_behavior or "stop",
        }
        for reservation in ec2.reservations.values()
        for instance in reservation.instances
    }
    interfaces = {eni.id: sorted(group.id for group in eni.group_set) for eni in ec2.enis.values()}
    groups = {
        group.id: {
            "name": group.name,
            "vpc": group.vpc_id,
            "ingress": sorted(_rules(group.ingress_rules)),
            "egress": sorted(_rules(group.egress_rules)),
        }
        for by_id in ec2.groups.values()
        for group in by_id.values()
        if group.name != "default"
    }
    if not instances and not interfaces and not groups:
        return {}
    return {"instances": instances, "interfaces": interfaces, "security_groups": groups}


def _rules(rules: Iterable[Any]) -> Iterable[str]:
    for rule in rules:
        source = {**rule.ip_range, **rule.source_group}
        origin = next(
            (str(source[key]) for key in ("CidrIp", "CidrIpv6", "GroupId") if key in source), ""
        )
        yield f"{rule.ip_protocol}/{rule.from_port}-{rule.to_port}/{origin}"


def _secrets(manager: Any) -> Json:
    return {
        secret.name: {
            version: sorted(content["version_stages"])
            for version, content in secret.versions.items()
            if content["version_stages"]
        }
        for secret in manager.secrets.values()
        if not secret.is_deleted()
    }


def _functions(functions: Any) -> Json:
    return {
        function.function_name: {"concurrency": function.reserved_concurrency}
        for function in functions.list_functions()
    }


def _organization(management: str) -> Json:
    organization = organizations_backends[management][PARTITION]
    targets: list[Any] = [*organization.ou, *organization.accounts]
    return {
        "policies": {
            policy.id: {"name": policy.name, "content": _document(policy.content)}
            for policy in organization.policies
        },
        "attached": {
            target.id: sorted(policy.id for policy in target.attached_policies)
            for target in targets
        },
        "parents": {account.id: account.parent_id for account in organization.accounts},
    }
