"""The plan file, to be carried to an approver by chat, mail or USB: `irkit.planfile/v1`.

It holds all that a signature is about: plan, run, nonces, requester, trail, mode, policy. The
machine that signs needs no workspace, no trail and no network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from irkit.canonical import CanonicalError, Json, JsonObject, canonical, parse
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.asked import Request
from irkit.model.approval import TrailView
from irkit.model.plan import Plan

FILE_TYPE: Final = "irkit.planfile/v1"
_MAX_SIZE: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """The requests that a plan file carries; they share everything but parts and nonce."""

    requests: tuple[Request, ...]

    def encode(self) -> bytes:
        """Return the file's content."""
        first = self.requests[0]
        body: JsonObject = {
            "type": FILE_TYPE,
            "origin": first.origin,
            "run": first.run,
            "mode": first.mode,
            "requester": first.requester,
            "policy": first.policy,
            "plan": first.plan.to_json(),
            "digest": first.plan.digest,
            "asked": [
                {"nonce": request.nonce, "parts": list(request.parts)} for request in self.requests
            ],
            "trail": {"size": first.trail.size, "root": first.trail.root},
        }
        return canonical(body) + b"\n"

    def write(self, path: Path) -> None:
        """Write the file.

        Raises:
            IrkitError: IRK444 if it cannot be written.
        """
        try:
            path.write_bytes(self.encode())
        except OSError as error:
            summary = f"{path} cannot be written: {error.strerror}"
            raise IrkitError(Diagnostic(code="IRK444", summary=summary)) from error

    @classmethod
    def decode(cls, data: bytes, *, name: str) -> "PlanFile":
        """Read a file's content.

        Raises:
            IrkitError: IRK444 if it is no plan file, or was altered.
        """
        try:
            value = parse(data.removesuffix(b"\n"))
            if not isinstance(value, Mapping) or value.get("type") != FILE_TYPE:
                raise _problem(name, "it is of another type")
            requests = _requests(value)
            altered = requests[0].plan.digest != value["digest"]
        except (CanonicalError, KeyError, TypeError, ValueError, IndexError) as error:
            raise _problem(name, str(error) or type(error).__name__) from error
        if altered:
            raise _problem(name, "the plan in it is not the one its digest names")
        return cls(requests=requests)


def is_plan_file(path: Path) -> bool:
    """Say whether there is a file at `path` that says it is a plan file."""
    try:
        with path.open("rb") as file:
            return FILE_TYPE.encode() in file.read(_MAX_SIZE)
    except OSError:
        return False


def read(path: Path) -> PlanFile:
    """Read the plan file at `path`.

    Raises:
        IrkitError: IRK444 if it cannot be read or is malformed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
    except OSError as error:
        raise _problem(path.name, error.strerror or str(error)) from error
    if len(data) > _MAX_SIZE:
        raise _problem(path.name, "it is too large")
    return PlanFile.decode(data, name=path.name)


def _requests(value: JsonObject) -> tuple[Request, ...]:
    texts = cast("Mapping[str, str]", value)
    trail = cast("Mapping[str, Json]", value["trail"])
    plan = Plan.from_json(cast("JsonObject", value["plan"]))
    return tuple(
        Request(
            origin=texts["origin"],
            run=texts["run"],
            mode=texts["mode"],
            requester=texts["requester"],
            policy=texts["policy"],
            plan=plan,
            parts=tuple(cast("list[str]", asked["parts"])),
            nonce=cast("str", asked["nonce"]),
            trail=TrailView(size=cast("int", trail["size"]), root=cast("str", trail["root"])),
        )
        for asked in cast("list[JsonObject]", value["asked"])
    )


def _problem(name: str, why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK444",
            summary=f"{name} is not a plan file: {why}",
            help="ask for the file that `irkit plan PLAYBOOK --out FILE` wrote",
        )
    )
