"""Changing actions on identity providers, each where it has something to do."""

from stage import VICTIM, Hands, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.canonical import Json, JsonObject

ROGUE: JsonObject = {"type": "SAML2", "name": "Partner sign-in", "protocol": {"type": "SAML2"}}


def rogue_idp(stage: Stage) -> str:
    """Return the id of a provider that two users are linked to and a routing rule leads to."""
    okta = stage.world.okta
    idp = okta.add_document("idps", "0oa", ROGUE)
    policy = okta.add_document("policies", "00p", {"type": "IDP_DISCOVERY", "name": "Routing"})
    rule: Json = {
        "type": "IDP_DISCOVERY",
        "name": "Partners",
        "actions": {"idp": {"providers": [{"type": "SAML2", "id": idp}]}},
    }

    async def link(hands: Hands) -> None:
        send = hands.writers.okta.send
        await send("POST", f"/api/v1/policies/{policy}/rules", body=rule)
        for login in (VICTIM, "maria.lopez@acme.example"):
            body = {"externalId": f"partner-{login}"}
            await send("POST", f"/api/v1/idps/{idp}/users/{stage.user(login)}", body=body)

    stage.do(link)
    return idp


def deactivate(stage: Stage) -> Action:
    """The provider that an intruder trusted."""
    return changing("okta.idp.deactivate", idp=rogue_idp(stage))


def unlink_users(stage: Stage) -> Action:
    """Everybody who is linked to it."""
    return changing("okta.idp.unlink_users", idp=rogue_idp(stage))


CASES = (
    Case("okta.idp.deactivate", deactivate, "POST */lifecycle/deactivate"),
    Case("okta.idp.unlink_users", unlink_users, "DELETE */idps/*/users/*"),
)
