"""Which calls share a rate limit: the method and the path with every id taken out.

Okta's limits are per endpoint. Words of the API are kept and everything else is an id, so that a
login, an Okta id and a name all fall into the same bucket.
"""

import re
from typing import Final
from urllib.parse import urlsplit

_WORD: Final = re.compile(r"(?:v\d+|[a-z]+(?:[-_.][a-z]+)*|[a-z]+(?:[A-Z][a-z]+\d?)+|oauth2)")


def bucket_of(method: str, url: str) -> str:
    """Return the bucket's name, such as `GET /api/v1/users/{id}`."""
    segments = urlsplit(url).path.strip("/").split("/")
    named = [
        segment if _WORD.fullmatch(segment) and not _follows_collection(segments, index) else "{id}"
        for index, segment in enumerate(segments)
    ]
    return f"{method} /{'/'.join(named)}"


def _follows_collection(segments: list[str], index: int) -> bool:
    """Say whether the segment stands where Okta has an id, as in `users/{id}`."""
    return index > 0 and segments[index - 1] in _COLLECTIONS and segments[index] not in _WORDS


_COLLECTIONS: Final = frozenset(
    {"users", "groups", "apps", "clients", "roles", "factors", "api-tokens", "tokens", "devices"}
)
_WORDS: Final = frozenset({"me", "current", "rules"})
