"""Each kind of expectation holds for what is so, and says what it found where it is not."""

from dataclasses import replace

import pytest
from seen_text import SEEN, call, judge
from test_suite_decode import KAI

from irkit.proving.testing.seen import Check, State, differing, took_effect

HOLDS = (
    "{result: contained}",
    "{exit: 0}",
    "{seats: {okta_session: dead, long_term_key/svc-backup: alive}}",
    "{must_still_work: maria}",
    f"{{state: {{okta.user: {{{KAI}: {{status: SUSPENDED, groups: [developers, support]}}}}}}}}",
    f"{{state: {{okta.user: {{{KAI}: {{groups: {{has: support}}}}}}}}}}",
    f"{{state: {{okta.user: {{{KAI}: {{groups: {{lacks: finance}}}}}}}}}}",
    f"{{state: {{okta.user: {{{KAI}: {{groups: unchanged}}}}}}}}",
    "{order: [[look.get, okta.user.suspend]]}",
    "{order: [[contain-aws.for-each.deny_session, contain-aws.for-each.quarantine]]}",
    "{calls: {max: 3, writes: 1, forbidden: [iam:*]}}",
    "{second_run: {result: contained, writes: 0, changed: [cutoff]}}",
    "{undo: {result: completed, changed: [tokens], not_back: []}}",
    "{refusal: {code: IRK302, guard: protected}}",
    "{says: Call Kai}",
    "{reports: after-action}",
)
FAILS = (
    ("{result: partial}", "contained"),
    ("{exit: 3}", "0"),
    ("{seats: {long_term_key: dead}}", "alive: key"),
    ("{seats: {okta_factor: dead}}", "the intruder holds no such seat"),
    ("{seats: {all: dead}}", "alive: key"),
    ("{must_still_work: ci-deploy}", "they hold nothing here; there is maria"),
    (f"{{state: {{okta.user: {{{KAI}: {{status: ACTIVE}}}}}}}}", "SUSPENDED"),
    (f"{{state: {{okta.user: {{{KAI}: unchanged}}}}}}", "status: SUSPENDED"),
    ("{state: {okta.user: {nobody: {status: ACTIVE}}}}", f"there is none; there is {KAI}"),
    (f"{{state: {{okta.user: {{{KAI}: {{groups: {{has: finance}}}}}}}}}}", "[support, developers]"),
    ("{order: [[okta.user.suspend, look.get]]}", "look.get came before close-the-door.suspend"),
    ("{order: [[look.get, close-the-door.revoke_sessions]]}", "did not happen"),
    ("{calls: {max: 2}}", "3"),
    ("{calls: {writes: 2}}", "1"),
    ("{calls: {forbidden: ['POST *']}}", "POST /suspend"),
    ("{calls: {forbidden: ['POST /api/v1/users/*']}}", "POST /suspend"),
    ("{second_run: {changed: []}}", "cutoff differs"),
    ("{second_run: {changed: [cutoff, status]}}", "status does not differ"),
    ("{second_run: {writes: 1}}", "0"),
    ("{undo: {result: partial}}", "completed"),
    ("{undo: {changed: []}}", "tokens differs"),
    ("{undo: {not_back: [okta.user.revoke_sessions]}}", "everything comes back"),
    ("{refusal: {guard: blast-radius}}", "protected"),
    ("{refusal: {code: IRK301}}", "IRK302"),
    ("{says: Call Maria}", "Call Kai Contractor"),
)


@pytest.mark.parametrize("expect", HOLDS)
def test_what_is_so_holds(expect: str) -> None:
    """An expectation of what was seen is met."""
    assert [check for check in judge(expect) if not check.holds] == []


@pytest.mark.parametrize(("expect", "found"), FAILS)
def test_what_is_not_so_fails(expect: str, found: str) -> None:
    """An expectation of anything else is not, and tells what was found instead."""
    failed: list[Check] = [check for check in judge(expect) if not check.holds]
    assert failed
    assert found in failed[0].found
    assert failed[0].span is not None


def test_a_failed_state_says_what_the_run_did_there() -> None:
    """The step that worked on the target is the first thing to look at."""
    (check,) = judge(f"{{state: {{okta.user: {{{KAI}: {{status: ACTIVE}}}}}}}}")
    assert check.where == "close-the-door.suspend: verified"


@pytest.mark.parametrize(
    ("name", "mine"),
    [
        ("111122223333/svc-backup", True),
        ("444455556666/svc-backup", False),
        ("AKIA123", True),
        ("svc", False),
    ],
)
def test_a_change_is_known_by_what_a_test_calls_its_target(name: str, mine: bool) -> None:
    """Account and name, or a key's id, are words of the target's label."""
    label = "AKIA123 of arn:aws:iam::111122223333:user/svc-backup"
    made = replace(SEEN.first.changes[0], target="x", label=label)
    assert made.is_about(name) is mine


def test_differing_paths_lead_to_values() -> None:
    """What differs is named by its path, also where one side has nothing."""
    before: State = SEEN.start
    assert differing(before.whole, before.whole) == ()
    assert differing({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}, "d": 4}) == ("a.c", "d")


@pytest.mark.parametrize(
    ("status", "fault", "effect"),
    [
        (200, None, True),
        (403, None, False),
        (0, "reset_before", False),
        (200, "reset_after", True),
        (403, "reset_after", False),
        (200, "ok_html", False),
        (500, "server_error_json", False),
    ],
)
def test_an_effect_is_what_the_server_did(status: int, fault: str | None, effect: bool) -> None:
    """What the wire did to the answer does not change what was done."""
    assert took_effect(call("POST /x", status=status, fault=fault)) is effect
    assert not took_effect(call("GET /x", status=status, fault=fault, write=False))
