"""The table of what was exercised has no empty cell: a new action fills every column, or fails."""

from dataclasses import replace
from importlib import import_module

import pytest
from exercised import DECLARING, OF_A_READ, Exercise, cells, missing

from irkit.actions.load import catalogue
from irkit.model.spec import Spec, Verb


@pytest.mark.parametrize("spec", list(catalogue()), ids=lambda spec: spec.id)
def test_every_action_is_exercised_in_every_way(spec: Spec) -> None:
    """Probe, plan, apply, verify, undo, crash, throttling and drift, each by a test that runs."""
    assert missing(spec, cells()) == ()


def test_a_new_action_misses_every_column() -> None:
    """An action that nobody wrote cases for is found, and what it lacks is named."""
    new = replace(catalogue()["okta.user.suspend"], id="okta.user.new")
    assert missing(new, cells()) == tuple(Exercise)
    looking = replace(new, verb=Verb.READ)
    assert missing(looking, cells()) == (Exercise.PROBE, Exercise.THROTTLING)


def test_no_cell_is_of_an_action_that_is_gone() -> None:
    """A row that belongs to nothing would say more than there is."""
    assert {action for action, _ in cells()} == {spec.id for spec in catalogue()}


def test_reads_fill_only_what_reads_have() -> None:
    """What is shown as having no meaning for a read is claimed by no test of one."""
    reads = {spec.id for spec in catalogue() if spec.verb is Verb.READ}
    assert {column for action, column in cells() if action in reads} == set(OF_A_READ)


def test_a_claim_is_the_cases_that_run() -> None:
    """Each row rests on a test that pytest runs with a case of that action."""
    tests = (item for name in DECLARING for item in vars(import_module(name)).values())
    marks = (mark for test in tests for mark in getattr(test, "pytestmark", ()))
    run = {case.name.partition(":")[0] for m in marks if m.args[0] == "case" for case in m.args[1]}
    assert run == {action for action, _ in cells()}
