"""What the root user of an account can sign in with."""

from typing import Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.roots import Roots

SERVICE: Final = "root"


def state(cloud: Cloud, account: str) -> Json:
    """Return the root user's credentials."""
    root = cloud.own(Roots).of(account)
    return {
        "password": root.password,
        "keys": dict(sorted(root.keys.items())),
        "certificates": dict(sorted(root.certificates.items())),
        "mfa": [*sorted(root.mfa)],
    }
