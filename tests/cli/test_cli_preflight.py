"""`irkit preflight` and `irkit approvers ping`, as they are typed."""

import re
import subprocess
from pathlib import Path

from terminal import ALICE, BOB, DANA, FEDERATED, KAI, Terminal


def records(terminal: Terminal, kind: str) -> int:
    """Return how many records of a type the trail has."""
    journal = (terminal.root / ".irkit/trail/journal.jsonl").read_bytes()
    return journal.count(f'"type":"{kind}"'.encode())


def key_of(terminal: Terminal, who: str) -> Path:
    """Return the file of a demo approver's key."""
    return terminal.root / ".irkit/keys/approvers" / who.partition("@")[0]


def test_a_preflight_is_recorded_and_in_the_ledger(terminal: Terminal) -> None:
    """Whatever comes of it is a proof, with the figures of its checks."""
    said = terminal.json("preflight", FEDERATED, "-i", f"user={KAI}", who=DANA)
    assert said.code in {0, 3}, said.out
    end = said.view("said")
    assert end["recorded"] is True
    assert end["counts"]["bad"] == 0
    assert len(said.views("finding")) == sum(end["counts"].values())
    (row,) = terminal.json("ledger", FEDERATED).view("ledger")["playbooks"]
    assert row["levels"]["preflight"]["last_at"]
    assert row["levels"]["preflight"]["by"] == DANA


def test_no_trace_is_left_where_none_is_wanted(terminal: Terminal) -> None:
    """With `--no-record` the trail stays as it is."""
    said = terminal.json("preflight", FEDERATED, "-i", f"user={KAI}", "--no-record")
    assert said.view("said")["recorded"] is False
    assert records(terminal, "proof") == 0


def test_a_world_that_is_down_is_no_pass(offline: Terminal) -> None:
    """What cannot be asked is bad where it is missing and unknown where it is needed."""
    settings = offline.root / "irkit.yaml"
    settings.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", settings.read_text()))
    said = offline.here("preflight", FEDERATED, "-i", f"user={KAI}")
    assert said.code == 1
    assert "✖ NOT READY" in said.out
    assert re.search("BAD +connections", said.out)
    assert "not looked at, because okta cannot be asked" in said.out
    assert records(offline, "proof") == 1


def test_a_playbook_with_errors_is_not_looked_at(offline: Terminal) -> None:
    """The errors of the playbook come first."""
    (offline.root / "playbooks/broken.yaml").write_text("irkit: 1\nplaybook: broken\n")
    assert "IRK104" in offline.json("preflight", "broken").codes


def test_an_answer_to_a_ping_is_recorded(offline: Terminal) -> None:
    """Who was asked signs the very challenge they were asked with."""
    asked = offline.json("approvers", "ping", ALICE, "--within", "5m", who=DANA)
    assert asked.code == 0, asked.err
    assert asked.view("approver_pinged")["name"] == ALICE
    said = offline.json("approvers", "test", ALICE, "--key", str(key_of(offline, ALICE)))
    assert said.code == 0, said.err
    assert said.view("approver_tested")["ping"]["in_time"] is True
    assert records(offline, "approver.answered") == 1
    told = offline.here("approvers", "ping", BOB).out
    assert f"irkit approvers test {BOB}" in told


def test_a_laptop_without_irkit_can_answer(offline: Terminal, tmp_path: Path) -> None:
    """What `ping` says to type makes an answer that counts."""
    asked = offline.json("approvers", "ping", BOB).view("approver_pinged")
    challenge = f"irkit.test/v1\n{BOB}\n{asked['nonce']}\n".encode()
    signed = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-n", "irkit.test.v1", "-f", str(key_of(offline, BOB))],
        input=challenge,
        capture_output=True,
        check=True,
    )
    answer = tmp_path / "answer.sig"
    answer.write_bytes(signed.stdout)
    said = offline.json("approvers", "test", BOB, "--file", str(answer))
    assert said.code == 0, said.err
    assert said.view("approver_tested")["ping"]["in_time"] is True


def test_another_persons_signature_is_no_answer(offline: Terminal, tmp_path: Path) -> None:
    """A signature by somebody else's key, or over something else, is refused and not recorded."""
    asked = offline.json("approvers", "ping", BOB).view("approver_pinged")
    challenge = f"irkit.test/v1\n{BOB}\n{asked['nonce']}\n".encode()
    signed = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-n", "irkit.test.v1", "-f", str(key_of(offline, ALICE))],
        input=challenge,
        capture_output=True,
        check=True,
    )
    answer = tmp_path / "answer.sig"
    answer.write_bytes(signed.stdout)
    assert offline.json("approvers", "test", BOB, "--file", str(answer)).codes == ["IRK472"]
    answer.write_text("nothing")
    assert offline.json("approvers", "test", BOB, "--file", str(answer)).codes == ["IRK472"]
    assert records(offline, "approver.answered") == 0


def test_an_answer_needs_a_question(offline: Terminal, tmp_path: Path) -> None:
    """Without an open ping a signature from elsewhere answers nothing."""
    answer = tmp_path / "answer.sig"
    answer.write_text("")
    assert offline.json("approvers", "test", BOB, "--file", str(answer)).codes == ["IRK481"]


def test_nobody_unknown_is_asked(offline: Terminal) -> None:
    """A name that is not in allowed_signers cannot be asked, and a time has to be one."""
    assert offline.json("approvers", "ping", "eve@acme.example").codes == ["IRK464"]
    assert offline.json("approvers", "ping", "--within", "soon").code == 64
    assert records(offline, "approver.pinged") == 0
