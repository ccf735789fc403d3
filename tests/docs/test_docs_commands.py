"""Every command that a page tells somebody to type exists, with every option it is given."""

import re
import shlex
import warnings
from collections.abc import Iterator

import click
import pytest
from docs_files import ROOT, blocks, pages, prose

from irkit.cli.demo import SCENES, UNDO

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from irkit.cli.main import application

_INLINE = re.compile(r"`(irkit [^`]+)`")
_END = re.compile(r"\s#\s.*|\s[|;&]+\s.*|\s…$")
_PLACE = "[A-Z]"
_GLOBAL = frozenset(
    {"--workspace", "--as", "--json", "--plain", "--quiet", "--debug", "--help", "--version"}
)


def typed() -> Iterator[tuple[str, str]]:
    """Yield each command with the page it stands in."""
    for page in pages():
        if page.parent.name == "reference":
            continue
        name = str(page.relative_to(ROOT))
        for block in blocks(page):
            for line in block.text.split("\n"):
                command = line.removeprefix("$ ")
                if command.startswith("irkit ") and (line != command or block.info == "sh"):
                    yield name, command
        for command in _INLINE.findall(prose(page)):
            yield name, command


def problems(command: str) -> Iterator[str]:
    """Yield what is wrong with one command: its name, or an option it does not have."""
    text = _END.sub("", command).replace("`", "").replace("'s", "")
    words = shlex.split(text.replace("…", "x"))[1:]
    root = application()
    context = click.Context(root, info_name="irkit")
    here: click.Command = root
    allowed = set(_GLOBAL)
    for word in words:
        if isinstance(here, click.Group) and not word.startswith("-"):
            below = here.get_command(context, word)
            if below is None:
                if not re.match(_PLACE, word) and not allowed - _GLOBAL:
                    yield f"there is no command `{word}`"
                return
            here = below
            allowed |= {name for item in here.params for name in (*item.opts, *item.secondary_opts)}
        elif word.startswith("-") and word.partition("=")[0] not in allowed:
            yield f"`{here.name}` has no `{word}`"


def test_there_are_commands_to_look_at() -> None:
    """The pages do tell people what to type."""
    assert len(set(typed())) > 150


@pytest.mark.parametrize("page", sorted({page for page, _ in typed()}))
def test_commands_in_the_pages_exist(page: str) -> None:
    """What a page says to type is a command with options that it has."""
    wrong = [
        f"{command}: {problem}"
        for name, command in sorted(set(typed()))
        if name == page
        for problem in problems(command)
    ]
    assert wrong == []


def test_the_readme_shows_scenes_of_the_demo() -> None:
    """What the README shows of `make demo` are scenes of it, with their commands."""
    shown = [block.text for block in blocks(ROOT / "README.md") if "━━ " in block.text]
    (story,) = shown
    scenes = {scene.title: scene.command for scene in (*SCENES, *UNDO)}
    pairs = re.findall(r"^━━ (.+)\n\$ irkit (.+)$", story, re.MULTILINE)
    assert len(pairs) >= 4
    for title, command in pairs:
        assert shlex.split(command) == list(scenes[title])


@pytest.mark.parametrize("command", ["irkit tset", "irkit plan X --ful", "irkit trail verfy"])
def test_a_wrong_command_is_noticed(command: str) -> None:
    """A command or an option that does not exist is found."""
    assert list(problems(command))
