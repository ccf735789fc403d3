"""What the forms of a page do: each calls the very function that the command of its name calls."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.drill.exercise.steering import Steering

LONGEST: Final = 2000
"""Letters of one field: a note is no file."""

_NAMES: Final = MappingProxyType(
    {
        "text": "what you want to say",
        "audience": "who is told",
        "option": "one of the options",
        "answers": "what was found",
        "voice": "who said it",
        "answer": "whether it was a yes or a no",
        "met": "whether it was met",
        "sure": "that you mean it: tick the box",
    }
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a form."""

    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return what was typed into a field, in one line.

        Raises:
            IrkitError: IRK866 if it is empty or too long.
        """
        text = self.maybe(name)
        if not text:
            raise _incomplete(f"the form does not say {_NAMES.get(name, name)}")
        return text

    def maybe(self, name: str) -> str:
        """Return what was typed into a field that may be empty, in one line."""
        text = " ".join(self.fields.get(name, "").split())
        if len(text) > LONGEST:
            raise _incomplete(f"one field takes {LONGEST} letters, and this has {len(text)}")
        return text

    def several(self, name: str) -> tuple[str, ...]:
        """Return the entries of a field, which stand in lines or between commas."""
        self.text(name)
        found = (item.strip() for item in re.split(r"[,\r\n]+", self.fields[name]))
        return tuple(item for item in found if item)


Deed = Callable[[Steering, Typed], object]


def _claim(me: Steering, typed: Typed) -> None:
    typed.text("sure")
    me.claim()


def _hear(me: Steering, typed: Typed) -> None:
    yes = typed.text("answer") == "yes"
    words = typed.maybe("words")
    me.hear(typed.text("about"), typed.text("voice"), yes=yes, words=words)


def _judge(me: Steering, typed: Typed) -> None:
    met = typed.text("met") == "met"
    me.judge(typed.text("expectation"), met=met, note=typed.maybe("note"))


def _stop(me: Steering, typed: Typed) -> None:
    typed.text("sure")
    me.stop(typed.maybe("text"), real=False)


def _real(me: Steering, typed: Typed) -> None:
    typed.text("sure")
    me.stop(typed.maybe("text"), real=True)


DEEDS: Final[Mapping[str, Deed]] = MappingProxyType(
    {
        "note": lambda me, typed: me.note(typed.text("text")),
        "declare": lambda me, typed: me.declare(typed.text("text")),
        "claim": _claim,
        "decide": lambda me, typed: me.decide(typed.text("decision"), typed.text("option")),
        "answer": lambda me, typed: me.answer(typed.text("question"), typed.several("answers")),
        "post": lambda me, typed: me.post(typed.text("audience"), typed.text("text")),
        "ask": lambda me, typed: me.ask(typed.text("text")),
        "hear": _hear,
        "hint": lambda me, _: me.hint(),
        "pause": lambda me, _: me.pause(),
        "resume": lambda me, _: me.go_on(),
        "give": lambda me, typed: me.give(typed.text("inject")),
        "skip": lambda me, typed: me.skip(typed.text("inject")),
        "judge": _judge,
        "stop": _stop,
        "real": _real,
    }
)

DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "note": "Noted.",
        "declare": "The incident is declared.",
        "claim": "Recorded: contained.",
        "decide": "Decided.",
        "answer": "Your answer is recorded. The last one counts.",
        "post": "Told, and recorded.",
        "ask": "Asked. The approver reads it back to you.",
        "hear": "Recorded. A voice signs nothing.",
        "hint": "The hint stands with what everybody knows.",
        "pause": "Time is paused, for the intruder too.",
        "resume": "Time goes on.",
        "give": "The message is given.",
        "skip": "The message is left out.",
        "judge": "Your judgement is recorded.",
        "stop": "The exercise is over.",
        "real": "The exercise is over.",
    }
)


def _incomplete(summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(code="IRK866", summary=summary, help="fill the form in and send it again")
    )
