"""Following Okta's pages: the `link` headers, of which there are two or one with both in it."""

import re
from typing import Final

from irkit.providers.okta.exchange import Answer

_LINK: Final = re.compile(r'<([^>]*)>\s*((?:;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^\s;,]+)\s*)*)')
_NEXT: Final = re.compile(r'rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)')


def next_url(answer: Answer) -> str:
    """Return the address of the next page, or empty text at the end."""
    for header in answer.all("link"):
        for address, parameters in _LINK.findall(header):
            if _NEXT.search(parameters):
                return str(address)
    return ""
