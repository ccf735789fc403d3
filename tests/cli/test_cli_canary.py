"""`irkit canary`, as it is typed."""

import json
import shlex
import subprocess

from moto.iam.models import iam_backends
from terminal import ALICE, BOB, DANA, Terminal

from irkit.world.aws.iam_view import PARTITION
from irkit.world.fixtures.acme_small import PROD

LEAKED = "leaked-aws-access-key"
USER = f"arn:aws:iam::{PROD}:user/canary-cli"
ORDERS = f"""\
irkit: 1
tests: {LEAKED}
policy: {{canary: {{every: 7d}}}}
canary:
  user: {USER}
  plant: long_term_key
  soc: {{within: 1h}}
  inputs: {{key: seat.long_term_key}}
  approve: {{{ALICE}: file:.irkit/keys/approvers/alice}}
"""
ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
}


def ordered(terminal: Terminal) -> None:
    """Make the canary's user, and say what to do with it."""
    iam = iam_backends[PROD][PARTITION]
    if "canary-cli" not in {user.name for user in iam.users.values()}:
        iam.create_user("us-east-1", "canary-cli", tags=[{"Key": "irkit-canary", "Value": "true"}])
        iam.put_user_policy("canary-cli", "own", json.dumps(ALLOWED))
    folder = terminal.root / "playbooks"
    folder.mkdir(exist_ok=True)
    (folder / f"{LEAKED}.test.yaml").write_text(ORDERS)


def signed(terminal: Terminal) -> str:
    """Ask for the canary's warrant and let people sign it; return its digest."""
    asked = terminal.json("canary", LEAKED, "--ask", "--for", "2d", who=DANA)
    assert asked.code == 4, asked.out + asked.err
    digest = str(asked.view("warrant")["digest"])
    for who in (ALICE, BOB):
        assert terminal.json("approve", digest, "--yes", who=who).code == 0
    return digest


def test_a_warrant_is_asked_for_and_signed(terminal: Terminal) -> None:
    """Whoever signs sees the exact text; nobody signs alone, and a denial is told."""
    ordered(terminal)
    said = terminal.json("canary", LEAKED, who=DANA)
    assert (said.code, said.codes) == (5, ["IRK890"])
    asked = terminal.here("canary", LEAKED, "--ask", who=DANA)
    assert "iam:create_access_key" in asked.out
    assert "waits for 2 of 2 approvals" in asked.out
    digest = next(w for w in asked.out.split() if w.startswith("sha256:"))
    assert terminal.json("approve", digest, who=ALICE).codes == ["IRK427"]
    assert terminal.json("approve", digest, "--yes", who=DANA).codes == ["IRK421"]
    alone = ("--break-glass", "--reason", "night")
    assert terminal.json("approve", digest, "--yes", *alone, who=ALICE).codes == ["IRK100"]
    first = terminal.json("approve", digest[:20], "--yes", who=ALICE)
    assert first.view("warrant_asked")["text"].startswith("irkit.warrant/v1\ntrail: ")
    assert (first.view("warrant")["have"], first.view("warrant")["missing"]) == ([ALICE], 1)
    waiting = terminal.json("canary", LEAKED, who=DANA)
    assert (waiting.code, waiting.codes) == (4, ["IRK894"])
    assert waiting.diagnostics[0]["help"].endswith(f"irkit approve {digest}")
    denied = terminal.here("approve", digest, "--yes", "--deny", who=BOB)
    assert f"denied by {BOB}" in denied.out
    assert terminal.json("canary", LEAKED, "--ask", "--for", "1h", who=DANA).code == 64


def test_a_warrant_is_signed_elsewhere(terminal: Terminal) -> None:
    """The statement is a file that stock ssh-keygen signs."""
    ordered(terminal)
    digest = str(terminal.json("canary", LEAKED, "--ask", who=DANA).view("warrant")["digest"])
    file = terminal.root / "warrant"
    written = terminal.json("approve", digest, "--out", str(file), who=BOB)
    assert written.code == 4
    assert file.with_name("warrant.txt").read_text().startswith("irkit.warrant/v1\n")
    sign = shlex.split(written.view("warrant_statement")["sign"])
    sign[sign.index("-f") + 1] = str(terminal.root / ".irkit/keys/approvers/bob")
    subprocess.run(sign, check=True, capture_output=True)
    added = shlex.split(written.view("warrant_statement")["add"])[1:]
    assert terminal.json(*added).view("warrant")["have"] == [BOB]


def test_a_canary_is_a_proof_in_the_ledger(terminal: Terminal) -> None:
    """What came of it is said, recorded and in the ledger, and the SOC can say that it saw it."""
    ordered(terminal)
    signed(terminal)
    said = terminal.json("canary", LEAKED, who=DANA)
    assert said.code == 0, said.out + said.err
    assert said.view("proof")["outcome"] == "passed"
    assert "long_term_key" in said.view("proof")["seats_ms"]
    assert any("the warrant ends at" in str(line.get("canary")) for line in said.lines)
    (row,) = terminal.json("ledger", LEAKED).view("ledger")["playbooks"]
    assert row["levels"]["canary"]["state"] == "awaiting"
    shown = terminal.here("ledger", LEAKED, "--exit-code")
    assert (shown.code, "the SOC has until" in shown.out) == (8, True)
    seen = terminal.here("canary", LEAKED, "--seen", "GuardDuty 17")
    assert seen.code == 0
    assert "the SOC saw the canary" in seen.out
    (row,) = terminal.json("ledger", LEAKED).view("ledger")["playbooks"]
    assert row["levels"]["canary"]["state"] == "proven"


def test_without_orders_no_canary_is_let_out(offline: Terminal) -> None:
    """A playbook whose test file describes none has none, and none was seen."""
    assert offline.json("canary", "okta-user-federated-to-aws").codes == ["IRK873"]
    said = offline.json("canary", LEAKED, "--seen", "something")
    assert (said.code, said.codes) == (1, ["IRK876"])
