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
        give,
        skip,
        hint,
        declare,
        claim,
        decide,
        answer,
        ask,
        hear,
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


def give(inject: Annotated[str, typer.Argument(help="An inject that is still to come.")]) -> int:
    """Give an inject now, whatever it waits for."""
    with _steering() as steering:
        steering.give(inject)
    return _said(f"{inject} is given")


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


def ask(text: Annotated[str, typer.Argument(help="What is to be approved, in words.")]) -> int:
    """Ask for an approval by voice, and say what the approver has to read back."""
    with _steering() as steering:
        about, words = steering.ask(text)
    return _said(f"{about} asked. Its four words: {' '.join(words)}")


def hear(
    about: Annotated[str, typer.Argument(metavar="APPROVAL", help="What was asked: A1, A2, …")],
    voice: Annotated[str, typer.Argument(help="Who said it.")],
    words: Annotated[str, typer.Option(help="The four words they read back, with a yes.")] = "",
    no: Annotated[bool, typer.Option("--no", help="They said no.")] = False,
) -> int:
    """Record an approver's spoken yes or no. A voice is no signature, and counts as none."""
    with _steering() as steering:
        steering.hear(about, voice, yes=not no, words=words)
    return _said(f"heard {'no' if no else 'yes'} from {voice} to {about}; nothing is signed by it")


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
    from irkit.drill.exercise.start import current, require_served  # noqa: PLC0415
    from irkit.drill.exercise.steering import Steering  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=True) as journal:
        require_served(current(journal), me.root)
        yield Steering(journal, me.session.actor, me.clock)


def _said(text: str) -> int:
    this().output.say(f"[EXERCISE] {text}")
    return ExitCode.DONE
