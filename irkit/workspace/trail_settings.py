"""`trail:` of `irkit.yaml`: where the trail is, and the key that signs it."""

import re
from pathlib import PurePosixPath
from typing import Final

from irkit.decode import Fields, heading, shown
from irkit.workspace.config import KmsAccess, Mode, TrailSettings
from irkit.workspace.connections import endpoint, source

KMS_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):(key|alias)/[\w/:-]+"
)
"""The ARN of a key or of an alias, which also says where it is."""


def decode_trail(top: Fields, mode: Mode) -> TrailSettings:
    """Read `trail:`."""
    inner = top.mapping("trail")
    if inner is None:
        return TrailSettings()
    default = TrailSettings()
    result = TrailSettings(
        path=inside(inner, "path", default.path),
        key=_key(inner, "key", inner.text("key", default.key)),
        next_key=_key(inner, "next", inner.text("next", default.next_key)),
        kms=_kms(inner, mode),
    )
    inner.close()
    return result


def inside(top: Fields, key: str, default: str) -> str:
    """Read a path that stays inside the workspace."""
    path = top.text(key, default)
    node = top.node.get(key)
    pure = PurePosixPath(path)
    if node is not None and (pure.is_absolute() or ".." in pure.parts):
        top.problems.add("IRK163", f"`{key}` must be a path inside the workspace", heading(node))
    return path


def _key(inner: Fields, name: str, key: str) -> str:
    node = inner.node.get(name)
    if node is None:
        return key
    scheme, _, rest = key.partition(":")
    if scheme not in {"file", "agent", "awskms", "pkcs11"}:
        help_ = "write file:.irkit/keys/trail, agent:SHA256:… or awskms:ARN"
        inner.problems.add("IRK164", f"{shown(key)} is no trail key", heading(node), help=help_)
    elif scheme == "awskms" and not KMS_ARN.fullmatch(rest):
        inner.problems.add(
            "IRK164",
            f"{shown(key)} does not say in which account and region the key is",
            heading(node),
            help="write the ARN of the key or of its alias: "
            "awskms:arn:aws:kms:REGION:ACCOUNT:alias/NAME",
        )
    elif scheme == "awskms" and "kms" not in inner:
        inner.problems.add(
            "IRK164",
            "`trail` does not say how the key in AWS is reached",
            heading(node),
            help="add kms: {source: {profile: NAME}} beside it",
        )
    return key


def _kms(inner: Fields, mode: Mode) -> KmsAccess | None:
    if "kms" not in inner:
        return None
    access = inner.mapping("kms")
    if access is None:
        return None
    result = KmsAccess(
        source=source(access), role=access.text("role"), endpoint_url=endpoint(access, mode)
    )
    access.close()
    return result
