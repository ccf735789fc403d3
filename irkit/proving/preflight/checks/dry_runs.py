"""Would EC2 carry the planned changes out? It is asked with `DryRun`, which changes nothing.

The action itself is let loose on a writer that rehearses its first call and then stops it. What an
action can only say once an earlier change is made is left to the policy simulator.
"""

from collections.abc import AsyncIterator, Mapping

from irkit.actions.base import Action, Writers
from irkit.actions.load import build
from irkit.canonical import Json
from irkit.diagnostics import IrkitError
from irkit.engine.checking import Finding, State, bad, good
from irkit.model.change import Change
from irkit.model.plan import PlannedStep
from irkit.providers.aws.gateway import AwsRehearser
from irkit.providers.call import CallError, Outcome, Reply
from irkit.proving.preflight.site import Site
from irkit.secret import Secret


class _RehearsedError(Exception):
    """The call was asked about; the action goes no further."""


class _Stage:
    """A writer that makes nothing (`AwsWriter`): EC2 is asked, others are not."""

    def __init__(self, rehearser: AwsRehearser) -> None:
        self._rehearser = rehearser

    async def take_turn(self) -> None:
        """Wait for nothing: no write follows."""

    def give_turn_back(self) -> None:
        """Give nothing back."""

    async def send(
        self,
        service: str,
        operation: str,
        parameters: "Mapping[str, Json | Secret] | None" = None,
        *,
        account: str,
        region: str = "us-east-1",
        secrets: tuple[str, ...] = (),
        root_through: str = "",
    ) -> tuple[Reply, Mapping[str, Secret]]:
        """Ask EC2 about the call, and stop the action."""
        given = {
            name: value
            for name, value in (parameters or {}).items()
            if not isinstance(value, Secret)
        }
        if service != "ec2" or secrets or root_through or len(given) != len(parameters or {}):
            raise _RehearsedError
        await self._rehearser.rehearse(operation, given, account=account, region=region)
        raise _RehearsedError


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield the planned changes that EC2 would refuse."""
    asked = 0
    refused = []
    for step in site.steps:
        permissions = site.session.catalogue[step.action].permissions.iam_write
        if not any(name.startswith("ec2:") for name in permissions):
            continue
        for change in step.changes:
            asked += 1
            finding = await _rehearsed(site, step, change)
            refused += [finding] if finding is not None else []
    for finding in refused:
        yield finding
    if asked and not refused:
        yield good("dry_runs", f"EC2 would carry out what can be asked of {asked} changes")


async def _rehearsed(site: Site, step: PlannedStep, change: Change) -> Finding | None:
    rehearser = site.connections.rehearser(step.connection or None)
    action = build(step.action, step.arguments)
    assert isinstance(action, Action), f"{step.action} changes something"
    assert rehearser is not None, "a planned change of EC2 has its connection"
    needs = site.session.catalogue[step.action].needs
    readers = site.connections.readers(step.connection or None, needs)
    try:
        await action.apply(change, readers, Writers(aws_writer=_Stage(rehearser)))
    except _RehearsedError:
        return None
    except CallError as error:
        if error.outcome is Outcome.REJECTED:
            return bad("dry_runs", error.diagnostics[0])
        return Finding(
            subject="dry_runs",
            state=State.UNKNOWN,
            what=error.diagnostics[0].summary,
            remedy=error.diagnostics[0].help,
            code=error.diagnostics[0].code,
        )
    except IrkitError:
        return None  # it builds on a change that is not made yet
    return None
