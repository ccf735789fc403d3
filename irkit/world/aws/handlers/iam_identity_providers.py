"""Identity providers where moto has less than AWS: audiences that come and go, unique ids."""

import hashlib
from typing import Any, cast

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@handles("iam:AddClientIDToOpenIDConnectProvider")
def add_client_id(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Accept tokens for one more audience; one that is accepted stays so."""
    provider = _oidc(cloud, call, caller)
    if call.text("ClientID") not in provider.client_id_list:
        provider.client_id_list = [*provider.client_id_list, call.text("ClientID")]
    return Result()


@handles("iam:RemoveClientIDFromOpenIDConnectProvider")
def remove_client_id(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Accept tokens for an audience no longer; one that was not accepted is no error."""
    provider = _oidc(cloud, call, caller)
    provider.client_id_list = [
        client for client in provider.client_id_list if client != call.text("ClientID")
    ]
    return Result()


@handles("iam:GetSAMLProvider")
def get_saml_provider(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Return a provider with its metadata and the id that no other one will ever have."""
    arn = call.text("SAMLProviderArn")
    for provider in cloud.iam(caller.account).saml_providers.values():
        if provider.arn == arn:
            made = f"{arn}/{provider.create_date.isoformat()}"
            return Result(
                members={
                    "SAMLProviderUUID": hashlib.sha256(made.encode()).hexdigest()[:32],
                    "SAMLMetadataDocument": provider.saml_metadata_document,
                    "CreateDate": provider.create_date,
                    "ValidUntil": provider.valid_until,
                }
            )
    raise ApiError("NoSuchEntity", f"Manifest not found for arn {arn}", 404)


def _oidc(cloud: Cloud, call: ApiCall, caller: Caller) -> Any:
    arn = call.text("OpenIDConnectProviderArn")
    provider = cloud.iam(caller.account).open_id_providers.get(arn)
    if provider is None:
        raise ApiError("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", 404)
    return cast("Any", provider)
