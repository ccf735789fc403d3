"""Whether a scenario's story can happen: what a decoder cannot see and lint must.

Every need can be reached, the goal can be, each expectation and objective is measurable, the right
playbook and its actions exist, and nobody real is named: only documentation addresses (RFC 5737,
RFC 3849) and reserved domains (RFC 2606).
"""

from collections.abc import Iterable, Iterator
from typing import Final

from irkit import assets
from irkit.diagnostics import Diagnostic, IrkitError, Label, Severity, Span
from irkit.drill.scenario.model import Adversary, Evidence, Held, Scenario, Tactic
from irkit.drill.scenario.real_names import real_names
from irkit.lang import decode as language
from irkit.model.playbook import Playbook, all_steps
from irkit.model.spec import Catalogue

_NUMBER_OF: Final = Evidence.APPROVALS


def check(scenario: Scenario, catalogue: Catalogue) -> tuple[Diagnostic, ...]:
    """Return everything that is wrong with a scenario that decodes."""
    return (
        *real_names(scenario.source, scenario.file),
        *_needs(scenario.adversary),
        *_goal(scenario.adversary),
        *_actions(scenario, catalogue),
        *_playbook(scenario),
        *_order(scenario, catalogue),
        *_company(scenario),
    )


def reachable(adversary: Adversary) -> tuple[frozenset[str], tuple[Tactic, ...]]:
    """Return what can be held at all if everything works, and the tactics that never can be tried.

    A holding of an entity serves a need that names no entity, and never the other way round.
    """
    held = {str(item) for item in adversary.start} | {str(item.kind) for item in adversary.start}
    waiting = list(adversary.all_tactics)
    while ready := [tactic for tactic in waiting if _can(tactic, held)]:
        for tactic in ready:
            waiting.remove(tactic)
            held |= {str(item) for item in tactic.gives} | {str(item.kind) for item in tactic.gives}
    return frozenset(held), tuple(waiting)


def _can(tactic: Tactic, held: set[str]) -> bool:
    return all(any(str(item) in held for item in need.any) for need in tactic.needs)


def _needs(adversary: Adversary) -> Iterator[Diagnostic]:
    held, never = reachable(adversary)
    for tactic in never:
        missing = " and ".join(
            " or ".join(f"`{item}`" for item in need.any)
            for need in tactic.needs
            if not any(str(item) in held for item in need.any)
        )
        yield _error(
            "IRK848",
            f"the tactic `{tactic.id}` can never be tried: nothing gives {missing}",
            tactic.span,
            "let a tactic give it, or `start` with it",
        )


def _goal(adversary: Adversary) -> Iterator[Diagnostic]:
    held, _ = reachable(adversary)
    for item in adversary.goal:
        if str(item) not in held and not _is_given(item, adversary):
            yield _error(
                "IRK848",
                f"the intruder can never reach its goal: nothing gives `{item}`",
                None,
                "let a tactic give it",
            )


def _is_given(item: Held, adversary: Adversary) -> bool:
    return any(item in tactic.gives for tactic in adversary.all_tactics)


def _actions(scenario: Scenario, catalogue: Catalogue) -> Iterator[Diagnostic]:
    known = {spec.id for spec in catalogue}
    for expectation in scenario.expect:
        if expectation.evidence is Evidence.ACTION and expectation.of not in known:
            yield _error(
                "IRK849",
                f"the expectation `{expectation.id}` cannot be measured: there is no action "
                f"`{expectation.of}`",
                expectation.span,
                "list them with: irkit actions",
            )
        if expectation.evidence is _NUMBER_OF and not expectation.of.isdigit():
            yield _error(
                "IRK849",
                f"the expectation `{expectation.id}` cannot be measured: `of` says how many sign",
                expectation.span,
                'write for example `of: "2"`',
            )
    for response in scenario.responses:
        for action in (name for move in response.moves for name in move.actions):
            if action not in known:
                yield _error(
                    "IRK849",
                    f"the response `{response.id}` names an action that there is not: `{action}`",
                    None,
                    "list them with: irkit actions",
                )


