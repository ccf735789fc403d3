"""Take admin roles from a group, and with it from all its members."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Readers, parameter
from irkit.actions.okta_role_removal import RoleRemoval
from irkit.actions.okta_roles import Holder
from irkit.actions.okta_things import fetch, path_of
from irkit.actions.shape import listed, text
from irkit.canonical import JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_GROUPS = "/api/v1/groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAdminRole(RoleRemoval):
    """Removes each admin role of one group."""

    spec: ClassVar[Spec] = Spec(
        id="okta.group.remove_admin_role",
        version=1,
        verb=Verb.DO,
        summary="Take all admin roles from a group",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="okta.group_role",
        permissions=Permissions(
            okta_read=("okta.groups.read", "okta.roles.read", "okta.users.read"),
            okta_write=("okta.roles.manage",),
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1098.003",),
        d3fend=("D3-AL",),
        gotchas=(
            "Every member loses the role, the responders among them.",
            "Enough super administrators must stay: those who are it through the group count.",
            "Undo assigns a limited role first and limits it then: unlimited for a moment.",
        ),
    )
    holder_kind: ClassVar[str] = "okta.group"
    role_kind: ClassVar[str] = "okta.group_role"

    group: str = parameter("okta.group", "The group: name or Okta id")

    async def see_holder(self, readers: Readers) -> JsonObject:
        """Return the group and its members."""
        record = await fetch(readers, "Okta group", _GROUPS, self.group)
        members = await readers.okta.list(
            path_of(_GROUPS, text(record, "id"), "users"), {"limit": "1000"}
        )
        return {
            "id": text(record, "id"),
            "name": text(record, "profile", "name"),
            "members": listed(sorted(text(user, "id") for user in members)),
        }

    def holder(self, holder_id: str) -> Holder:
        """Return the group as a holder of roles."""
        return Holder(path=path_of(_GROUPS, holder_id))
