"""What is shown to somebody who is asked for a signature: the exact text, then who signs."""

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style
from irkit.engine.asked import Request
from irkit.model.approval import Decision
from irkit.report.reading import raw_of, text_of, texts_of


def to_json(request: Request, decision: Decision, *, approver: str, key: str) -> JsonObject:
    """Return the JSON form."""
    return {
        "view": "approval",
        "run": request.run,
        "mode": request.mode,
        "decision": str(decision),
        "approver": approver,
        "key": key,
        "parts": list(request.parts),
        "words": list(request.words),
        "text": request.text,
        "trail": {"size": request.trail.size, "root": request.trail.root},
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the text that is signed as it is, and below it what is not part of it."""
    below = [
        "",
        f"read back    {' '.join(texts_of(value, 'words'))}",
        f"you          {text_of(value, 'approver')}, with {text_of(value, 'key')}",
        f"you say      {style.strong(raw_of(value, 'decision').upper())} to all of the above",
    ]
    return raw_of(value, "text") + style.page(*below)
