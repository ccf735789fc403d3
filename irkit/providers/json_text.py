"""Reading JSON text as irkit keeps it: without floats and without integers that lose digits."""

import json
from typing import cast

from irkit.canonical import MAX_INTEGER, Json


def decode(text: str) -> Json:
    """Read JSON; numbers that are no safe integers stay text.

    Raises:
        ValueError: if `text` is not JSON.
    """
    try:
        return cast(
            "Json", json.loads(text, parse_float=str, parse_int=_integer, parse_constant=str)
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _integer(text: str) -> int | str:
    try:
        value = int(text)
    except ValueError:  # longer than Python converts
        return text
    return value if abs(value) <= MAX_INTEGER else text
