"""The verdict in a sentence: what a run came to, in words that say no more than the facts."""

from datetime import timedelta
from typing import Final

from irkit.report.mark import Mark
from irkit.report.story_model import Figures, Story
from irkit.report.times import clock, exact

GOOD: Final = frozenset({"contained", "completed"})
TAKEN_BACK: Final = "taken_back"
"""The state of a case that was contained or completed, and has been undone since."""

_MARKS: Final = {
    TAKEN_BACK: Mark.WAIT,
    "contained": Mark.GOOD,
    "completed": Mark.GOOD,
    "planned": Mark.STEP,
    "running": Mark.STEP,
    "waiting": Mark.WAIT,
    "holding": Mark.WAIT,
    "stopped": Mark.WAIT,
    "in_doubt": Mark.UNKNOWN,
}


def mark_of(state: str) -> Mark:
    """Return the shape of a state or an outcome."""
    return _MARKS.get(state, Mark.BAD)


def state_words(state: str) -> str:
    """Return a state as it is shown: `IN DOUBT`, `CONTAINED`."""
    return state.replace("_", " ").upper()


def verdict(story: Story) -> str:
    """Return one or two sentences on where things stand at the end of the records."""
    figures = story.figures
    match story.state:
        case "contained":
            told = (
                f"All {figures.changes} planned changes were made and read back, and they held to "
                "the end of the watch."
            )
        case "completed":
            told = (
                f"All {figures.changes} planned changes were made and read back. "
                "Containment was not claimed."
            )
        case "taken_back":
            when = f" at {clock(story.taken_back_at)}" if story.taken_back_at else ""
            told = f"It was done, and was taken back{when}. {_in_place(figures)}"
        case "holding":
            told = "What was planned is cut. The watch is not over, so nobody has said contained."
        case "cancelled":
            told = f"Somebody ended it. {_in_place(figures)}"
        case "refused":
            told = "Guards refused all of it, and nothing was changed."
        case "in_doubt":
            told = f"It is not known whether a change was made. {_in_place(figures)}"
        case "waiting" | "stopped" | "running" | "planned":
            told = f"It is not over. {_in_place(figures)}"
        case _:
            told = _in_place(figures)
    return f"{told}{_seats(figures)}"


def _in_place(figures: Figures) -> str:
    rest = figures.changes - figures.good
    told = f"{figures.good} of {figures.changes} planned changes are in place and were read back"
    return f"{told}; {rest} {'is' if rest == 1 else 'are'} not." if rest else f"{told}."


def _seats(figures: Figures) -> str:
    if figures.seats_alive:
        return f" The intruder still has {_number(figures.seats_alive)} alive."
    if figures.seats_unknown:
        verb = "works" if figures.seats_unknown == 1 else "work"
        seats = _number(figures.seats_unknown)
        return f" Whether {seats} of the intruder still {verb} is not known."
    if figures.seats_dead:
        return f" Every one of the {figures.seats_dead} known seats of the intruder is dead."
    return ""


def _number(seats: int) -> str:
    return "1 seat" if seats == 1 else f"{seats} seats"


def numbers(figures: Figures) -> tuple[tuple[str, str, str], ...]:
    """Return the numbers of the first page as label, value and what it means."""
    return (
        (
            "First cut",
            _after(figures.first_cut_s),
            "from opening to the first change that cuts",
        ),
        ("All cut", _after(figures.all_cut_s), "until every change was made and read back"),
        ("Changes as planned", f"{figures.good} of {figures.changes}", "made and read back"),
        ("Longest approval", _after(figures.longest_wait_s, "none yet"), "from ready to signed"),
        ("Intruder's seats", *_seat_number(figures)),
    )


def _seat_number(figures: Figures) -> tuple[str, str]:
    """Return the worst that is known of the seats, and the rest."""
    alive, unknown, dead = figures.seats_alive, figures.seats_unknown, figures.seats_dead
    if alive:
        return f"{alive} alive", f"{unknown} unknown, {dead} dead"
    if unknown:
        return f"{unknown} unknown", f"none alive, {dead} dead"
    return (f"{dead} dead", "all that are known") if dead else ("none known", "none was tried")


def _after(seconds: int | None, never: str = "not reached") -> str:
    return exact(timedelta(seconds=seconds)) if seconds is not None else never
