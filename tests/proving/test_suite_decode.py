"""Test files: what decodes, what is wrong with them, and what a case takes over from another."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator

from irkit import assets, yaml_strict
from irkit.actions.load import catalogue
from irkit.canonical import Json, thaw
from irkit.cli.lazy_tests import LazyTests
from irkit.decode import plain
from irkit.engine.linting import Linter, expanded
from irkit.proving.testing.checking import check
from irkit.proving.testing.decode import decode, playbook_of
from irkit.proving.testing.expectations import kinds
from irkit.proving.testing.schema import files_schema
from irkit.proving.testing.suite import Case, Suite
from irkit.proving.world_facts import FIXTURES, STORIES
from irkit.world import stories
from irkit.world.fixtures import NAMES

FEDERATED = "okta-user-federated-to-aws"
FILE = assets.playbooks() / f"{FEDERATED}.test.yaml"
HEAD = f"irkit: 1\ntests: {FEDERATED}\n"
KAI = "kai.contractor@acme.example"
WHOLE = f"""{HEAD}
policy: {{unit: {{every: 1d}}}}
worlds:
  with-token:
    fixture: acme-small
    seed: 3
    story: crypto-mining
    regions: [us-east-1, eu-north-1]
    plant: [okta_api_token]
    admins: {{{KAI}: APP_ADMIN}}
unit:
  - name: first
    world: with-token
    inputs: {{user: {KAI}, accounts: ["111122223333"]}}
    requester: dana
    approvals: [{{phase: Close the door, by: [alice, bob]}}, {{by: alice, decision: deny}}]
    answers: {{ask.manual: {{theirs: false, notes: gone}}}}
    faults: [{{on: "okta POST */suspend", as: reset_after, nth: 2, times: all, seconds: 2s}}]
    down: [aws]
    expect:
      result: partial
      exit: 3
      seats: {{okta_session: dead, all: alive}}
      must_still_work: [ci-deploy]
      order: [[okta.user.get, okta.user.suspend, close-the-door.revoke_sessions]]
      calls: {{max: 100, writes: 2, forbidden: ["iam:DeleteUser"]}}
      says: still alive
      reports: [after-action]
      refusal: {{code: IRK302, guard: protected}}
      state:
        okta.user: {{{KAI}: {{status: SUSPENDED, groups: {{has: support}}}}}}
        aws.role: {{111122223333/Deploy: unchanged}}
  - name: second
    extends: first
    run: twice
    then: undo
    answers: {{ask.manual: silent}}
    expect:
      exit: 4
      second_run: {{result: contained, writes: 1, changed: ["aws.*"]}}
      undo: {{result: completed, changed: [], not_back: [okta.user.revoke_sessions]}}
