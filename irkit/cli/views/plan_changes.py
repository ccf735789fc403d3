"""Every change of a plan, before and after: only the keys that differ, late values as such."""

from collections.abc import Iterable, Iterator

from irkit.canonical import JsonObject, thaw
from irkit.cli.views.layout import wrap
from irkit.cli.views.style import Style, Tone
from irkit.model.change import Change
from irkit.model.difference import Difference, differences
from irkit.model.plan import PlannedStep
from irkit.model.visible import value_text, visible
from irkit.report.reading import count_of, counted, objects_of, raw_of, text_of, texts_of

_SIGNS = {Difference.ADDED: "+", Difference.REMOVED: "-", Difference.CHANGED: "~"}


def step_json(step: PlannedStep) -> JsonObject:
    """Return a planned step with its changes."""
    return {
        "path": step.path,
        "action": step.action,
        "title": step.title,
        "connection": step.connection,
        "effect": str(step.effect),
        "reversal": str(step.reversal),
        "blast": str(step.blast),
        "because": step.because,
        "undoes": step.undoes,
        "already": list(step.already),
        "changes": [change_json(change) for change in step.changes],
    }


def change_json(change: Change) -> JsonObject:
    """Return a change with both states and where they differ."""
    return {
        "id": change.id,
        "verb": change.verb,
        "target": change.target.to_json(),
        "before": thaw(change.before),
        "after": thaw(change.after),
        "needs": list(change.needs),
        "differences": [item.to_json() for item in differences(change.before, change.after)],
    }


def lines(parts: Iterable[JsonObject], style: Style) -> Iterator[str]:
    """Yield the lines of all parts."""
    for part in parts:
        number = counted(count_of(part, "changes"), "change")
        yield style.strong(f"{text_of(part, 'id')} · {number}")
        yield style.faint(f"  {raw_of(part, 'digest')}")
        for step in objects_of(part, "steps"):
            yield from _step(step, style)
        for unknown in objects_of(part, "unknowns"):
            yield from (
                style.paint(Tone.WARN, line)
                for line in wrap(
                    f"? {text_of(unknown, 'path')} is not known yet: {text_of(unknown, 'why')}",
                    style,
                    first="  ",
                    rest="    ",
                )
            )
        yield ""


def _step(step: JsonObject, style: Style) -> Iterator[str]:
    yield f"  {text_of(step, 'title')}"
    facts = f"{text_of(step, 'action')} · {raw_of(step, 'reversal')} · {raw_of(step, 'blast')}"
    yield style.faint(f"    {facts} · {text_of(step, 'path')}")
    if raw_of(step, "because"):
        yield from wrap(f"because: {text_of(step, 'because')}", style, first="    ", rest="      ")
    for target in texts_of(step, "already"):
        yield style.faint(f"    = {target}: already so")
    for change in objects_of(step, "changes"):
        yield from change_lines(change, style)


def change_lines(change: JsonObject, style: Style) -> Iterator[str]:
    """Yield one change: its target, then a line for each place that differs."""
    target = change["target"]
    assert isinstance(target, dict)
    name = f"{text_of(target, 'label')}"
    yield f"    {style.strong(text_of(change, 'verb'))} {name}"
    yield style.faint(
        f"      {text_of(target, 'kind')} {text_of(target, 'id')} in {text_of(target, 'tenant')}"
    )
    for need in texts_of(change, "needs"):
        yield style.faint(f"      after {need}")
    for item in objects_of(change, "differences"):
        yield from _difference(item, style)


def _difference(item: JsonObject, style: Style) -> Iterator[str]:
    kind = Difference(raw_of(item, "kind"))
    path = visible(raw_of(item, "path"))
    start = f"      {_SIGNS[kind]} {path}: " if path else f"      {_SIGNS[kind]} "
    match kind:
        case Difference.ADDED:
            told, tone = value_text(item["after"]), Tone.GOOD
        case Difference.REMOVED:
            told, tone = value_text(item["before"]), Tone.BAD
        case Difference.CHANGED:
            told = f"{value_text(item['before'])} → {value_text(item['after'])}"
            tone = Tone.WARN
    for line in wrap(told, style, first=start, rest="          "):
        yield style.paint(tone, line)
