"""`irkit.yaml`: what is read, what is refused, and that live and drill never mix."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workspace_text import DRILL, LIVE, decoded, problems

from irkit.canonical import digest_bytes
from irkit.diagnostics import IrkitError
from irkit.model.quorum import Need
from irkit.model.spec import Blast, Reversal
from irkit.workspace import aws_secret, decode
from irkit.workspace.config import (
    Account,
    AwsConnection,
    KeyAuth,
    KeySource,
    KmsAccess,
    Mode,
    OktaConnection,
    Organization,
    ProfileSource,
    TokenAuth,
)
from irkit.workspace.secrets import references

KEPT_TOKEN = '"file:.irkit/keys/okta-token"'
TRAIL_KEY = "arn:aws:kms:eu-west-1:999900001111:alias/irkit-trail"
PROFILE = "source: {profile: irkit-trail}"
SECRET = "arn:aws:secretsmanager:us-east-1:{}:secret:irkit/okta"


def test_a_live_workspace_is_read_whole() -> None:
    """Every part of the example arrives where it belongs."""
    found = decoded(LIVE)
    okta, aws = found.connections["okta"], found.connections["aws"]
    assert (found.org, found.mode, found.origin) == (
        "acme",
        Mode.LIVE,
        "acme.example/irkit/oncall",
    )
    assert isinstance(okta, OktaConnection)
    assert isinstance(okta.auth, KeyAuth)
    assert str(okta.auth.private_key) == "env:OKTA_KEY"
    assert (okta.auth.client_id, okta.auth.key_id) == ("0oa1", "k1")
    assert okta.auth.scopes == ("okta.users.manage",)
    assert not okta.depends_on_idp
    assert isinstance(aws, AwsConnection)
    assert aws.source == ProfileSource(profile="irkit-breakglass")
    assert aws.organization == Organization(
        read_role="r", write_role="w", exclude=("222222222222",)
    )
    assert aws.depends_on_idp
    assert aws.regions == ()
    assert found.federation[0].accounts == ()
    assert [(p.kind, p.pattern) for p in found.protect] == [
        ("okta.group", "break-glass"),
        ("aws.role", "OrganizationAccountAccessRole"),
    ]
    assert found.limits == {"okta.user": 25, "aws.role": 10}
    assert found.trail.key == "agent:SHA256:abc"
    assert found.plan_valid == timedelta(minutes=30)
    assert found.in_doubt_wait == timedelta(seconds=5)
    assert found.hold.looks == (timedelta(seconds=1), timedelta(seconds=2))
    assert found.hold.watch == timedelta(minutes=10)
    assert found.least_privilege
    assert found.digest == digest_bytes(LIVE.encode())


def test_approval_rules_keep_their_defaults_where_nothing_is_said() -> None:
    """A class that is named replaces one row and no other."""
    rules = decoded(LIVE).approvals
    assert rules.reversal[Reversal.EXACT] == Need(need=2)
    assert rules.reversal[Reversal.DESTRUCTIVE] == Need(
        need=3, roles=("ir-lead",), exclude_requester=True, valid=timedelta(minutes=10)
    )
    assert rules.reversal[Reversal.LOSSY] == Need(need=1)
    assert rules.blast[Blast.ACCOUNT] == Need(need=2, roles=("ir-lead",))
    assert rules.blast[Blast.ORG] == Need(need=2)
    assert rules.alone is not None
    assert rules.alone.reversal == {Reversal.EXACT}
    assert rules.alone.blast == {Blast.PRINCIPAL}
    assert (rules.alone.at_most, rules.alone.confirm_within) == (10, timedelta(hours=4))
    assert rules.change == Need(need=2)
    assert (rules.user_presence, rules.user_verification) == (True, True)
    assert rules.webauthn_origins == ("https://irkit.example",)


def test_a_drill_workspace_is_read_whole() -> None:
    """Token, static keys, listed accounts, an endpoint and seats."""
    found = decoded(DRILL)
    okta, aws = found.connections["okta"], found.connections["aws"]
    assert found.mode is Mode.DRILL
    assert isinstance(okta, OktaConnection)
    assert isinstance(okta.auth, TokenAuth)
    assert isinstance(aws, AwsConnection)
    assert isinstance(aws.source, KeySource)
    assert aws.source.access_key_id == "AKIAIOSFODNN7EXAMPLE"
    assert aws.accounts == (Account(id="012345678901", name="prod", read_role="r", write_role="w"),)
    assert aws.endpoint_url == "http://localhost:9002"
    assert aws.regions == ("us-east-1",)
    assert str(found.seats) == "file:.irkit/keys/seats"
    assert found.in_doubt_wait is None
    assert found.approvals.reversal[Reversal.DESTRUCTIVE].need == 2


def test_paths_are_relative_to_the_workspace() -> None:
    """All files of a workspace are found from its root."""
    found = decoded(LIVE, Path("/w"))
    assert found.file == Path("/w/irkit.yaml")
    assert found.allowed_signers == Path("/w/approvers/allowed_signers")
    assert found.roles == Path("/w/approvers/roles.yaml")
    assert found.protect_lock == Path("/w/protect.lock")
    assert found.playbooks == Path("/w/playbooks")
    assert found.state == Path("/w/.irkit")
    assert found.trail_directory == Path("/w/.irkit/trail")
    assert [c.name for c in found.of("okta")] == ["okta"]
    assert found.of("gcp") == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("irkit: 1", "irkit: 2", "IRK110"),
        ("mode: live", "mode: production", "IRK161"),
        ("mode: live", "", "IRK104"),
        ("org: acme", "", "IRK104"),
        ("origin: acme.example/irkit/oncall", "origin: a b", "IRK162"),
        ("approvers: approvers/allowed_signers", "approvers: /etc/passwd", "IRK163"),
        ("approvers: approvers/allowed_signers", "approvers: ../other", "IRK163"),
        ("path: .irkit/trail", "path: ../trail", "IRK163"),
        ('key: "agent:SHA256:abc"', "key: my-key", "IRK164"),
        ('key: "agent:SHA256:abc"', 'key: "awskms:alias/trail"', "IRK164"),
        ('key: "agent:SHA256:abc"', f'key: "awskms:{TRAIL_KEY}"', "IRK164"),
        ('key: "agent:SHA256:abc"', f'key: "awskms:{TRAIL_KEY}", kms: x', "IRK103"),
        ('key: "agent:SHA256:abc"', f'key: "awskms:{TRAIL_KEY}", kms: {{role: r}}', "IRK104"),
        ("trail: {path", f"trail: {{kms: {{{PROFILE}, endpoint_url: https://a}}, path", "IRK173"),
        ("least_privilege: true", "seats: file:seats", "IRK165"),
        ("least_privilege: true", "least_priviledge: true", "IRK101"),
        ("org_id: 00o1a2b3c4d5", "org_id: acme", "IRK170"),
        ('private_key: "env:OKTA_KEY", ', "", "IRK171"),
        ('"222222222222"', '"2222"', "IRK172"),
        ('["222222222222"]', "222222222222", "IRK103"),
        ("{profile: irkit-breakglass}", "{profile: a, b: c}", "IRK101"),
        ("regions: all", "endpoint_url: https://aws.example", "IRK173"),
        ("https://acme.okta.com", "acme.okta.com", "IRK174"),
        ("https://acme.okta.com", "https://[bad", "IRK174"),
        ("https://acme.okta.com", "http://acme.okta.com", "IRK176"),
        ("https://acme.okta.com", "https://127.0.0.1", "IRK176"),
        ("https://acme.okta.com", "https://localhost:9", "IRK176"),
        ('"env:OKTA_KEY"', "OKTA_KEY", "IRK150"),
        ('"env:OKTA_KEY"', '"env:"', "IRK150"),
        ('"env:OKTA_KEY"', '"vault:x"', "IRK150"),
        ('"env:OKTA_KEY"', '"keyring:okta"', "IRK155"),
        ('"env:OKTA_KEY"', '"aws-secretsmanager:okta"', "IRK155"),
        ('"env:OKTA_KEY"', '"aws-secretsmanager:arn:aws:secretsmanager:x"', "IRK155"),
        ('"env:OKTA_KEY"', '"aws-secretsmanager:#token"', "IRK155"),
        ('"env:OKTA_KEY"', f'"aws-secretsmanager:{SECRET.format("222222222222")}"', "IRK157"),
        ('"env:OKTA_KEY"', '"-----BEGIN PRIVATE KEY-----"', "IRK151"),
        ("client_id: 0oa1", f"client_id: {'00' + 'aB3-' * 10}", "IRK151"),
        ("provider: okta", "provider: octa", "IRK105"),
        ("provider: okta", "provdr: okta", "IRK104"),
        ("from: organization", "from: nowhere", "IRK105"),
        ("okta.group: break-glass", "okta.grup: x", "IRK131"),
        ("okta.group: break-glass", 'okta.group: ""', "IRK105"),
        ("{okta.user: 25, aws.role: 10}", "{okta.user: many}", "IRK103"),
        ("EXACT: 2", "EXACTLY: 2", "IRK105"),
        ("EXACT: 2", "EXACT: two", "IRK103"),
        ("not: [requester], from", "not: [bob], from", "IRK105"),
        ("reversal: [EXACT]", "reversal: [PERHAPS]", "IRK105"),
        ("at_most: 10, ", "", "IRK104"),
        ("blast: [principal], ", "", "IRK104"),
        ("reversal: [EXACT], blast", "reversal: {}, blast", "IRK103"),
        ("security_keys: {user_verification: true}", "security_keys: 1", "IRK103"),
        ("alone: {from: [ir-oncall], ", "alone: [x]\n  more: {", "IRK103"),
        ("looks: [1s, 2s]", "looks: [soon]", "IRK106"),
        ("watch: 10m", "watches: 10m", "IRK101"),
        ("okta_app: 0oa2, ", "", "IRK104"),
        ("[{okta_app: 0oa2, aws: all, saml_provider: okta, session_name: login}]", "[x]", "IRK103"),
    ],
)
def test_a_bad_live_workspace_is_refused(old: str, new: str, code: str) -> None:
    """Each mistake has its code, and the workspace is not returned."""
    assert old in LIVE
    text = LIVE.replace(old, new, 1)
    assert code in [d.code for d in problems(text)]
    assert decode.decode(text.encode(), Path("ws"))[0] is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("http://127.0.0.1:9001", "https://acme.okta.com", "IRK175"),
        ("http://localhost:9002", "https://iam.amazonaws.com", "IRK175"),
        ("http://localhost:9002", "http://127.0.0.1.example.org", "IRK175"),
        ("    endpoint_url: http://localhost:9002\n", "", "IRK104"),
        ('id: "012345678901"', "id: 123456789012", "IRK103"),
        ('id: "012345678901"', 'id: "0123"', "IRK172"),
        ('id: "012345678901", ', "", "IRK104"),
        ("    regions", '      - {id: "012345678901"}\n    regions', "IRK108"),
        ('secret_access_key: "file:secret"', "secret: x", "IRK104"),
        ("auth: {token", "auth: {toke", "IRK171"),
        ("seats: file:.irkit/keys/seats", "seats: cookies", "IRK150"),
        ("seats: file:.irkit/keys/seats", "seats: [file]", "IRK150"),
        ("seats: file:.irkit/keys/seats", 'seats: "aws-secretsmanager:seats"', "IRK156"),
        ('"file:secret"', '"aws-secretsmanager:key"', "IRK156"),
        (KEPT_TOKEN, f'"aws-secretsmanager:{SECRET.format("222222222222")}"', "IRK157"),
        ('auth: {token: "file:.irkit/keys/okta-token"}', "auth: token", "IRK103"),
        ("source: {access_key_id", "sauce: {access_key_id", "IRK104"),
    ],
)
def test_a_bad_drill_workspace_is_refused(old: str, new: str, code: str) -> None:
    """A drill stays on this machine, and is held to the same rules."""
    assert old in DRILL
    assert code in [d.code for d in problems(DRILL.replace(old, new, 1))]


def test_a_trail_key_in_kms_has_credentials_of_its_own() -> None:
    """They are not those of a connection, and a role is assumed where one is named."""
    kms = f'key: "awskms:{TRAIL_KEY}", kms: {{{PROFILE}, role: signer}}'
    found = decoded(LIVE.replace('key: "agent:SHA256:abc"', kms)).trail
    assert found.key == f"awskms:{TRAIL_KEY}"
    assert found.kms == KmsAccess(source=ProfileSource(profile="irkit-trail"), role="signer")


@pytest.mark.parametrize("name", ["okta", "okta#token", SECRET.format("012345678901")])
def test_aws_may_keep_what_okta_is_reached_with(name: str) -> None:
    """A bare name will do where there is one account and one region; an ARN always does."""
    kept = decoded(DRILL.replace(KEPT_TOKEN, f'"aws-secretsmanager:{name}"'))
    (reference,) = references(kept.connections["okta"])
    place = aws_secret.find(reference, kept.connections.values())
    assert (place.account, place.region) == ("012345678901", "us-east-1")
    assert (place.id, place.member) == (name.partition("#")[0], name.partition("#")[2])


def test_the_secret_itself_is_not_repeated() -> None:
    """Neither summary nor label nor help holds what looked like a secret."""
    token = "00" + "aB3-" * 10
    found = problems(DRILL.replace('"file:.irkit/keys/okta-token"', token))
    assert {"IRK150", "IRK151"} <= {d.code for d in found}
    assert not any(token in str(d.to_json()) for d in found)


def test_listed_accounts_must_be_there() -> None:
    """An empty list of accounts is no pin."""
    text = DRILL.replace(
        '\n      - {id: "012345678901", name: prod, read_role: r, write_role: w}', " []"
    )
    assert [d.code for d in problems(text)] == ["IRK103"]


def test_loading_reads_the_file_of_a_directory(tmp_path: Path) -> None:
    """What is written there is what is read."""
    (tmp_path / "irkit.yaml").write_text(LIVE)
    assert decode.load(tmp_path).org == "acme"


def test_loading_reports_a_missing_or_bad_file(tmp_path: Path) -> None:
    """All problems come in one error."""
    with pytest.raises(IrkitError, match="IRK160"):
        decode.load(tmp_path)
    (tmp_path / "irkit.yaml").write_text("irkit: 1\n")
    with pytest.raises(IrkitError) as caught:
        decode.load(tmp_path)
    assert len(caught.value.diagnostics) == 4


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_workspace_never_raises(data: st.DataObject) -> None:
    """Whatever is cut out of or put into the file, decoding ends in diagnostics."""
    text = data.draw(st.sampled_from([LIVE, DRILL]))
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 60))
    middle = data.draw(st.text(alphabet="ab:-[]{}'\"\n 0", max_size=12))
    damaged = text[:start] + middle + text[start + length :]
    workspace, found = decode.decode(damaged.encode(), Path("ws"))
    assert workspace is not None or found
