# ruff: noqa: INP001  # a script and its table, not a package
"""Writes the pages that come from the code: the reference, and the pages of the playbooks.

python docs/reference/generate.py            # writes what differs
python docs/reference/generate.py --check    # writes nothing, and fails if something differs
"""

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import click
from configuration_keys import KEYS, ROLES, SECRETS, VARIABLES
from exercised_table import COLUMNS
from exercised_table import rows as exercised
from guards_table import ELSEWHERE
from guards_table import rows as guard_rows
from playbook_pages import pages as playbook_pages
from test_file_keys import CASE, SWEEPS, TOP, WORLD

from irkit.actions.load import catalogue
from irkit.cli.exits import ExitCode
from irkit.cli.main import COMMANDS, application
from irkit.clock import words
from irkit.lang import rules
from irkit.lang.lint import rule_names
from irkit.model.spec import Spec, Verb
from irkit.model.visible import value_text
from irkit.proving.testing.expectations import kinds
from irkit.proving.testing.expectations.state import ATTRIBUTES
from irkit.workspace.config import (
    DEFAULT_BLAST,
    DEFAULT_REVERSAL,
    HoldSettings,
    TrailSettings,
    Workspace,
)
from irkit.workspace.init import files
from irkit.world.faults import FaultKind

HERE = Path(__file__).parent
_MARK = "<!-- Written by docs/reference/generate.py from the code. Do not edit. -->"
_EXAMPLE = re.compile(r"`([^`]+)`: (.+)")
_MEMBER = re.compile(r'= "(\w+)"\n    """(.+?)"""', re.DOTALL)
_CODE = re.compile(r"\((IRK\d{3})\)")
_COMMON = frozenset({"--workspace", "--as", "--json", "--plain", "--quiet", "--debug", "--help"})


def pages() -> Mapping[Path, str]:
    """Return the text of every page by its file."""
    makers: Mapping[str, Callable[[], Iterable[str]]] = {
        "actions.md": _actions,
        "commands.md": _commands,
        "exercised.md": _exercised,
        "guards.md": _guards,
        "lint-rules.md": _lint_rules,
        "configuration.md": _configuration,
        "test-files.md": _test_files,
    }
    reference = {HERE / name: "\n".join((_MARK, "", *make(), "")) for name, make in makers.items()}
    return {**reference, **playbook_pages()}


def main() -> int:
    """Write the pages, or compare them."""
    check = "--check" in sys.argv[1:]
    differing = {page: text for page, text in pages().items() if _read(page) != text}
    for page, text in differing.items():
        if not check:
            page.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{'differs' if check else 'written'}: {page}\n")
    return int(check and bool(differing))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _actions() -> Iterator[str]:
    specs = tuple(catalogue())
    yield "# Actions"
    yield ""
    yield "What a step can use. `irkit actions show ID` shows the same, and `irkit actions matrix`"
    yield "which action cuts which credential."
    for verb, title in ((Verb.READ, "Reads"), (Verb.DO, "Changes")):
        yield from ("", f"## {title}", "")
        rows = [
            (f"[`{s.id}`](#{_anchor(s.id)})", s.summary, str(s.reversal) if verb is Verb.DO else "")
            for s in specs
            if s.verb is verb
        ]
        head = ("Action", "What it does", "Undo") if verb is Verb.DO else ("Action", "What it does")
        yield from _table(head, [row[: len(head)] for row in rows])
    for spec in specs:
        yield from _action(spec)


def _action(spec: Spec) -> Iterator[str]:
    yield from ("", f"## {spec.id}", "", f"{spec.summary}. Version {spec.version}.", "")
    yield from _table(
        ("Parameter", "Type", "", "What for"),
        [
            (
                f"`{p.name}`",
                f"`{p.type}`",
                "required" if p.required else f"default {value_text(p.default)}",
                p.help,
            )
            for p in spec.parameters
        ],
    )
    yield ""
    yield from _table(("Fact", ""), [(name, said) for name, said in _facts(spec) if said])
    if spec.gotchas:
        yield from ("", *(f"- {gotcha}" for gotcha in spec.gotchas))


