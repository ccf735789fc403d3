"""End the shells that Session Manager holds open on machines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.one_way import OneWay
from irkit.actions.shape import entries, maybe_text, text
from irkit.actions.where import Where
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_OPEN: Final = frozenset({"Connected", "Connecting", "Disconnected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSessions(OneWay):
    """Terminates sessions: of one machine, of one person, or all; in one region or in every one."""

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
            iam_read=("ec2:DescribeRegions", "ssm:DescribeSessions"),
            iam_write=("ssm:TerminateSession",),
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
    region: str = parameter("aws.region", "One region; empty for all", default="")
    instance: str = parameter("text", "Only of this machine (i-…)", default="")
    owner: str = parameter(
        "text", "Only of this owner: an ARN, or what stands in it after a / or :", default=""
    )

    async def probe(self, readers: Readers) -> Seen:
        """List the open sessions, with who opened each and when."""
        filters: Json = [{"key": "Target", "value": self.instance}]
        given: dict[str, Json] = {"State": "Active"}
        if self.instance:
            given["Filters"] = filters
        regions = (self.region,) if self.region else await readers.aws.regions(self.account)
        sessions: list[Json] = []
        for region in sorted(regions):
            where = Where(account=self.account, region=region)
            found = await where.listed(readers, "ssm", "describe_sessions", "Sessions", given)
            sessions += [
                {
                    "id": text(item, "SessionId"),
                    "region": region,
                    "machine": text(item, "Target"),
                    "owner": maybe_text(item, "Owner"),
                    "started_at": maybe_text(item, "StartDate"),
                }
                for item in sorted(found, key=lambda item: text(item, "SessionId"))
                if text(item, "Status") in _OPEN
            ]
        return {"tenant": f"aws:{self.account}", "sessions": sessions}

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
        """Return the sessions; without one, the machine, region or account that was looked at."""
        found = tuple(_target(seen, session) for session in self._meant(seen))
        name = self.instance or self.region or self.account
        none = Target(kind="aws.ssm_session", tenant=text(seen, "tenant"), id=name, label=name)
        return found or (none,)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """End one."""
        where = Where(account=self.account, region=text(change.saved, "region"))
        return await where.send(
            writers, "ssm", "terminate_session", {"SessionId": change.target.id}
        )

    def _meant(self, seen: Seen) -> Iterator[JsonObject]:
        for session in entries(seen, "sessions"):
            if _is(text(session, "owner"), self.owner):
                yield session


def _is(owner: str, wanted: str) -> bool:
    """Say whether an owner is the one wanted: not one whose name only ends alike."""
    return wanted in {"", owner} or owner.endswith((f"/{wanted}", f":{wanted}"))


def _target(seen: Seen, session: JsonObject) -> Target:
    label = f"{text(session, 'id')} on {text(session, 'machine')} of {text(session, 'owner')}"
    tenant = text(seen, "tenant")
    return Target(kind="aws.ssm_session", tenant=tenant, id=text(session, "id"), label=label)
