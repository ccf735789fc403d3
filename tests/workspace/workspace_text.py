"""Texts of `irkit.yaml` for the workspace tests."""

from pathlib import Path

from irkit.diagnostics import Diagnostic
from irkit.workspace import decode
from irkit.workspace.config import Workspace

LIVE = """\
irkit: 1
org: acme
mode: live
origin: acme.example/irkit/oncall
connections:
  okta:
    provider: okta
    org_url: https://acme.okta.com
    org_id: 00o1a2b3c4d5
    auth: {private_key: "env:OKTA_KEY", client_id: 0oa1, key_id: k1, scopes: [okta.users.manage]}
    depends_on_idp: no
  aws:
    provider: aws
    source: {profile: irkit-breakglass}
    depends_on_idp: yes
    accounts: {from: organization, read_role: r, write_role: w, except: ["222222222222"]}
    regions: all
federation: [{okta_app: 0oa2, aws: all, saml_provider: okta, session_name: login}]
protect:
  - okta.group: break-glass
  - aws.role: "OrganizationAccountAccessRole"
limits: {okta.user: 25, aws.role: 10}
approvers: approvers/allowed_signers
approvals:
  reversal: {EXACT: 2, DESTRUCTIVE: {need: 3, not: [requester], from: [ir-lead], valid: 10m}}
  blast: {account: {need: 2, from: [ir-lead]}}
  alone: {from: [ir-oncall], reversal: [EXACT], blast: [principal], at_most: 10, confirm_within: 4h}
  change: 2
  security_keys: {user_verification: true}
  webauthn_origins: ["https://irkit.example"]
trail: {path: .irkit/trail, key: "agent:SHA256:abc"}
plan_valid: 30m
in_doubt_wait: 5s
hold: {looks: [1s, 2s], watch: 10m}
least_privilege: true
"""

DRILL = """\
irkit: 1
org: acme
mode: drill
origin: acme.example/irkit/world
connections:
  okta:
    provider: okta
    org_url: http://127.0.0.1:9001
    org_id: 00o1a2b3c4d5
    auth: {token: "file:.irkit/keys/okta-token"}
  aws:
    provider: aws
    source: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: "file:secret"}
    endpoint_url: http://localhost:9002
    accounts:
      - {id: "012345678901", name: prod, read_role: r, write_role: w}
    regions: [us-east-1]
seats: file:.irkit/keys/seats
"""


def decoded(text: str, root: Path = Path("ws")) -> Workspace:
    """Return the workspace of a text that has no problems."""
    workspace, found = decode.decode(text.encode(), root)
    assert found == ()
    assert workspace is not None
    return workspace


def problems(text: str) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a text."""
    return decode.decode(text.encode(), Path("ws"))[1]