def _order(scenario: Scenario, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """What comes before what must be something that leaves a record."""
    known = {expectation.id for expectation in scenario.expect} | {spec.id for spec in catalogue}
    for expectation in scenario.expect:
        if expectation.before and expectation.before not in known:
            yield _error(
                "IRK849",
                f"the expectation `{expectation.id}` cannot be measured: there is no expectation "
                f"and no action `{expectation.before}`",
                expectation.span,
                "let `before` name an expectation or an action",
            )


def _playbook(scenario: Scenario) -> Iterator[Diagnostic]:
    names = {scenario.respond.playbook} | {
        expectation.of
        for expectation in scenario.expect
        if expectation.evidence is Evidence.PLAYBOOK
    }
    for name in sorted(names):
        try:
            playbook = load(name)
        except IrkitError as error:
            yield from error.diagnostics
            continue
        if name == scenario.respond.playbook:
            yield from _inputs(scenario, playbook)
            yield from _moves(scenario, playbook)


def load(name: str) -> Playbook:
    """Read a shipped playbook.

    Raises:
        IrkitError: if there is none, or it has errors.
    """
    path = assets.find_playbook(name, None, assets.playbooks())
    decoded = language.playbook_bytes(path.read_bytes(), str(path))
    if decoded.playbook is None:
        raise IrkitError(*decoded.diagnostics)
    return decoded.playbook


def _inputs(scenario: Scenario, playbook: Playbook) -> Iterator[Diagnostic]:
    declared = {item.name for item in playbook.inputs}
    for name in scenario.respond.inputs:
        if name not in declared:
            yield _error(
                "IRK141",
                f"the playbook `{playbook.id}` has no input `{name}`",
                None,
                f"it has: {', '.join(sorted(declared)) or 'none'}",
            )


def _moves(scenario: Scenario, playbook: Playbook) -> Iterator[Diagnostic]:
    """A response takes its actions from the playbook, with what they are given there."""
    used = {getattr(step, "action", "") for step in all_steps(playbook)}
    for response in scenario.responses:
        for action in (name for move in response.moves for name in move.actions):
            if action not in used:
                yield _error(
                    "IRK849",
                    f"the response `{response.id}` names `{action}`, which the playbook "
                    f"`{playbook.id}` does not use",
                    None,
                    "a response is made of the playbook's own steps",
                )


def _company(scenario: Scenario) -> Iterator[Diagnostic]:
    """Entities must be in the fixture; this needs the world, and says nothing without it."""
    try:
        from irkit.world.fixtures import load_fixture  # noqa: PLC0415  # an extra
    except ImportError:
        return
    fixture = load_fixture(scenario.world.fixture, users=1, seed=0)
    known = {
        "okta.user": {(person.login, "") for person in fixture.people},
        "okta.app": {(app.label, "") for app in fixture.apps},
        "aws.role": {(role.name, account) for role in fixture.roles for account in role.accounts},
        "aws.user": {(user.name, user.account) for user in fixture.users},
    }
    for entity in scenario.world.entities.values():
        if (entity.name, entity.account) not in known[entity.type]:
            where = f" in account {entity.account}" if entity.account else ""
            yield _error(
                "IRK850",
                f"`{scenario.world.fixture}` has no {entity.type} `{entity.name}`{where}",
                entity.span,
                _some(name for name, _ in sorted(known[entity.type])),
            )


def _some(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    more = ", …" if len(listed) > 8 else ""  # noqa: PLR2004  # what fits on a line
    return f"it has for example: {', '.join(listed[:8])}{more}"


def _error(code: str, summary: str, span: Span | None, help_: str) -> Diagnostic:
    return Diagnostic(
        code=code,
        summary=summary,
        severity=Severity.ERROR,
        at=Label(span=span) if span else None,
        help=help_,
    )
