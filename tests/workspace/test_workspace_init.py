"""A new workspace: complete, private where it must be, and overwriting nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator
from workspace_text import DRILL, LIVE

from irkit import yaml_strict
from irkit.canonical import Json, thaw
from irkit.decode import plain
from irkit.diagnostics import IrkitError
from irkit.secret import Secret
from irkit.workspace import decode, policy
from irkit.workspace.config import (
    Account,
    AwsConnection,
    KeySource,
    Mode,
    OktaConnection,
    SecretReference,
    TokenAuth,
)
from irkit.workspace.init import WorldFacts, init
from irkit.workspace.schema import workspace_schema
from irkit.workspace.secrets import resolve

WORLD = WorldFacts(
    org="acme-small",
    okta_url="http://127.0.0.1:9001",
    okta_org_id="00oacme000001",
    aws_url="http://127.0.0.1:9002",
    aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
    accounts=(Account(id="012345678901", name="prod", read_role="r", write_role="w"),),
    okta_app="0oaaws",
    saml_provider="okta",
    secrets={
        "okta-token": Secret("the token"),
        "aws-secret-key": Secret("the key"),
        "seats": Secret("{}"),
    },
)


def test_a_live_workspace_has_a_file_to_fill_in(tmp_path: Path) -> None:
    """It decodes as it is, so that every mistake afterwards is the editor's."""
    root = tmp_path / "oncall"
    written = init(root, org="Acme Corp")
    workspace = decode.load(root)
    assert (workspace.mode, workspace.org) == (Mode.LIVE, "acme-corp")
    assert {path.relative_to(root).as_posix() for path in written} == {
        "irkit.yaml",
        ".gitignore",
        "approvers/roles.yaml",
        "approvers/allowed_signers",
        "playbooks/README.md",
    }
    assert (root / ".gitignore").read_text() == ".irkit/\n"
    assert policy.load(workspace, ()).principals() == ()


def test_a_world_workspace_is_ready_to_use(tmp_path: Path) -> None:
    """Its secrets are in place, private, and found by its references."""
    init(tmp_path / "w", world=WORLD)
    workspace = decode.load(tmp_path / "w")
    okta, aws = workspace.connections["okta"], workspace.connections["aws"]
    assert workspace.mode is Mode.DRILL
    assert isinstance(okta, OktaConnection)
    assert isinstance(aws, AwsConnection)
    assert aws.accounts == WORLD.accounts

    def read(reference: SecretReference) -> Secret:
        return resolve(reference, root=workspace.root, environment={})

    assert isinstance(okta.auth, TokenAuth)
    assert read(okta.auth.token) == Secret("the token")
    assert isinstance(aws.source, KeySource)
    assert read(aws.source.secret_access_key) == Secret("the key")
    assert aws.source.access_key_id == "AKIAIOSFODNN7EXAMPLE"
    assert (aws.endpoint_url, aws.regions) == ("http://127.0.0.1:9002", ("us-east-1",))
    assert workspace.federation[0].okta_app == "0oaaws"
    assert workspace.seats is not None
    assert read(workspace.seats) == Secret("{}")


def test_keys_are_private_from_the_start(tmp_path: Path) -> None:
    """Directory and files of keys are for their owner alone."""
    init(tmp_path / "w", world=WORLD)
    state = tmp_path / "w" / ".irkit"
    assert state.stat().st_mode & 0o777 == 0o700
    assert (state / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (state / "keys").iterdir()} == {0o600}


def test_no_secret_stands_in_the_files(tmp_path: Path) -> None:
    """What is committed holds references only."""
    init(tmp_path, world=WORLD)
    text = (tmp_path / "irkit.yaml").read_text()
    assert "the token" not in text
    assert "the key" not in text


def test_a_world_without_seats_names_none(tmp_path: Path) -> None:
    """Only a drill with an intruder has them."""
    facts = {key: value for key, value in WORLD.secrets.items() if key != "seats"}
    world = WorldFacts(
        org=WORLD.org,
        okta_url=WORLD.okta_url,
        okta_org_id=WORLD.okta_org_id,
        aws_url=WORLD.aws_url,
        aws_access_key_id=WORLD.aws_access_key_id,
        accounts=WORLD.accounts,
        okta_app=WORLD.okta_app,
        saml_provider=WORLD.saml_provider,
        secrets=facts,
    )
    init(tmp_path, world=world)
    assert decode.load(tmp_path).seats is None


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A workspace that is there stays, and so does every other file."""
    (tmp_path / ".gitignore").write_text("mine\n")
    init(tmp_path)
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    with pytest.raises(IrkitError, match="IRK168"):
        init(tmp_path)


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A file where a directory should be is said."""
    (tmp_path / "file").write_text("")
    with pytest.raises(IrkitError, match="IRK168"):
        init(tmp_path / "file" / "inside")


def instance(text: str) -> Json:
    """Return what a text says, as JSON."""
    node, _ = yaml_strict.load(text, "irkit.yaml")
    assert node is not None
    return thaw(plain(node))


def test_the_schema_says_yes_to_what_decodes(tmp_path: Path) -> None:
    """An editor never underlines a good workspace."""
    schema = cast("Mapping[str, Json]", thaw(workspace_schema()))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    init(tmp_path / "live")
    init(tmp_path / "world", world=WORLD)
    made = [(tmp_path / name / "irkit.yaml").read_text() for name in ("live", "world")]
    for text in (LIVE, DRILL, *made):
        assert [error.message for error in validator.iter_errors(instance(text))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("irkit: 1", "irkit: 2"),
        ("mode: live", "mode: production"),
        ("org: acme", "organisation: acme"),
        ('"env:OKTA_KEY"', "OKTA_KEY"),
        ("org_id: 00o1a2b3c4d5", "org_id: acme"),
        ('"222222222222"', "222222222222"),
        ("provider: okta", "provider: octa"),
        ("EXACT: 2", "EXACTLY: 2"),
        ("plan_valid: 30m", "plan_valid: soon"),
        ("okta.group: break-glass", "okta.grup: x"),
    ],
)
def test_the_schema_says_no_to_what_is_misshapen(old: str, new: str) -> None:
    """An editor underlines what decoding would refuse by shape."""
    schema = cast("Mapping[str, Json]", thaw(workspace_schema()))
    assert not Draft202012Validator(schema).is_valid(instance(LIVE.replace(old, new, 1)))
