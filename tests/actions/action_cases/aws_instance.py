"""Changing actions on one machine in AWS, each where it has something to do."""

from by_hand import by_hand
from stage import Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


def profiled(stage: Stage) -> str:
    """Give a machine a role, and return its ARN."""
    machine = stage.machine("web-1")
    with by_hand(stage, "iam") as iam:
        iam.create_instance_profile(InstanceProfileName="web-profile")
        iam.add_role_to_instance_profile(InstanceProfileName="web-profile", RoleName="app-server")
    with by_hand(stage, "ec2") as ec2:
        ec2.associate_iam_instance_profile(
            InstanceId=machine.rpartition("/")[2], IamInstanceProfile={"Name": "web-profile"}
        )
    return machine


def stop(stage: Stage) -> Action:
    """A machine that runs."""
    return changing("aws.ec2_instance.stop", instance=stage.machine("web-1"))


def kept_from(stage: Stage, attribute: str) -> str:
    """Protect a machine by one of its attributes, and return its ARN."""
    machine = stage.machine("web-1")
    with by_hand(stage, "ec2") as ec2:
        ec2.modify_instance_attribute(
            InstanceId=machine.rpartition("/")[2], **{attribute: {"Value": True}}
        )
    return machine


def stop_protected(stage: Stage) -> Action:
    """A machine that somebody protected from being stopped."""
    return changing("aws.ec2_instance.stop", instance=kept_from(stage, "DisableApiStop"))


def terminate(stage: Stage) -> Action:
    """A machine that somebody protected from termination."""
    machine = kept_from(stage, "DisableApiTermination")
    return changing("aws.ec2_instance.terminate", instance=machine)


def protect(stage: Stage) -> Action:
    """A machine that is deleted when it shuts down."""
    machine = stage.machine("db-proxy")
    with by_hand(stage, "ec2") as ec2:
        ec2.modify_instance_attribute(
            InstanceId=machine.rpartition("/")[2],
            InstanceInitiatedShutdownBehavior={"Value": "terminate"},
        )
    return changing("aws.ec2_instance.protect", instance=machine)


def detach_profile(stage: Stage) -> Action:
    """A machine with a role."""
    return changing("aws.ec2_instance.detach_profile", instance=profiled(stage))


def require_tokens(stage: Stage) -> Action:
    """A machine whose metadata anybody on it can read."""
    return changing("aws.ec2_instance.imdsv2", instance=stage.machine("web-2"))


CASES = (
    Case("aws.ec2_instance.stop", stop, first_write="ec2:StopInstances"),
    Case(
        "aws.ec2_instance.stop:protected",
        stop_protected,
        first_write="ec2:ModifyInstanceAttribute",
    ),
    Case(
        "aws.ec2_instance.terminate",
        terminate,
        returns=False,
        first_write="ec2:ModifyInstanceAttribute",
    ),
    Case("aws.ec2_instance.protect", protect, first_write="ec2:ModifyInstanceAttribute"),
    Case(
        "aws.ec2_instance.detach_profile",
        detach_profile,
        first_write="ec2:DisassociateIamInstanceProfile",
    ),
    Case(
        "aws.ec2_instance.imdsv2", require_tokens, first_write="ec2:ModifyInstanceMetadataOptions"
    ),
)
