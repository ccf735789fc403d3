"""Switch a trail on again, with everything it must record: the first step of many playbooks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, entries, listed, maybe_text, text, texts
from irkit.actions.where import HOME, Where, named
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_LOGGING, _COVERAGE, _MANAGEMENT = "logging", "coverage", "management"
_FULL: Final[Mapping[str, Json]] = {"regions": True, "global": True, "validated": True}
_FIELDS: Final = {
    "regions": "IsMultiRegionTrail",
    "global": "IncludeGlobalServiceEvents",
    "validated": "LogFileValidationEnabled",
}
_ABSENT: Final = ("TrailNotFoundException", "InvalidTrailNameException")
_ALL, _PART = "all", "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(OneWay, SettingsOf):
    """Starts one trail's logging, in all regions, of all management events."""

    spec: ClassVar[Spec] = Spec(
        id="aws.cloudtrail.restore",
        version=1,
        verb=Verb.DO,
        summary="Switch a trail's logging on again, with all it must record",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.ADDITIVE,
        target="aws.trail_setting",
        permissions=Permissions(
            iam_read=(
                "cloudtrail:DescribeTrails",
                "cloudtrail:GetEventSelectors",
                "cloudtrail:GetTrailStatus",
            ),
            iam_write=(
                "cloudtrail:PutEventSelectors",
                "cloudtrail:StartLogging",
                "cloudtrail:UpdateTrail",
            ),
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.FEDERATED_ROLE_SESSION),
        visible_within=timedelta(seconds=60),
        attack=("T1685.002",),
        d3fend=("D3-SCP",),
        gotchas=(
            "What happened while it was off is in the event history of 90 days only.",
            "A trail that was deleted cannot be restored: make it anew.",
            "Look at the log's bucket too: its policy, its key and its lifecycle rules.",
            "Whether the log arrives is known some minutes later: run it again to be told.",
            "Logs arrive 5 to 15 minutes late.",
        ),
    )
    instead: ClassVar[str] = "logging is never switched off by an undo; do it by hand if you must"

    trail: str = parameter("text", "The trail: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `trail` is no ARN", default="")
    region: str = parameter("aws.region", "The home region, where `trail` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read whether it logs, where, and what."""
        where, name = self._place()
        trail = await _trail(readers, where, name)
        status = await where.read(readers, "cloudtrail", "get_trail_status", {"Name": name})
        selectors = await _selectors(readers, where, name)
        return {
            "tenant": where.tenant,
            "name": name,
            "region": where.region,
            "arn": text(trail, "TrailARN"),
            "undelivered": maybe_text(status, "LatestDeliveryError"),
            "settings": {
                _LOGGING: at(status, "IsLogging"),
                _COVERAGE: {key: at(trail, field) for key, field in _FIELDS.items()},
                _MANAGEMENT: _ALL if _covers(selectors) else _PART,
            },
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Set what is set otherwise.

        Raises:
            IrkitError: if all is set and the log does not arrive: no setting of a trail mends that.
        """
        changes = SettingsOf.plan(self, seen)
        if not changes and text(seen, "undelivered"):
            raise cannot_reach(
                f"{text(seen, 'arn')} logs, but its log does not arrive: {seen['undelivered']}",
                "look at its bucket, the bucket's policy and its key, and restore what was changed",
            )
        return changes

    def thing(self, seen: Seen) -> Target:
        """Return the trail."""
        name = f"{text(seen, 'name')}@{text(seen, 'region')}"
        tenant = text(seen, "tenant")
        return Target(kind="aws.trail", tenant=tenant, id=name, label=text(seen, "arn"))

    def goals(self, seen: Seen) -> Mapping[str, Json]:  # noqa: ARG002 - it is the same for all
        """Return that it logs everything, everywhere."""
        return {_LOGGING: True, _COVERAGE: dict(_FULL), _MANAGEMENT: _ALL}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Make one of the three calls."""
        where, trail = self._place()
        if name == _LOGGING:
            return await where.send(writers, "cloudtrail", "start_logging", {"Name": trail})
        if name == _COVERAGE:
            return await where.send(
                writers,
                "cloudtrail",
                "update_trail",
                {
                    "Name": trail,
                    "IsMultiRegionTrail": True,
                    "IncludeGlobalServiceEvents": True,
                    "EnableLogFileValidation": True,
                },
            )
        selectors = _completed(await _selectors(readers, where, trail))
        return await where.send(
            writers, "cloudtrail", "put_event_selectors", {"TrailName": trail, **selectors}
        )

    def _place(self) -> tuple[Where, str]:
        return named("cloudtrail", "trail/", self.trail, self.account, self.region)


async def _trail(readers: Readers, where: Where, name: str) -> JsonObject:
    body = await where.read(readers, "cloudtrail", "describe_trails", {"trailNameList": [name]})
    for trail in entries(body, "trailList"):
        if maybe_text(trail, "Name") == name:
            return trail
    raise no_such("trail", name, "it was deleted, or its home is another region: make it anew")


async def _selectors(readers: Readers, where: Where, name: str) -> Json:
    return await where.find(
        readers, "cloudtrail", "get_event_selectors", {"TrailName": name}, _ABSENT
    )


def _covers(selectors: Json) -> bool:
    """Say whether all management events are recorded; without any selector they are."""
    basic, advanced = (
        entries(selectors, "EventSelectors"),
        entries(selectors, "AdvancedEventSelectors"),
    )
    if advanced:
        return any(_is_all_management(item) for item in advanced)
    return not basic or any(
        at(item, "IncludeManagementEvents") is not False
        and maybe_text(item, "ReadWriteType") in {"", "All"}
        and not texts(item, "ExcludeManagementEventSources")
        for item in basic
    )


def _completed(selectors: Json) -> dict[str, Json]:
    """Return the selectors with all management events, and what they recorded besides."""
    advanced = entries(selectors, "AdvancedEventSelectors")
    if advanced:
        others = [item for item in advanced if not _is_management(item)]
        whole: Json = {
            "Name": "management events",
            "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
        }
        return {"AdvancedEventSelectors": listed([whole, *others])}
    data = [
        resource
        for item in entries(selectors, "EventSelectors")
        for resource in entries(item, "DataResources")
    ]
    every: Json = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": listed(data),
        "ExcludeManagementEventSources": [],
    }
    return {"EventSelectors": [every]}


def _is_management(selector: JsonObject) -> bool:
    return any(
        maybe_text(field, "Field") == "eventCategory" and "Management" in texts(field, "Equals")
        for field in entries(selector, "FieldSelectors")
    )


def _is_all_management(selector: JsonObject) -> bool:
    return _is_management(selector) and len(entries(selector, "FieldSelectors")) == 1
