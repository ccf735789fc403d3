"""Secrets Manager's version stages, the way rotation depends on them."""

from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from irkit.world.aws.answer import Answer, ApiError
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import amends, checks
from irkit.world.aws.wire import ApiCall


@checks("secretsmanager:GetSecretValue")
def follow_current_stage(_cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Make a read without version mean AWSCURRENT, also after a stage was moved."""
    if not call.text("VersionId") and not call.text("VersionStage"):
        _follow(call, caller)


@amends("secretsmanager:UpdateSecretVersionStage")
def keep_current_version(_cloud: Cloud, call: ApiCall, caller: Caller, answer: Answer) -> Answer:
    """Remember which version AWSCURRENT has moved to."""
    _follow(call, caller)
    return answer


@checks("secretsmanager:RotateSecret")
def refuse_rotation_without_function(_cloud: Cloud, call: ApiCall, caller: Caller) -> None:
    """Refuse to rotate a secret that no function is set to rotate."""
    manager = secretsmanager_backends[caller.account][call.region]
    if call.text("SecretId") not in manager.secrets:
        return
    secret = manager.secrets[call.text("SecretId")]
    configured = isinstance(secret, FakeSecret) and secret.rotation_lambda_arn
    if not call.text("RotationLambdaARN") and not configured:
        raise ApiError(
            "InvalidRequestException",
            "No Lambda rotation function ARN is associated with this secret.",
        )


def _follow(call: ApiCall, caller: Caller) -> None:
    manager = secretsmanager_backends[caller.account][call.region]
    if call.text("SecretId") not in manager.secrets:
        return
    secret = manager.secrets[call.text("SecretId")]
    if not isinstance(secret, FakeSecret):
        return
    for version, content in secret.versions.items():
        if "AWSCURRENT" in content["version_stages"]:
            secret.set_default_version_id(version)
