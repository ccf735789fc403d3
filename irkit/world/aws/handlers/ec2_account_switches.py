"""EC2's switches of a whole account in a region: public snapshots, public images, consoles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.moto_ec2 import ec2_backends
from irkit.world.aws.registry import handles
from irkit.world.aws.wire import ApiCall

_STATES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "Snapshot": ("State", ("block-all-sharing", "block-new-sharing")),
    "Image": ("ImageBlockPublicAccessState", ("block-new-sharing",)),
}
_UNBLOCKED: Final = "unblocked"


@dataclass(slots=True, kw_only=True)
class Switches:
    """How the switches of one region stand; the first two by what they are about."""

    sharing: dict[str, str] = field(
        default_factory=lambda: {"Snapshot": _UNBLOCKED, "Image": _UNBLOCKED}
    )
    consoles: bool = False


def switches(ec2: Any) -> Switches:
    """Return the switches of a region, which its backend keeps for us."""
    if not hasattr(ec2, "account_switches"):
        ec2.account_switches = Switches()
    found: Switches = ec2.account_switches
    return found


@handles(
    "ec2:GetSnapshotBlockPublicAccessState",
    "ec2:GetImageBlockPublicAccessState",
    "ec2:EnableSnapshotBlockPublicAccess",
    "ec2:EnableImageBlockPublicAccess",
    "ec2:DisableSnapshotBlockPublicAccess",
    "ec2:DisableImageBlockPublicAccess",
)
def block_public_access(_cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Read or set whether copies may be made public."""
    here = switches(ec2_backends[caller.account][call.region])
    noun = "Snapshot" if "Snapshot" in call.operation else "Image"
    name, allowed = _STATES[noun]
    if call.operation.startswith("Enable"):
        if call.text(name) not in allowed:
            raise ApiError("InvalidParameterValue", f"Invalid value '{call.text(name)}' for {name}")
        here.sharing[noun] = call.text(name)
    elif call.operation.startswith("Disable"):
        here.sharing[noun] = _UNBLOCKED
    return Result(members={name: here.sharing[noun]})


@handles(
    "ec2:GetSerialConsoleAccessStatus",
    "ec2:EnableSerialConsoleAccess",
    "ec2:DisableSerialConsoleAccess",
)
def serial_console_access(_cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Read or set whether serial consoles may be used."""
    here = switches(ec2_backends[caller.account][call.region])
    if not call.operation.startswith("Get"):
        here.consoles = call.operation.startswith("Enable")
    return Result(members={"SerialConsoleAccessEnabled": here.consoles})
