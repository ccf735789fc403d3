"""The root user's own credentials of a member account, seen and removed by its management account.

A task of AWS's (`sts:AssumeRoot`) opens a session as root for a quarter of an hour that can only
look, or only remove. Each credential is a target of its own.
"""

from typing import Final

from irkit.actions.absent import IAM, or_none
from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.organization import see_organization
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entries, text, texts
from irkit.actions.touches import own_id, owned
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target

_FEATURE: Final = "RootCredentialsManagement"
_REMOVALS: Final = {
    "password": ("delete_login_profile", ""),
    "key": ("delete_access_key", "AccessKeyId"),
    "certificate": ("delete_signing_certificate", "CertificateId"),
    "mfa": ("deactivate_mfa_device", "SerialNumber"),
}
"""How each kind is removed, in this order: without its MFA device a password is worth more."""


async def see_root(readers: Readers, account: str) -> JsonObject:
    """Return which credentials the root user of a member account has.

    Raises:
        IrkitError: for the management account, or where the organization does not manage them.
    """
    management = text(await see_organization(readers), "management")
    if account == management:
        raise cannot_reach(
            f"{account} is the management account, whose root user only its own password opens",
            "follow `The root user of the management account` in docs/how-to/by-hand.md",
        )
    features = await readers.aws.call("iam", "list_organizations_features", account=management)
    if _FEATURE not in texts(features.body, "EnabledFeatures"):
        raise cannot_reach(
            "the organization does not manage the root credentials of its accounts",
            "run `aws iam enable-organizations-root-credentials-management` in the management "
            "account, or sign in as root by hand",
        )
    found = [
        *await _password(readers, account, management),
        *await _listed(readers, account, management, "list_access_keys", "AccessKeyMetadata"),
        *await _listed(readers, account, management, "list_signing_certificates", "Certificates"),
        *await _listed(readers, account, management, "list_mfa_devices", "MFADevices"),
    ]
    return {"account": account, "management": management, "credentials": found}


def credential_target(account: str, kind: str, own: str) -> Target:
    """Return one credential of the account's root user, as a target."""
    root = Target(kind="aws.root", tenant=f"aws:{account}", id=account, label=f"root of {account}")
    label = f"{kind} of {root.label}" if not own else f"{kind} {own} of {root.label}"
    return owned("aws.root_credential", root, f"{kind}:{own}", label)


def credentials(seen: JsonObject) -> tuple[Target, ...]:
    """Return the credentials that were seen, in the order in which they are removed."""
    order = [*_REMOVALS]
    found = sorted(entries(seen, "credentials"), key=lambda item: order.index(text(item, "kind")))
    account = text(seen, "account")
    return tuple(credential_target(account, text(i, "kind"), text(i, "id")) for i in found)


async def remove(writers: Writers, account: str, management: str, target: Target) -> Applied:
    """Remove one credential."""
    kind, _, own = own_id(target).partition(":")
    operation, name = _REMOVALS[kind]
    reply, _ = await writers.aws.send(
        "iam",
        operation,
        {name: own} if name else {},
        account=account,
        root_through=management,
    )
    return Applied(request_ids=(reply.request_id,), status=reply.status)


async def _password(readers: Readers, account: str, management: str) -> list[Json]:
    call = readers.aws.call("iam", "get_login_profile", account=account, root_through=management)
    return [] if await or_none(call, IAM) is None else [{"kind": "password", "id": ""}]


async def _listed(
    readers: Readers, account: str, management: str, operation: str, name: str
) -> list[Json]:
    kind, key = _LISTS[operation]
    reply = await readers.aws.call("iam", operation, account=account, root_through=management)
    return [{"kind": kind, "id": text(item, key)} for item in entries(reply.body, name)]


_LISTS: Final = {
    "list_access_keys": ("key", "AccessKeyId"),
    "list_signing_certificates": ("certificate", "CertificateId"),
    "list_mfa_devices": ("mfa", "SerialNumber"),
}
