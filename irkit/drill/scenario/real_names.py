"""Nobody real in an exercise: addresses and domains that are reserved for examples only.

A scenario is read aloud, copied into tickets and sent to people who do not know it is one. An
address of somebody real in it gets blocked, or called.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from irkit.diagnostics import Diagnostic, Label, Span

_ADDRESSES: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.2.0/24",  # RFC 5737
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",  # RFC 3849
        "10.0.0.0/8",
        "127.0.0.0/8",
    )
)
_RESERVED: Final = re.compile(
    r"(?:^|\.)(?:example|invalid|test|localhost|example\.(?:com|net|org))$", re.IGNORECASE
)
_CITED: Final = frozenset({"attack.mitre.org", "sec.okta.com", "nvd.nist.gov", "www.cisa.gov"})
"""Where references point to: sources, which nobody takes for somebody involved."""

_V4: Final = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.]*\d)")
_V6: Final = re.compile(
    r"(?<![\w:])((?:[0-9a-f]{1,4}:){2,7}(?::|[0-9a-f]{1,4}))(?![\w:])", re.IGNORECASE
)
_MAIL: Final = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
_LINK: Final = re.compile(r"https?://([\w.-]+)")


def real_names(source: str, file: str) -> Iterator[Diagnostic]:
    """Yield a problem for each address and domain that may be somebody's."""
    for number, line in enumerate(source.splitlines(), start=1):
        for found in (*_V4.finditer(line), *_V6.finditer(line)):
            if not _is_documentation(found[1]):
                yield _problem(
                    f"{found[1]} may be somebody's address",
                    _span(file, number, found.span(1)),
                    "use 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 or 2001:db8::/32",
                )
        for found in (*_MAIL.finditer(line), *_LINK.finditer(line)):
            domain = found[1].rstrip(".")
            if not _RESERVED.search(domain) and domain not in _CITED and not _V4.match(domain):
                yield _problem(
                    f"{domain} may be somebody's domain",
                    _span(file, number, found.span(1)),
                    "use a name under .example, such as acme.example",
                )


def _is_documentation(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return True
    return any(address in network for network in _ADDRESSES if network.version == address.version)


def _span(file: str, line: int, columns: tuple[int, int]) -> Span:
    start, end = columns
    return Span(file=file, line=line, column=start + 1, end_line=line, end_column=end + 1)


def _problem(summary: str, span: Span, help_: str) -> Diagnostic:
    return Diagnostic(code="IRK851", summary=summary, at=Label(span=span), help=help_)
