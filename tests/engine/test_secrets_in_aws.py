"""Secrets that AWS keeps: fetched through the pinned connection, by one right, and never shown."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from lab import Lab, laboratory
from moto.iam.models import iam_backends
from moto.secretsmanager.models import secretsmanager_backends

from irkit.clock import system_clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.connections import OpenConnections
from irkit.engine.secrets import Secrets
from irkit.secret import Secret
from irkit.workspace.config import Mode, SecretReference, Workspace
from irkit.world.aws.iam_view import PARTITION
from irkit.world.faults import Fault, FaultKind
from irkit.world.fixtures.acme_small import DATA, OUTSIDE, PROD

ARN = f"arn:aws:secretsmanager:us-east-1:{DATA}:secret:irkit/okta"
_MAY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": f"{ARN}*"}
    ],
}


def keep(name: str, text: str) -> None:
    """Put a secret into the account that keeps them."""
    secretsmanager_backends[DATA]["us-east-1"].create_secret(
        name=name,
        secret_string=text,
        secret_binary=None,
        description=None,
        tags=[],
        kms_key_id=None,
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )


def allow_reading() -> None:
    """Let the reading role of that account read irkit's secrets."""
    iam_backends[DATA][PARTITION].put_role_policy("irkit-read", "secrets", json.dumps(_MAY))


def moved_to_aws(lab: Lab) -> Secret:
    """Move the Okta token from its file to AWS, and return it."""
    file = lab.root / ".irkit/keys/okta-token"
    token = Secret(file.read_text())
    file.unlink()
    allow_reading()
    keep("irkit/okta", token.reveal())
    path = lab.root / "irkit.yaml"
    text = path.read_text()
    path.write_text(text.replace("file:.irkit/keys/okta-token", f"aws-secretsmanager:{ARN}"))
    return token


def read(workspace: Workspace, name: str) -> Secret:
    """Read one secret that AWS keeps."""
    secrets = Secrets(workspace=workspace, clock=system_clock, user_agent="irkit/test")
    return anyio.run(secrets.read, SecretReference(scheme="aws-secretsmanager", name=name))


def refused(workspace: Workspace, name: str) -> Diagnostic:
    """Return why a secret is not read."""
    with pytest.raises(IrkitError) as caught:
        read(workspace, name)
    return caught.value.diagnostics[0]


def prepared(workspace: Workspace) -> tuple[tuple[Diagnostic, ...], bool]:
    """Open the connection to Okta; return what does not answer, and whether anything does."""

    async def work() -> tuple[tuple[Diagnostic, ...], bool]:
        async with OpenConnections(
            workspace=workspace, clock=system_clock, user_agent="", session_name="x", dry=True
        ) as connections:
            return await connections.prepare(frozenset({"okta"})), connections.answering

    return anyio.run(work)


def test_okta_is_reached_with_a_token_that_aws_keeps(tmp_path: Path) -> None:
    """It is read with the reading role, and no call's parameters or errors hold it."""
    with laboratory(tmp_path, intruder=False) as lab:
        token = moved_to_aws(lab)
        silent, answering = prepared(lab.session.workspace)
        asked = [c for c in lab.world.calls.all() if c.operation.endswith(":GetSecretValue")]
    assert (silent, answering) == ((), True)
    assert [call.principal.split("/")[1] for call in asked] == ["irkit-read"]
    assert token.reveal() not in repr(asked)


@pytest.mark.parametrize("kind", [FaultKind.TRUNCATED, FaultKind.OK_HTML])
def test_half_an_answer_is_no_empty_secret(tmp_path: Path, kind: FaultKind) -> None:
    """What is not all there is asked for again."""
    with laboratory(tmp_path, intruder=False) as lab:
        allow_reading()
        keep("irkit/okta", "the token")
        fault = Fault(kind=kind, provider="aws", operation="secretsmanager:GetSecretValue")
        lab.world.faults.add(fault)
        assert read(lab.session.workspace, ARN) == Secret("the token")
        assert [fired.fault for fired in lab.world.faults.fired()] == [fault]


def test_a_member_of_a_secret_that_is_json(tmp_path: Path) -> None:
    """`#` names it; what is no text, or not there, is an error that shows nothing of the rest."""
    with laboratory(tmp_path, intruder=False) as lab:
        allow_reading()
        keep("irkit/okta-all", json.dumps({"token": "the token", "count": 7}))
        workspace = lab.session.workspace
        name = f"{ARN}-all"
        assert read(workspace, f"{name}#token") == Secret("the token")
        assert json.loads(read(workspace, name).reveal())["count"] == 7
        for member in ("count", "other"):
            found = refused(workspace, f"{name}#{member}")
            assert found.code == "IRK152"
            assert "the token" not in f"{found}"


def test_what_is_not_there_and_what_may_not_be_read(tmp_path: Path) -> None:
    """The first names account and region, the second the right that is missing."""
    with laboratory(tmp_path, intruder=False) as lab:
        keep("irkit/okta", "the token")
        workspace = lab.session.workspace
        denied = refused(workspace, ARN)
        allow_reading()
        gone = refused(workspace, f"{ARN}-none")
    assert denied.code == "IRK522"
    assert "secretsmanager:GetSecretValue" in denied.summary
    assert gone.code == "IRK152"
    assert f"account {DATA}, region us-east-1" in gone.summary


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda found: replace(found, mode=Mode.LIVE), "IRK305"),
        (lambda found: replace(found, connections={}), "IRK157"),
    ],
)
def test_nothing_is_asked_in_the_wrong_place(
    tmp_path: Path, change: Callable[[Workspace], Workspace], code: str
) -> None:
    """A live workspace asks no world, and no account that is not pinned is asked at all."""
    with laboratory(tmp_path, intruder=False) as lab:
        keep("irkit/okta", "the token")
        before = len(lab.world.calls.all())
        assert refused(change(lab.session.workspace), ARN).code == code
        assert len(lab.world.calls.all()) == before


def test_an_account_that_is_not_of_the_organization_is_refused(tmp_path: Path) -> None:
    """The organization says which accounts are its own, and only those are asked for secrets."""
    with laboratory(tmp_path, intruder=False) as lab:
        allow_reading()
        keep("irkit/okta", "the token")
        path = lab.root / "irkit.yaml"
        text = path.read_text()
        start, end = text.index("    accounts:\n"), text.index("    regions:")
        accounts = (
            "    accounts: {from: organization, read_role: irkit-read, write_role: irkit-write, "
            f'management: "{PROD}"}}\n'
        )
        path.write_text(text[:start] + accounts + text[end:])
        workspace = lab.session.workspace
        assert read(workspace, ARN) == Secret("the token")
        assert refused(workspace, ARN.replace(DATA, OUTSIDE)).code == "IRK157"


def test_okta_waits_for_aws_where_aws_keeps_its_token(tmp_path: Path) -> None:
    """An AWS that does not answer is told as such, and Okta counts as not answering."""
    with laboratory(tmp_path, intruder=False) as lab:
        moved_to_aws(lab)
        path = lab.root / "irkit.yaml"
        path.write_text(path.read_text().replace(lab.world.aws_url, "http://127.0.0.1:9"))
        workspace = lab.session.workspace
        silent, answering = prepared(workspace)
    assert ([item.code for item in silent], answering) == (["IRK502"], False)
