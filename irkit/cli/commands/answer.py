"""`irkit answer`: answer a manual step."""

from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.cli.at_run import AtRun
    from irkit.engine.steering import Sign
    from irkit.trail.record import Actor


def command(
    run: Annotated[str, typer.Argument(help="The run: its id, the start of it, `last`, a case.")],
    step: Annotated[str, typer.Argument(help="The manual step, as the progress names it.")],
    values: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE…", help="What was asked for.")
    ] = None,
    *,
    key: Annotated[
        str, typer.Option(help="Sign the answer: a private key file, or SHA256:… in the agent.")
    ] = "",
) -> int:
    """Answer a manual step; the values are checked against the types it asks for."""
    from irkit.cli.at_run import at_run  # noqa: PLC0415
    from irkit.cli.given import pairs  # noqa: PLC0415
    from irkit.engine.steering import Steering  # noqa: PLC0415

    me = this()
    with at_run(me, run) as at:
        actor, sign = _signer(me, at, key) if key else (me.session.actor, None)
        roles = at.consent.fold.policy.roles_of(actor.id)
        steering = Steering(at.journal, at.run, actor)
        found = steering.answer(step, pairs(values), me.clock(), sign, roles)
        me.output.say(
            f"Answered {step} as {actor.id}. Go on with: irkit run {at.run.id}",
            run=at.run.id,
            step=step,
            values=dict(found),
        )
    return 0


def _signer(me: Invocation, at: "AtRun", key: str) -> "tuple[Actor, Sign]":
    from irkit.cli.signing import person  # noqa: PLC0415
    from irkit.trail import answers, sshsig  # noqa: PLC0415
    from irkit.trail.record import Actor  # noqa: PLC0415

    who = person(me, key, at.consent.fold.policy.signers)

    def sign(message: bytes) -> str:
        return sshsig.sign(message, key=who.key, namespace=answers.NAMESPACE).decode("ascii")

    return Actor(id=who.name, kind="person", auth="ssh"), sign
