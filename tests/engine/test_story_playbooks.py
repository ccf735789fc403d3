"""Playbooks in stories of their own: a plan writes nothing, and the printed rights are enough."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab, laboratory
from test_least_privilege import grant, lacking, needed

from irkit.engine.runner import Ending
from irkit.model.access.kinds import CredentialKind
from irkit.world.aws.moto_secrets import secret_arns

PROD, DATA = "111122223333", "444455556666"
KAI = "kai.contractor@acme.example"
STORIES = {
    "crypto-mining-sweep": "crypto-mining",
    "cloud-ransomware": "cloud-ransomware",
    "ci-secret-leak": "ci-secret-leak",
    "public-exposure": "public-exposure",
    "root-login": "root-login",
    "rogue-identity-provider": "",
    "mfa-fatigue-sim-swap": "mfa-fatigue",
    "breached-identity-provider": "breached-identity-provider",
    "contractor-offboarding": "contractor-offboarding",
    "mass-credential-rotation": "session-theft",
}
WITH_INTRUDER = frozenset({"mfa-fatigue-sim-swap", "contractor-offboarding"})
INPUTS = {
    "cloud-ransomware": {"user": "sven.larsen@acme.example"},
    "ci-secret-leak": {"role": f"arn:aws:iam::{PROD}:role/release"},
    "public-exposure": {},
    "root-login": {"account": DATA},
    "mfa-fatigue-sim-swap": {"user": KAI, "addresses": "203.0.113.66"},
    "breached-identity-provider": {},
    "contractor-offboarding": {"user": KAI, "vendor": "999900001111", "since": "7 days ago"},
    "mass-credential-rotation": {
        "runner": "jonas.weber@acme.example",
        "leave": "irkit.responder@acme.example,ada.break@acme.example,bo.break@acme.example",
        "since": "1 day ago",
    },
}


def inputs_of(lab: Lab, name: str) -> dict[str, str]:
    """Return what a playbook is given in its story."""
    match name:
        case "crypto-mining-sweep":
            keys = (seat for seat in lab.world.seats if seat.kind == "long_term_key")
            return {"key": next(seat.access_key_id for seat in keys if seat.user == "svc-leaked")}
        case "rogue-identity-provider":
            (provider,) = lab.world.okta.tables.documents["idps"]
            return {"idp": provider}
        case "mass-credential-rotation":
            (secret,) = (arn for key, arn in secret_arns(lab.world.aws.cloud) if "orders" in key)
            return {**INPUTS[name], "secrets": secret}
        case _:
            return INPUTS[name]


def look_into(lab: Lab, regions: str) -> None:
    """Let irkit look into these regions."""
    config = lab.root / "irkit.yaml"
    text = config.read_text()
    config.write_text(text.replace("regions: [us-east-1]", f"regions: [{regions}]"))


@pytest.fixture(params=STORIES)
def staged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Lab, str]]:
    """A laboratory in which the story of a playbook has been played, and the playbook's name."""
    name = str(request.param)
    with laboratory(tmp_path, intruder=name in WITH_INTRUDER) as lab:
        if STORIES[name]:
            lab.world.tell(STORIES[name])
        else:
            lab.world.plant(CredentialKind.OKTA_IDP)
        lab.answers = {"all_owned": True, "stop_the_account": True, "works": True}
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
