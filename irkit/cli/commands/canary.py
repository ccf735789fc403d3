"""`irkit canary`: a real containment of an identity that exists for nothing else."""

from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.proving.proof import Proof
    from irkit.proving.shelf import Shelf, Shelved


def command(
    playbook: Annotated[str, typer.Argument(help="A playbook whose test file has a `canary:`.")],
    *,
    ask: Annotated[
        bool,
        typer.Option("--ask", help="Let no canary out: ask people for the warrant it needs."),
    ] = False,
    lasts: Annotated[
        str, typer.Option("--for", metavar="TIME", help="How long the warrant is to last.")
    ] = "30d",
    seen: Annotated[
        str,
        typer.Option(metavar="WHAT", help="Let no canary out: record that the SOC saw the last."),
    ] = "",
    key: Annotated[
        str,
        typer.Option(help="Your key, to ask for a live plan: a file, or SHA256:… in the agent."),
    ] = "",
) -> int:
    """Plant credentials on the canary's user, contain them for real, and see how soon they die.

    Planting and sweeping are under a warrant that people signed. What was planted is proven alive
    first, taken back and taken away afterwards; what a killed canary left is swept by the next one.
    It is a proof, for `irkit ledger`.
    """
    from irkit.cli import canary_warrant  # noqa: PLC0415
    from irkit.diagnostics import IrkitError  # noqa: PLC0415
    from irkit.proving.shelf import Shelf  # noqa: PLC0415

    me = this()
    shelf = Shelf(session=me.session)
    shelved = shelf.one(playbook, me.here)
    if seen:
        return _seen(me, shelved.name, seen)
    if shelved.problems:
        raise IrkitError(*shelved.problems)
    if ask:
        return canary_warrant.ask(me, shelved, lasts, key)
    return _let_out(me, shelf, shelved, key)


def _let_out(me: Invocation, shelf: "Shelf", shelved: "Shelved", key: str) -> int:
    import anyio  # noqa: PLC0415

    from irkit.cli.driving import announce  # noqa: PLC0415
    from irkit.cli.requesting import take_key  # noqa: PLC0415
    from irkit.cli.views import schedule as view  # noqa: PLC0415
    from irkit.diagnostics import IrkitError  # noqa: PLC0415
    from irkit.proving import proof as proving  # noqa: PLC0415
    from irkit.proving.canary import history  # noqa: PLC0415
    from irkit.proving.canary.flight import Canary  # noqa: PLC0415
    from irkit.proving.proof import Outcome  # noqa: PLC0415

    announce(me)

    def heard(told: str) -> None:
        me.output.say(me.output.style().shown(f"· {told}"), canary=told)

    with me.session.journal(writing=True) as journal:
        consent = me.session.consent(journal)
        me.session.check_policy(consent)
        if key:
            take_key(me, key, consent.fold.policy.signers)
        canary = Canary(shelf=shelf, shelved=shelved, journal=journal, heard=heard)
        try:
            proof = anyio.run(canary.make)
        except IrkitError as error:
            if canary.begun:
                proving.record(journal, me.session.actor, canary.came_to_nothing(error))
            raise
        proving.record(journal, me.session.actor, proof)
        flown = next((f for f in history.flown(journal.replay()) if f.id == canary.id), None)
    me.output.show(view.proof_json(proof), view.proof_text)
    if flown is not None and flown.seen_by is not None and proof.outcome is Outcome.PASSED:
        until = f"{flown.seen_by:%Y-%m-%d %H:%MZ}"
        me.output.hint(f"The SOC has until {until}: irkit canary {shelved.name} --seen WHAT")
    return _exit(proof)


def _seen(me: Invocation, playbook: str, what: str) -> int:
    from irkit.diagnostics import Diagnostic, IrkitError  # noqa: PLC0415
    from irkit.proving.canary import history  # noqa: PLC0415

    with me.session.journal(writing=True) as journal:
        last = [one for one in history.flown(journal.replay()) if one.playbook == playbook][-1:]
        if not last:
            raise IrkitError(
                Diagnostic(
                    code="IRK876",
                    summary=f"no canary of `{playbook}` was ever let out",
                    help=f"irkit canary {playbook}",
                )
            )
        history.say(journal, me.session.actor, history.SEEN, last[0].id, what=what)
        (now_is,) = [one for one in history.flown(journal.replay()) if one.id == last[0].id]
    told = f"recorded: the SOC saw the canary {history.when(now_is)}"
    late = now_is.missed(me.clock())
    more = ", too late: it stays one that failed" if late else ""
    me.output.say(f"{told}{more}", canary=now_is.id, in_time=not late)
    return ExitCode.STILL_OPEN if late else ExitCode.DONE


def _exit(proof: "Proof") -> int:
    from irkit.proving.proof import Outcome  # noqa: PLC0415

    return ExitCode.DONE if proof.outcome is Outcome.PASSED else ExitCode.STILL_OPEN