def _facts(spec: Spec) -> Iterator[tuple[str, str]]:
    permissions = spec.permissions
    yield "Verb", f"`{spec.verb}`"
    yield "Changes" if spec.verb is Verb.DO else "Looks at", spec.target and f"`{spec.target}`"
    if spec.verb is Verb.DO:
        yield "Undo", f"`{spec.reversal}`"
        yield "Touches", f"`{spec.blast}`"
        yield "After an interruption", f"`{spec.effect}`"
        yield "Shows within", words(spec.visible_within)
    yield "Cuts", _listed(spec.cuts)
    yield "Leaves alone", _listed(spec.does_not_cut)
    yield "Mints", _listed(spec.mints)
    yield "Reveals", _listed(spec.reveals)
    yield "Still the same after", _listed(spec.unaffected_by)
    yield "Okta scopes to read", _listed(permissions.okta_read)
    yield "Okta scopes to write", _listed(permissions.okta_write)
    yield "IAM actions to read", _listed(permissions.iam_read)
    yield "IAM actions to write", _listed(permissions.iam_write)
    yield "Needed only if", "; ".join(f"`{right}`: {when}" for right, when in _only(spec))
    yield "ATT&CK", ", ".join(spec.attack)
    yield "D3FEND", ", ".join(spec.d3fend)


def _only(spec: Spec) -> Iterator[tuple[str, str]]:
    permissions = spec.permissions
    yield from sorted(permissions.only.items())
    yield from ((right, f"`{name}` is given") for right, name in permissions.given.items())


def _commands() -> Iterator[str]:
    root = application()
    context = click.Context(root, info_name="irkit")
    yield from (
        "# Commands",
        "",
        "Options that every command has, before its name or after it:",
        "",
    )
    yield from _table(("Option", "What for"), list(_options(root, context, common=True)))
    yield from ("", "## Exit codes", "")
    yield from _table(
        ("Code", "Name"),
        [(str(int(code)), code.name.replace("_", " ").lower()) for code in ExitCode],
    )
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        yield from _command(command, context, 2)


def _command(command: click.Command, parent: click.Context, level: int) -> Iterator[str]:
    context = click.Context(command, info_name=command.name, parent=parent)
    yield from ("", f"{'#' * level} {context.command_path}", "", *_paragraphs(command.help))
    usage = " ".join(command.collect_usage_pieces(context))
    yield from ("", "```", f"{context.command_path} {usage}", "```")
    rows = list(_options(command, context, common=False))
    if rows:
        yield ""
        yield from _table(("", "What for"), rows)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _command(below, context, level + 1)


def _options(
    command: click.Command, context: click.Context, *, common: bool
) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and bool(_COMMON & set(parameter.opts)) is common:
            yield f"`{record[0]}`", record[1] or getattr(parameter, "help", "") or ""


