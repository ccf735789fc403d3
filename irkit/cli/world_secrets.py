"""Handing a world's secrets to the workspace that points at it: files of mode 0600."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from irkit.proving.world_facts import Place
from irkit.secret import Secret
from irkit.workspace.config import (
    AwsConnection,
    KeySource,
    Mode,
    OktaConnection,
    SecretReference,
    TokenAuth,
    Workspace,
)
from irkit.workspace.init import WorldFacts


def points_at(workspace: Workspace, place: Place) -> bool:
    """Say whether the workspace is an exercise whose connections are at `place`."""
    urls = {c.org_url.rstrip("/") for c in workspace.of("okta") if isinstance(c, OktaConnection)}
    urls |= {
        c.endpoint_url.rstrip("/") for c in workspace.of("aws") if isinstance(c, AwsConnection)
    }
    return workspace.mode is Mode.DRILL and bool(urls & {place.okta_url, place.aws_url})


def port_of(workspace: Workspace) -> int | None:
    """Return the port where an exercise's workspace expects the simulated Okta."""
    if workspace.mode is not Mode.DRILL:
        return None
    ports = (
        urlsplit(c.org_url).port for c in workspace.of("okta") if isinstance(c, OktaConnection)
    )
    return next(ports, None)


def keep(workspace: Workspace, facts: WorldFacts) -> None:
    """Write the secrets where the workspace's references look for them."""
    for reference, secret in _pairs(workspace, facts.secrets):
        if reference is not None and reference.scheme == "file":
            _write(workspace, reference, secret)


def _pairs(
    workspace: Workspace, secrets: Mapping[str, Secret]
) -> list[tuple[SecretReference | None, Secret]]:
    pairs: list[tuple[SecretReference | None, Secret]] = [(workspace.seats, secrets["seats"])]
    for connection in workspace.connections.values():
        match connection:
            case OktaConnection(auth=TokenAuth(token=token)):
                pairs.append((token, secrets["okta-token"]))
            case AwsConnection(source=KeySource(secret_access_key=key)):
                pairs.append((key, secrets["aws-secret-key"]))
            case _:
                pass
    return pairs


def _write(workspace: Workspace, reference: SecretReference, secret: Secret) -> None:
    path = workspace.root / reference.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.new")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret.reveal())
    scratch.replace(path)
