"""Somebody mines with a leaked key: machines where nobody looks, and a group that makes more.

The key entered a role, whose session started machines in two regions; a key of a user that was made
to come back with made an Auto Scaling group, so that machines which are stopped come again.
"""

from typing import Any, Final

from irkit.model.access import CredentialKind
from irkit.world.aws.moto_ec2 import IMAGE
from irkit.world.leaked_key import MADE_USER, leak_key
from irkit.world.stories.ground import Ground, ago, intruder, key_of

REGIONS: Final = ("eu-north-1", "sa-east-1")
"""Where the machines were started: regions the company has nothing in."""
MINER: Final = "c5.4xlarge"
GROUP: Final = "batch-workers"


def play(ground: Ground) -> None:
    """Leak a key, and mine with all that comes of it."""
    ground.seats.add(leak_key(ground))
    (session,) = ground.seats.of_kind(CredentialKind.ROLE_SESSION)
    made = next(seat for seat in ground.seats if seat.user == MADE_USER)
    with ago(ground, 30):
        for region in REGIONS:
            with intruder(ground, key_of(session), "ec2", region) as ec2:
                _start(ec2, f"xmr-{region}")
    with ago(ground, 20), intruder(ground, key_of(made), "ec2", REGIONS[0]) as ec2:
        subnet = min(item["SubnetId"] for item in ec2.describe_subnets()["Subnets"])
        ec2.create_launch_template(
            LaunchTemplateName=GROUP,
            LaunchTemplateData={"ImageId": IMAGE, "InstanceType": MINER},
        )
    with (
        ago(ground, 18),
        intruder(ground, key_of(made), "autoscaling", REGIONS[0]) as autoscaling,
    ):
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=GROUP,
            LaunchTemplate={"LaunchTemplateName": GROUP},
            MinSize=1,
            MaxSize=20,
            DesiredCapacity=1,
            VPCZoneIdentifier=subnet,
        )


def _start(ec2: Any, name: str) -> None:  # boto3's own
    ec2.run_instances(
        ImageId=IMAGE,
        InstanceType=MINER,
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}],
    )
