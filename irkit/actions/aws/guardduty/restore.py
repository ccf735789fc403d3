"""Switch GuardDuty on again wherever it was suspended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.aws_account import account_target
from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.one_way import OneWay
from irkit.actions.refusal import cannot_reach
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import entry, text, texts
from irkit.actions.where import Where
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_ON: Final = "ENABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore(OneWay, SettingsOf):
    """Enables the detectors of one account."""

    spec: ClassVar[Spec] = Spec(
        id="aws.guardduty.restore",
        version=1,
        verb=Verb.DO,
        summary="Switch an account's GuardDuty detectors on again",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.ADDITIVE,
        blast=Blast.ACCOUNT,
        target="aws.account_setting",
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeRegions",
                "guardduty:GetDetector",
                "guardduty:ListDetectors",
            ),
            iam_write=("guardduty:UpdateDetector",),
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.FEDERATED_ROLE_SESSION),
        visible_within=timedelta(minutes=2),
        attack=("T1685",),
        d3fend=("D3-SCP",),
        gotchas=(
            "A detector that was deleted has lost its findings; a region without one is left.",
            "What happened while it was off is not looked at afterwards.",
            "Trusted address lists and suppression filters hide findings: look at them by hand.",
        ),
    )
    instead: ClassVar[str] = "detection is never switched off by an undo; do it by hand if you must"

    account: str = parameter("aws.account", "The account")
    region: str = parameter("aws.region", "One region; empty for all", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read the detector of each region; there is at most one."""
        settings: dict[str, Json] = {}
        regions = (self.region,) if self.region else await readers.aws.regions(self.account)
        for region in sorted(regions):
            where = Where(account=self.account, region=region)
            body = await where.read(readers, "guardduty", "list_detectors")
            for detector in texts(body, "DetectorIds"):
                asked: dict[str, Json] = {"DetectorId": detector}
                found = await where.read(readers, "guardduty", "get_detector", asked)
                settings[f"{region}/{detector}"] = text(found, "Status")
        return {"account": self.account, "settings": settings}

    def thing(self, seen: Seen) -> Target:
        """Return the account."""
        return account_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:
        """Return that every detector is on.

        Raises:
            IrkitError: if there is none at all.
        """
        detectors = entry(seen, "settings")
        if not detectors:
            raise cannot_reach(
                f"account {self.account} has no GuardDuty detector in the regions looked at",
                "make one; if there was one, its findings are gone with it",
            )
        return dict.fromkeys(detectors, _ON)

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Enable one detector."""
        region, _, detector = name.partition("/")
        where = Where(account=self.account, region=region)
        given: Json = {"DetectorId": detector, "Enable": value == _ON}
        return await where.send(writers, "guardduty", "update_detector", {**entry(given)})
