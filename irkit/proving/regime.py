"""What is asked of one playbook: its test file, read for how and how often it is to be proven.

The tests themselves are read where they are run. Here is what the ledger and the schedule need:
the policy, and a digest of what the file asks at each level, so that a test that was made weaker
is not taken for the one that passed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from irkit import assets, yaml_strict
from irkit.canonical import digest
from irkit.decode import Problems, fields, heading, plain
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.proving.canary.orders import Orders, decode_canary
from irkit.proving.policy import Policy, decode_policy
from irkit.proving.preflight.demands import Demands, decode_preflight
from irkit.proving.proof import Level
from irkit.yaml_strict import MappingNode, ScalarNode

ENDING: Final = assets.TEST_ENDING
FORMAT: Final = 1
_BLOCKS: Final[Mapping[Level, tuple[str, ...]]] = {
    Level.UNIT: ("worlds", "unit"),
    Level.SWEEPS: ("worlds", "unit", "sweeps"),
    Level.PREFLIGHT: ("preflight",),
    Level.CANARY: ("canary",),
}
"""What of a test file decides about a level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """How one playbook is to be proven. Without a test file nothing is asked."""

    file: Path | None = None
    policy: Policy = field(default_factory=dict)
    preflight: Demands = field(default_factory=Demands)
    canary: Orders | None = None
    asked: Mapping[Level, str] = field(default_factory=dict)


def load(path: Path | None) -> Regime:
    """Read a test file.

    Raises:
        IrkitError: with everything that is wrong with it.
    """
    if path is None:
        return Regime()
    try:
        data = path.read_bytes()
    except OSError as error:
        summary = f"{path} cannot be read: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK001", summary=summary)) from error
    regime, found = decode(data, path)
    if regime is None:
        raise IrkitError(*found)
    return regime


def decode(data: bytes, path: Path) -> tuple[Regime | None, tuple[Diagnostic, ...]]:
    """Decode a test file as far as it says how to prove; never raises."""
    node, found = yaml_strict.load_bytes(data, str(path))
    problems = Problems(found)
    result = None
    top = fields(node, problems, path.name) if node is not None else None
    if top is not None:
        version = top.require("irkit")
        if version is not None and not (
            isinstance(version, ScalarNode) and version.value == FORMAT
        ):
            problems.add("IRK110", "write `irkit: 1`", heading(version))
        result = Regime(
            file=path,
            policy=decode_policy(top),
            preflight=decode_preflight(top),
            canary=decode_canary(top),
            asked=_asked(top.node),
        )
    return (None if problems else result), problems.all()


def test_file(playbook: Path, own: Path | None) -> Path | None:
    """Return the test file of a playbook: one in the folder `own`, or the one beside it."""
    name = playbook.stem + ENDING
    places = [folder / name for folder in (own, playbook.parent) if folder is not None]
    return next((place for place in places if place.is_file()), None)


def _asked(top: MappingNode) -> Mapping[Level, str]:
    asked = {}
    for level, names in _BLOCKS.items():
        blocks = {name: plain(node) for name in names if (node := top.get(name)) is not None}
        if blocks:
            asked[level] = digest(blocks)
    return asked
