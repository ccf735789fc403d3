"""Take admin roles from a service application: a quiet way to stay in an org."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Readers, parameter
from irkit.actions.okta_role_removal import RoleRemoval
from irkit.actions.okta_roles import Holder
from irkit.actions.okta_things import fetch, path_of
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import maybe_text, text
from irkit.canonical import JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAdminRoles(RoleRemoval):
    """Removes each admin role of one OAuth client."""

    spec: ClassVar[Spec] = Spec(
        id="okta.client.remove_admin_roles",
        version=1,
        verb=Verb.DO,
        summary="Take all admin roles from a service application",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="okta.client_role",
        permissions=Permissions(
            okta_read=("okta.apps.read", "okta.roles.read"), okta_write=("okta.roles.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1098.003", "T1098.001"),
        d3fend=("D3-AL",),
        gotchas=(
            "The application keeps its scopes and keys, and its tokens until they expire.",
            "Undo assigns a limited role first and limits it then: unlimited for a moment.",
        ),
    )
    holder_kind: ClassVar[str] = "okta.app"
    role_kind: ClassVar[str] = "okta.client_role"

    client: str = parameter("okta.app", "The service application: label or Okta id")

    async def see_holder(self, readers: Readers) -> JsonObject:
        """Return the application's OAuth client."""
        record = await fetch(readers, "Okta application", "/api/v1/apps", self.client)
        client_id = maybe_text(record, "credentials", "oauthClient", "client_id")
        if not client_id:
            raise cannot_reach(
                f"{text(record, 'label')} is no OAuth client and holds no roles",
                "look for who holds them with `okta.admin.inventory`",
            )
        return {"id": client_id, "name": text(record, "label")}

    def holder(self, holder_id: str) -> Holder:
        """Return the client as a holder of roles."""
        return Holder(path=path_of("/oauth2/v1/clients", holder_id), notified=False)
