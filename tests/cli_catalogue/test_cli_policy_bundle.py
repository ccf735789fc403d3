"""A bundle of a run under a policy that was changed and sealed on the way."""

import subprocess
from pathlib import Path

from catalogue_workspace import ALICE, BOB, CAROL, exercise


def test_a_run_under_a_later_policy_checks_without_irkit(tmp_path: Path) -> None:
    """The approver came by a sealed change, left by revocation, and the bundle still verifies."""
    with exercise(tmp_path) as (desk, _):
        desk.sealed(ALICE, BOB)
        desk.enrol(CAROL)
        for name in (ALICE, BOB):
            key = str(desk.key(name))
            last = desk.ask("approvers", "seal", "--yes", "--key", key, who=name)
        assert last.code == 0
        desk.ask("new", "close-door")
        user = "user=kai.contractor@acme.example"
        assert desk.ask("run", "close-door", "-i", user, "--no-wait").code == 4
        said = desk.ask("approve", "last", "--yes", "--key", str(desk.key(CAROL)), who=CAROL)
        assert said.code == 0, said.err
        assert desk.ask("run", "last", "--no-wait").code == 3
        assert len(desk.ask("approvers", "remove", CAROL).json["revoked"]) == 1
        bundle = tmp_path / "bundle"
        assert desk.ask("trail", "export", "last", "--out", str(bundle)).json["approvals"] == 3
        assert desk.ask("trail", "verify", "--deep").json["findings"] == []
    done = subprocess.run(
        ["bash", str(bundle / "verify.sh")],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout
