"""Identifiers and secrets of the simulated org, repeatable by seed."""

import random
import string
from itertools import pairwise
from typing import Final

_LETTERS: Final = string.ascii_letters + string.digits
_LENGTH: Final = 20


class Ids:
    """Hands out Okta-shaped identifiers; the same seed and order give the same ones."""

    def __init__(self, seed: int) -> None:
        """Start the streams of `seed`."""
        self._seed = seed
        self._state = random.Random(f"{seed}/okta/ids")  # noqa: S311  # repeatable by design
        self._traffic = random.Random(f"{seed}/okta/traffic")  # noqa: S311  # as above

    def new(self, prefix: str) -> str:
        """Return a 20-character id that starts with `prefix`."""
        return prefix + "".join(self._state.choices(_LETTERS, k=_LENGTH - len(prefix)))

    def given(self, prefix: str, name: str) -> str:
        """Return the id of what every org has, by its name; it takes nothing from the stream."""
        own = random.Random(f"{self._seed}/okta/given/{name}")  # noqa: S311  # as above
        return prefix + "".join(own.choices(_LETTERS, k=_LENGTH - len(prefix)))

    def secret(self, prefix: str, length: int = 42) -> str:
        """Return a credential that starts with `prefix`."""
        return prefix + "".join(self._state.choices(_LETTERS, k=length - len(prefix)))

    def request(self) -> str:
        """Return a request id: 32 hexadecimal digits."""
        return f"{self._traffic.getrandbits(128):032x}"

    def error(self) -> str:
        """Return the id of one error body."""
        return "oae" + "".join(self._traffic.choices(_LETTERS, k=22))

    def uuid(self) -> str:
        """Return a UUID for a log event."""
        digits = f"{self._traffic.getrandbits(128):032x}"
        cuts = (0, 8, 12, 16, 20, 32)
        return "-".join(digits[a:b] for a, b in pairwise(cuts))
