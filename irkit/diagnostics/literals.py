"""Does a text look like a secret? Asked of every literal in playbooks and in `irkit.yaml`.

What does is also masked where a source line is shown, so that a diagnostic does not spread it.

Judged by shape: formats that providers document, and for AWS secret keys, which have none, by
length and mixture. This guards against a slip; that secrets cannot be shown is the `Secret` type's.
"""

import re
from typing import Final

_FORMATS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
    (re.compile(r"\b(SSWS|Bearer)\s+[\w.~+/=-]{20,}"), "an authorization header"),
    (re.compile(r"(?<![\w-])00[\w-]{40}(?![\w-])"), "an Okta API token"),
    (re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"), "a JSON Web Token"),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}"), "a GitHub token"),
    (re.compile(r"\bxox[abeprs]-[\w-]{10,}"), "a Slack token"),
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@{]+@"), "a password in a URL"),
)
_AWS_SECRET: Final = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_DISTINCT: Final = 20


def looks_secret(text: str) -> str:
    """Say what secret `text` looks like, or return an empty text."""
    for pattern, name in _FORMATS:
        if pattern.search(text):
            return name
    for match in _AWS_SECRET.finditer(text):
        if _mixed(match[0]):
            return "an AWS secret access key"
    return ""


def mask_secrets(text: str) -> str:
    """Return `text` with dots for everything in it that looks like a secret."""
    for pattern, _ in _FORMATS:
        text = pattern.sub(_dots, text)
    return _AWS_SECRET.sub(lambda match: _dots(match) if _mixed(match[0]) else match[0], text)


def _dots(match: re.Match[str]) -> str:
    return "•" * len(match[0])


def _mixed(text: str) -> bool:
    """Tell random base64 from hexadecimal digests and long words."""
    classes = (str.isupper, str.islower, str.isdigit)
    return all(any(test(c) for c in text) for test in classes) and len(set(text)) >= _DISTINCT
