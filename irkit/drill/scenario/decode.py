"""Text of a scenario in, `Scenario` out, with everything that is wrong with it.

Reads what a scenario is; whether its story can happen is checked by `checks`. Never raises and
never stops at the first problem: nothing of a scenario with errors is started.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from irkit import yaml_strict
from irkit.canonical import digest_bytes
from irkit.clock import parse_rfc3339
from irkit.decode import SLUG, Fields, Problems, choice, fields, heading, shown
from irkit.diagnostics import Diagnostic
from irkit.drill.scenario.adversaries import read_adversary
from irkit.drill.scenario.model import Respond, Scenario, Style, Truth
from irkit.drill.scenario.people import (
    read_decisions,
    read_expectations,
    read_hints,
    read_injects,
    read_objectives,
    read_roles,
)
from irkit.drill.scenario.responding import read_respond, read_responses
from irkit.drill.scenario.settings import read_setting
from irkit.drill.scenario.truths import read_truth
from irkit.yaml_strict import ScalarNode

FORMAT: Final = 1
EVICTED_FOR: Final = timedelta(minutes=15)
_HARDEST: Final = 5
_START: Final = datetime(2026, 3, 21, 2, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What came of a file: the scenario if it has no errors, and all that was found."""

    scenario: Scenario | None
    diagnostics: tuple[Diagnostic, ...]


def decode(data: bytes, file: str) -> Decoded:
    """Decode a scenario's bytes."""
    node, found = yaml_strict.load_bytes(data, file)
    problems = Problems(found)
    result = None
    if node is not None:
        top = fields(node, problems, "a scenario")
        result = _scenario(top, data, file) if top else None
    if problems:
        result = None
    return Decoded(scenario=result, diagnostics=tuple(dict.fromkeys(problems.all())))


def _scenario(top: Fields, data: bytes, file: str) -> Scenario:
    problems = top.problems
    _format(top)
    id_ = _id(top)
    setting = read_setting(top)
    roles = read_roles(top)
    decisions = read_decisions(top)
    adversary = read_adversary(top, setting, decisions)
    injects = read_injects(top, roles, adversary, decisions)
    truth = read_truth(top, setting, adversary) or Truth(
        patient_zero="", first_bad="", addresses=()
    )
    scenario = Scenario(
        id=id_,
        title=top.text("title", required=True),
        about=top.text("about", required=True).strip(),
        version=top.text("version", "0.0.0"),
        labels=top.texts("labels"),
        references=top.texts("references"),
        difficulty=_difficulty(top),
        styles=_styles(top),
        starts=_starts(top),
        lasts=top.duration("lasts", timedelta(minutes=90), required=True) or timedelta(minutes=90),
        evicted_for=top.duration("evicted_for", EVICTED_FOR) or EVICTED_FOR,
        objectives=read_objectives(top),
        roles=roles,
        world=setting,
        truth=truth,
        adversary=adversary,
        injects=injects,
        expect=read_expectations(top, roles, decisions, truth),
        decisions=decisions,
        hints=read_hints(top),
        respond=read_respond(top, setting) or Respond(playbook="", inputs={}),
        responses=read_responses(top, decisions),
        source=data.decode(errors="replace"),
        digest=digest_bytes(data),
        file=file,
    )
    top.close()
    _must_end(scenario, problems, top)
    return scenario


def _format(top: Fields) -> None:
    node = top.require("irkit")
    if node is not None and not (isinstance(node, ScalarNode) and node.value == FORMAT):
        top.problems.add(
            "IRK110",
            "this version of irkit reads scenario format 1 only",
            heading(node),
            help="write `irkit: 1`",
        )


def _id(top: Fields) -> str:
    result = top.text("scenario", required=True)
    node = top.node.get("scenario")
    if node is not None and result and not SLUG.fullmatch(result):
        top.problems.add(
            "IRK107",
            f"{shown(result)} is no scenario id",
            node.span,
            help="use lower-case words joined by hyphens, such as `rogue-identity-provider`",
        )
    return result


def _difficulty(top: Fields) -> int:
    found = top.integer("difficulty", 1, at_least=1) or 1
    node = top.node.get("difficulty")
    if node is not None and found > _HARDEST:
        top.problems.add("IRK105", f"`difficulty` is 1 to {_HARDEST}", heading(node))
    return found


def _styles(top: Fields) -> tuple[Style, ...]:
    nodes = top.sequence("styles")
    found = (choice(node, top.problems, "a style", Style, Style.SIMULATED) for node in nodes)
    return tuple(dict.fromkeys(found)) or tuple(Style)


def _starts(top: Fields) -> datetime:
    """Read when the night begins, in virtual time; with people it begins when they do."""
    text = top.text("starts")
    node = top.node.get("starts")
    if node is None or not text:
        return _START
    try:
        return parse_rfc3339(text)
    except ValueError as error:
        top.problems.add("IRK134", f"`starts`: {error}", heading(node))
        return _START


def _must_end(scenario: Scenario, problems: Problems, top: Fields) -> None:
    if scenario.evicted_for >= scenario.lasts:
        problems.add(
            "IRK105",
            "`evicted_for` must be shorter than `lasts`, or nobody can win",
            heading(top.node.get("evicted_for") or top.node.get("lasts") or top.node),
        )