def _paragraphs(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").strip().split("\n")]


def _exercised() -> Iterator[str]:
    yield from ("# What was exercised", "")
    yield "Every action, over HTTP against the simulated providers, by the tests of irkit. Each of"
    yield "them is parametrised with the cases that it fills cells for, and an action that misses a"
    yield "cell fails the tests. Nothing here was tried on a real tenant."
    yield ""
    yield from _table(("Column", "What was shown"), [(f"{c}", t) for c, t in COLUMNS.items()])
    yield ""
    yield "`-`: a read plans, makes and takes back nothing. Killed in the middle it is asked again,"
    yield "and what it found before is in the trail."
    yield ""
    yield from _table(
        ("Action", *(str(column) for column in COLUMNS)),
        [(f"[`{action}`](actions.md#{_anchor(action)})", *row) for action, *row in exercised()],
    )


def _guards() -> Iterator[str]:
    yield from ("# Guards", "")
    yield "Rules that can refuse a step, whatever its playbook says. Each is one file in"
    yield "`irkit/engine/guards/` and is judged on resolved ids when a step is planned, and again"
    yield "before each write, on facts that are at most five seconds old. Where one may be"
    yield "overridden, two people sign for exactly that"
    yield "(`irkit replan RUN --override STEP --because TEXT`, or of a whole new run"
    yield "`irkit run|do|undo … --override GUARD --because TEXT`). How to get out again where it"
    yield "happened all the same stands on the page of the refusal."
    yield ""
    yield from _table(("Guard", "What it keeps", "May be overridden by", "Refusal"), guard_rows())
    yield from ("", "## What is kept elsewhere", "")
    yield from _table(("Rule", "How"), ELSEWHERE.items())


def _lint_rules() -> Iterator[str]:
    yield "# Lint rules"
    yield ""
    yield "What `irkit lint` finds beyond the form of a playbook. Each code has a page of its own."
    yield ""
    rows = []
    for name in rule_names():
        module = importlib.import_module(f"{rules.__name__}.{name}")
        told = (module.__doc__ or "").strip().split("\n")[0]
        codes = _CODE.findall(told)
        links = ", ".join(f"[{code}](../diagnostics/{code}.md)" for code in codes)
        what = _CODE.sub("", told).replace(" .", ".").strip()
        rows.append((links, f"`{name.replace('_', '-')}`", what))
    yield from _table(("Code", "Rule", "What it finds"), sorted(rows))


def _configuration() -> Iterator[str]:
    yield from ("# Configuration", "", "## irkit.yaml", "")
    yield "Unknown keys are errors, and secrets are references, never literals ([how to keep"
    yield "them](../how-to/keep-secrets.md)). This is what `irkit init` writes:"
    yield from ("", "```yaml", *files("acme", None)["irkit.yaml"].rstrip().split("\n"), "```", "")
    defaults = _defaults()
    yield from _table(
        ("Key", "Default", "What for"),
        [(f"`{key}`", defaults.get(key, ""), told) for key, told in KEYS.items()],
    )
    yield from ("", "### References to secrets", "")
    yield from _table(
        ("Reference", "Where the secret is"), [(f"`{key}`", told) for key, told in SECRETS.items()]
    )
    yield from ("", "## approvers/roles.yaml", "")
    yield from _table(("Key", "What for"), [(f"`{key}`", told) for key, told in ROLES.items()])
    yield from ("", "## Environment", "")
    yield from _table(("Variable", "What for"), [(f"`{k}`", told) for k, told in VARIABLES.items()])


def _test_files() -> Iterator[str]:
    yield from ("# Test files", "")
    yield "`NAME.test.yaml` beside `NAME.yaml`. How to write one: [test a"
    yield "playbook](../how-to/test-a-playbook.md). `irkit lint --schema` prints the schema."
    tables = (
        ("The file", TOP),
        ("`worlds`", WORLD),
        ("A case of `unit`", CASE),
        ("`sweeps`", SWEEPS),
    )
    for title, keys in tables:
        yield from ("", f"## {title}", "")
        yield from _table(("Key", "What for"), [(f"`{key}`", told) for key, told in keys.items()])
    yield from ("", "## `expect`", "")
    examples = [_EXAMPLE.fullmatch(_one_line(kind.__doc__)) for kind in kinds().values()]
    rows = [
        (f"`{found[1]}`", found[2][0].upper() + found[2][1:])
        for found in examples
        if found is not None
    ]
    yield from _table(("For example", "What has to be so"), rows)
    yield from ("", "What `state` can look at:", "")
    looks = [(f"`{kind}`", _listed(names)) for kind, names in ATTRIBUTES.items()]
    yield from _table(("Kind", "Attributes"), looks)
    yield from ("", "## `faults`", "", "What can go wrong at a call, as `as` names it:", "")
    faults = _MEMBER.findall(inspect.getsource(FaultKind))
    yield from _table(("`as`", ""), [(f"`{name}`", told) for name, told in faults])


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _defaults() -> Mapping[str, str]:
    plain = {item.name: item.default for item in fields(Workspace)}
    trail, hold = TrailSettings(), HoldSettings()
    return {
        "approvers": f"`{plain['approvers']}`",
        "plan_valid": _duration(plain["plan_valid"]),
        "least_privilege": "`false`",
        "trail.path": f"`{trail.path}`",
        "trail.key": f"`{trail.key}`",
        "hold.looks": f"`[{', '.join(words(look) for look in hold.looks)}]`",
        "hold.watch": _duration(hold.watch),
        "approvals.reversal": ", ".join(f"{k}: {n.need}" for k, n in DEFAULT_REVERSAL.items()),
        "approvals.blast": ", ".join(f"{k}: {n.need}" for k, n in DEFAULT_BLAST.items()),
        "approvals.alone": "nothing",
    }


def _duration(value: object) -> str:
    assert isinstance(value, timedelta), "a default of another type"
    return f"`{words(value)}`"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _anchor(heading: str) -> str:
    return heading.replace(".", "").lower()


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    cells = [" | ".join(_cell(cell) for cell in row) for row in rows]
    if cells:
        titles = list(head)
        yield f"| {' | '.join(titles)} |"
        yield f"|{'---|' * len(titles)}"
        yield from (f"| {row} |" for row in cells)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
