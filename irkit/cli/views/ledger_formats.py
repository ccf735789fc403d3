"""The proof ledger for machines and pages, from its JSON form: Prometheus, Markdown, a badge."""

from collections.abc import Iterator
from html import escape
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.ledger import LEVELS, level_of, reason, summary
from irkit.cli.views.style import Style, cells
from irkit.clock import parse_rfc3339
from irkit.proving.ledger.standing import State
from irkit.report.reading import count_of, flag_of, objects_of, raw_of, text_of, texts_of

_METRICS: Final = (
    (
        "irkit_playbook_last_proven_timestamp_seconds",
        "When the level was last proven; a proof that no longer holds counts as well.",
    ),
    ("irkit_playbook_proven", "1 if the level is proven as everything is now."),
    ("irkit_playbook_wanting", "1 if a policy asks for the level and does not have it."),
    ("irkit_playbook_overdue_seconds", "By how much the proof is older than its policy allows."),
    ("irkit_playbook_missed_windows", "Windows of the policy in 30 days in which nobody tried."),
)
_WRITTEN: Final = "irkit_ledger_written_timestamp_seconds"
_CHARACTER: Final = 7
_PAD: Final = 10
_GREEN, _AMBER, _GREY = "#1a7f37", "#b35900", "#57606a"


def prometheus(value: JsonObject) -> str:
    """Return the text exposition format, for the textfile collector of a node exporter.

    The alarm is on age: alert where the last proof is too long ago, and where this file is.
    """
    lines = []
    for metric, what in _METRICS:
        lines += [f"# HELP {metric} {what}", f"# TYPE {metric} gauge", *_samples(metric, value)]
    lines += [
        f"# HELP {_WRITTEN} When this was written.",
        f"# TYPE {_WRITTEN} gauge",
        f"{_WRITTEN} {_unix(raw_of(value, 'at'))}",
    ]
    return "\n".join(lines)


def markdown(value: JsonObject, *, style: Style) -> str:
    """Return a table and what is wrong, for a pull request or the summary of a job."""
    head = ("Playbook", *(level.capitalize() for level in LEVELS))
    lines = [
        f"**{summary(value)}** at {raw_of(value, 'at')}",
        "",
        f"| {' | '.join(head)} |",
        f"|{'---|' * len(head)}",
    ]
    details = []
    for row in objects_of(value, "playbooks"):
        name = _cell(text_of(row, "playbook"))
        found = [level_of(row, level) for level in LEVELS]
        lines.append(f"| `{name}` | {' | '.join(_state(one) for one in found)} |")
        details += [f"- `{name}`: {_cell(problem)}" for problem in texts_of(row, "problems")]
        for level, one in zip(LEVELS, found, strict=True):
            why = reason(one, style=style)
            if why and flag_of(one, "asked"):
                details.append(f"- `{name}` {level}: {_cell(why)}")
                details += [f"    - {_cell(problem)}" for problem in texts_of(one, "problems")]
    return "\n".join([*lines, *([""] if details else []), *details])


def badge(value: JsonObject) -> str:
    """Return one SVG badge for the whole; it says how many are proven and on which day.

    It shows no age, which would go on being shown when it is no longer true.
    """
    said = f"{summary(value)}, {raw_of(value, 'at')[:10]}"
    colour = (
        _GREY if not flag_of(value, "asked") else _AMBER if count_of(value, "wanting") else _GREEN
    )
    label = "irkit"
    left, right = (cells(each) * _CHARACTER + 2 * _PAD for each in (label, said))
    width = left + right
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img">',
            f"<title>{escape(label)}: {escape(said)}</title>",
            f'<rect width="{left}" height="20" fill="#24292f"/>',
            f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>',
            '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">',
            f'<text x="{_PAD}" y="14" textLength="{left - 2 * _PAD}">{escape(label)}</text>',
            f'<text x="{left + _PAD}" y="14" textLength="{right - 2 * _PAD}">{escape(said)}</text>',
            "</g></svg>",
        )
    )


def _samples(metric: str, value: JsonObject) -> Iterator[str]:
    for row in objects_of(value, "playbooks"):
        for level in LEVELS:
            found = level_of(row, level)
            number = _number(metric, found)
            if number is not None and (flag_of(found, "asked") or found.get("last_at")):
                labels = f'playbook="{_label(raw_of(row, "playbook"))}",level="{level}"'
                yield f"{metric}{{{labels}}} {number}"


def _number(metric: str, found: JsonObject) -> int | None:
    state = raw_of(found, "state")
    match metric.removeprefix("irkit_playbook_"):
        case "proven":
            return int(state == State.PROVEN)
        case "wanting":
            return int(flag_of(found, "asked") and state != State.PROVEN)
        case "overdue_seconds":
            return count_of(found, "overdue_s")
        case "missed_windows":
            return count_of(found, "missed")
        case _:
            passed = raw_of(found, "passed_at")
            return _unix(passed) if passed else None


def _state(found: JsonObject) -> str:
    state = raw_of(found, "state")
    day = raw_of(found, "passed_at")[:10]
    match State(state):
        case State.UNASKED:
            return ""
        case State.NEVER | State.FAILED:
            return f"**{state}**"
        case State.PROVEN:
            return f"proven {day}"
        case State.STALE | State.OVERDUE | State.AWAITING:
            return f"**{state}**, {day}"


def _unix(moment: str) -> int:
    return int(parse_rfc3339(moment).timestamp())


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("`", "'")
