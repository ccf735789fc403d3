"""`irkit preflight`: is everything there that this playbook will need tonight?"""

from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.engine.checking import Finding
    from irkit.proving.proof import Proof


def command(
    playbook: Annotated[str, typer.Argument(help="A playbook: its name, or a file.")],
    *,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", help="An input: name=value; else those of the test file."),
    ] = None,
    no_record: Annotated[
        bool, typer.Option("--no-record", help="Leave no proof in the trail.")
    ] = False,
) -> int:
    """Look at everything a run of this playbook needs, reading only; each line has its remedy.

    Nothing is stopped at. What came of it is recorded as a proof, for `irkit ledger`.
    """
    import anyio  # noqa: PLC0415

    from irkit.cli.driving import announce  # noqa: PLC0415
    from irkit.cli.given import pairs  # noqa: PLC0415
    from irkit.cli.views import findings as view  # noqa: PLC0415
    from irkit.diagnostics import IrkitError  # noqa: PLC0415
    from irkit.proving.preflight.flight import Flight  # noqa: PLC0415
    from irkit.proving.shelf import Shelf  # noqa: PLC0415

    me = this()
    given = pairs(inputs, "-i")
    shelf = Shelf(session=me.session)
    shelved = shelf.one(playbook, me.here)
    if shelved.problems:
        raise IrkitError(*shelved.problems)
    announce(me)

    def heard(finding: "Finding") -> None:
        me.output.show(view.to_json(finding), view.text)

    proof = anyio.run(Flight(shelf=shelf, shelved=shelved, given=given).make, heard)
    recorded = not no_record and _recorded(me, proof)
    _conclude(me, proof, recorded=recorded)
    return _exit(proof)


def _recorded(me: Invocation, proof: "Proof") -> bool:
    """Record the proof; a trail that cannot be written is one of the findings already."""
    from irkit.diagnostics import IrkitError  # noqa: PLC0415
    from irkit.proving import proof as proving  # noqa: PLC0415

    try:
        with me.session.journal(writing=True) as journal:
            proving.record(journal, me.session.actor, proof)
    except IrkitError as error:
        me.output.bad_news(error.diagnostics)
        return False
    return True


def _conclude(me: Invocation, proof: "Proof", *, recorded: bool) -> None:
    from irkit.proving.proof import Outcome  # noqa: PLC0415

    bad, unknown = proof.counts["bad"], proof.counts["unknown"]
    looked = sum(proof.counts.values())
    match proof.outcome:
        case Outcome.FAILED:
            told = f"✖ NOT READY  {bad} of {looked} things are not as they must be"
            told += f", {unknown} are unknown" if unknown else ""
        case Outcome.UNKNOWN:
            told = f"? NOT PROVEN  {unknown} of {looked} things could not be found out"
        case Outcome.PASSED:
            told = f"✔ READY  {looked} things looked at"
    kept = "recorded" if recorded else "not recorded"
    text = me.output.style().shown(f"{told} ({kept})")
    me.output.say(text, outcome=str(proof.outcome), counts=dict(proof.counts), recorded=recorded)


def _exit(proof: "Proof") -> int:
    from irkit.proving.proof import Outcome  # noqa: PLC0415

    match proof.outcome:
        case Outcome.PASSED:
            return ExitCode.DONE
        case Outcome.FAILED:
            return ExitCode.PROBLEMS
        case Outcome.UNKNOWN:
            return ExitCode.STILL_OPEN
