"""`irkit canary`, as it is typed."""

import json

from moto.iam.models import iam_backends
from terminal import ALICE, DANA, Terminal

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


def test_a_canary_is_a_proof_in_the_ledger(terminal: Terminal) -> None:
    """What came of it is said, recorded and in the ledger, and the SOC can say that it saw it."""
    ordered(terminal)
    said = terminal.json("canary", LEAKED, who=DANA)
    assert said.code == 0, said.out + said.err
    assert said.view("proof")["outcome"] == "passed"
    assert "long_term_key" in said.view("proof")["seats_ms"]
    (row,) = terminal.json("ledger", LEAKED).view("ledger")["playbooks"]
    assert row["levels"]["canary"]["state"] == "proven"
    seen = terminal.here("canary", LEAKED, "--seen", "GuardDuty 17")
    assert seen.code == 0
    assert "the SOC saw the canary" in seen.out


def test_without_orders_no_canary_is_let_out(offline: Terminal) -> None:
    """A playbook whose test file describes none has none, and none was seen."""
    assert offline.json("canary", "okta-user-federated-to-aws").codes == ["IRK873"]
    said = offline.json("canary", LEAKED, "--seen", "something")
    assert (said.code, said.codes) == (1, ["IRK876"])
