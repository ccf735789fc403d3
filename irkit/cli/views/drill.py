"""Drills on the screen: scenarios, what is going on, what was compared."""

from collections.abc import Iterable, Iterator
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.layout import table, wrap
from irkit.cli.views.style import Style, Tone
from irkit.drill.exercise.compare import Row
from irkit.drill.exercise.lines import Line, lines
from irkit.drill.record.deeds import Done
from irkit.drill.record.state import Drill
from irkit.drill.scenario.model import Scenario
from irkit.report.mark import Mark
from irkit.report.reading import count_of, flag_of, objects_of, raw_of, text_of, texts_of
from irkit.report.times import passed

_LANES: Final = {"intruder": "INTRUDER  ", "responders": "RESPONDERS", "exercise": "EXERCISE  "}
_MINUTE: Final = 60


def listed(scenarios: Iterable[Scenario]) -> JsonObject:
    """Return the JSON form of a list of scenarios."""
    return {
        "view": "scenarios",
        "scenarios": [
            {
                "id": item.id,
                "title": item.title,
                "difficulty": item.difficulty,
                "minutes": _minutes(int(item.lasts.total_seconds())),
                "playbook": item.respond.playbook,
            }
            for item in scenarios
        ],
    }


def listed_text(value: JsonObject, *, style: Style) -> str:
    """Return the list."""
    rows = [
        (
            text_of(item, "id"),
            f"{count_of(item, 'minutes')}m",
            "*" * count_of(item, "difficulty"),
            text_of(item, "title"),
        )
        for item in objects_of(value, "scenarios")
    ]
    return style.page(*table(rows, ("SCENARIO", "LASTS", "HARD", "WHAT IT IS"), style))


def shown(scenario: Scenario, *, truth: bool) -> JsonObject:
    """Return the JSON form of one scenario; the adversary is in it for the facilitator only."""
    value: dict[str, object] = {
        "view": "scenario",
        "id": scenario.id,
        "title": scenario.title,
        "about": scenario.about,
        "version": scenario.version,
        "digest": scenario.digest,
        "minutes": _minutes(int(scenario.lasts.total_seconds())),
        "roles": [
            {"name": role.name, "least": role.least, "can": sorted(map(str, role.can))}
            for role in scenario.roles.values()
        ],
        "objectives": [
            {"id": item.id, "text": item.text, "measure": str(item.measure)}
            for item in scenario.objectives
        ],
        "playbook": scenario.respond.playbook,
        "inputs": dict(scenario.inputs()),
    }
    if truth:
        value["tactics"] = [
            {"id": item.id, "do": item.do, "attack": item.attack}
            for item in scenario.adversary.all_tactics
        ]
        value["injects"] = [
            {"id": item.id, "to": item.to, "text": item.text} for item in scenario.injects
        ]
    return value  # type: ignore[return-value]


def shown_text(value: JsonObject, *, style: Style) -> str:
    """Return one scenario."""
    inputs = " ".join(f"-i {name}={given}" for name, given in _pairs(value, "inputs"))
    body = [
        style.strong(f"{text_of(value, 'id')}  {text_of(value, 'title')}"),
        *wrap(text_of(value, "about"), style),
        "",
        *(
            f"  {text_of(item, 'id')}  {text_of(item, 'text')} ({text_of(item, 'measure')})"
            for item in objects_of(value, "objectives")
        ),
        "",
        *(
            f"  {text_of(item, 'name')}: {', '.join(texts_of(item, 'can')) or 'looks on'}"
            for item in objects_of(value, "roles")
        ),
        *(
            f"  ! {text_of(item, 'id')}  {text_of(item, 'do')}  {text_of(item, 'attack')}"
            for item in objects_of(value, "tactics")
        ),
        *(
            f"  > {text_of(item, 'id')}  to {text_of(item, 'to')}: {text_of(item, 'text')}"
            for item in objects_of(value, "injects")
        ),
        "",
        style.paint(Tone.KEY, f"  irkit run {text_of(value, 'playbook')} {inputs}"),
    ]
    return style.page(*body)


def going_on(drill: Drill, deeds: Iterable[Done], now: int, *, truth: bool) -> JsonObject:
    """Return the JSON form of a drill as it stands; seats are the facilitator's."""
    told = [line for line in lines(drill, deeds) if truth or not line.secret]
    value: dict[str, object] = {
        "view": "drill",
        "drill": drill.id,
        "scenario": drill.scenario,
        "title": drill.title,
        "t": now,
        "lasts": drill.lasts,
        "running": drill.running,
        "ended": str(drill.end.why) if drill.end else "",
        "roles": {who: list(roles) for who, roles in drill.role_of.items()},
        "lines": [_line(line) for line in told],
    }
    if truth:
        value["seats"] = [
            {"label": seat.label, "state": seat.state, "by": seat.by, "again": seat.again}
            for seat in drill.seats.values()
        ]
    return value  # type: ignore[return-value]


