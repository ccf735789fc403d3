"""Operations that the world answers itself, because moto has them not or gets them wrong."""

from typing import Any

import pytest
from aws_harness import Aws, Key, code_of, document
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from irkit.world.aws.handlers.kms_edwards import SPEC
from irkit.world.aws.moto_ec2 import IMAGE


@pytest.fixture
def boss(aws: Aws) -> Key:
    """An administrator's key."""
    return aws.make_user("boss")


def machine(ec2: Any) -> dict[str, Any]:
    """Return the description of a machine."""
    return dict(ec2.describe_instances()["Reservations"][0]["Instances"][0])


def test_metadata_options_that_are_not_given_stay(aws: Aws, boss: Key) -> None:
    """Requiring tokens does not change the limit of hops."""
    ec2 = aws.client("ec2", boss)
    name = machine(ec2)["InstanceId"]
    ec2.modify_instance_metadata_options(InstanceId=name, HttpPutResponseHopLimit=3)
    ec2.modify_instance_metadata_options(InstanceId=name, HttpTokens="required")
    options = machine(ec2)["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 3)
    asked = {"InstanceId": "i-0123456789abcdef0", "HttpTokens": "required"}
    refused = code_of(lambda: ec2.modify_instance_metadata_options(**asked))
    assert refused == "InvalidInstanceID.NotFound"


def test_cancelled_spot_request_is_still_described(aws: Aws, boss: Key) -> None:
    """It is cancelled, not gone; one that never was is an error."""
    ec2 = aws.client("ec2", boss)
    subnet = machine(ec2)["SubnetId"]
    asked = ec2.request_spot_instances(LaunchSpecification={"ImageId": IMAGE, "SubnetId": subnet})
    name = asked["SpotInstanceRequests"][0]["SpotInstanceRequestId"]
    ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=[name])
    (found,) = ec2.describe_spot_instance_requests()["SpotInstanceRequests"]
    assert found["State"] == "cancelled"
    unknown = code_of(lambda: ec2.cancel_spot_instance_requests(SpotInstanceRequestIds=["sir-0"]))
    assert unknown == "InvalidSpotInstanceRequestID.NotFound"


def test_account_switches_are_each_regions_own(aws: Aws, boss: Key) -> None:
    """What is blocked in one region is not blocked in another."""
    here, there = aws.client("ec2", boss), aws.client("ec2", boss, "eu-west-1")
    here.enable_snapshot_block_public_access(State="block-all-sharing")
    here.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    here.enable_serial_console_access()
    assert here.get_snapshot_block_public_access_state()["State"] == "block-all-sharing"
    assert there.get_snapshot_block_public_access_state()["State"] == "unblocked"
    images = there.get_image_block_public_access_state()
    assert images["ImageBlockPublicAccessState"] == "unblocked"
    assert here.get_serial_console_access_status()["SerialConsoleAccessEnabled"] is True
    assert there.get_serial_console_access_status()["SerialConsoleAccessEnabled"] is False
    here.disable_snapshot_block_public_access()
    assert here.get_snapshot_block_public_access_state()["State"] == "unblocked"
    wrong = code_of(lambda: here.enable_snapshot_block_public_access(State="none-of-it"))
    assert wrong == "InvalidParameterValue"


def test_shells_are_listed_by_machine_page_by_page(aws: Aws, boss: Key) -> None:
    """Only open ones are active; an ended one is history."""
    ssm = aws.client("ssm", boss)
    opened = [ssm.start_session(Target="i-one")["SessionId"] for _ in range(3)]
    ssm.start_session(Target="i-two")
    wanted = [{"key": "Target", "value": "i-one"}]
    first = ssm.describe_sessions(State="Active", Filters=wanted, MaxResults=2)
    rest = ssm.describe_sessions(State="Active", Filters=wanted, NextToken=first["NextToken"])
    found = [item["SessionId"] for item in (*first["Sessions"], *rest["Sessions"])]
    assert found == opened
    ssm.terminate_session(SessionId=opened[0])
    (ended,) = ssm.describe_sessions(State="History")["Sessions"]
    assert (ended["SessionId"], ended["Status"]) == (opened[0], "Terminated")
    unknown = code_of(lambda: ssm.terminate_session(SessionId="nobody-0"))
    assert unknown == "DoesNotExistException"


def test_rotation_makes_one_version_a_token(aws: Aws, boss: Key) -> None:
    """The function is remembered, and a repeated request rotates no second time."""
    manager = aws.client("secretsmanager", boss)
    name, token = "orders/database", "8f14e45f-ceea-467f-9b37-1a4f6d0b2c11"
    before = manager.get_secret_value(SecretId=name)
    function = "arn:aws:lambda:us-east-1:111122223333:function:orders-api"
    manager.rotate_secret(SecretId=name, RotationLambdaARN=function, RotateImmediately=False)
    assert manager.get_secret_value(SecretId=name)["VersionId"] == before["VersionId"]
    for _ in range(2):
        manager.rotate_secret(SecretId=name, ClientRequestToken=token)
    after = manager.get_secret_value(SecretId=name)
    assert after["VersionId"] == token
    assert after["SecretString"] != before["SecretString"]
    previous = manager.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    assert previous["VersionId"] == before["VersionId"]


