"""Ed25519 public keys of small order, which verify signatures that nobody made.

OpenSSL accepts several of them, so they are refused when a key is enrolled.
"""

from typing import Final

_P: Final = 2**255 - 19
_ORDER_8: Final = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER: Final = frozenset((0, 1, _ORDER_8, _P - _ORDER_8, _P - 1, _P, _P + 1))
"""The y-coordinates, with the two that are not reduced; either sign of x."""

_SIGN: Final = 1 << 255


def is_weak(public: bytes) -> bool:
    """Say whether `public` (32 bytes) is a point of small order or not reduced."""
    y = int.from_bytes(public, "little") & ~_SIGN
    return y in _SMALL_ORDER or y >= _P
