"""What the drill commands share: finding scenarios and responses, and the drill of a workspace."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from irkit.canonical import JsonObject
from irkit.cli.opened import Invocation
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.drill.absent import absent
from irkit.drill.exercise.baselines import IN_TIME, score
from irkit.drill.exercise.simulate import Played
from irkit.drill.exercise.start import known
from irkit.drill.exercise.steering import scenario_of
from irkit.drill.record.state import Drill
from irkit.drill.scenario.files import files, find, load
from irkit.drill.scenario.model import Response, Scenario
from irkit.engine.runs import all_runs
from irkit.trail.journal import Journal
from irkit.workspace.decode import load as load_workspace


def folder(me: Invocation) -> Path | None:
    """Return the playbook folder of the workspace here, if there is one."""
    return me.workspace.playbooks if me.in_workspace else None


def scenarios(me: Invocation, own: Path | None) -> Iterator[Scenario]:
    """Yield every scenario there is.

    Raises:
        IrkitError: with everything that is wrong with one of them.
    """
    for path in files(own):
        yield load(path, me.catalogue)


def scenario(me: Invocation, name: str) -> Scenario:
    """Return one scenario.

    Raises:
        IrkitError: if there is none, or with everything that is wrong with it.
    """
    return scenario_file(me, name)[1]


def scenario_for(me: Invocation, name: str, root: Path) -> Scenario:
    """Return one scenario to be played in the workspace `root`, which may not be there yet.

    Raises:
        IrkitError: if there is none, or with everything that is wrong with it.
    """
    own = load_workspace(root).playbooks if (root / "irkit.yaml").exists() else None
    return _found(me, name, own)[1]


def scenario_file(me: Invocation, name: str) -> tuple[Path, Scenario]:
    """Return one scenario and its file."""
    return _found(me, name, folder(me))


def _found(me: Invocation, name: str, own: Path | None) -> tuple[Path, Scenario]:
    path = find(name, own, me.here)
    shown = str(path.relative_to(me.here)) if path.is_relative_to(me.here) else str(path)
    return path, load(path, me.catalogue, shown)


def responses(told: Scenario, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the responses that are wanted, or all.

    Raises:
        IrkitError: IRK857 for one that the scenario does not have.
    """
    names = tuple(item.id for item in told.responses)
    for name in wanted:
        if name not in names:
            raise absent(f"`{told.id}` has no response `{name}`", name, names)
    return tuple(wanted) or names


def one_response(told: Scenario, name: str) -> Response:
    """Return one response; without a name the scenario's playbook, in time."""
    if not name:
        return IN_TIME
    (found,) = responses(told, [name])
    return next(item for item in told.responses if item.id == found)


def drill_of(journal: Journal, name: str) -> Drill:
    """Return a drill by its name, or the last one.

    Raises:
        IrkitError: IRK856 if there is none.
    """
    found = known(journal)
    if name in found:
        return found[name]
    if not name and found:
        return list(found.values())[-1]
    if not found:
        raise IrkitError(
            Diagnostic(
                code="IRK856",
                summary="there has been no drill in this workspace",
                help="begin one: irkit drill run SCENARIO",
            )
        )
    raise absent(f"there is no drill `{name}`", name, tuple(found))


def card_of(journal: Journal, drill: Drill) -> JsonObject:
    """Return a drill's score as it was recorded, or as it comes to beside its baselines."""
    if drill.score:
        return drill.score
    played = Played(drill=drill, runs=all_runs(journal))
    return score(scenario_of(drill), played, known(journal).values()).to_json()
