"""Values given on the command line as `name=value`."""

from collections.abc import Iterable

from irkit.diagnostics import Diagnostic, IrkitError


def pairs(texts: Iterable[str] | None, flag: str = "") -> dict[str, str]:
    """Return `name=value` texts as a mapping; the last one of a name counts.

    Raises:
        IrkitError: with every text that is no pair.
    """
    problems: list[Diagnostic] = []
    found: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if equals and name.strip():
            found[name.strip()] = value
        else:
            problems.append(
                Diagnostic(
                    code="IRK100",
                    summary=f"`{text}` is no value: it has no name",
                    help=f"write {flag + ' ' if flag else ''}name=value",
                )
            )
    if problems:
        raise IrkitError(*problems)
    return found
