"""Take the AWS application from one user: no further sessions from Okta into AWS."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_apps import APPS, see_app
from irkit.actions.okta_things import path_of
from irkit.actions.okta_user import see_user, user_target
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import entries, entry, listed, maybe_text, text
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_OWN: Final = "USER"
"""The scope of an assignment that is the user's own, and no group's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnassignAws(Action):
    """Ends a user's own assignment to each application that leads to AWS."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.unassign_aws",
        version=1,
        verb=Verb.DO,
        summary="Take the AWS application from a user",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.LOSSY,
        target="okta.app_assignment",
        permissions=Permissions(
            okta_read=("okta.users.read", "okta.apps.read"), okta_write=("okta.apps.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1078.004", "T1199"),
        d3fend=("D3-AL",),
        gotchas=(
            "Sessions in AWS live on: deny or revoke them there.",
            "Okta keeps no profile of it; undo gives back what was saved, the roles among it.",
            "Where the application provisions users, it may also deactivate this one.",
            "A user may have it through a group as well: `okta.user.remove_groups` takes that.",
        ),
    )

    user: str = parameter("okta.user", "The user: Okta id or login")
    app: str = parameter(
        "okta.app", "The application; empty for those `federation` in irkit.yaml names", default=""
    )

    async def probe(self, readers: Readers) -> Seen:
        """Read how the user has each application."""
        seen = await see_user(readers, self.user)
        found: list[JsonObject] = []
        for app in self._apps(readers):
            record = await see_app(readers, app)
            path = path_of(APPS, app, "users", text(seen, "id"))
            reply = await or_none(readers.okta.get(path), OKTA)
            if reply is not None:
                found.append(
                    {
                        "app": app,
                        "label": text(record, "label"),
                        "scope": text(reply.body, "scope"),
                        "profile": entry(reply.body, "profile"),
                        "name_there": maybe_text(reply.body, "credentials", "userName"),
                    }
                )
        return {**seen, "assignments": listed(found)}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """End each assignment; one through a group cannot be ended for one user."""
        assignments = entries(seen, "assignments")
        for item in assignments:
            if item["scope"] != _OWN:
                raise cannot_reach(
                    f"{text(seen, 'login')} has {text(item, 'label')} through a group, and only "
                    "`okta.user.remove_groups` takes that",
                    "take the user out of the group that has the application",
                )
        return tuple(
            Change(
                id=f"unassign-{text(item, 'app')}",
                target=_target(seen, item),
                verb="unassign",
                before=_state(item),
                after=None,
            )
            for item in assignments
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the user's name and profile in the application; None if it is not their own."""
        for item in entries(seen, "assignments"):
            if item["app"] == own_id(target) and item["scope"] == _OWN:
                return _state(item)
        return None

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user and the assignments."""
        return (user_target(seen), *(_target(seen, item) for item in entries(seen, "assignments")))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Unassign."""
        path = path_of(APPS, own_id(change.target), "users", owner_id(change.target))
        reply = await writers.okta.send("DELETE", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Assign again, with the saved name and profile."""
        body: dict[str, Json] = {
            "id": owner_id(change.target),
            "scope": _OWN,
            "credentials": {"userName": text(change.before, "name_there")},
            "profile": entry(change.before, "profile"),
        }
        path = path_of(APPS, own_id(change.target), "users")
        reply = await writers.okta.send("POST", path, body=body)
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    def _apps(self, readers: Readers) -> tuple[str, ...]:
        if self.app:
            return (self.app,)
        apps = tuple(dict.fromkeys(text(item, "okta_app") for item in readers.federation))
        if not apps:
            raise cannot_reach(
                "no application is known that leads to AWS",
                "give `app`, or name it under `federation` in irkit.yaml",
            )
        return apps


def _state(item: JsonObject) -> JsonObject:
    return {"name_there": item["name_there"], "profile": item["profile"]}


def _target(seen: Seen, item: JsonObject) -> Target:
    user = user_target(seen)
    label = f"{text(item, 'label')} of {user.label}"
    return owned("okta.app_assignment", user, text(item, "app"), label)