def test_group_does_not_shrink_below_its_minimum(aws: Aws, boss: Key) -> None:
    """A machine leaves a group that may be smaller, and no other."""
    ec2, scaling = aws.client("ec2", boss), aws.client("autoscaling", boss)
    content = {"ImageId": IMAGE, "InstanceType": "t3.micro"}
    ec2.create_launch_template(LaunchTemplateName="one", LaunchTemplateData=content)
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchTemplate={"LaunchTemplateName": "one"},
        MinSize=1,
        MaxSize=1,
        VPCZoneIdentifier=machine(ec2)["SubnetId"],
    )
    (member,) = scaling.describe_auto_scaling_instances()["AutoScalingInstances"]
    asked = {
        "AutoScalingGroupName": "web",
        "InstanceIds": [member["InstanceId"]],
        "ShouldDecrementDesiredCapacity": True,
    }
    assert code_of(lambda: scaling.enter_standby(**asked)) == "ValidationError"
    scaling.update_auto_scaling_group(AutoScalingGroupName="web", MinSize=0)
    assert code_of(lambda: scaling.enter_standby(**asked)) == "ok"


def test_head_of_a_missing_object_says_so(aws: Aws, boss: Key) -> None:
    """An answer without a body is no operation that is not simulated."""
    s3 = aws.client("s3", boss)
    s3.create_bucket(Bucket="files")
    assert code_of(lambda: s3.head_object(Bucket="files", Key="nothing")) == "404"


def test_bucket_is_the_expected_owners_or_refused(aws: Aws, boss: Key) -> None:
    """A caller who says whose the bucket is gets nobody else's; events name it as S3's do."""
    s3 = aws.client("s3", boss)
    s3.create_bucket(Bucket="files")
    asked = {"Bucket": "files", "ExpectedBucketOwner": "444455556666"}
    assert code_of(lambda: s3.get_bucket_location(**asked)) == "AccessDenied"
    mine = {**asked, "ExpectedBucketOwner": "111122223333"}
    assert code_of(lambda: s3.get_bucket_location(**mine)) == "ok"
    events = aws.simulator.cloud.events.all("111122223333")
    made = next(event for event in events if event.name == "CreateBucket")
    assert made.body["requestParameters"] == {"bucketName": "files"}


def test_public_policy_is_refused_where_it_is_blocked(aws: Aws, boss: Key) -> None:
    """What was public before the block stays; it cannot be written once more."""
    s3 = aws.client("s3", boss)
    s3.create_bucket(Bucket="site")
    s3.delete_public_access_block(Bucket="site")
    open_ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    public = document({**open_, "Resource": "arn:aws:s3:::site/*"})
    partner = document({**open_, "Principal": {"AWS": "arn:aws:iam::999900001111:root"}})
    put = s3.put_bucket_policy
    assert code_of(lambda: put(Bucket="site", Policy=public)) == "ok"
    s3.put_public_access_block(
        Bucket="site", PublicAccessBlockConfiguration={"BlockPublicPolicy": True}
    )
    assert code_of(lambda: put(Bucket="site", Policy=public)) == "AccessDenied"
    assert code_of(lambda: put(Bucket="site", Policy=partner)) == "ok"


def test_an_ed25519_key_signs_the_message_itself(aws: Aws, boss: Key) -> None:
    """The signature is verified with the public key alone; what AWS refuses is refused."""
    kms = aws.client("kms", boss)
    made = kms.create_key(KeySpec=SPEC, KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    asked = {"KeyId": made["Arn"], "SigningAlgorithm": "ED25519_SHA_512"}
    signature = kms.sign(**asked, Message=b"m\n", MessageType="RAW")["Signature"]
    public = load_der_public_key(kms.get_public_key(KeyId=made["Arn"])["PublicKey"])
    assert isinstance(public, Ed25519PublicKey)
    public.verify(signature, b"m\n")
    refused = "ValidationException"
    assert code_of(lambda: kms.sign(**asked, Message=b"m", MessageType="DIGEST")) == refused
    assert code_of(lambda: kms.sign(**asked, Message=b"m" * 4097)) == refused
    other = {**asked, "SigningAlgorithm": "ECDSA_SHA_256"}
    assert code_of(lambda: kms.sign(**other, Message=b"m")) == refused
    kms.disable_key(KeyId=made["KeyId"])
    assert code_of(lambda: kms.sign(**asked, Message=b"m")) == "DisabledException"
    usual = kms.create_key()["KeyMetadata"]
    assert (usual["KeySpec"], usual["KeyUsage"]) == ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
