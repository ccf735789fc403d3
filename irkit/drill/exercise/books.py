"""The playbooks of responses: the scenario's own, whole or with only some of its actions.

A response that does less is the same text with steps left out: what it does, it does as the
playbook does it, and it claims nothing.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from irkit import assets, yaml_strict
from irkit.canonical import Json, thaw
from irkit.decode import plain
from irkit.drill.scenario.model import Move, Scenario
from irkit.engine.books import load_book, recorded_book
from irkit.engine.walk import Book
from irkit.model.spec import Catalogue

_KEPT: Final = ("irkit", "playbook", "title", "about", "inputs", "guards", "approvals")
_TALK: Final = frozenset({"manual", "undo", "report", "call"})


def book_of(scenario: Scenario, move: Move, catalogue: Catalogue) -> Book:
    """Return what one move of a response runs.

    Raises:
        IrkitError: if the scenario's playbook is not there, or has errors.
    """
    here = assets.playbooks()
    path = assets.find_playbook(scenario.respond.playbook, None, here)
    whole = load_book(path, None, catalogue)
    if not move.actions:
        return whole
    text = only(whole.main.source, frozenset(move.actions))
    return recorded_book(text, path.name, {})


def only(source: str, actions: frozenset[str]) -> str:
    """Return a playbook's text without every change that is none of `actions`."""
    node, _ = yaml_strict.load(source, "playbook.yaml")
    assert node is not None, "the playbook was read before"
    top = thaw(plain(node))
    assert isinstance(top, Mapping)
    kept: dict[str, Json] = {key: top[key] for key in _KEPT if key in top}
    phases = [found for phase in _list(top["steps"]) if (found := _phase(phase, actions))]
    names = {str(phase["phase"]) for phase in phases}
    kept["steps"] = [_with_needs(phase, names) for phase in phases]
    return json.dumps(kept, indent=1)


def _phase(phase: Json, actions: frozenset[str]) -> dict[str, Json]:
    assert isinstance(phase, Mapping)
    steps = list(_steps(_list(phase["steps"]), actions))
    return {**phase, "steps": steps} if steps else {}


def _with_needs(phase: Mapping[str, Json], names: set[str]) -> dict[str, Json]:
    if "needs" not in phase:
        return dict(phase)
    return {**phase, "needs": [name for name in _list(phase["needs"]) if name in names]}


def _steps(steps: Iterable[Json], actions: frozenset[str]) -> Iterable[Json]:
    """Yield what stays: reads, requirements, the wanted changes, and loops that do something."""
    for step in steps:
        assert isinstance(step, Mapping)
        if "steps" in step:
            inner = list(_steps(_list(step["steps"]), actions))
            if inner:
                rest = {key: value for key, value in step.items() if key != "rescue"}
                yield {**rest, "steps": inner}
        elif _TALK & step.keys() or "if" in step:
            continue
        elif "do" not in step or step["do"] in actions:
            yield step


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else [value]
