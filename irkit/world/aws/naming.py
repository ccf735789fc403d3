"""What AWS calls things: services, event sources, and which operations write.

The names an SDK signs with and the names CloudTrail logs differ in places; this is the one table of
those differences. What policies call an operation is `irkit.model.iam_actions`.
"""

from types import MappingProxyType
from typing import Final

_SERVICES: Final = MappingProxyType(
    {
        "access-analyzer": "accessanalyzer",
        "monitoring": "cloudwatch",
        "sso": "sso-admin",
        "tagging": "resourcegroupstaggingapi",
        "elasticfilesystem": "efs",
        "elasticloadbalancing": "elbv2",
        "elasticmapreduce": "emr",
        "states": "stepfunctions",
    }
)
_READS: Final = (
    "AssumeRole",
    "AssumeRoot",
    "BatchGet",
    "Check",
    "Decode",
    "Describe",
    "Estimate",
    "Generate",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Preview",
    "Query",
    "Search",
    "Simulate",
    "StartQuery",
    "Validate",
)
_DATA_EVENTS: Final = frozenset(
    {
        "lambda:Invoke",
        "s3:AbortMultipartUpload",
        "s3:CompleteMultipartUpload",
        "s3:CopyObject",
        "s3:DeleteObject",
        "s3:DeleteObjects",
        "s3:GetObject",
        "s3:HeadObject",
        "s3:ListObjectVersions",
        "s3:ListObjects",
        "s3:ListObjectsV2",
        "s3:PutObject",
        "s3:UploadPart",
    }
)
_GLOBAL: Final = frozenset(
    {"account", "cloudfront", "iam", "organizations", "route53", "s3control", "sts"}
)

HOME_REGION: Final = "us-east-1"
"""Where global services have their events."""


def service_of(signing_name: str) -> str:
    """Return botocore's name of the service that signs as `signing_name`."""
    return _SERVICES.get(signing_name, signing_name)


def changes_something(operation: str) -> bool:
    """Judge by its name whether an operation writes."""
    return not operation.startswith(_READS) and operation != "CredentialReport"


def is_data_event(signing_name: str, operation: str) -> bool:
    """Say whether CloudTrail keeps the call out of the event history."""
    return f"{signing_name}:{operation}" in _DATA_EVENTS


def event_region(signing_name: str, region: str) -> str:
    """Return the region whose event history shows a call."""
    return HOME_REGION if signing_name in _GLOBAL else region


def event_source(signing_name: str) -> str:
    """Return the service that events name: S3's account API logs as S3."""
    return "s3" if signing_name == "s3control" else signing_name


def event_name(signing_name: str, operation: str) -> str:
    """Return what events call an operation: S3's account API says that it is about an account."""
    if signing_name != "s3control":
        return operation
    return operation.replace("PublicAccessBlock", "AccountPublicAccessBlock")
