"""Mutation testing on request: change the code a little, and see whether a test notices.

    python -m benchmarks.mutation irkit/engine/machine.py
    python -m benchmarks.mutation model --sample 40 --seconds 600

A name is a module's path, or one of `engine`, `trail`, `lang`, `model` for the whole package. Each
mutant is made in a copy of the tree, never in the tree itself, and the tests that belong to the
module run there; what no test notices is printed. It exits with 1 if anything survives.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.measure import ROOT
from benchmarks.mutants import Mutant, mutants

_TESTS: Final = {
    "engine": (
        "tests/engine/test_walk.py",
        "tests/engine/test_machine.py",
        "tests/engine/test_fan_out.py",
        "tests/engine/test_outcome.py",
        "tests/engine/test_guards.py",
        "tests/engine/test_walk_corners.py",
        "tests/properties",
    ),
    "trail": ("tests/trail",),
    "lang": ("tests/lang",),
    "model": (
        "tests/model_access",
        "tests/model_quorum",
        "tests/engine/test_walk.py",
        "tests/engine/test_walk_corners.py",
        "tests/engine/test_machine.py",
        "tests/engine/test_outcome.py",
        "tests/properties",
    ),
}
_COPIED: Final = ("irkit", "tests", "benchmarks", "playbooks", "templates")


@dataclass(frozen=True, slots=True)
class Task:
    """One mutant of one module."""

    module: Path
    mutant: Mutant


def main(arguments: list[str]) -> int:
    """Make mutants as asked, run the tests on each, and print what survives."""
    asked = _parser().parse_args(arguments)
    missing = [name for name in asked.names if not _path(name).exists()]
    if missing:
        print(f"there is no {', '.join(missing)}", file=sys.stderr)
        return 64
    tasks = [task for name in asked.names for task in _tasks(name)]
    random.Random(asked.seed).shuffle(tasks)
    tasks = tasks[: asked.sample] if asked.sample else tasks
    until = time.monotonic() + asked.seconds
    tried, survivors = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copy = _copy(Path(folder))
        for module in sorted({task.module for task in tasks}):
            if not _noticed(copy, _tests_of(module), seconds=asked.timeout * 4):
                continue
            print(f"the tests of {module} fail without any mutant", file=sys.stderr)
            return 2
        for task in tasks:
            if time.monotonic() > until:
                break
            tried += 1
            if not _killed(copy, task, seconds=asked.timeout):
                survivors += 1
                place = f"{task.module}:{task.mutant.line}"
                print(f"survives: {place}: {task.mutant.what}", flush=True)
    print(f"{tried} of {len(tasks)} mutants tried, {survivors} survive")
    return 1 if survivors else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation")
    parser.add_argument("names", nargs="*", default=list(_TESTS), help="packages or modules")
    parser.add_argument("--sample", type=int, default=0, help="try so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="what is drawn depends on it")
    parser.add_argument("--seconds", type=float, default=1800.0, help="stop after so long")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds for one mutant")
    return parser


def _path(name: str) -> Path:
    return ROOT / "irkit" / name if name in _TESTS else ROOT / name


def _tasks(name: str) -> Iterator[Task]:
    path = _path(name)
    for module in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        for mutant in mutants(module.read_text(encoding="utf-8")):
            yield Task(module.relative_to(ROOT), mutant)


def _tests_of(module: Path) -> tuple[str, ...]:
    """Return the tests that belong to a module: those of its package, as far as there are any."""
    return tuple(test for test in _TESTS[module.parts[1]] if (ROOT / test).exists())


def _copy(folder: Path) -> Path:
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _killed(copy: Path, task: Task, *, seconds: float) -> bool:
    target = copy / task.module
    original = target.read_text(encoding="utf-8")
    target.write_text(task.mutant.text, encoding="utf-8")
    try:
        return _noticed(copy, _tests_of(task.module), seconds=seconds)
    finally:
        target.write_text(original, encoding="utf-8")


def _noticed(copy: Path, tests: tuple[str, ...], *, seconds: float) -> bool:
    """Say whether a test fails, or does not end in time."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode != 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
