"""`Secret`: a value that may be used and never shown.

The type is the protection: it has no text form, is no JSON type (so `canonical` refuses it), and
cannot be pickled or formatted. Whoever really needs the value calls `reveal()`, which is easy to
find in a review.
"""

import hmac
from typing import Final, NoReturn, final

MASK: Final = "(secret)"


@final
class Secret:
    """Holds one secret text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep `text`; from here on only `reveal()` gives it back."""
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself, to be handed straight to the call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]  # a hash table would keep a guessable trace

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled")
