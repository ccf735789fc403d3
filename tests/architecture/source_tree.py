"""The source tree as data: its Python modules, their functions, and every text file."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "irkit"
TESTS: Final = ROOT / "tests"

_OURS: Final = ("irkit", "tests", "benchmarks", "docs", "playbooks", "templates", "requirements")
_TOP: Final = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml")
_TEXT: Final = frozenset(
    (".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".json", ".j2", ".html", ".sh", ".in", ".svg")
)

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
Documented: TypeAlias = "Function | ast.ClassDef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file, parsed."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Return the path as people write it, from the root."""
        return str(self.path.relative_to(ROOT))

    @property
    def lines(self) -> int:
        """Return the number of lines."""
        return self.text.count("\n")

    def functions(self) -> Iterator[Function]:
        """Yield every function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def modules(folder: str) -> tuple[Module, ...]:
    """Return every module under `folder`, a path from the root."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Module(path=path, text=text, tree=ast.parse(text)))
    return tuple(found)


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Return the name and the content of every text file of the repository."""
    paths = [ROOT / name for name in _TOP] + [ROOT / ".ci" / "run"]
    for folder in _OURS:
        paths += sorted((ROOT / folder).rglob("*"))
    kept = (path for path in paths if path.is_file() and _is_text(path))
    return tuple((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in kept)


def body_lines(function: Function) -> int:
    """Return how long a function is without its signature, which may be a table of options."""
    return (function.end_lineno or function.lineno) - function.body[0].lineno + 1


def public(tree: ast.AST) -> Iterator[Documented]:
    """Yield the public classes and functions of a module, and the public methods of those."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_") or _overloads(node):
                continue
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)
        elif isinstance(node, ast.If | ast.Try):
            yield from public(node)


def _overloads(node: Documented) -> bool:
    return any(isinstance(item, ast.Name) and item.id == "overload" for item in node.decorator_list)


def _is_text(path: Path) -> bool:
    return (path.suffix in _TEXT or path.parent.name == ".ci" or path.name == "Makefile") and (
        "__pycache__" not in path.parts
    )
