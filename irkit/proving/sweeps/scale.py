"""The sweep over size: the same case in a large company, with the same end and no call too many."""

import time
from dataclasses import dataclass, replace
from typing import Final

from irkit.engine.walk import Book
from irkit.proving.sweeps.baseline import Baseline
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.suite import Case, Suite
from irkit.world.calls import Call

SWEEP: Final = "scale"
_THROTTLED: Final = 429
_MORE: Final = 2
"""How many times as many calls a company a hundred times as large may need: for pages of lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalePiece:
    """The case in a company of so many people."""

    case: Case
    suite: Suite
    book: Book
    exits: Exits
    baseline: Baseline

    @property
    def name(self) -> str:
        """Return how large."""
        return f"{self.suite.sweeps.users} people"

    def run(self) -> Done:
        """Play the case in the large company."""
        from irkit.proving.testing.playing import play  # noqa: PLC0415  # the world is heavy

        began = time.monotonic()
        users = self.suite.sweeps.users
        world = replace(self.case.world, fixture="generated", users=users)
        seen = play(replace(self.case, world=world), self.book, self.exits)
        seconds = time.monotonic() - began
        calls = seen.first.calls
        return Done(
            sweep=SWEEP,
            playbook=self.suite.playbook,
            item=self.name,
            found=f"{seen.first.result}, {len(calls)} calls ({self.baseline.calls} in a small one)",
            wrong=tuple(self._wrong(seen.first.result, calls, seconds)),
            seconds=seconds,
        )

    def _wrong(self, result: str, calls: tuple[Call, ...], seconds: float) -> list[str]:
        wrong = []
        if result != self.baseline.result:
            wrong.append(f"ends {result} instead of {self.baseline.result}")
        throttled = sum(call.status == _THROTTLED for call in calls)
        if throttled:
            wrong.append(f"{throttled} calls ran into a rate limit")
        if len(calls) > _MORE * self.baseline.calls:
            wrong.append(f"{len(calls)} calls instead of {self.baseline.calls}")
        within = self.suite.sweeps.within
        if within is not None and seconds > within.total_seconds():
            wrong.append(f"took {seconds:.0f} s, longer than {within.total_seconds():.0f} s")
        return wrong


def scale_pieces(
    suite: Suite, book: Book, exits: Exits, baseline: Baseline
) -> tuple[ScalePiece, ...]:
    """Return the one piece."""
    return (ScalePiece(case=suite.swept, suite=suite, book=book, exits=exits, baseline=baseline),)
