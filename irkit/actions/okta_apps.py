"""One application of an org as actions see it: found by id, with its OAuth client if it is one."""

from typing import Final

from irkit.actions.base import Readers
from irkit.actions.okta_things import fetch
from irkit.actions.shape import maybe_text, text
from irkit.canonical import JsonObject
from irkit.model.change import Target

APPS: Final = "/api/v1/apps"


async def see_app(readers: Readers, app: str) -> JsonObject:
    """Return what a probe of an application always holds: tenant, id, label, status, client.

    Raises:
        IrkitError: if there is none of that id.
    """
    record = await fetch(readers, "Okta application", APPS, app, name=("label",))
    return {
        "tenant": readers.okta.tenant,
        "id": text(record, "id"),
        "label": text(record, "label"),
        "status": text(record, "status"),
        "client": maybe_text(record, "credentials", "oauthClient", "client_id"),
    }


def app_target(seen: JsonObject) -> Target:
    """Return the application that `see_app` saw, as a target."""
    return Target(
        kind="okta.app", tenant=text(seen, "tenant"), id=text(seen, "id"), label=text(seen, "label")
    )
