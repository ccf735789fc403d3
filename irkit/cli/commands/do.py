"""`irkit do`: one action, with the same plan, guards, approval, trail and undo."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.cli.driving import Ways
    from irkit.engine.opening import Opening


def command(
    action: Annotated[str, typer.Argument(help="An action, such as okta.user.suspend.")],
    values: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE…", help="Its parameters.")
    ] = None,
    *,
    because: Annotated[str, typer.Option(help="Why; a change is never made without.")] = "",
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Come back (4) instead of waiting for people.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only plan it.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Show every before and after.")] = False,
    case: Annotated[str, typer.Option(help="The case it belongs to; else a new one.")] = "",
    override: Annotated[
        list[str] | None,
        typer.Option(metavar="GUARD", help="Ask two people to override this guard."),
    ] = None,
    key: Annotated[
        str, typer.Option(help="Sign the request: a private key file, or SHA256:… in the agent.")
    ] = "",
) -> int:
    """Carry out one action as a playbook of one step: plan, guards, approval, trail, undo.

    It never claims containment. A reading action is only read, and its answer shown.
    """
    from irkit.cli.driving import Ways  # noqa: PLC0415
    from irkit.cli.given import pairs  # noqa: PLC0415
    from irkit.engine.overriding import overriding  # noqa: PLC0415
    from irkit.model.spec import Verb  # noqa: PLC0415

    me = this()
    given = pairs(values)
    opening = _opening(me, action, given, because)
    opening = replace(opening, overriding=overriding(override or (), because))
    if me.catalogue[action].verb is Verb.READ:
        return _read(me, opening)
    if dry_run:
        return _plan(me, action, opening, full=full)
    return _carry_out(me, opening, Ways(wait=not no_wait), case=case, key=key)


def _opening(me: Invocation, action: str, given: dict[str, str], because: str) -> "Opening":
    from irkit.diagnostics import Diagnostic, IrkitError  # noqa: PLC0415
    from irkit.engine.books import recorded_book  # noqa: PLC0415
    from irkit.engine.generated import action_text, known_action  # noqa: PLC0415
    from irkit.engine.opening import Opening  # noqa: PLC0415
    from irkit.model.spec import Verb  # noqa: PLC0415

    spec = known_action(me.catalogue, action)
    if spec.verb is Verb.DO and not because:
        raise IrkitError(
            Diagnostic(
                code="IRK100",
                summary=f"`{action}` changes something and says not why",
                help="add: --because 'REASON'",
            )
        )
    text = action_text(spec, given, because)
    return Opening(
        book=recorded_book(text, f"do-{action}.yaml", {}),
        given=given,
        mode=str(me.workspace.mode),
        requester=me.session.actor_name,
    )


def _read(me: Invocation, opening: "Opening") -> int:
    from irkit.cli.planning import make  # noqa: PLC0415
    from irkit.cli.views import answer  # noqa: PLC0415
    from irkit.engine.memory import MemoryJournal  # noqa: PLC0415
    from irkit.engine.plan_failures import failures  # noqa: PLC0415

    planned = make(me, opening, MemoryJournal(clock=me.clock))
    for fact in planned.run.reads.values():
        if not fact.error:
            me.output.show(answer.to_json(fact), answer.text)
    me.output.bad_news(failures(planned.driven))
    return planned.code


def _plan(me: Invocation, action: str, opening: "Opening", *, full: bool) -> int:
    from irkit.cli.planning import make, show  # noqa: PLC0415
    from irkit.engine.memory import MemoryJournal  # noqa: PLC0415

    planned = make(me, opening, MemoryJournal(clock=me.clock))
    given = (f"{name}={value}" for name, value in opening.given.items())
    again = ("irkit", "do", action, *given, "--because", opening.book.main.about)
    show(me, planned, opening, full=full, again=again)
    return planned.code


def _carry_out(me: Invocation, opening: "Opening", ways: "Ways", *, case: str, key: str) -> int:
    from irkit.cli.driving import Driver  # noqa: PLC0415
    from irkit.cli.opening import named_opening  # noqa: PLC0415

    with me.session.journal(writing=True) as journal:
        consent = me.session.consent(journal)
        me.session.check_policy(consent)
        named = named_opening(me, opening, journal, consent, case=case, key=key)
        driver = Driver(
            invocation=me, journal=journal, consent=consent, book=opening.book, ways=ways
        )
        return driver.start(named)
