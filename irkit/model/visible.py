"""Text that others wrote, made safe to look at: nothing invisible and nothing that moves a cursor.

Names and log fields are written by the intruder too. What cannot be seen (control and format
characters, ANSI sequences, bidirectional overrides, zero-width and tag characters, odd spaces) is
replaced by its escape, so that it shows.
"""

import json
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.model.change import LATE, is_late

_BLANK_LETTERS: Final = frozenset(
    map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0))
)
"""Characters that count as printable and show nothing."""

_SELECTORS: Final = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BYTE: Final = 0xFF
_BASIC_PLANE: Final = 0xFFFF


def visible(text: str) -> str:
    r"""Return `text` with everything invisible replaced by an escape such as `\u202e`."""
    if text.isprintable() and text.isascii():
        return text
    return "".join(char if _shows(char) else escape(char) for char in text)


def ascii_only(text: str) -> str:
    r"""Return `text` with everything but printable ASCII escaped, the same on every machine."""
    if text.isprintable() and text.isascii():
        return text
    return "".join(char if " " <= char <= "~" else escape(char) for char in text)


def escape(char: str) -> str:
    r"""Return the escape of one character: `\n`, `\x1b`, `\u202e`, `\U000e0041`."""
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if code <= _BYTE:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BASIC_PLANE else f"\\U{code:08x}"


def value_text(value: Json) -> str:
    """Return a JSON value in one line for people: texts without quotes, late values in words."""
    if value is None:
        return "none"
    if isinstance(value, str):
        return visible(value) or '""'
    if is_late(value):
        return late_text(value)  # type: ignore[arg-type]  # a late value is a mapping
    return visible(json.dumps(_worded(value), ensure_ascii=False, separators=(", ", ": ")))


def late_text(value: JsonObject) -> str:
    """Return what a late value stands for, in words."""
    if value[LATE] == "provider_now":
        return "<the provider's clock when it is written>"
    return f"<{visible(str(value['output']))} of {visible(str(value['change']))}>"


def _worded(value: Json) -> Json:
    if is_late(value):
        return late_text(value)  # type: ignore[arg-type]  # a late value is a mapping
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, list | tuple):
        return [_worded(item) for item in value]
    return {key: _worded(item) for key, item in value.items()}


def _shows(char: str) -> bool:
    if char in _BLANK_LETTERS or not char.isprintable():
        return False
    return not any(ord(char) in span for span in _SELECTORS)
