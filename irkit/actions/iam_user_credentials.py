"""Credentials of one IAM user beside access keys and password, which outlive both.

SSH keys of CodeCommit, service-specific credentials (among them the long-term API keys of Bedrock)
and signing certificates: each has an id, a status and a call of its own to set it.
"""

from dataclasses import dataclass
from typing import Final

from irkit.actions.arn import Principal
from irkit.actions.aws_calls import all_of, sent
from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.iam_principal import user_target
from irkit.actions.shape import maybe_text, text
from irkit.actions.touches import own_id, owned
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How one kind of credential is listed and set."""

    name: str
    list_: str
    items: str
    update: str
    id_: str
    made: str


_KINDS: Final = {
    kind.name: kind
    for kind in (
        _Kind(
            name="ssh-key",
            list_="list_ssh_public_keys",
            items="SSHPublicKeys",
            update="update_ssh_public_key",
            id_="SSHPublicKeyId",
            made="UploadDate",
        ),
        _Kind(
            name="service-credential",
            list_="list_service_specific_credentials",
            items="ServiceSpecificCredentials",
            update="update_service_specific_credential",
            id_="ServiceSpecificCredentialId",
            made="CreateDate",
        ),
        _Kind(
            name="certificate",
            list_="list_signing_certificates",
            items="Certificates",
            update="update_signing_certificate",
            id_="CertificateId",
            made="UploadDate",
        ),
    )
}


async def list_credentials(readers: Readers, user: Principal) -> list[Json]:
    """Return each credential: kind, id, status, since when, and for which service, if it says."""
    found: list[JsonObject] = []
    for kind in _KINDS.values():
        found += [
            {
                "kind": kind.name,
                "id": text(item, kind.id_),
                "status": text(item, "Status"),
                "created": maybe_text(item, kind.made),
                "service": maybe_text(item, "ServiceName"),
            }
            for item in await all_of(
                readers,
                "iam",
                kind.list_,
                kind.items,
                {"UserName": user.name},
                account=user.account,
            )
        ]
    return [*sorted(found, key=lambda item: (text(item, "kind"), text(item, "id")))]


def credential_target(seen: JsonObject, item: JsonObject) -> Target:
    """Return one credential of the user that was seen, as a target."""
    user = user_target(seen)
    own = f"{text(item, 'kind')}:{text(item, 'id')}"
    service = text(item, "service")
    label = f"{own} of {user.label}" + (f" for {service}" if service else "")
    return owned("aws.user_credential", user, own, label)


async def set_credential(writers: Writers, user: Principal, target: Target, status: str) -> Applied:
    """Switch a credential on or off."""
    name, _, identifier = own_id(target).partition(":")
    kind = _KINDS[name]
    given = {"UserName": user.name, kind.id_: identifier, "Status": status}
    return await sent(writers, "iam", kind.update, given, account=user.account)