sweeps: {{case: second, users: 100, within: 60s}}
"""


def suite_of(text: str) -> Suite:
    """Decode a text that is right."""
    decoded = decode(text.encode(), FILE.name, playbook_of(FILE))
    assert decoded.diagnostics == ()
    assert decoded.suite is not None
    return decoded.suite


def codes(text: str) -> list[str]:
    """Return the codes of what is wrong with a text."""
    return [item.code for item in check(FILE, text.encode(), FILE.name)]


def case(lines: str) -> str:
    """Return a file with one case."""
    return f"{HEAD}unit:\n  - name: one\n    inputs: {{user: {KAI}}}\n{lines}\n"


def test_every_key_decodes() -> None:
    """A file that uses every key is read completely."""
    first, second = suite_of(WHOLE).cases
    assert (first.world.story, first.world.regions[1:]) == ("crypto-mining", ("eu-north-1",))
    assert (first.world.seed, first.down, first.twice) == (3, ("aws",), False)
    assert first.inputs == {"user": KAI, "accounts": "111122223333"}
    assert first.approvals is not None
    assert [item.phase for item in first.approvals] == ["close-the-door", ""]
    assert first.faults[0].fault.operation == "POST */suspend"
    assert second.twice
    assert second.undo


def test_a_case_takes_over_what_it_does_not_say() -> None:
    """Inputs, answers and expectations are taken over key by key, the rest as it is."""
    first, second = suite_of(WHOLE).cases
    assert second.inputs == first.inputs
    assert second.faults[0].fault == first.faults[0].fault
    assert second.answers["ask.manual"].silent

    def told(one: Case) -> set[str]:
        return {item.about for item in one.expect}

    assert told(second) - told(first) == {
        *("second run: result", "second run: writes", "second run: changed"),
        *("undo: result", "undo: changed", "undo: not back"),
    }
    assert told(first) <= told(second)


def test_sweeps_start_from_the_case_they_name() -> None:
    """The block says which case; without it, it is the first."""
    assert suite_of(WHOLE).swept.name == "second"
    assert suite_of(WHOLE.partition("sweeps:")[0]).swept.name == "first"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("", "IRK810"),
        ("    expect: {}", "IRK810"),
        ("    extends: two", "IRK811"),
        ("    extends: one", "IRK811"),
        ("    expect: {order: [[look.got, look.get]]}", "IRK812"),
        ("    expect: {reports: [after-acton]}", "IRK812"),
        ("    answers: {ask.manuel: silent}\n    expect: {result: contained}", "IRK812"),
        ("    world: acme-big\n    expect: {result: contained}", "IRK812"),
        ("    requester: eve\n    expect: {result: contained}", "IRK812"),
        ("    expect: {undo: {changed: []}}", "IRK814"),
        ("    expect: {second_run: {changed: []}}", "IRK814"),
        ("    expect: {result: green}", "IRK105"),
        ("    world: w\nworlds: {w: {story: fairy-tale}}", "IRK105"),
        ("    expect: {seats: {okta_cookie: dead}}", "IRK105"),
        ("    expect: {state: {okta.user: {kai: {stats: ACTIVE}}}}", "IRK105"),
        ("    expect: {order: [[look.get]]}", "IRK105"),
        ("    expect: {resultat: contained}", "IRK101"),
        ("    run: thrice\n    expect: {result: contained}", "IRK105"),
        ("    down: [gcp]\n    expect: {result: contained}", "IRK105"),
        ("    faults: [{on: okta, as: hang}]\n    expect: {result: contained}", "IRK105"),
        ("    faults: [{on: okta *, as: slow}]\n    expect: {result: contained}", "IRK105"),
        ("    expect: {refusal: {code: 302}}", "IRK103"),
        (
            "    approvals: [{by: alice, decision: revoke}]\n    expect: {result: contained}",
            "IRK105",
        ),
    ],
)
def test_what_is_wrong_is_found(lines: str, code: str) -> None:
    """Each mistake gives its code, and nothing is passed over in silence."""
    assert code in codes(case(lines))


def test_a_file_names_the_playbook_it_stands_beside() -> None:
    """A file for another playbook, or for none, is refused."""
    assert codes(WHOLE.replace(f"tests: {FEDERATED}", "tests: other")) == ["IRK813"]
    lonely = FILE.with_name("nobody.test.yaml")
    assert [d.code for d in check(lonely, WHOLE.encode(), lonely.name)][:1] == ["IRK813"]


def test_two_cases_have_two_names() -> None:
    """A name that is there twice is a mistake of copying."""
    assert "IRK108" in codes(case("    expect: {result: contained}") + "  - name: one\n")


def test_lint_reads_tests_and_wants_a_valid_one(tmp_path: Path) -> None:
    """A playbook is tested when the file beside it decodes and has a case."""
    playbook = tmp_path / f"{FEDERATED}.yaml"
    playbook.write_bytes((assets.playbooks() / playbook.name).read_bytes())
    test = tmp_path / FILE.name
    linter = Linter(catalogue=catalogue(), tests=LazyTests())

    def found() -> set[str]:
        files = list(expanded([tmp_path]))
        return {d.code for file in files for d in linter.check(file, file.name).diagnostics}

    assert "IRK246" in found()
    test.write_text(WHOLE)
    assert not found() & {"IRK246", "IRK105"}
    test.write_text(WHOLE.replace("result: partial", "result: partal"))
    assert {"IRK246", "IRK105"} <= found()
    test.write_text(f"{HEAD}policy: {{unit: {{every: 1d}}}}\n")
    assert "IRK246" in found()


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Return a validator for the schema that `irkit lint --schema` prints."""
    schema = cast("Mapping[str, Json]", thaw(files_schema(catalogue())))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def instance(text: str) -> Json:
    """Return what a text says, as JSON."""
    node, _ = yaml_strict.load(text, "p.yaml")
    assert node is not None
    return thaw(plain(node))


def test_what_decodes_is_valid_under_the_schema(validator: Draft202012Validator) -> None:
    """Playbooks and tests share one schema, which tells them apart by their head."""
    assert [error.message for error in validator.iter_errors(instance(WHOLE))] == []
    for path in sorted(assets.playbooks().glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert [error.message for error in validator.iter_errors(instance(text))] == []


@pytest.mark.parametrize("key", sorted(kinds()))
def test_the_schema_knows_every_expectation(key: str, validator: Draft202012Validator) -> None:
    """What has the wrong shape under an expectation's key is wrong for an editor as well."""
    text = case(f"    expect: {{{key}: {{wrong: 1.5}}}}")
    assert list(validator.iter_errors(instance(text)))


def test_the_fixtures_are_those_of_the_world() -> None:
    """The names a test may use are those the world has."""
    assert FIXTURES == NAMES
    assert STORIES == stories.NAMES
