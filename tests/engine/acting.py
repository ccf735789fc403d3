"""One action of the catalogue as a run of its own, for the sweeps over all of them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from textwrap import indent
from typing import NoReturn, cast

from deadly import DeadlyConnections, Killed
from lab import Lab

from irkit.actions.base import Action
from irkit.actions.load import catalogue
from irkit.engine.books import recorded_book
from irkit.engine.connections import OpenConnections
from irkit.engine.generated import action_text
from irkit.engine.walk import Book
from irkit.model.run import Run
from irkit.model.spec import Reversal

_LOSES = (Reversal.LOSSY, Reversal.DESTRUCTIVE)
_APPROVERS = ("alice@acme.example", "bob@acme.example")
_PROCESSES = 8


@dataclass(slots=True, kw_only=True)
class Acting:
    """A run of one action in a laboratory, and the processes that acted for it."""

    lab: Lab
    book: Book
    run_id: str
    deaths: int = 0

    @classmethod
    def opened(cls, lab: Lab, action: Action) -> "Acting":
        """Open the run of an action; nothing is planned yet."""
        given = _given_of(action)
        text = action_text(catalogue()[action.spec.id], given, "a test")
        if action.spec.target == "aws.instance" and action.spec.reversal in _LOSES:
            text = _kept_first(text)
        book = recorded_book(text, "do.yaml", {})
        return cls(lab=lab, book=book, run_id=lab.start(book, **given))

    @property
    def run(self) -> Run:
        """What the trail says of it."""
        return self.lab.run_of(self.run_id)

    def go(self) -> None:
        """Act in one process until the run closes or waits, or the process dies."""
        try:
            self.lab.go(self.book, self.run_id)
        except BaseExceptionGroup as group:
            if group.split(Killed)[1] is not None:
                raise

    def approve(self) -> None:
        """Let two people sign what waits for them."""
        for who in _APPROVERS:
            self.lab.approve(self.run_id, who)

    def to_its_end(self) -> Run:
        """Let one process after the other act, and people sign, until the run is closed."""
        for _ in range(_PROCESSES):
            self.go()
            if self.run.closed:
                break
            self.approve()
        return self.run

    def planned_then(self, act: Callable[[], None]) -> None:
        """Plan it, and act as somebody else before anything is written.

        What needs no approval is written at once: there, somebody acts as soon as it is proposed.
        """
        self.lab.ears.on["plan.proposed"] = act
        self.go()
        assert "plan.proposed" not in self.lab.ears.on
        if not self.run.closed:
            self.approve()

    def die_at(self, record: str) -> None:
        """Let a process die, once, as soon as a record of that kind is durable."""
        self.lab.ears.on[record] = self._die

    def die_unanswered(self, when: Callable[[], bool]) -> None:
        """Let a process die, once, when a write was answered and before it can say so."""
        spared: list[bool] = []

        def die() -> None:
            if not spared and when():
                spared.append(True)
                self._die()

        self.lab.wired = lambda opened: cast("OpenConnections", DeadlyConnections(opened, die))

    def _die(self) -> NoReturn:
        self.deaths += 1
        raise Killed


def _given_of(action: Action) -> dict[str, str]:
    """Return an action's parameters as people would write them."""
    values = {item.name: getattr(action, item.name) for item in fields(action)}
    return {name: _written(value) for name, value in values.items() if _written(value)}


def _written(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kept_first(text: str) -> str:
    """Return a playbook of one step that keeps the machine's disks before, as a guard demands."""
    head, _, step = text.partition("steps:\n")
    keep = "      - do: aws.evidence.snapshot\n        with: {instance: '{{ inputs.instance }}'}\n"
    act = indent(step, "    ")
    return (
        f"{head}steps:\n  - phase: Keep\n    steps:\n{keep}"
        f"  - phase: Act\n    needs: [Keep]\n    steps:\n{act}"
    )
