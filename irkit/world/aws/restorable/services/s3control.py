"""What S3 blocks in whole accounts."""

import sys
from typing import Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.iam_view import PARTITION

SERVICE: Final = "s3control"


def state(_cloud: Cloud, account: str) -> Json:
    """Return the account's block, None if it has none."""
    loaded = sys.modules.get("moto.s3control.models")
    if loaded is None or account not in loaded.s3control_backends:
        return None
    block = loaded.s3control_backends[account][PARTITION].public_access_block
    if block is None:
        return None
    return {name: str(value) for name, value in sorted(vars(block).items())}
