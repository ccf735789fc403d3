"""The catalogue on the screen: a table of actions, one action in full, and the kill matrix."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from irkit.canonical import JsonObject, thaw
from irkit.cli.views.layout import table, wrap
from irkit.cli.views.style import Style, Tone, pad
from irkit.clock import words
from irkit.model.spec import Spec
from irkit.model.visible import value_text
from irkit.report.reading import count_of, object_of, objects_of, raw_of, text_of, texts_of

_HEAD = ("ACTION", "VERB", "REVERSAL", "TOUCHES", "WHAT")
_LABEL = 14


def to_json(spec: Spec) -> JsonObject:
    """Return the JSON form of one action's declared facts."""
    return {
        "view": "action",
        "id": spec.id,
        "version": spec.version,
        "verb": str(spec.verb),
        "summary": spec.summary,
        "needs": list(spec.needs),
        "effect": str(spec.effect),
        "reversal": str(spec.reversal),
        "blast": str(spec.blast),
        "target": spec.target,
        "parameters": [
            {
                "name": item.name,
                "type": item.type,
                "help": item.help,
                "required": item.required,
                "default": thaw(item.default),
            }
            for item in spec.parameters
        ],
        "permissions": {
            "iam_read": list(spec.permissions.iam_read),
            "iam_write": list(spec.permissions.iam_write),
            "okta_read": list(spec.permissions.okta_read),
            "okta_write": list(spec.permissions.okta_write),
        },
        "cuts": list(spec.cuts),
        "does_not_cut": list(spec.does_not_cut),
        "reveals": list(spec.reveals),
        "mints": list(spec.mints),
        "visible_within_s": _seconds(spec.visible_within),
        "in_doubt_wait_s": _seconds(spec.in_doubt_wait),
        "attack": list(spec.attack),
        "d3fend": list(spec.d3fend),
        "gotchas": list(spec.gotchas),
    }


def list_json(specs: Iterable[Spec]) -> JsonObject:
    """Return the JSON form of the catalogue."""
    return {"view": "actions", "actions": [to_json(spec) for spec in specs]}


def list_text(value: JsonObject, *, style: Style) -> str:
    """Return the table of actions."""
    rows = [
        (
            raw_of(item, "id"),
            raw_of(item, "verb"),
            raw_of(item, "reversal") if raw_of(item, "verb") == "do" else "",
            raw_of(item, "blast") if raw_of(item, "verb") == "do" else "",
            text_of(item, "summary"),
        )
        for item in objects_of(value, "actions")
    ]
    return style.page(*table(rows, _HEAD, style))


def text(value: JsonObject, *, style: Style) -> str:
    """Return one action in full."""
    return style.page(*_lines(value, style))


def matrix_text(value: JsonObject, *, style: Style) -> str:
    """Return which action cuts which kind of credential, and which it leaves alone."""
    actions = [item for item in objects_of(value, "actions") if raw_of(item, "verb") == "do"]
    kinds = sorted({kind for item in actions for kind in texts_of(item, "cuts")})
    lines = []
    for kind in kinds:
        lines.append(style.strong(kind))
        for item in actions:
            if kind in texts_of(item, "cuts"):
                lines.append(f"  ✔ cut by       {raw_of(item, 'id')}")
            elif kind in texts_of(item, "does_not_cut"):
                lines.append(style.faint(f"  · not cut by   {raw_of(item, 'id')}"))
    return style.page(*lines)


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())


def _lines(value: JsonObject, style: Style) -> Iterator[str]:
    yield f"{style.strong(raw_of(value, 'id'))}  version {count_of(value, 'version')}"
    yield from wrap(text_of(value, "summary"), style)
    yield ""
    facts = [("verb", raw_of(value, "verb")), ("needs", ", ".join(texts_of(value, "needs")))]
    if raw_of(value, "verb") == "do":
        facts += [
            ("changes", text_of(value, "target")),
            ("reversal", raw_of(value, "reversal")),
            ("touches", raw_of(value, "blast")),
            ("after a crash", raw_of(value, "effect")),
            ("shows within", words(timedelta(seconds=count_of(value, "visible_within_s")))),
        ]
    for key in ("cuts", "does_not_cut", "reveals", "mints"):
        facts.append((key.replace("_", " "), ", ".join(texts_of(value, key))))
    facts += [
        ("ATT&CK", ", ".join(texts_of(value, "attack"))),
        ("D3FEND", ", ".join(texts_of(value, "d3fend"))),
    ]
    for label, told in facts:
        if told:
            yield from wrap(told, style, first=f"  {pad(label, _LABEL)}", rest=" " * (_LABEL + 2))
    yield from _parameters(value, style)
    yield from _permissions(value, style)
    for gotcha in texts_of(value, "gotchas"):
        yield from (
            style.paint(Tone.WARN, line) for line in wrap(gotcha, style, first="▲ ", rest="  ")
        )


def _parameters(value: JsonObject, style: Style) -> Iterator[str]:
    items = objects_of(value, "parameters")
    if items:
        yield ""
        yield style.strong("Parameters")
    for item in items:
        need = "" if item["required"] else f" (default {value_text(item['default'])})"
        start = f"  {text_of(item, 'name')}: {text_of(item, 'type')}{need}  "
        yield from wrap(text_of(item, "help"), style, first=start, rest="      ")


def _permissions(value: JsonObject, style: Style) -> Iterator[str]:
    permissions = object_of(value, "permissions")
    found = [(key, texts_of(permissions, key)) for key in permissions if texts_of(permissions, key)]
    if found:
        yield ""
        yield style.strong("Permissions")
    for key, names in found:
        provider, handle = key.split("_")
        label = f"  {pad(f'{provider} {handle}', _LABEL)}"
        yield from wrap(", ".join(names), style, first=label, rest=" " * (_LABEL + 2))
