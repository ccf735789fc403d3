"""The resource that an IAM action can be limited to, after the service authorization reference.

A right that is not listed has no resource-level permission, or needs several resources at once, or
one whose ARN no plan names: it stays `*`.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

_ARN: Final = re.compile(r"arn:aws[\w-]*:[^\s,)]+")

_SHAPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bucket": r"arn:aws[\w-]*:s3:::[^/:]+",
        "function": r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[^:]+",
        "instance": r"arn:aws[\w-]*:ec2:[\w-]+:\d{12}:instance/i-\w+",
        "key": r"arn:aws[\w-]*:kms:[\w-]+:\d{12}:key/[\w-]+",
        "oidc provider": r"arn:aws[\w-]*:iam::\d{12}:oidc-provider/.+",
        "policy": r"arn:aws[\w-]*:iam::\d{12}:policy/.+",
        "role": r"arn:aws[\w-]*:iam::\d{12}:role/.+",
        "saml provider": r"arn:aws[\w-]*:iam::\d{12}:saml-provider/.+",
        "secret": r"arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:.+",
        "security group": r"arn:aws[\w-]*:ec2:[\w-]+:\d{12}:security-group/sg-\w+",
        "user": r"arn:aws[\w-]*:iam::\d{12}:user/.+",
    }
)
"""What the ARN of each type of resource looks like."""

_LIMITED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "bucket": (
            "s3:DeleteBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketVersioning",
            "s3:PutLifecycleConfiguration",
            "s3:PutReplicationConfiguration",
        ),
        "function": ("lambda:DeleteFunctionConcurrency", "lambda:PutFunctionConcurrency"),
        "instance": (
            "ec2:ModifyInstanceMetadataOptions",
            "ec2:StartInstances",
            "ec2:StopInstances",
            "ec2:TerminateInstances",
        ),
        "key": ("kms:CancelKeyDeletion", "kms:EnableKey", "kms:RevokeGrant"),
        "oidc provider": (
            "iam:AddClientIDToOpenIDConnectProvider",
            "iam:RemoveClientIDFromOpenIDConnectProvider",
        ),
        "policy": ("iam:SetDefaultPolicyVersion",),
        "role": ("iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"),
        "saml provider": ("iam:UpdateSAMLProvider",),
        "secret": (
            "secretsmanager:DeleteResourcePolicy",
            "secretsmanager:PutResourcePolicy",
            "secretsmanager:RotateSecret",
        ),
        "security group": (
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupIngress",
        ),
        "user": (
            "iam:CreateAccessKey",
            "iam:CreateLoginProfile",
            "iam:DeactivateMFADevice",
            "iam:DeleteAccessKey",
            "iam:DeleteLoginProfile",
            "iam:DeleteUserPermissionsBoundary",
            "iam:DeleteUserPolicy",
            "iam:PutUserPermissionsBoundary",
            "iam:PutUserPolicy",
            "iam:UpdateAccessKey",
            "iam:UpdateLoginProfile",
            "iam:UpdateSSHPublicKey",
            "iam:UpdateServiceSpecificCredential",
            "iam:UpdateSigningCertificate",
        ),
    }
)
"""The type of resource that each right is about, and no other."""

_SHAPE_OF: Final = {
    right: re.compile(_SHAPES[kind]) for kind, rights in _LIMITED.items() for right in rights
}


def arns_for(right: str, texts: Iterable[str]) -> frozenset[str]:
    """Return the ARNs in `texts` of what `right` is about; none where it cannot be limited."""
    shape = _SHAPE_OF.get(right)
    if shape is None:
        return frozenset()
    found = (arn for text in texts for arn in _ARN.findall(text))
    return frozenset(arn for arn in found if shape.fullmatch(arn))
