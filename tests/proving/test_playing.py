"""Cases are played in worlds of their own, and judged by what those worlds say."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from irkit import assets
from irkit.actions.load import catalogue
from irkit.cli.testing import EXITS
from irkit.model.playbook import DoStep, OnError, Step, children
from irkit.proving.testing.finding import Found, find
from irkit.proving.testing.results import CaseResult
from irkit.proving.testing.trying import Trial, run_all, try_one

PLAYBOOKS = sorted(path.stem for path in assets.playbook_files(assets.playbooks()))


def found_of(playbook: str, name: str = "") -> Found:
    """Return the shipped tests of a playbook."""
    (found,) = find([playbook], assets.playbooks(), None, catalogue(), name=name)
    return found


def tried(found: Found) -> Iterator[CaseResult]:
    """Try the cases that are meant, one after the other."""
    for case in found.cases:
        yield try_one(Trial(case=case, book=found.book, file=found.suite.file, exits=EXITS))


def wrong(results: Iterator[CaseResult]) -> list[str]:
    """Return what does not hold."""
    return [f"{d.summary}: {d.help}" for result in results for d in result.diagnostics]


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_shipped_playbook_has_a_real_test(playbook: str) -> None:
    """Each contains, runs again, is undone, is refused and meets a provider that is down."""
    cases = found_of(playbook).suite.cases
    assert any(case.twice for case in cases)
    assert any(case.undo for case in cases)
    assert any(case.down for case in cases)
    told = {expect.about for case in cases for expect in case.expect}
    assert {"refusal: guard", "undo: changed", "second run: changed"} <= told


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_shipped_playbook_contains_and_is_taken_back(playbook: str) -> None:
    """The case that extends the first one holds in everything the first one expects as well."""
    found = found_of(playbook, "undo gives back")
    assert len(found.cases) == 1
    assert wrong(tried(found)) == []


@pytest.mark.parametrize("name", ["a second run", "leaves irkit", "without the logs", "AWS down"])
def test_other_cases_of_a_shipped_playbook_hold(name: str) -> None:
    """Second runs, guards, faults and providers that are down are played as well."""
    assert wrong(tried(found_of("leaked-aws-access-key", name))) == []


@pytest.mark.parametrize("name", ["is not carried out", "nobody is reached", "given to a person"])
def test_people_of_a_case_deny_answer_and_stay_silent(name: str) -> None:
    """Who decides what is the case's to say."""
    assert wrong(tried(found_of("okta-user-federated-to-aws", name))) == []


def test_a_suspension_that_is_refused_keeps_no_session_alive() -> None:
    """One who is locked out cannot be suspended, and the sessions must end all the same."""
    found = found_of("okta-contractor-compromise", "Okta refuses")
    assert len(found.cases) == 1
    assert wrong(tried(found)) == []


STOPS = {
    ("aws.iam_role.lock_trust", "aws.iam_role.revoke_sessions"),  # or the new secrets are read
    ("aws.secret.deny_access", "aws.secret.rotate"),  # likewise, and a person is asked
    ("aws.evidence.snapshot", "aws.ec2_instance.stop"),  # no evidence, no loss of memory
    ("aws.iam_role.deny_session", "aws.iam_role.revoke_sessions"),  # where a person is asked
    ("okta.user.revoke_sessions", "okta.user.remove_admin_roles"),  # whoever is protected is
    ("okta.user.revoke_sessions", "okta.user.remove_groups"),  # refused here, and all that needs it
}
"""Changes that are only made where the one before them was."""


def sequences(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Return the steps, and those inside each of them."""
    yield steps
    for step in steps:
        for inner in children(step):
            yield from sequences(inner)


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_no_refused_cut_of_a_shipped_playbook_keeps_the_next_from_being_made(playbook: str) -> None:
    """One who is locked out, a full policy or a lost role is no reason to leave the rest open."""
    phases = found_of(playbook).book.main.phases
    stops = {
        (first.action, second.action)
        for phase in phases
        for steps in sequences(phase.steps)
        for first, second in pairwise(steps)
        if isinstance(first, DoStep)
        and isinstance(second, DoStep)
        and first.on_error is OnError.STOP
    }
    assert stops <= STOPS


def case_of(tmp_path: Path, lines: str) -> CaseResult:
    """Play one case of the leaked key that is written here."""
    playbook = "leaked-aws-access-key"
    shipped = assets.playbooks() / f"{playbook}.yaml"
    (tmp_path / shipped.name).write_bytes(shipped.read_bytes())
    test = tmp_path / f"{playbook}.test.yaml"
    test.write_text(f"irkit: 1\ntests: {playbook}\nunit:\n  - name: one\n{lines}")
    (found,) = find([test.name], tmp_path, None, catalogue())
    (result,) = tried(found)
    return result


def test_what_a_case_says_in_vain_fails_it(tmp_path: Path) -> None:
    """A fault that is never met and an approval nobody asked for are mistakes of the test."""
    result = case_of(
        tmp_path,
        """    inputs: {key: user.irkit-breakglass}
    faults: [{on: aws iam:DeleteUser, as: hang}]
    approvals: [{phase: Follow, by: alice}]
    expect: {result: failed}
""",
    )
    assert [check.about for check in result.failed] == ["fault: aws iam:DeleteUser", "people"]


def test_an_approval_that_does_not_count_is_told(tmp_path: Path) -> None:
    """Whoever has no role for it is heard and not counted."""
    result = case_of(
        tmp_path,
        """    inputs: {key: seat.long_term_key}
    approvals: [{by: dana}]
    expect: {result: waiting, exit: 4, calls: {writes: 0}}
""",
    )
    assert wrong(iter([result])) == []


def test_an_answer_that_is_none_is_told(tmp_path: Path) -> None:
    """A value of the wrong type is refused as it would be to anybody, and nobody has answered."""
    playbook = "okta-user-federated-to-aws"
    shipped = assets.playbooks() / f"{playbook}.yaml"
    (tmp_path / shipped.name).write_bytes(shipped.read_bytes())
    test = tmp_path / f"{playbook}.test.yaml"
    test.write_text(
        f"""irkit: 1
tests: {playbook}
unit:
  - name: one
    inputs: {{user: kai.contractor@acme.example}}
    answers: {{ask.manual: {{theirs: perhaps, notes: x}}}}
    expect: {{result: waiting, exit: 4}}
"""
    )
    (found,) = find([test.name], tmp_path, None, catalogue())
    (result,) = tried(found)
    assert [check.about for check in result.failed] == ["people"]
    assert "`theirs`" in result.failed[0].where


def test_a_world_that_cannot_be_made_is_an_error_of_the_case(tmp_path: Path) -> None:
    """A seat that the world cannot plant is told, and the case has proven nothing."""
    result = case_of(
        tmp_path,
        """    world: x
    inputs: {key: seat.long_term_key}
    expect: {result: contained}
worlds: {x: {plant: [console_session]}}
""",
    )
    assert [item.code for item in result.error] == ["IRK804"]
    assert not result.passed


def test_several_processes_give_the_same_results() -> None:
    """What is tried in other processes comes back as it would here."""
    found = found_of("leaked-aws-access-key", "AWS down")
    again = found_of("leaked-aws-access-key", "nobody knows")
    trials = [
        Trial(case=one.cases[0], book=one.book, file=one.suite.file, exits=EXITS)
        for one in (found, again)
    ]
    results = [result for _, result in run_all(trials, try_one, 2)]
    assert {result.case: result.passed for result in results} == {
        found.cases[0].name: True,
        again.cases[0].name: True,
    }
