"""Let Okta block addresses that it has seen attacking, instead of only writing them down."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.shape import entry, listed, text, texts
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_PATH: Final = "/api/v1/threats/configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforce(Action):
    """Sets ThreatInsight to `block`, and back."""

    spec: ClassVar[Spec] = Spec(
        id="okta.threatinsight.enforce",
        version=1,
        verb=Verb.DO,
        summary="Let Okta block attacking addresses",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.ORG,
        target="okta.threatinsight",
        permissions=Permissions(
            okta_read=("okta.threatInsights.read",), okta_write=("okta.threatInsights.manage",)
        ),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.OKTA_FACTOR,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(minutes=2),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1110.003",),
        d3fend=("D3-NTF",),
        gotchas=(
            "Whole offices behind one address may be blocked for what one machine did.",
            "Zones that are left out stay left out, unless `exempt` is false: look who added them.",
        ),
    )

    exempt: bool = parameter("bool", "Keep the zones that are left out at present", default=True)

    async def probe(self, readers: Readers) -> Seen:
        """Read the configuration."""
        reply = await readers.okta.get(_PATH)
        return {
            "tenant": readers.okta.tenant,
            "action": text(reply.body, "action"),
            "excluded": listed(texts(reply.body, "excludeZones")),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Block, unless it does."""
        target = _target(seen)
        before = self.state(seen, target)
        kept = listed(texts(seen, "excluded")) if self.exempt else []
        after: JsonObject = {"threatinsight": {"action": "block", "exempt_zones": kept}}
        if before == after:
            return ()
        return (Change(id="enforce", target=target, verb="enforce", before=before, after=after),)

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return what it does, and the zones it leaves out."""
        return {
            "threatinsight": {
                "action": text(seen, "action"),
                "exempt_zones": listed(texts(seen, "excluded")),
            }
        }

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the org's ThreatInsight."""
        return (_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set it."""
        return await _set(writers, entry(change.after, "threatinsight"))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Set what it was."""
        return await _set(writers, entry(change.before, "threatinsight"))


async def _set(writers: Writers, wanted: JsonObject) -> Applied:
    body: JsonObject = {"action": wanted["action"], "excludeZones": wanted["exempt_zones"]}
    reply = await writers.okta.send("POST", _PATH, body=body)
    return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen) -> Target:
    tenant = text(seen, "tenant")
    return Target(
        kind="okta.threatinsight",
        tenant=tenant,
        id=tenant.partition(":")[2],
        label="ThreatInsight of the org",
    )
