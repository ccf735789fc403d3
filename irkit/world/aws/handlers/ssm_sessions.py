"""Session Manager's shells: opened, listed and ended; nothing is typed into them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.ssm.models import ssm_backends

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall


@dataclass(slots=True, kw_only=True)
class Shell:
    """One session."""

    id: str
    machine: str
    owner: str
    started: datetime
    ended: datetime | None = None


def shells(ssm: Any) -> list[Shell]:
    """Return the sessions of a region, which its backend keeps for us."""
    if not hasattr(ssm, "shells"):
        ssm.shells = []
    found: list[Shell] = ssm.shells
    return found


@handles("ssm:StartSession")
def start_session(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Open a session."""
    credential = caller.credential
    shell = Shell(
        id=f"{credential.session_name or credential.name}-{cloud.new_id().replace('-', '')[:17]}",
        machine=call.text("Target"),
        owner=credential.arn,
        started=cloud.now(),
    )
    shells(ssm_backends[caller.account][call.region]).append(shell)
    return Result(
        members={
            "SessionId": shell.id,
            "TokenValue": cloud.new_id(),
            "StreamUrl": f"wss://ssmmessages.{call.region}.amazonaws.com/v1/{shell.id}",
        }
    )


@handles("ssm:DescribeSessions")
def describe_sessions(_cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """List sessions that are open (`Active`) or over (`History`), page by page."""
    filters = call.params.get("Filters")
    wanted = {
        str(item["key"]): str(item["value"])
        for item in (filters if isinstance(filters, list) else [])
    }
    active = call.text("State") == "Active"
    found = [
        shell
        for shell in shells(ssm_backends[caller.account][call.region])
        if (shell.ended is None) == active
        and wanted.get("Target", shell.machine) == shell.machine
        and wanted.get("Owner", shell.owner) == shell.owner
    ]
    start = int(call.text("NextToken") or 0)
    size = call.number("MaxResults", 50)
    members: dict[str, object] = {"Sessions": [_shown(shell) for shell in found[start:][:size]]}
    if start + size < len(found):
        members["NextToken"] = str(start + size)
    return Result(members=members)


@handles("ssm:TerminateSession")
def terminate_session(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """End a session; one that is over stays so."""
    name = call.text("SessionId")
    for shell in shells(ssm_backends[caller.account][call.region]):
        if shell.id == name:
            shell.ended = shell.ended or cloud.now()
            return Result(members={"SessionId": name})
    raise ApiError("DoesNotExistException", f"Session {name} does not exist")


def _shown(shell: Shell) -> dict[str, object]:
    shown: dict[str, object] = {
        "SessionId": shell.id,
        "Target": shell.machine,
        "Status": "Connected" if shell.ended is None else "Terminated",
        "StartDate": shell.started,
        "Owner": shell.owner,
    }
    return shown if shell.ended is None else {**shown, "EndDate": shell.ended}
