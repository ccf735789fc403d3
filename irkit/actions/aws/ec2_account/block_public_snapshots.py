"""Keep every snapshot and image of an account from the public, and its serial consoles shut."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.aws_account import account_target
from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, entry
from irkit.actions.where import Where
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_UNBLOCKED: Final = "unblocked"
_GOALS: Final[Mapping[str, Json]] = {
    "snapshots": "block-all-sharing",
    "images": "block-new-sharing",
    "consoles": False,
}
_READS: Final = {
    "snapshots": ("get_snapshot_block_public_access_state", "State"),
    "images": ("get_image_block_public_access_state", "ImageBlockPublicAccessState"),
    "consoles": ("get_serial_console_access_status", "SerialConsoleAccessEnabled"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPublicSnapshots(SettingsOf):
    """Sets three switches of EC2 in each region of one account."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ec2_account.block_public_snapshots",
        version=1,
        verb=Verb.DO,
        summary="Block public snapshots and images in every region of an account",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        blast=Blast.ACCOUNT,
        target="aws.account_setting",
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeRegions",
                "ec2:GetImageBlockPublicAccessState",
                "ec2:GetSerialConsoleAccessStatus",
                "ec2:GetSnapshotBlockPublicAccessState",
            ),
            iam_write=(
                "ec2:DisableImageBlockPublicAccess",
                "ec2:DisableSerialConsoleAccess",
                "ec2:DisableSnapshotBlockPublicAccess",
                "ec2:EnableImageBlockPublicAccess",
                "ec2:EnableSerialConsoleAccess",
                "ec2:EnableSnapshotBlockPublicAccess",
            ),
            only={
                "ec2:DisableSerialConsoleAccess": "serial consoles are open",
                "ec2:EnableSerialConsoleAccess": "serial consoles were open, to take it back",
            },
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.EXTERNAL_TRUST),
        visible_within=timedelta(minutes=10),
        closes_door=True,
        attack=("T1537", "T1530"),
        d3fend=("D3-SCP",),
        gotchas=(
            "Snapshots shared with single accounts stay shared: unshare those one by one.",
            "Images that are public already stay so until they are unshared.",
            "Regions that are not enabled are not set.",
        ),
    )

    account: str = parameter("aws.account", "The account")
    region: str = parameter("aws.region", "One region; empty for all", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read the switches of each region."""
        settings: dict[str, Json] = {}
        regions = (self.region,) if self.region else await readers.aws.regions(self.account)
        for region in sorted(regions):
            where = Where(account=self.account, region=region)
            for name, (operation, answer) in _READS.items():
                settings[f"{region}/{name}"] = at(
                    await where.read(readers, "ec2", operation), answer
                )
        return {"account": self.account, "settings": settings}

    def thing(self, seen: Seen) -> Target:
        """Return the account."""
        return account_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:
        """Return that everything is blocked everywhere."""
        return {name: _GOALS[name.partition("/")[2]] for name in entry(seen, "settings")}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set one switch in one region."""
        region, _, switch = name.partition("/")
        given: dict[str, Json] = {}
        if switch == "consoles":
            operation = f"{'enable' if value else 'disable'}_serial_console_access"
        else:
            noun = switch.removesuffix("s")
            shut = value != _UNBLOCKED
            operation = f"{'enable' if shut else 'disable'}_{noun}_block_public_access"
            parameter_name = "State" if noun == "snapshot" else "ImageBlockPublicAccessState"
            given = {parameter_name: value} if shut else {}
        where = Where(account=self.account, region=region)
        return await where.send(writers, "ec2", operation, {**given})
