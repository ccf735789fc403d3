"""End the shells that Session Manager holds open on machines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.one_way import OneWay
from irkit.actions.shape import entries, maybe_text, text
from irkit.actions.where import HOME, Where
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_OPEN: Final = frozenset({"Connected", "Connecting", "Disconnected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSessions(OneWay):
    """Terminates sessions: of one machine, of one person, or all of a region."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ssm.cut_sessions",
        version=1,
        verb=Verb.DO,
        summary="End open Session Manager shells",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.SELF_HEALING,
        target="aws.ssm_session",
        permissions=Permissions(
            iam_read=("ssm:DescribeSessions",), iam_write=("ssm:TerminateSession",)
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.FEDERATED_ROLE_SESSION),
        visible_within=timedelta(seconds=60),
        attack=("T1651", "T1021.007"),
        d3fend=("D3-ST",),
        gotchas=(
            "Whoever still may opens another: cut the credential first.",
            "What was started in the shell goes on.",
            "Commands sent by Run Command are no sessions and are not ended.",
        ),
    )
    instead: ClassVar[str] = "whoever may opens a new session by themselves"

    account: str = parameter("aws.account", "The account")
    region: str = parameter("aws.region", "The region", default=HOME)
    instance: str = parameter("text", "Only of this machine (i-…)", default="")
    owner: str = parameter("text", "Only whose owner's ARN ends with this", default="")

    async def probe(self, readers: Readers) -> Seen:
        """List the open sessions, with who opened each and when."""
        where = self._where
        filters: Json = []
        if self.instance:
            filters = [{"key": "Target", "value": self.instance}]
        found = await where.listed(
            readers,
            "ssm",
            "describe_sessions",
            "Sessions",
            {"State": "Active", **({"Filters": filters} if filters else {})},
        )
        sessions: list[Json] = [
            {
                "id": text(item, "SessionId"),
                "machine": text(item, "Target"),
                "owner": maybe_text(item, "Owner"),
                "started_at": maybe_text(item, "StartDate"),
            }
            for item in sorted(found, key=lambda item: text(item, "SessionId"))
            if text(item, "Status") in _OPEN
        ]
        return {"tenant": where.tenant, "sessions": sessions}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """End each."""
        return tuple(
            Change(
                id=text(session, "id"),
                target=(target := _target(seen, session)),
                verb="end session",
                before=self.state(seen, target),
                after={"open": False},
                saved=session,
            )
            for session in self._meant(seen)
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return whether the session is open."""
        return {"open": any(item["id"] == target.id for item in entries(seen, "sessions"))}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the sessions; where there is none, the machine or region that was looked at."""
        found = tuple(_target(seen, session) for session in self._meant(seen))
        name = self.instance or self.region
        none = Target(kind="aws.ssm_session", tenant=text(seen, "tenant"), id=name, label=name)
        return found or (none,)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """End one."""
        return await self._where.send(
            writers, "ssm", "terminate_session", {"SessionId": change.target.id}
        )

    @property
    def _where(self) -> Where:
        return Where(account=self.account, region=self.region)

    def _meant(self, seen: Seen) -> Iterator[JsonObject]:
        for session in entries(seen, "sessions"):
            if text(session, "owner").endswith(self.owner):
                yield session


def _target(seen: Seen, session: JsonObject) -> Target:
    label = f"{text(session, 'id')} on {text(session, 'machine')} of {text(session, 'owner')}"
    tenant = text(seen, "tenant")
    return Target(kind="aws.ssm_session", tenant=tenant, id=text(session, "id"), label=label)
