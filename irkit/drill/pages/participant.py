"""What one role sees: the messages meant for it, what it may do, and what everybody may know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from irkit.drill.exercise.steering import ASKING, may, spoken_words, voices
from irkit.drill.pages.doors import Holder
from irkit.drill.pages.public import Entry, Public, minutes, public, reachable, words
from irkit.drill.record.deeds import Done
from irkit.drill.record.state import Drill
from irkit.drill.scenario.model import Right, Role, Scenario

RIGHTS: Final[Mapping[str, tuple[Right, ...]]] = MappingProxyType(
    {
        "note": (),
        "real": (),
        "hint": tuple(Right),
        "answer": tuple(Right),
        "declare": (Right.DECLARE,),
        "claim": (Right.CLAIM,),
        "decide": (Right.DECIDE,),
        "post": (Right.POST,),
        "ask": ASKING,
        "hear": ASKING,
        "approve": (Right.APPROVE,),
        "pause": (Right.STEER,),
        "resume": (Right.STEER,),
        "give": (Right.STEER,),
        "skip": (Right.STEER,),
        "judge": (Right.STEER,),
        "stop": (Right.STEER,),
    }
)
"""What each form of a page takes. `Steering` says so again, and has the last word."""

_MAY: Final[Mapping[Right, str]] = MappingProxyType(
    {
        Right.RUN: "run playbooks",
        Right.APPROVE: "say yes or no to what others want to do",
        Right.DECLARE: "declare an incident",
        Right.CLAIM: "say that it is contained",
        Right.DECIDE: "take decisions",
        Right.POST: "tell people outside",
        Right.NOTE: "take notes",
        Right.STEER: "steer the exercise",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something this role was told. `question` is what it asks somebody to decide."""

    t: int
    channel: str
    text: str
    question: str = ""
    deciders: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """Return its exercise time."""
        return minutes(self.t)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A decision that is to be taken: its options, as they are recorded and as they read."""

    id: str
    ask: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An approval that waits for a voice. The four `words` are for who reads them back."""

    about: str
    text: str
    by: str
    due: str
    late: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about what happened, with the answer that counts so far."""

    id: str
    ask: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """What one role sees. `offers` are the forms it gets; the newest message comes first."""

    role: str
    name: str
    duties: tuple[str, ...]
    public: Public
    offers: frozenset[str]
    messages: tuple[Message, ...]
    choices: tuple[Choice, ...]
    asked: tuple[Asked, ...]
    voices: tuple[str, ...]
    questions: tuple[Question, ...]
    hint_costs: int | None
    notes: tuple[Entry, ...]


def seen_by(
    drill: Drill, scenario: Scenario, holder: Holder, deeds: Iterable[Done], now: int
) -> Participant:
    """Return what the holder of a page sees at an exercise time."""
    role, name = scenario.roles[holder.role], holder.name
    offers = frozenset(form for form, rights in RIGHTS.items() if _offered(drill, role, rights))
    left = scenario.hints[len(drill.hints) :]
    return Participant(
        role=role.name,
        name=name,
        duties=tuple(said for right, said in _MAY.items() if right in role.can),
        public=public(drill, scenario, deeds, now),
        offers=offers if drill.end is None else frozenset(),
        messages=tuple(_messages(drill, scenario, role))[::-1],
        choices=tuple(_choices(drill, scenario)) if "decide" in offers else (),
        asked=tuple(_asked(drill, scenario, now, reads="approve" in offers)),
        voices=voices(drill, scenario),
        questions=tuple(_questions(drill, scenario)),
        hint_costs=left[0].points if left else None,
        notes=tuple(_notes(drill, scenario, role, name))[::-1],
    )


def _offered(drill: Drill, role: Role, rights: tuple[Right, ...]) -> bool:
    return not rights or may(drill, role, *rights)


def _messages(drill: Drill, scenario: Scenario, role: Role) -> Iterator[Message]:
    deciders = tuple(name for name, other in scenario.roles.items() if Right.DECIDE in other.can)
    for given in drill.injects:
        if given.to == role.name and not given.skipped:
            decision = scenario.decisions.get(given.decision)
            yield Message(
                t=given.t,
                channel=given.channel,
                text=given.text.removeprefix("[EXERCISE] "),
                question=decision.ask if decision else "",
                deciders=() if Right.DECIDE in role.can else deciders,
            )


def _choices(drill: Drill, scenario: Scenario) -> Iterator[Choice]:
    """Yield what was raised and nobody has decided yet."""
    raised = [item.decision for item in drill.injects if item.decision and not item.skipped]
    taken = {said.about for said in drill.decided}
    for id_ in dict.fromkeys(raised):
        if id_ not in taken and id_ in scenario.decisions:
            decision = scenario.decisions[id_]
            options = tuple((option, words(option)) for option in decision.options)
            yield Choice(id=id_, ask=decision.ask, options=options)


def _asked(drill: Drill, scenario: Scenario, now: int, *, reads: bool) -> Iterator[Asked]:
    """Yield what still waits for a yes; the words only for those who read them back."""
    within = reachable(scenario)
    over = {heard.about for heard in drill.heard}
    for said in drill.asked:
        if said.about not in over:
            due = None if within is None else said.t + within
            yield Asked(
                about=said.about,
                text=said.text.removeprefix("[EXERCISE] "),
                by=said.by,
                due="" if due is None else minutes(due),
                late=due is not None and now > due,
                words=spoken_words(drill, said.about, said.text) if reads else (),
            )


def _questions(drill: Drill, scenario: Scenario) -> Iterator[Question]:
    """Yield the questions of the investigation: it begins when an incident is declared."""
    if not drill.declared:
        return
    given = {answer.question: ", ".join(answer.answers) for answer in drill.answered}
    for question in scenario.truth.questions:
        yield Question(id=question.id, ask=question.ask, answer=given.get(question.id, ""))


def _notes(drill: Drill, scenario: Scenario, role: Role, name: str) -> Iterator[Entry]:
    """Yield somebody's own notes; those of a name that has the truth only to who has it."""
    knowing = {item.role for item in drill.people if item.who == name} & _knowing(scenario)
    if role.sees_truth or not knowing:
        yield from (Entry(t=said.t, text=said.text) for said in drill.notes if said.by == name)


def _knowing(scenario: Scenario) -> set[str]:
    return {role.name for role in scenario.roles.values() if role.sees_truth}
