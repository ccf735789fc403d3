"""Take the scopes of Okta's API from a service application, without deleting it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_apps import APPS, app_target, see_app
from irkit.actions.okta_things import path_of
from irkit.actions.refusal import no_such
from irkit.actions.shape import entries, listed, text
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeScopes(Action):
    """Revokes each scope granted to one application, one change each, and grants it again."""

    spec: ClassVar[Spec] = Spec(
        id="okta.app.revoke_scopes",
        version=1,
        verb=Verb.DO,
        summary="Take all granted scopes from a service application",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="okta.app_scope",
        permissions=Permissions(
            okta_read=("okta.apps.read", "okta.appGrants.read"),
            okta_write=("okta.appGrants.manage",),
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
        attack=("T1528", "T1098.001"),
        d3fend=("D3-AL",),
        gotchas=(
            "Tokens it has keep their scopes until they expire, at most one hour.",
            "Take its admin roles as well: `okta.client.remove_admin_roles`.",
        ),
    )

    app: str = parameter("okta.app", "The service application: label or Okta id")

    async def probe(self, readers: Readers) -> Seen:
        """Read the granted scopes."""
        seen = await see_app(readers, self.app)
        grants = await readers.okta.list(path_of(APPS, text(seen, "id"), "grants"))
        found = [
            {"id": text(grant, "id"), "scope": text(grant, "scopeId"), "issuer": grant["issuer"]}
            for grant in grants
        ]
        return {**seen, "grants": listed(sorted(found, key=lambda grant: text(grant, "scope")))}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Revoke each scope."""
        return tuple(
            Change(
                id=f"revoke-{text(grant, 'scope')}",
                target=_target(seen, grant),
                verb="revoke scope",
                before={"granted": True},
                after={"granted": False},
                saved={"issuer": grant["issuer"]},
            )
            for grant in entries(seen, "grants")
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Say whether the scope is granted."""
        return {"granted": _find(seen, own_id(target)) is not None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the application and its scopes."""
        return (app_target(seen), *(_target(seen, grant) for grant in entries(seen, "grants")))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Revoke the grant that has the scope at present."""
        app, scope = owner_id(change.target), own_id(change.target)
        grant = _find(await self.probe(readers), scope)
        if grant is None:
            raise no_such("granted scope", scope, "it was revoked meanwhile: plan again")
        path = path_of(APPS, app, "grants", text(grant, "id"))
        reply = await writers.okta.send("DELETE", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Grant the scope again."""
        reply = await writers.okta.send(
            "POST",
            path_of(APPS, owner_id(change.target), "grants"),
            body={"issuer": text(change.saved, "issuer"), "scopeId": own_id(change.target)},
        )
        return Applied(request_ids=(reply.request_id,), status=reply.status)


def _find(seen: Seen, scope: str) -> "JsonObject | None":
    return next((item for item in entries(seen, "grants") if item["scope"] == scope), None)


def _target(seen: Seen, grant: JsonObject) -> Target:
    app, scope = app_target(seen), text(grant, "scope")
    return owned("okta.app_scope", app, scope, f"{scope} of {app.label}")
