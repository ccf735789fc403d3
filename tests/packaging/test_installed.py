"""The installed wheel at work, with the source removed."""

import json
from pathlib import Path

import pytest
from installed_wheel import ROOT, Installed

import irkit

pytestmark = pytest.mark.xdist_group("wheel")


def test_the_code_that_runs_is_the_installed_one(installed: Installed) -> None:
    """Nothing of the checkout is on the path."""
    where = installed.python(
        "import irkit, sys; print(irkit.__file__); print(*sys.path, sep='\\n')"
    )
    file, *path = where.splitlines()
    assert Path(file).is_relative_to(installed.home)
    assert str(ROOT) not in path


def test_the_version_is_the_same_everywhere(installed: Installed) -> None:
    """The command, the package and its metadata agree."""
    shown = installed.run("--version")
    assert shown.stdout.strip() == f"irkit {irkit.__version__}"
    code = "from importlib.metadata import version; print(version('irkit'))"
    assert installed.python(code) == irkit.__version__


def test_help_lists_the_commands(installed: Installed) -> None:
    """The entry point works."""
    shown = installed.run("--help")
    assert shown.returncode == 0, shown.stderr
    assert "approve" in shown.stdout


def test_every_command_shows_its_help(installed: Installed) -> None:
    """Each command's module can be imported from the wheel."""
    listed = installed.python(
        "import warnings; warnings.simplefilter('ignore')\n"
        "from irkit.cli.main import COMMANDS; print(*COMMANDS)"
    )
    failed = [name for name in listed.split() if installed.run(name, "--help").returncode]
    assert failed == []


def test_a_workspace_can_be_made_and_checked(installed: Installed, tmp_path: Path) -> None:
    """`init` makes a workspace whose configuration `lint` accepts, without any network."""
    root = tmp_path / "acme"
    made = installed.run("init", str(root))
    assert made.returncode == 0, made.stderr + made.stdout
    assert (root / "irkit.yaml").is_file()
    linted = installed.run("lint", cwd=root)
    assert linted.returncode == 0, linted.stderr + linted.stdout


def test_an_exercise_workspace_can_be_made(installed: Installed, tmp_path: Path) -> None:
    """`init --world` needs neither the world running nor a network."""
    made = installed.run("init", "--world", str(tmp_path / "exercise"))
    assert made.returncode == 0, made.stderr + made.stdout
    assert (
        "loopback" in made.stdout or "127.0.0.1" in (tmp_path / "exercise/irkit.yaml").read_text()
    )


def test_the_shipped_playbooks_are_found_and_sound(installed: Installed) -> None:
    """They come from `_assets`, and every one passes `lint`."""
    folder = Path(installed.python("from irkit import assets; print(assets.playbooks())"))
    assert folder.parent.name == "_assets"
    files = sorted(map(str, folder.glob("*.yaml")))
    assert len(files) >= 3
    linted = installed.run("lint", *files)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_the_catalogue_is_whole(installed: Installed) -> None:
    """Every action of the source tree is listed by the installed command."""
    listed = installed.run("actions", "--json")
    assert listed.returncode == 0, listed.stderr
    there = {
        ".".join(path.relative_to(ROOT / "irkit" / "actions").with_suffix("").parts)
        for provider in ("aws", "okta")
        for path in (ROOT / "irkit" / "actions" / provider).rglob("*.py")
        if path.stem != "__init__"
    }
    ids = {action for action in there if f'"{action}"' in listed.stdout}
    assert ids == there
    assert all(json.loads(line) for line in listed.stdout.splitlines())


def test_the_templates_are_there(installed: Installed) -> None:
    """The after-action report can be rendered from the wheel."""
    code = "from irkit import assets; print(*sorted(p.name for p in assets.templates().iterdir()))"
    assert "after-action.html.j2" in installed.python(code).split()


def test_it_runs_as_a_module(installed: Installed) -> None:
    """`python -m irkit` is the same command."""
    code = (
        "import runpy, sys; sys.argv = ['irkit', '--version']\n"
        "runpy.run_module('irkit', run_name='__main__')"
    )
    assert irkit.__version__ in installed.python(code)
