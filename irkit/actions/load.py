"""From an action's id to the action: its id is its module's path, so that only it is imported.

`build` is the one gate for arguments: unknown and missing parameters and values of a wrong type are
diagnostics here, so that no action sees them.
"""

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from irkit.actions import aws, okta
from irkit.actions.arguments import checked
from irkit.actions.base import Action, Read, parameters_of
from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.spec import Catalogue, Spec

_PROVIDERS: Final = (aws, okta)


@cache
def load(action_id: str) -> type[Action] | type[Read]:
    """Return the class of an action, importing only its module.

    Raises:
        IrkitError: if there is no such action.
    """
    if action_id not in ids():
        raise _unknown(action_id)
    module = importlib.import_module(f"irkit.actions.{action_id}")
    for _, item in inspect.getmembers(module, inspect.isclass):
        if item.__module__ == module.__name__ and "spec" in vars(item):
            assert issubclass(item, Action | Read)
            assert item.spec.id == action_id, f"{item.spec.id} is in the module of {action_id}"
            return item
    raise AssertionError(f"the module of {action_id} holds no action")


@cache
def ids() -> frozenset[str]:
    """Return the ids of all actions, importing none of them."""
    return frozenset(_walk())


@cache
def spec(action_id: str) -> Spec:
    """Return an action's spec with the parameters its class declares.

    Raises:
        IrkitError: if there is no such action.
    """
    found = load(action_id)
    return replace(found.spec, parameters=parameters_of(found))


@cache
def catalogue() -> Catalogue:
    """Return the specs of all actions."""
    return Catalogue({action_id: spec(action_id) for action_id in sorted(ids())})


def build(action_id: str, arguments: Mapping[str, Json]) -> Action | Read:
    """Return the action with these arguments.

    Raises:
        IrkitError: if there is no such action, or with every problem of the arguments.
    """
    return load(action_id)(**checked(spec(action_id), arguments))


def _walk() -> Iterator[str]:
    for package in _PROVIDERS:
        provider = package.__name__.rpartition(".")[2]
        for noun in pkgutil.iter_modules(package.__path__):
            path = [f"{root}/{noun.name}" for root in package.__path__]
            for verb in pkgutil.iter_modules(path):
                yield f"{provider}.{noun.name}.{verb.name}"


def _unknown(action_id: str) -> IrkitError:
    near = difflib.get_close_matches(action_id, ids(), n=1)
    return IrkitError(
        Diagnostic(
            code="IRK260",
            summary=f"there is no action `{action_id}`",
            help=f"did you mean `{near[0]}`?" if near else "run `irkit actions` to see them all",
        )
    )
