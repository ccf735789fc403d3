"""Scenarios: what decodes, everything that is wrong with one, and that their story can happen."""

from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator
from scenario_text import LAPSUS, changed, shipped

from irkit import assets, yaml_strict
from irkit.actions.load import catalogue
from irkit.canonical import Json, thaw
from irkit.cli.lazy_scenarios import LazyScenarios
from irkit.decode import plain
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.drill.scenario.checks import reachable
from irkit.drill.scenario.files import checked, files, find, load
from irkit.drill.scenario.schema import files_schema, scenario_schema
from irkit.engine.linting import Linter, expanded

SHIPPED = sorted(path.stem for path in files(None))


def found_in(text: str) -> tuple[Diagnostic, ...]:
    """Return what is wrong with a text."""
    return checked(text.encode(), "ours.yaml", catalogue())[1]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_has_nothing_wrong(name: str) -> None:
    """Whoever starts one of ours starts something whole."""
    assert found_in(shipped(name)) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_is_valid_for_editors(name: str) -> None:
    """An editor that uses the schema does not complain about what irkit accepts."""
    value = _json(shipped(name))
    Draft202012Validator(cast("dict[str, object]", thaw(scenario_schema()))).validate(value)
    whole = cast("dict[str, object]", thaw(files_schema(catalogue())))
    Draft202012Validator(whole).validate(value)


def test_the_schema_refuses_what_the_decoder_refuses() -> None:
    """A misspelled verb is red in the editor already."""
    validator = Draft202012Validator(cast("dict[str, object]", thaw(scenario_schema())))
    assert not validator.is_valid(_json(changed("okta.push_mfa", "okta.push_maf")))


WRONG = {
    "irkit: 1": ("irkit: 2", "IRK110"),
    f"scenario: {LAPSUS}": ("scenario: Lapsus!", "IRK107"),
    "difficulty: 3": ("difficulty: 9", "IRK105"),
    "lasts: 90m": ("lasts: 90", "IRK103"),
    "evicted_for: 15m": ("evicted_for: 2h", "IRK105"),
    "measure: seats_left, target: 0": ("measure: seats_left, target: 5m", "IRK846"),
    "measure: time_to_declare": ("measure: time_to_declair", "IRK105"),
    "fixture: acme-small": ("fixture: acme-smal", "IRK844"),
    "login: kai.contractor": ("login: kay.contractor", "IRK850"),
    "{victim: SUPER_ADMIN}": ("{victim: SUPER_ADMN}", "IRK844"),
    "patient_zero: victim": ("patient_zero: victm", "IRK844"),
    "addresses: [203.0.113.66]": ("addresses: [8.8.8.8]", "IRK851"),
    'text: "Kai: my phone': ('text: "Mail me at kai@gmail.com: my phone', "IRK851"),
    "do: okta.push_mfa, needs": ("do: okta.push_maf, needs", "IRK844"),
    "gives: [okta_factor], attack": ("gives: [aws_key], attack", "IRK845"),
    "with: {role: developer}": ("with: {role: victim}", "IRK844"),
    "with: {user: svc-backup}": ("with: {}", "IRK104"),
    'start: ["password:victim"]': ("start: []", "IRK848"),
    '  start: ["password:victim"]': ('  start: ["okta_token:victim"]', "IRK880"),
    'start: ["password:victim"]\n': ("start: [password]\n", "IRK880"),
    "goal: [data]": ("goal: [aws_trust]", "IRK848"),
    "{id: I1, at: 4m": ("{id: I1, at: 4m, when: declared", "IRK847"),
    "{id: I2, after: api-token": ("{id: I1, after: api-token", "IRK108"),
    "of: okta.user.get, before": ("of: okta.user.git, before", "IRK849"),
    "before: okta.user.suspend": ("before: okta.user.suspended", "IRK849"),
    'evidence: approvals, of: "1"': ("evidence: approvals, of: two", "IRK849"),
    "evidence: decided, of: D2": ("evidence: decided, of: D9", "IRK844"),
    "good: [scoped_alternative, refuse]": ("good: [scoped, refuse]", "IRK844"),
    "playbook: okta-contractor-compromise": ("playbook: okta-contractor", "IRK205"),
    'inputs: {user: "@victim"}': ('inputs: {usr: "@victim"}', "IRK141"),
    "approve_after: 25m, moves": ("approve_after: 25m, decides: {D1: perhaps}, moves", "IRK844"),
    "jitter: 30s": ("jitter: 90s", "IRK105"),
    "title: A contractor's": ("titel: A contractor's", "IRK101"),
}


@pytest.mark.parametrize(("old", "new", "code"), [(old, *new) for old, new in WRONG.items()])
def test_what_is_wrong_is_found(old: str, new: str, code: str) -> None:
    """Every kind of mistake has its diagnostic, and the scenario is not returned."""
    found = found_in(changed(old, new))
    assert code in {item.code for item in found}, [f"{d.code} {d.summary}" for d in found]


def test_everything_wrong_is_told_at_once_and_in_its_place() -> None:
    """Whoever writes a scenario does not repair it one message at a time."""
    text = changed("okta.push_mfa", "okta.push_maf").replace("SUPER_ADMIN", "SUPER", 1)
    found = [item for item in found_in(text) if item.at is not None]
    lines = text.splitlines()
    pointed = {lines[d.at.span.line - 1][d.at.span.column - 1 :][:5] for d in found if d.at}
    assert {"okta.", "SUPER"} <= pointed


def test_a_wrong_scenario_starts_nothing(tmp_path: Path) -> None:
    """A scenario with a mistake in it is refused as a whole."""
    file = tmp_path / "ours.yaml"
    file.write_text(changed("okta.push_mfa", "okta.push_maf"))
    with pytest.raises(IrkitError) as raised:
        load(file, catalogue())
    assert [item.code for item in raised.value.diagnostics] == ["IRK844"]


def test_a_need_that_only_a_loss_can_meet_is_reachable() -> None:
    """What the intruder does after a loss counts as a way as well."""
    scenario = load(find(LAPSUS, None, Path()), catalogue())
    held, never = reachable(scenario.adversary)
    assert not never
    assert {"data", "okta_factor", "password:victim"} <= held


def test_lint_checks_scenarios_where_they_lie(tmp_path: Path) -> None:
    """`irkit lint` on a folder finds its scenarios and what is wrong with them."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "ours.yaml").write_text(changed("goal: [data]", "goal: [aws_trust]"))
    linter = Linter(catalogue=catalogue(), scenarios=LazyScenarios())
    (path,) = expanded([tmp_path])
    assert {item.code for item in linter.check(path, "ours.yaml").diagnostics} == {"IRK848"}


def test_a_scenario_that_is_not_there_is_named() -> None:
    """A name that nearly is one is told what was meant."""
    with pytest.raises(IrkitError) as raised:
        find("lapsus-contractor-okta-was", None, Path())
    assert raised.value.diagnostics[0].code == "IRK852"
    assert LAPSUS in raised.value.diagnostics[0].help


def test_own_scenarios_come_before_ours(tmp_path: Path) -> None:
    """A workspace can replace a shipped scenario by one of the same name."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    own = folder / f"{LAPSUS}.yaml"
    own.write_text(shipped())
    assert find(LAPSUS, tmp_path, Path()) == own
    assert find(LAPSUS, None, Path()).is_relative_to(assets.playbooks())


def _json(text: str) -> Json:
    node, found = yaml_strict.load(text, "ours.yaml")
    assert node is not None
    assert not found
    return thaw(plain(node))
