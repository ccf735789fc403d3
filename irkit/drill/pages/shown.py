"""The pages as HTML: each is made of one view, which says what may be told, and one template."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from irkit.drill.exercise.steering import may
from irkit.drill.pages.address import Address
from irkit.drill.pages.board import Board
from irkit.drill.pages.doors import PROJECTOR, Doors, Holder
from irkit.drill.pages.facilitator import story, truth
from irkit.drill.pages.glossary import TERMS
from irkit.drill.pages.participant import Participant, seen_by
from irkit.drill.pages.public import Public, public
from irkit.drill.record.state import Drill
from irkit.drill.scenario.model import Right, Role
from irkit.report.render import page

_NEWS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of the last form: a word of thanks, or the problem beside what was `typed`."""

    said: str = ""
    problem: str = ""
    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    def kept(self, form: str, name: str) -> str:
        """Return what was typed into a form that could not be taken."""
        return self.typed.get(name, "") if form == self.form else ""


NOTHING: Final = Outcome()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Makes the pages of one drill."""

    board: Board
    doors: Doors
    at: Address

    @property
    def roles(self) -> Mapping[str, Role]:
        """Return the roles of the drill."""
        return self.board.scenario.roles

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """Return every role with its code, the projector's last."""
        named = [(role, self.doors.code(role)) for role in self.roles]
        return (*named, ("projector", self.doors.code(PROJECTOR)))

    def join(self, outcome: Outcome = NOTHING) -> str:
        """Return the page at which people come in."""
        return page("drill/join.html.j2", {"outcome": outcome})

    def role(self, holder: Holder, kept: str, outcome: Outcome = NOTHING) -> str:
        """Return the page of a role."""
        drill = self.board.drill()
        seen, role = self._seen(drill, holder), self.roles[holder.role]
        values: dict[str, object] = {
            "seen": seen,
            "public": seen.public,
            "outcome": outcome,
            "form": self.doors.form(kept),
            "news": self.news(holder),
            "plans": self.board.plans() if may(drill, role, Right.APPROVE) else (),
            "story": (),
        }
        if drill.end is not None and not seen.public.real:
            values["story"] = story(drill, self.board.deeds())
        if not role.sees_truth:
            return page("drill/role.html.j2", values)
        known = truth(drill, self.board.scenario, self.board.deeds(), self.codes)
        return page("drill/facilitator.html.j2", {**values, "truth": known, "url": self.at.url})

    def pulse(self, holder: Holder, seen: str) -> str:
        """Return the clock alone, and whether there is more than what was `seen`."""
        values = {
            "public": self._public(self.board.drill()),
            "role": holder.role,
            "fresh": self.news(holder) != seen,
        }
        return page("drill/pulse.html.j2", values)

    def news(self, holder: Holder) -> str:
        """Return a word that is another one as soon as there is something new for a holder."""
        drill = self.board.drill()
        seen = self._seen(drill, holder)
        told: list[object] = [seen.messages, seen.choices, seen.asked, seen.questions]
        told += [seen.public.log, seen.public.table, seen.public.state]
        if self.roles[holder.role].sees_truth:
            told += [drill.seats, drill.acts, drill.losses, drill.injects, drill.notes]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:_NEWS]

    def glossary(self, role: str) -> str:
        """Return what the words mean."""
        values = {"role": role, "terms": TERMS, "public": self._public(self.board.drill())}
        return page("drill/glossary.html.j2", values)

    def projector(self) -> str:
        """Return what everybody may see on the wall."""
        drill = self.board.drill()
        over = drill.end is not None
        values = {
            "public": self._public(drill),
            "url": self.at.url,
            "story": story(drill, self.board.deeds()) if over else (),
        }
        return page("drill/projector.html.j2", values)

    def _seen(self, drill: Drill, holder: Holder) -> Participant:
        board = self.board
        return seen_by(drill, board.scenario, holder, board.deeds(), board.now(drill))

    def _public(self, drill: Drill) -> Public:
        board = self.board
        return public(drill, board.scenario, board.deeds(), board.now(drill))
