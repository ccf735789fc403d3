"""Changing the trail's key: named, sealed, handed over, and readable across the change."""

import shutil
import subprocess
from pathlib import Path

from catalogue_workspace import ALICE, Desk, exercise

from irkit.engine.session import Session
from irkit.model.spec import Catalogue
from irkit.workspace.decode import load

USER = "user=kai.contractor@acme.example"


def name_next(desk: Desk) -> None:
    """Make a key and name it beside the present one."""
    path = desk.root / ".irkit/keys/next"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    edit(desk, '/trail"}', '/trail", next: "file:.irkit/keys/next"}')


def edit(desk: Desk, old: str, new: str) -> None:
    """Change the one place of a text in irkit.yaml."""
    config = desk.root / "irkit.yaml"
    text = config.read_text()
    assert text.count(old) == 1, text
    config.write_text(text.replace(old, new))


def seal(desk: Desk) -> None:
    """Seal the policy with Alice's approval."""
    key = str(desk.key(ALICE))
    said = desk.ask("approvers", "seal", "--yes", "--key", key)
    assert said.code == 0, said.err


def test_the_trail_goes_on_under_the_next_key(tmp_path: Path) -> None:
    """A run from before and one from after check without irkit; the old key signs no more."""
    with exercise(tmp_path) as (desk, _):
        desk.sealed(ALICE)
        before = desk.ask("run", "okta-contractor-compromise", "-i", USER, "--no-wait")
        assert before.code == 4, before.err
        name_next(desk)
        seal(desk)
        said = desk.ask("trail", "rotate", "--because", "by the calendar")
        assert said.code == 0, said.err
        assert desk.ask("approve", "last", "--yes", "--key", str(desk.key(ALICE))).code == 0
        assert desk.ask("trail", "verify", "--deep").json["findings"] == []
        again = desk.ask("trail", "rotate")
        assert (again.code, again.codes) == (1, ("IRK716",))
        shutil.move(desk.root / ".irkit/keys/next", desk.root / ".irkit/keys/trail")
        edit(desk, ', next: "file:.irkit/keys/next"', "")
        seal(desk)
        assert desk.ask("trail", "verify", "--deep").json["findings"] == []
        bundle = tmp_path / "bundle"
        assert desk.ask("trail", "export", "last", "--to", str(bundle)).code == 0
    done = subprocess.run(
        ["bash", str(bundle / "verify.sh")],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout
    assert len(list(bundle.glob("keys/*.vkey"))) == 2


def test_the_key_is_not_changed_before_everything_is_ready(tmp_path: Path) -> None:
    """No next key; not sealed; a process that acts with the old key; a key that cannot sign."""
    with exercise(tmp_path) as (desk, _):
        desk.sealed(ALICE)
        said = desk.ask("trail", "rotate")
        assert (said.code, said.codes) == (1, ("IRK716",))
        name_next(desk)
        assert desk.ask("trail", "rotate").codes == ("IRK432",)
        seal(desk)
        size = (desk.root / ".irkit/trail/journal.jsonl").stat().st_size
        session = Session(
            workspace=load(desk.root), catalogue=Catalogue({}), environment={}, actor_name=ALICE
        )
        with session.acting("01JDC0000000000000000000R1"):
            said = desk.ask("trail", "rotate")
        assert said.codes == ("IRK716",)
        assert "01JDC0000000000000000000R1" in said.err
        (desk.root / ".irkit/keys/next").unlink()
        assert desk.ask("trail", "rotate").code != 0
        assert (desk.root / ".irkit/trail/journal.jsonl").stat().st_size == size
