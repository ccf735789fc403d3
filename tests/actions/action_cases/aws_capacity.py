"""Changing actions on what starts machines in AWS, each where it has something to do."""

from by_hand import by_hand
from stage import SANDBOX, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.world.aws.moto_ec2 import IMAGE


def scaled(stage: Stage) -> str:
    """Make an Auto Scaling group of one machine, and return the machine's id."""
    with by_hand(stage, "ec2", SANDBOX) as ec2:
        subnet = min(item["SubnetId"] for item in ec2.describe_subnets()["Subnets"])
        ec2.create_launch_template(
            LaunchTemplateName="miner",
            LaunchTemplateData={"ImageId": IMAGE, "InstanceType": "t3.micro"},
        )
    with by_hand(stage, "autoscaling", SANDBOX) as autoscaling:
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName="miners",
            LaunchTemplate={"LaunchTemplateName": "miner"},
            MinSize=1,
            MaxSize=4,
            DesiredCapacity=1,
            VPCZoneIdentifier=subnet,
        )
        members = autoscaling.describe_auto_scaling_instances()["AutoScalingInstances"]
    return str(members[0]["InstanceId"])


def standby(stage: Stage) -> Action:
    """The only machine of a group that must have one."""
    return changing("aws.asg.standby", instance=scaled(stage), account=SANDBOX, region="us-east-1")


def stop_group(stage: Stage) -> Action:
    """A group with a machine."""
    scaled(stage)
    return changing("aws.ec2.stop_capacity", account=SANDBOX, groups=["miners"])


def stop_requests(stage: Stage) -> Action:
    """A spot request, and a fleet."""
    with by_hand(stage, "ec2", SANDBOX) as ec2:
        subnet = min(item["SubnetId"] for item in ec2.describe_subnets()["Subnets"])
        asked = ec2.request_spot_instances(
            LaunchSpecification={"ImageId": IMAGE, "SubnetId": subnet}, Type="persistent"
        )
        template = ec2.create_launch_template(
            LaunchTemplateName="miner",
            LaunchTemplateData={"ImageId": IMAGE, "InstanceType": "t3.micro"},
        )
        fleet = ec2.create_fleet(
            LaunchTemplateConfigs=[
                {
                    "LaunchTemplateSpecification": {
                        "LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"],
                        "Version": "1",
                    }
                }
            ],
            TargetCapacitySpecification={
                "TotalTargetCapacity": 1,
                "DefaultTargetCapacityType": "on-demand",
            },
            Type="maintain",
        )
    return changing(
        "aws.ec2.stop_capacity",
        account=SANDBOX,
        spot_requests=[asked["SpotInstanceRequests"][0]["SpotInstanceRequestId"]],
        fleets=[fleet["FleetId"]],
    )


CASES = (
    Case("aws.asg.standby", standby, first_write="autoscaling:UpdateAutoScalingGroup"),
    Case("aws.ec2.stop_capacity", stop_group, first_write="autoscaling:SuspendProcesses"),
    Case(
        "aws.ec2.stop_capacity:requests",
        stop_requests,
        returns=False,
        first_write="ec2:CancelSpotInstanceRequests",
    ),
)
