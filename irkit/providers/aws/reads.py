"""Which operations can have no effect. A reader sends nothing else.

Judged by AWS's own naming, with the exceptions spelled out: names that sound like reads and are
not, and reads whose names do not say so.
"""

from typing import Final

_PREFIXES: Final = (
    "batch_get_",
    "describe_",
    "get_",
    "head_",
    "list_",
    "lookup_",
    "search",
    "select_",
    "simulate_",
)

_READS: Final = frozenset(
    {
        ("logs", "filter_log_events"),
        ("resourcegroupstaggingapi", "get_resources"),
        ("sts", "decode_authorization_message"),
    }
)

_NOT_READS: Final = frozenset(
    {
        ("sts", "get_federation_token"),  # mints credentials
        ("sts", "get_session_token"),
        ("sts", "get_web_identity_token"),
        ("sso", "get_role_credentials"),
        ("cognito-identity", "get_credentials_for_identity"),
        ("cognito-identity", "get_id"),
        ("cognito-identity", "get_open_id_token"),
        ("ecr", "get_authorization_token"),
        ("codeartifact", "get_authorization_token"),
        ("redshift", "get_cluster_credentials"),
        ("redshift", "get_cluster_credentials_with_iam"),
        ("redshift-serverless", "get_credentials"),
        ("rolesanywhere", "create_session"),
        ("secretsmanager", "get_secret_value"),  # reads a secret: only where a writer needs it
        ("secretsmanager", "batch_get_secret_value"),
        ("ssm", "get_access_token"),
        ("iam", "get_credential_report"),
    }
)


def is_read(service: str, operation: str) -> bool:
    """Say whether `operation` (in boto3's spelling) certainly changes and reveals nothing."""
    if (service, operation) in _NOT_READS:
        return False
    return operation.startswith(_PREFIXES) or (service, operation) in _READS
