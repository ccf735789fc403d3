"""Step ids: stable, unique, derived from where a step stands and what it does.

`contain-aws.for-each.deny_session` is the first `do: …deny_session` inside the first loop of the
phase *Contain AWS*; a second one is `….deny_session-2`. Ids given by hand hold no point and so
never meet derived ones.
"""

from irkit.decode import Problems, shown
from irkit.diagnostics import Label, Span
from irkit.yaml_strict import ScalarNode


class Ids:
    """Hands out ids and notices repeats."""

    def __init__(self, problems: Problems) -> None:
        """Record repeats into `problems`."""
        self._problems = problems
        self._taken: dict[str, Span | None] = {}

    def derive(self, parent: str, tail: str) -> str:
        """Return the id of a step called `tail` inside `parent`."""
        result, count = f"{parent}.{tail}", 1
        while result in self._taken:
            count += 1
            result = f"{parent}.{tail}-{count}"
        self._taken[result] = None
        return result

    def explicit(self, node: ScalarNode, what: str) -> str:
        """Return an id given by hand; a repeat is an error."""
        text = node.text
        if text in self._taken:
            first = self._taken[text]
            self._problems.add(
                "IRK108",
                f"{what} {shown(text)} is there twice",
                node.span,
                label="used again here",
                also=(Label(span=first, text="first used here"),) if first else (),
            )
        self._taken.setdefault(text, node.span)
        return text
