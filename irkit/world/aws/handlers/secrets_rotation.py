"""`secretsmanager:RotateSecret`: what a rotation function brings about, without running one."""

from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@handles("secretsmanager:RotateSecret")
def rotate_secret(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Remember the function if one is given; make a new value current under the given token."""
    manager = secretsmanager_backends[caller.account][call.region]
    name = call.text("SecretId")
    secret = manager.secrets.get(name)
    if not isinstance(secret, FakeSecret) or secret.is_deleted():
        raise ApiError(
            "ResourceNotFoundException", "Secrets Manager can't find the specified secret."
        )
    if call.text("RotationLambdaARN"):
        secret.rotation_lambda_arn = call.text("RotationLambdaARN")
    secret.rotation_requested = secret.rotation_enabled = True
    token = call.text("ClientRequestToken") or cloud.new_id()
    if call.params.get("RotateImmediately") is not False and token not in secret.versions:
        version = {
            "createdate": int(cloud.now().timestamp()),
            "version_id": token,
            "version_stages": ["AWSCURRENT", "AWSPENDING"],
            "secret_string": cloud.new_id(),
        }
        secret.remove_version_stages_from_old_versions(["AWSPENDING"])
        secret.reset_default_version(version, token)
        secret.last_rotation_date = int(cloud.now().timestamp())
    return Result(members={"ARN": secret.arn, "Name": secret.name, "VersionId": token})
