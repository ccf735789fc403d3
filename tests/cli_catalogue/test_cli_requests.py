"""The requester's key on the command line: a live workspace wants it, a drill takes it."""

import subprocess
from pathlib import Path

import pytest
from catalogue_workspace import ALICE, BOB, CAROL, Desk, exercise

from irkit.actions.load import catalogue
from irkit.canonical import Json
from irkit.clock import system_clock
from irkit.diagnostics import IrkitError
from irkit.engine.books import recorded_book
from irkit.engine.generated import action_text
from irkit.engine.opening import Inputs, Opening, open_run
from irkit.engine.requesting import request_signer
from irkit.engine.session import Session
from irkit.workspace.decode import load

SUSPEND = ("do", "okta.user.suspend", "user=kai.contractor@acme.example", "--because", "test")


def test_a_live_workspace_wants_to_know_who_asks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key of the requester nothing begins; with another's it does not either."""
    monkeypatch.setenv("HOME", str(desk.root))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    desk.sealed(ALICE, BOB)
    said = desk.ask(*SUSPEND)
    assert (said.code, said.codes) == (1, ("IRK440",))
    said = desk.ask(*SUSPEND, "--key", str(desk.key(BOB)))
    assert said.codes == ("IRK404",)
    said = desk.ask(*SUSPEND, "--key", str(desk.key(CAROL)))
    assert said.codes == ("IRK404",)
    assert desk.ask("runs").json["runs"] == []


def test_a_live_plan_is_never_recorded_unsigned(desk: Desk) -> None:
    """Whatever command forgot to ask for a key, the plan is not recorded."""
    desk.sealed(ALICE, BOB)
    session = Session(
        workspace=load(desk.root), catalogue=catalogue(), environment={}, actor_name=ALICE
    )
    with pytest.raises(IrkitError, match="IRK476"):
        request_signer(session, "R")({})


def test_a_signed_request_is_in_the_trail_and_its_bundle(tmp_path: Path) -> None:
    """Whoever asks with a key is the requester, and stock tools can tell."""
    with exercise(tmp_path) as (desk, _):
        desk.sealed(ALICE, BOB)
        key = desk.key(ALICE)
        said = desk.ask(*SUSPEND, "--no-wait", "--key", str(key))
        assert said.code == 4, said.err
        assert desk.ask("trail", "verify").code == 0
        bundle = tmp_path / "bundle"
        assert desk.ask("trail", "export", "last", "--out", str(bundle)).code == 0
    done = subprocess.run(
        ["bash", str(bundle / "verify.sh")],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert f"ok: {ALICE} signed the request for this plan" in done.stdout


def test_only_who_asked_signs_for_a_plan_that_is_not_made_yet(tmp_path: Path) -> None:
    """A run that was opened and has no plan: another's key does not serve, and it needs none."""
    with exercise(tmp_path) as (desk, _):
        desk.sealed(ALICE, BOB)
        run = opened_by(ALICE, desk)
        said = desk.ask("run", run, "--no-wait", "--key", str(desk.key(BOB)), who=BOB)
        assert (said.code, said.codes) == (5, ("IRK477",))
        assert desk.ask("run", run, "--no-wait", who=BOB).code == 4
        assert desk.ask("trail", "verify").code == 0


def opened_by(name: str, desk: Desk) -> str:
    """Open a run as `name` and stop there, as a crash would."""
    known = catalogue()
    session = Session(workspace=load(desk.root), catalogue=known, environment={}, actor_name=name)
    values: dict[str, Json] = {"user": "kai.contractor@acme.example"}
    text = action_text(known["okta.user.suspend"], {"user": str(values["user"])}, "test")
    opening = Opening(
        book=recorded_book(text, "do.yaml", {}), given={}, mode="drill", requester=name
    )
    with session.journal(writing=True) as journal:
        return open_run(
            opening,
            Inputs(values=values, labels=values),
            journal=journal,
            blobs=journal.blobs,
            actor=session.actor,
            now=system_clock(),
        )
