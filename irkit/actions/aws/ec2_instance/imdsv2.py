"""Make a machine's metadata service ask for a session token, which forged requests cannot send."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.ec2_instances import describe, identity, instance_target, locate
from irkit.actions.refusal import cannot_reach
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, text
from irkit.canonical import Json
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_METADATA = "metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imdsv2(SettingsOf):
    """Requires version 2 of the metadata service on one instance."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ec2_instance.imdsv2",
        version=1,
        verb=Verb.DO,
        summary="Require session tokens of an EC2 instance's metadata service",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.instance_setting",
        permissions=Permissions(
            iam_read=("ec2:DescribeInstances", "ec2:DescribeRegions"),
            iam_write=("ec2:ModifyInstanceMetadataOptions",),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(seconds=60),
        attack=("T1552.005",),
        d3fend=("D3-ACH",),
        gotchas=(
            "Credentials that were taken already go on working: revoke the role's sessions.",
            "Programs with an old SDK lose their credentials.",
            "A container is one hop further away: with a limit of 1 it gets none.",
        ),
    )

    instance: str = parameter("aws.instance", "The instance: ARN, or id (i-…)")
    hops: int = parameter("int", "How many hops an answer may travel", default=1)
    account: str = parameter("aws.account", "The account, where it is known", default="")
    region: str = parameter("aws.region", "The region, where it is known", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read the metadata options, and whether the machine goes by them already."""
        place = await locate(readers, self.instance, self.account, self.region)
        found = at(await describe(readers, place), "MetadataOptions")
        options: dict[str, Json] = {
            "tokens": at(found, "HttpTokens"),
            "hops": at(found, "HttpPutResponseHopLimit"),
        }
        if at(found, "State") == "pending":
            options["pending"] = True
        return {**identity(place), "settings": {_METADATA: options}}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Set the options, unless they are set.

        Raises:
            IrkitError: if the machine does not go yet by what somebody set.
        """
        if self._is_pending(seen):
            raise cannot_reach(
                f"the metadata options of {text(seen, 'arn')} are being changed",
                "plan again in a moment, and find out who changes them",
            )
        return SettingsOf.plan(self, seen)

    def resumable(self, change: Change, seen: Seen) -> bool:  # noqa: ARG002
        """Go on where the options are set and the machine does not go by them yet."""
        return self._is_pending(seen)

    def thing(self, seen: Seen) -> Target:
        """Return the instance."""
        return instance_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:  # noqa: ARG002 - it is the same for all
        """Return that tokens are required."""
        return {_METADATA: {"tokens": "required", "hops": self.hops}}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Set the options."""
        place = await locate(readers, self.instance, self.account, self.region)
        return await place.where.send(
            writers,
            "ec2",
            "modify_instance_metadata_options",
            {
                "InstanceId": place.id,
                "HttpTokens": at(value, "tokens"),
                "HttpPutResponseHopLimit": at(value, "hops"),
            },
        )

    def _is_pending(self, seen: Seen) -> bool:
        return at(seen, "settings", _METADATA, "pending") is True
