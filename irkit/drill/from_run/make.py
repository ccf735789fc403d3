"""From an incident to a scenario that lints, or what stands in the way."""

from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.drill.from_run.incident import Incident
from irkit.drill.from_run.write import Written, inputs, written
from irkit.drill.scenario.checks import load as shipped
from irkit.drill.scenario.files import checked
from irkit.model.playbook import Playbook
from irkit.model.spec import Catalogue

_OTHERWISE: Final = ("okta-user-federated-to-aws", "leaked-aws-access-key")
"""What is run where a drill cannot run what the incident ran: for a person, and for a key."""


def scenario_from(incident: Incident, name: str, catalogue: Catalogue) -> Written:
    """Return an incident as a scenario called `name`.

    Raises:
        IrkitError: IRK882 if its run tells of no intruder, or what is wrong with what came of it.
    """
    if not (incident.signs or incident.people):
        raise IrkitError(
            Diagnostic(
                code="IRK882",
                summary=f"the run {incident.run} tells of no intruder: there is nothing to play",
                help="name a run that traced or cut something: irkit runs",
            )
        )
    made = written(incident, _playbook(incident), name)
    scenario, found = checked(made.text.encode(), f"{name}.yaml", catalogue)
    if scenario is None or found:
        raise IrkitError(*found)
    return made


def _playbook(incident: Incident) -> Playbook:
    """Return the playbook to win with: the incident's own, where a drill can run it."""
    by_key = incident.key and not incident.people
    for name in (incident.playbook, _OTHERWISE[by_key]):
        try:
            playbook = shipped(name)
        except IrkitError:
            continue
        if inputs(playbook) is not None:
            return playbook
    raise AssertionError("the playbooks that irkit ships can be run in a drill")