def going_on_text(value: JsonObject, *, style: Style) -> str:
    """Return a drill as it stands."""
    ended = raw_of(value, "ended")
    state = f"ended: {ended}" if ended else "running" if flag_of(value, "running") else "paused"
    head = (
        f"[EXERCISE] {text_of(value, 'drill')} · {text_of(value, 'title')} · "
        f"T+{passed(count_of(value, 't'))} of {passed(count_of(value, 'lasts'))} · {state}"
    )
    seats = [
        style.marked(
            Mark.GOOD if raw_of(item, "state") == "dead" else Mark.BAD,
            f"{raw_of(item, 'state').upper():8} {text_of(item, 'label')}"
            f"{' (came back)' if flag_of(item, 'again') else ''}",
        )
        for item in objects_of(value, "seats")
    ]
    return style.page(style.strong(head), *seats, *_told(value, style))


def line_text(value: JsonObject, *, style: Style) -> str:
    """Return one line of a drill."""
    return style.page(_one(value, style))


def line_json(line: Line) -> JsonObject:
    """Return the JSON form of one line."""
    return {"view": "drill_line", **_line(line)}


def compared(scenario: Scenario, rows: Iterable[Row], seeds: int) -> JsonObject:
    """Return the JSON form of a comparison."""
    return {
        "view": "compared",
        "scenario": scenario.id,
        "digest": scenario.digest,
        "seeds": seeds,
        "rows": [row.to_json() for row in rows],
    }


_HEAD: Final = (
    "FALSE ALL-CLEAR",
    "EVICTED",
    "GOAL",
    "AFTER CUT",
    "AFTER CLAIM",
    "COPIES",
    "LAST ACT",
    "RESPONSE",
)


def compared_text(value: JsonObject, *, style: Style) -> str:
    """Return the table for a terminal; what was left open stands below it."""
    rows = list(_cells(value))
    left = [
        f"  {text_of(row, 'response')} left {', '.join(texts_of(row, 'left'))}"
        for row in objects_of(value, "rows")
        if texts_of(row, "left")
    ]
    return style.page(*table(rows, _HEAD, style), "", *left)


def compared_markdown(value: JsonObject) -> str:
    """Return the table for a page."""
    head = ("Response", *(word.capitalize() for word in _HEAD[:-1]), "Left open")
    lines_ = [f"| {' | '.join(head)} |", f"|---|{'--:|' * (len(head) - 2)}---|"]
    for cells, row in zip(_cells(value), objects_of(value, "rows"), strict=True):
        left = ", ".join(texts_of(row, "left")) or "nothing"
        lines_.append(f"| {cells[-1]} | {' | '.join(cells[:-1])} | {left} |")
    return "\n".join(lines_)


def _cells(value: JsonObject) -> Iterator[tuple[str, ...]]:
    for row in objects_of(value, "rows"):
        seeds = count_of(row, "seeds")
        yield (
            f"{count_of(row, 'false_all_clear')}/{seeds}",
            f"{count_of(row, 'evicted')}/{seeds}",
            f"{count_of(row, 'goal_reached')}/{seeds}",
            _number(row, "acts_after_first_cut"),
            _number(row, "acts_after_claim"),
            str(count_of(row, "data")),
            f"{count_of(row, 'last_act_s') // _MINUTE}m",
            text_of(row, "title"),
        )


def _number(row: JsonObject, key: str) -> str:
    return "-" if row.get(key) is None else str(count_of(row, key))


def _line(line: Line) -> dict[str, "str | int | bool | None"]:
    return {"t": line.t, "lane": str(line.lane), "text": line.text, "good": line.good}


def _told(value: JsonObject, style: Style) -> Iterator[str]:
    yield from (_one(line, style) for line in objects_of(value, "lines"))


def _one(line: JsonObject, style: Style) -> str:
    """Return one line: when, whose, and a mark where it is good or bad news for responders."""
    good = line.get("good")
    mark = Mark.STEP if good is None else Mark.GOOD if good else Mark.BAD
    lane = _LANES[raw_of(line, "lane")]
    return f"{passed(count_of(line, 't')):>6}  {lane}  {style.marked(mark, text_of(line, 'text'))}"


def _pairs(value: JsonObject, key: str) -> Iterator[tuple[str, str]]:
    found = value.get(key)
    if isinstance(found, dict):
        yield from ((name, str(item)) for name, item in found.items())


def _minutes(seconds: int) -> int:
    return seconds // _MINUTE
