"""What came of the cases: judged, counted, and as JSON, from which every other form is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, Label, Span
from irkit.proving.testing.seen import Check, Seen
from irkit.proving.testing.suite import Case

_SHOWN: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case: every check, or what kept it from being played."""

    playbook: str
    case: str
    file: str
    span: Span | None = None
    seconds: float = 0.0
    checks: tuple[Check, ...] = ()
    calls: int = 0
    error: tuple[Diagnostic, ...] = ()

    @property
    def failed(self) -> tuple[Check, ...]:
        """Return the checks that do not hold."""
        return tuple(check for check in self.checks if not check.holds)

    @property
    def passed(self) -> bool:
        """Say whether it was played and everything holds."""
        return not self.error and not self.failed

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what is wrong, each with the line that asks for it."""
        return (*self.error, *(self._diagnostic(check) for check in self.failed))

    def _diagnostic(self, check: Check) -> Diagnostic:
        where = check.span or self.span
        return Diagnostic(
            code="IRK820",
            summary=f"{self.case}: {check.about}",
            at=Label(span=where, text=f"expected {_short(check.expected)}") if where else None,
            help=f"found {_short(check.found)}"
            + (f"\nsee {_short(check.where)}" if check.where else ""),
        )

    def to_json(self) -> JsonObject:
        """Return the JSON form: `checks` are all of them, those that hold as well."""
        return {
            "view": "test",
            "playbook": self.playbook,
            "case": self.case,
            "file": self.file,
            "line": self.span.line if self.span else 0,
            "passed": self.passed,
            "ms": round(self.seconds * 1000),
            "calls": self.calls,
            "checks": [_check(check) for check in self.checks],
            "error": [item.to_json() for item in self.error],
        }


def judged(playbook: str, file: str, case: Case, seen: Seen, seconds: float) -> CaseResult:
    """Judge what was seen of a case."""
    return CaseResult(
        playbook=playbook,
        case=case.name,
        file=file,
        span=case.span,
        seconds=seconds,
        checks=tuple(_checks(case, seen)),
        calls=len(seen.first.calls),
    )


def _checks(case: Case, seen: Seen) -> Iterator[Check]:
    yield from (wanted.judge(seen) for wanted in case.expect)
    yield from seen.always


def _check(check: Check) -> Json:
    span = check.span
    return {
        "about": check.about,
        "holds": check.holds,
        "expected": check.expected,
        "found": check.found,
        "where": check.where,
        "line": span.line if span else 0,
        "column": span.column if span else 0,
    }


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
