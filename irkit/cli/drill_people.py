"""`irkit drill join|pause|…`: what people say to a drill that is on. Each is one record."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this

if TYPE_CHECKING:
    from irkit.drill.exercise.steering import Steering


def add(command: typer.Typer) -> None:
    """Add these commands to `irkit drill`."""
    for function in (
        join,
        pause,
        resume,
        skip,
        hint,
        declare,
        claim,
        decide,
        answer,
        post,
        note,
        judge,
    ):
        command.command()(function)


def join(role: Annotated[str, typer.Argument(help="A role of the scenario.")]) -> int:
    """Take a role."""
    with _steering() as steering:
        steering.join(role)
    return _said(f"you are {role}")


def pause() -> int:
    """Let no exercise time pass, for nobody."""
    with _steering() as steering:
        steering.pause()
    return _said("paused")


def resume() -> int:
    """Let exercise time pass again."""
    with _steering() as steering:
        steering.go_on()
    return _said("goes on")


def skip(inject: Annotated[str, typer.Argument(help="An inject that is still to come.")]) -> int:
    """Leave an inject out."""
    with _steering() as steering:
        steering.skip(inject)
    return _said(f"{inject} is left out")


def hint() -> int:
    """Ask for the next hint. It costs points."""
    with _steering() as steering:
        text = steering.hint()
    return _said(text)


def declare(text: Annotated[str, typer.Argument(help="What is the matter.")]) -> int:
    """Declare an incident."""
    with _steering() as steering:
        steering.declare(text)
    return _said("declared")


def claim() -> int:
    """Say that it is contained. Whether it is so, the report tells."""
    with _steering() as steering:
        steering.claim()
    return _said("recorded: contained")


def decide(
    decision: Annotated[str, typer.Argument(help="A decision of the scenario.")],
    option: Annotated[str, typer.Argument(help="One of its options.")],
) -> int:
    """Take a decision."""
    with _steering() as steering:
        steering.decide(decision, option)
    return _said(f"decided: {option}")


def answer(
    question: Annotated[str, typer.Argument(help="A question of the scenario.")],
    answers: Annotated[list[str], typer.Argument(help="What was found.")],
) -> int:
    """Answer a question about what happened; the last answer counts."""
    with _steering() as steering:
        steering.answer(question, tuple(answers))
    return _said(f"answered {question}")


def post(
    audience: Annotated[str, typer.Argument(help="Who is told: press, staff, customers, …")],
    text: Annotated[str, typer.Argument(help="What they are told.")],
) -> int:
    """Tell an audience something."""
    with _steering() as steering:
        steering.post(audience, text)
    return _said(f"told {audience}")


def note(text: Annotated[str, typer.Argument(help="What is to be remembered.")]) -> int:
    """Note something."""
    with _steering() as steering:
        steering.note(text)
    return _said("noted")


def judge(
    expectation: Annotated[str, typer.Argument(help="An expectation of the scenario.")],
    met: Annotated[bool, typer.Option("--met/--missed", help="Whether it was met.")] = True,
    text: Annotated[str, typer.Option("--note", help="Why.")] = "",
) -> int:
    """Say whether an expectation was met that nothing else can show."""
    with _steering() as steering:
        steering.judge(expectation, met=met, note=text)
    return _said(f"{expectation} was {'met' if met else 'missed'}")


@contextmanager
def _steering() -> "Iterator[Steering]":
    from irkit.drill.exercise.steering import Steering  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=True) as journal:
        yield Steering(journal, me.session.actor, me.clock)


def _said(text: str) -> int:
    this().output.say(f"[EXERCISE] {text}")
    return ExitCode.DONE
