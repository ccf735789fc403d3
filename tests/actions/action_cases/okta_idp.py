"""Changing actions on identity providers, each where it has something to do."""

from stage import VICTIM, Hands, Stage, changing

from action_cases.case import Case
from action_cases.kill import Kill
from irkit.actions.base import Action
from irkit.canonical import Json, JsonObject
from irkit.model.access import CredentialKind

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


def rogue(stage: Stage) -> str:
    """Return the id of the provider that the intruder added."""
    (seat,) = stage.world.seats.of_kind(CredentialKind.OKTA_IDP)
    return seat.id.partition(":")[2]


def switched_off(stage: Stage) -> Action:
    """The provider by which the intruder came in as somebody else."""
    return changing("okta.idp.deactivate", idp=rogue(stage))


def unlinked(stage: Stage) -> Action:
    """Whom the intruder came in as: a provider that links by itself links again."""
    return changing("okta.idp.unlink_users", idp=rogue(stage))


CASES = (
    Case("okta.idp.deactivate", deactivate, "POST */lifecycle/deactivate"),
    Case("okta.idp.unlink_users", unlink_users, "DELETE */idps/*/users/*"),
)

_REACH = ("identity provider", "omar.aziz", "noor.haddad", "svc-mirror")

KILLS = (
    Kill(switched_off, _REACH, plants=(CredentialKind.OKTA_IDP,)),
    Kill(unlinked, _REACH, plants=(CredentialKind.OKTA_IDP,)),
)
