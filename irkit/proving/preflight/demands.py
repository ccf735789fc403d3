"""The block `preflight:` of a test file: what is asked of each check beyond its defaults.

Every check is always made; an entry only sets its limits. There is no way to leave one out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, TypeAlias

from irkit.decode import Fields, Problems, fields, heading, shown, text, unknown
from irkit.yaml_strict import Node, ScalarNode

_WHOLE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What is asked.

    `inputs` are what the playbook is tried with where nobody says otherwise. `quorum` raises the
    number of people who can approve; `ack_within` and `asked_within` ask for signed answers to
    pings: how fast, and how recent. `secret_age` is how old a secret may be, None for any age. The
    lags are asked only of a log that is never quiet for so long.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    quorum: int = 0
    keys_valid_for: timedelta = timedelta(days=14)
    ack_within: timedelta | None = None
    asked_within: timedelta = timedelta(days=30)
    secret_age: timedelta | None = None
    skew: timedelta = timedelta(seconds=10)
    okta_lag: timedelta | None = None
    cloudtrail_lag: timedelta | None = None
    left_percent: int = 50


def decode_preflight(top: Fields) -> Demands:
    """Read `preflight:` of a test file; no block asks for nothing beyond the defaults."""
    demands = Demands()
    seen: set[str] = set()
    for node in top.sequence("preflight"):
        entry = fields(node, top.problems, "a check")
        name = None if entry is None else _name(entry, top.problems, seen)
        if entry is not None and name:
            demands = _READERS[name](entry, demands)
            entry.close()
    return demands


def _name(entry: Fields, problems: Problems, seen: set[str]) -> str:
    node = entry.require("check")
    name = text(node, problems, "`check`") if node is not None else ""
    if not name or node is None:
        return ""
    if name not in _READERS and isinstance(node, ScalarNode):
        summary = f"no check called {shown(name)} takes limits"
        unknown(problems, "IRK105", summary, node, _READERS)
        return ""
    if name in seen:
        problems.add("IRK108", f"the check `{name}` is there twice", heading(node))
    seen.add(name)
    return name


def _targets(entry: Fields, demands: Demands) -> Demands:
    inputs = {
        key.text: text(value, entry.problems, f"input `{key.text}`")
        for key, value in entry.pairs("inputs")
    }
    return replace(demands, inputs=inputs)


def _approvers(entry: Fields, demands: Demands) -> Demands:
    return replace(
        demands,
        quorum=entry.integer("quorum", demands.quorum, at_least=1) or 0,
        keys_valid_for=_duration(entry, "keys_valid_for", demands.keys_valid_for),
    )


def _reach(entry: Fields, demands: Demands) -> Demands:
    return replace(
        demands,
        ack_within=entry.duration("ack_within", required=True),
        asked_within=_duration(entry, "asked_within", demands.asked_within),
    )


def _secrets(entry: Fields, demands: Demands) -> Demands:
    return replace(demands, secret_age=entry.duration("age_max", required=True))


def _clocks(entry: Fields, demands: Demands) -> Demands:
    return replace(demands, skew=_duration(entry, "skew_max", demands.skew))


def _logs(entry: Fields, demands: Demands) -> Demands:
    return replace(
        demands,
        okta_lag=entry.duration("okta_lag_max"),
        cloudtrail_lag=entry.duration("cloudtrail_lag_max"),
    )


def _limits(entry: Fields, demands: Demands) -> Demands:
    node = entry.require("left_min")
    return demands if node is None else replace(demands, left_percent=_percent(entry, node))


def _percent(entry: Fields, node: Node) -> int:
    said = text(node, entry.problems, "`left_min`")
    number = said.removesuffix("%")
    if said.endswith("%") and number.isdecimal() and int(number) <= _WHOLE:
        return int(number)
    if said:
        entry.problems.add(
            "IRK105", f"{shown(said)} is no percentage", heading(node), help='write "50%"'
        )
    return 0


def _duration(entry: Fields, key: str, default: timedelta) -> timedelta:
    found = entry.duration(key, default)
    return default if found is None else found


_Reader: TypeAlias = Callable[[Fields, Demands], Demands]
_READERS: Final[Mapping[str, _Reader]] = {
    "approvers": _approvers,
    "clocks": _clocks,
    "limits": _limits,
    "logs": _logs,
    "reach": _reach,
    "secrets": _secrets,
    "targets": _targets,
}
"""The checks that take limits, by name."""
