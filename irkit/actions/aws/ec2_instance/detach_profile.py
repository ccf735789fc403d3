"""Take a machine's role away, so that it receives no new credentials."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Applied, Readers, Seen, Writers, parameter
from irkit.actions.ec2_instances import Place, describe, identity, instance_target, locate
from irkit.actions.refusal import no_such
from irkit.actions.settings_of import SettingsOf
from irkit.actions.shape import at, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_PROFILE = "profile"
_THERE = frozenset({"associated", "associating"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachProfile(SettingsOf):
    """Ends the association of one instance with its profile."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ec2_instance.detach_profile",
        version=1,
        verb=Verb.DO,
        summary="Take an EC2 instance's role away",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.instance_setting",
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeIamInstanceProfileAssociations",
                "ec2:DescribeInstances",
                "ec2:DescribeRegions",
            ),
            iam_write=(
                "ec2:AssociateIamInstanceProfile",
                "ec2:DisassociateIamInstanceProfile",
                "iam:PassRole",
            ),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(seconds=60),
        attack=("T1552.005", "T1078.004"),
        d3fend=("D3-CR",),
        gotchas=(
            "Credentials the machine has live on for up to 6 hours: revoke the role's sessions.",
            "What runs on the machine loses AWS.",
            "To give it back, irkit must be allowed to pass the role.",
        ),
    )

    instance: str = parameter("aws.instance", "The instance: ARN, or id (i-…)")
    account: str = parameter("aws.account", "The account, where it is known", default="")
    region: str = parameter("aws.region", "The region, where it is known", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read which profile the instance has."""
        place = await locate(readers, self.instance, self.account, self.region)
        await describe(readers, place)
        profile = maybe_text(await _association(readers, place), "IamInstanceProfile", "Arn")
        return {**identity(place), "settings": {_PROFILE: profile or None}}

    def thing(self, seen: Seen) -> Target:
        """Return the instance."""
        return instance_target(seen)

    def goals(self, seen: Seen) -> Mapping[str, Json]:  # noqa: ARG002 - it is the same for all
        """Return that there is none."""
        return {_PROFILE: None}

    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Associate the instance with a profile, or with none."""
        place = await locate(readers, self.instance, self.account, self.region)
        if value is not None:
            return await place.where.send(
                writers,
                "ec2",
                "associate_iam_instance_profile",
                {"InstanceId": place.id, "IamInstanceProfile": {"Arn": value}},
            )
        association = await _association(readers, place)
        if association is None:
            raise no_such("profile of", place.arn, "it was taken since planning: plan again")
        return await place.where.send(
            writers,
            "ec2",
            "disassociate_iam_instance_profile",
            {"AssociationId": text(association, "AssociationId")},
        )


async def _association(readers: Readers, place: Place) -> "JsonObject | None":
    found = await place.where.listed(
        readers,
        "ec2",
        "describe_iam_instance_profile_associations",
        "IamInstanceProfileAssociations",
        {"Filters": [{"Name": "instance-id", "Values": [place.id]}]},
    )
    return next((item for item in found if at(item, "State") in _THERE), None)
