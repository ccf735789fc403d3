"""The examples of the how-to pages are real: playbooks lint, and code does what the page says."""

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import anyio
import pytest
from docs_files import ROOT, Block, blocks, pages

from irkit import assets, yaml_strict
from irkit.actions.base import Action, Readers, Writers, parameters_of
from irkit.actions.load import catalogue
from irkit.canonical import thaw
from irkit.clock import system_clock
from irkit.diagnostics import Diagnostic, has_errors
from irkit.engine.guards import GuardFacts
from irkit.lang import decode
from irkit.lang.lint import LintContext, lint
from irkit.lang.view import View
from irkit.model.plan import PlannedStep
from irkit.model.run import Run
from irkit.model.spec import Blast, Effect, Reversal
from irkit.providers.okta.live import OktaConnection
from irkit.providers.okta.settings import OktaSettings, Ssws
from irkit.proving import regime as regimes
from irkit.proving.testing.checking import check
from irkit.world.world import World
from irkit.yaml_strict import MappingNode, ScalarNode

KAI = "kai.contractor@acme.example"


def found(*words: str) -> Iterator[Block]:
    """Yield the blocks whose fence begins with `words`."""
    for page in pages():
        for block in blocks(page):
            if block.info.split()[: len(words)] == list(words):
                yield block


def loaded(block: Block, folder: Path) -> ModuleType:
    """Return the module that a block of Python is."""
    path = folder / "example.py"
    path.write_text(block.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"docs_{block.page.stem.replace('-', '_')}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_yaml_blocks_say_what_they_are() -> None:
    """A YAML block is a playbook or a test file that is tried, finds something, or is generated."""
    for block in found("yaml"):
        kinds = {"playbook", "finds", "test"} & set(block.info.split())
        assert kinds or block.page.parent.name == "reference", block.place


@pytest.mark.parametrize("block", list(found("yaml", "playbook")), ids=lambda block: block.place)
def test_playbooks_in_the_pages_decode_and_lint(block: Block) -> None:
    """Nothing is wrong with a playbook that a page shows as right."""
    decoded = decode.playbook(block.text, "example.yaml")
    assert decoded.diagnostics == ()
    assert decoded.playbook is not None
    context = LintContext(
        roles={"ir-oncall": ("a",), "ir-lead": ("b",), "identity-owner": ("c",)},
        connections={"okta": "okta", "aws": "aws"},
        templates=frozenset({"after-action", "comms-draft"}),
        federated=True,
    )
    said = lint(decoded.playbook, catalogue(), config=context)
    assert [f"{item.code} {item.summary}" for item in said] == []


@pytest.mark.parametrize("block", list(found("yaml", "test")), ids=lambda block: block.place)
def test_test_files_in_the_pages_decode(block: Block) -> None:
    """Nothing is wrong with what a page shows of a test file."""
    data = block.text.encode()
    regime, said = regimes.decode(data, Path("example.test.yaml"))
    assert said == ()
    assert regime is not None
    top, _ = yaml_strict.load_bytes(data, "example.test.yaml")
    assert isinstance(top, MappingNode)
    tests = top.get("tests")
    assert isinstance(tests, ScalarNode), "a test file says which playbook it tests"
    name = f"{tests.text}{regimes.ENDING}"
    assert [str(d) for d in check(assets.playbooks() / name, data, name)] == []


def test_shipped_playbooks_have_no_errors() -> None:
    """What ships lints without an error."""
    for path in assets.playbook_files(ROOT / "playbooks"):
        decoded = decode.playbook(path.read_text(encoding="utf-8"), path.name)
        assert decoded.playbook is not None
        assert not has_errors(lint(decoded.playbook, catalogue()))


def test_the_example_action_works_in_the_world(tmp_path: Path) -> None:
    """It plans without writing, makes the change, finds nothing left to do, and takes it back."""
    module = loaded(next(found("python", "action")), tmp_path)
    with World.start(lookups_per_second=0) as world:
        group = world.okta_ids.groups["contractors"]
        action = module.LeaveGroup(user=KAI, group=group)
        assert isinstance(action, Action)
        before = world.restorable()

        async def work() -> None:
            settings = OktaSettings(
                org_url=world.okta_url,
                org_id=world.org_id,
                auth=Ssws(token=world.okta_token),
                user_agent="irkit/0.1 run/01DOCS",
                timeout=5.0,
            )
            async with OktaConnection.open(settings, clock=system_clock) as okta:
                readers = Readers(okta_reader=okta.reader())
                writers = Writers(okta_writer=okta.writer())
                (change,) = action.plan(await action.probe(readers))
                assert world.restorable() == before
                applied = await action.apply(change, readers, writers)
                seen = await action.probe(readers)
                assert thaw(action.state(seen, change.target)) == thaw(change.after)
                assert action.plan(seen) == ()
                assert action.targets(seen) == (change.target,)
                await action.undo(change, applied, readers, writers)

        anyio.run(work)
        assert world.restorable() == before


def test_the_example_action_declares_what_it_takes(tmp_path: Path) -> None:
    """Its parameters, as declared by its fields, have types and help."""
    module = loaded(next(found("python", "action")), tmp_path)
    names = [parameter.name for parameter in parameters_of(module.LeaveGroup)]
    assert names == ["user", "group"]


def test_the_example_rule_finds_what_it_is_for(tmp_path: Path) -> None:
    """It finds a changing phase without a goal, and is silent about one with a goal."""
    module = loaded(next(found("python", "rule")), tmp_path)
    shown = (b for b in found("yaml", "playbook") if b.page.stem == "write-a-playbook")
    text = next(shown).text
    assert [item.code for item in _checked(module, text.replace("    goal: 5m\n", ""))] == [
        "IRK249"
    ]
    assert _checked(module, text) == []


def test_the_example_guard_refuses_what_it_is_for(tmp_path: Path) -> None:
    """It refuses a destructive step of a run without a case, and nothing else."""
    module = loaded(next(found("python", "guard")), tmp_path)
    facts = GuardFacts(mode="drill", tenants=frozenset())
    step = _step(Reversal.DESTRUCTIVE)
    assert module.judge(step, Run(id="r"), facts).code == "IRK309"
    assert module.judge(step, Run(id="r", case="teal-otter"), facts) is None
    assert module.judge(replace(step, reversal=Reversal.EXACT), Run(id="r"), facts) is None


def _checked(module: ModuleType, text: str) -> list[Diagnostic]:
    playbook = decode.playbook(text, "example.yaml").playbook
    assert playbook is not None
    return list(module.check(View(playbook, catalogue(), LintContext())))


def _step(reversal: Reversal) -> PlannedStep:
    return PlannedStep(
        path="steps.revoke",
        action="okta.api_token.revoke",
        version=1,
        connection="",
        arguments={},
        title="Revoke an Okta API token",
        effect=Effect.PROBEABLE,
        reversal=reversal,
        blast=Blast.PRINCIPAL,
    )
