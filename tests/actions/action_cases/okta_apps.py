"""Changing actions on applications, clients and tokens, each where it has something to do."""

from stage import Hands, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.canonical import JsonObject

KEY: JsonObject = {"kty": "RSA", "n": "AQAB", "e": "AQAB"}
SCOPES = ("okta.users.manage", "okta.logs.read")


def rogue_client(stage: Stage) -> str:
    """Return the id of a service application with scopes and limited admin roles."""
    okta = stage.world.okta
    client = okta.add_service_app("Backup sync", KEY, SCOPES)
    okta.assign_role(client, "APP_ADMIN", app_targets=("amazon_aws",))
    okta.assign_role(client, "READ_ONLY_ADMIN")
    return client


def revoke_tokens(stage: Stage) -> Action:
    """An application that the intruder and others use."""
    return changing("okta.app.revoke_tokens", app=stage.world.okta_ids.apps["Support console"])


def revoke_scopes(stage: Stage) -> Action:
    """A service application of the intruder's."""
    return changing("okta.app.revoke_scopes", app=rogue_client(stage))


def remove_client_roles(stage: Stage) -> Action:
    """A service application of the intruder's."""
    return changing("okta.client.remove_admin_roles", client=rogue_client(stage))


def remove_group_roles(stage: Stage) -> Action:
    """A group that administers another one."""
    groups = stage.world.okta_ids.groups
    stage.world.okta.assign_role(
        groups["contractors"], "USER_ADMIN", group_targets=(groups["support"],)
    )
    return changing("okta.group.remove_admin_role", group=groups["contractors"])


def restrict_network(stage: Stage) -> Action:
    """An integration's token, and the zone of the company's offices."""
    okta = stage.world.okta
    zone = okta.add_document(
        "zones",
        "nzo",
        {
            "type": "IP",
            "name": "Offices",
            "usage": "POLICY",
            "gateways": [{"type": "CIDR", "value": "198.51.100.0/24"}],
        },
    )
    token = okta.add_token(stage.user("sasha.novak@acme.example"), "integration")
    return changing("okta.api_token.restrict_network", token=okta.token_id(token), zone=zone)


def shut_out_support(stage: Stage) -> Action:
    """Two cases that are open, and one that is not."""
    okta = stage.world.okta
    okta.add_support_case("00001", "Sign-in is slow")
    okta.add_support_case("00002", "Provisioning fails")
    closed = okta.add_support_case("00003", "Done")

    async def close(hands: Hands) -> None:
        await hands.writers.okta.send(
            "PATCH",
            f"/api/v1/org/privacy/oktaSupport/cases/{closed}",
            body={"impersonation": {"status": "DISABLED"}},
        )

    stage.do(close)
    return changing("okta.support_access.revoke")


CASES = (
    Case("okta.app.revoke_tokens", revoke_tokens, "DELETE */tokens", intruder=True, returns=False),
    Case("okta.app.revoke_scopes", revoke_scopes, "DELETE */grants/*"),
    Case("okta.client.remove_admin_roles", remove_client_roles, "DELETE */roles/*"),
    Case("okta.group.remove_admin_role", remove_group_roles, "DELETE */roles/*"),
    Case("okta.api_token.restrict_network", restrict_network, "PUT */api-tokens/*"),
    Case("okta.support_access.revoke", shut_out_support, "PATCH */cases/*"),
)
