"""Users with their credentials, roles with their trust, groups, policies, identity providers."""

from typing import Final

from moto.iam.models import Group, IAMBackend, Role, User

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.handlers.iam_service_credentials import service_credentials
from irkit.world.aws.restorable.documents import document

SERVICE: Final = "iam"


def state(cloud: Cloud, account: str) -> Json:
    """Return the IAM of one account."""
    iam = cloud.iam(account)
    return {
        "users": {user.name: _user(iam, user) for user in iam.users.values()},
        "roles": {role.name: _role(role) for role in iam.roles.values()},
        "groups": {group.name: _group(group) for group in iam.groups.values()},
        "policies": {
            policy.arn: {
                "default": policy.default_version_id,
                "versions": {
                    version.version_id: document(version.document) for version in policy.versions
                },
            }
            for policy in iam.managed_policies.values()
            if ":iam::aws:" not in policy.arn
        },
        "saml_providers": {
            provider.name: provider.saml_metadata_document
            for provider in iam.saml_providers.values()
        },
        "oidc_providers": {
            arn: {
                "audiences": [*sorted(provider.client_id_list)],
                "thumbprints": [*sorted(provider.thumbprint_list)],
            }
            for arn, provider in iam.open_id_providers.items()
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
        "ssh_keys": {key.ssh_public_key_id: key.status for key in user.ssh_public_keys},
        "certificates": {item.id: item.status for item in user.signing_certificates.values()},
        "service_credentials": {
            key: item["Status"] for key, item in service_credentials(user).items()
        },
        "groups": [*sorted(g.name for g in iam.groups.values() if user in g.users)],
        "boundary": getattr(user, "permissions_boundary_arn", None),
        "tags": {tag["Key"]: tag["Value"] for tag in user.tags or []},
        **_policies(user),
    }


def _role(role: Role) -> Json:
    return {
        "id": role.id,
        "path": role.path,
        "trust": document(role.assume_role_policy_document),
        "boundary": role.permissions_boundary_arn,
        "max_session": int(role.max_session_duration or 3600),
        "tags": {tag["Key"]: tag["Value"] for tag in role.tags or []},
        **_policies(role),
    }


def _group(group: Group) -> Json:
    return {"id": group.id, "path": group.path, **_policies(group)}


def _policies(holder: User | Role | Group) -> dict[str, Json]:
    return {
        "inline": {name: document(text) for name, text in holder.policies.items()},
        "attached": [*sorted(holder.managed_policies)],
    }
