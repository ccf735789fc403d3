"""The playbooks of the cloud side: a plan writes nothing, and the printed rights are enough."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab, laboratory
from test_least_privilege import grant, lacking, needed

from irkit.engine.runner import Ending

PROD, DATA = "111122223333", "444455556666"
STORIES = {
    "crypto-mining-sweep": "crypto-mining",
    "cloud-ransomware": "cloud-ransomware",
    "ci-secret-leak": "ci-secret-leak",
    "public-exposure": "public-exposure",
    "root-login": "root-login",
}
INPUTS = {
    "cloud-ransomware": {"user": "sven.larsen@acme.example"},
    "ci-secret-leak": {"role": f"arn:aws:iam::{PROD}:role/release"},
    "public-exposure": {},
    "root-login": {"account": DATA},
}


def inputs_of(lab: Lab, name: str) -> dict[str, str]:
    """Return what a playbook is given in its story."""
    if name != "crypto-mining-sweep":
        return INPUTS[name]
    leaked = (seat for seat in lab.world.seats if seat.user == "svc-leaked" and seat.access_key_id)
    return {"key": next(seat.access_key_id for seat in leaked if seat.kind == "long_term_key")}


def look_into(lab: Lab, regions: str) -> None:
    """Let irkit look into these regions."""
    config = lab.root / "irkit.yaml"
    text = config.read_text()
    config.write_text(text.replace("regions: [us-east-1]", f"regions: [{regions}]"))


@pytest.fixture(params=STORIES)
def staged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Lab, str]]:
    """A laboratory in which the story of a playbook has been played, and the playbook's name."""
    name = str(request.param)
    with laboratory(tmp_path, intruder=False) as lab:
        lab.world.tell(STORIES[name])
        lab.answers = {"all_owned": True, "stop_the_account": True}
        if name == "crypto-mining-sweep":
            look_into(lab, "us-east-1, eu-north-1")
        yield lab, name


def test_a_plan_writes_nothing_and_the_printed_rights_do_the_job(staged: tuple[Lab, str]) -> None:
    """Counted at the HTTP layer; then with what `irkit permissions` prints and nothing else."""
    lab, name = staged
    book, inputs = lab.book(name), inputs_of(lab, name)
    before = len(lab.world.calls.all())
    assert lab.plan(book, **inputs).ending is Ending.PLANNED
    assert [call.operation for call in lab.world.calls.all()[before:] if call.write] == []
    rights = needed(lab, name)
    grant(lab, "irkit-read", iter(rights.read))
    grant(lab, "irkit-write", iter(rights.write))
    _, driven = lab.contain(book, **inputs)
    assert lacking(lab) == ""
    changes = driven.run.changes.values()
    assert changes
    assert [state.change.id for state in changes if not state.stage.good] == []
