"""Cases of tests as they are done, and all of them together."""

from collections.abc import Sequence

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style
from irkit.proving.testing.results import CaseResult
from irkit.report.mark import Mark
from irkit.report.reading import count_of, counted, flag_of, objects_of, text_of

_SECOND = 1000


def text(value: JsonObject, *, style: Style) -> str:
    """Return one line for a case; what is wrong with it is told below, with its source."""
    passed = flag_of(value, "passed")
    checks = objects_of(value, "checks")
    bad = sum(not flag_of(check, "holds") for check in checks)
    if passed:
        told = counted(len(checks), "check")
    elif checks:
        told = f"{bad} of {counted(len(checks), 'check')} {'fails' if bad == 1 else 'fail'}"
    else:
        told = "could not be played"
    mark = style.marked(Mark.GOOD if passed else Mark.BAD, "passed" if passed else "FAILED")
    seconds = count_of(value, "ms") / _SECOND
    return style.page(
        f"{mark}  {text_of(value, 'playbook')}: {text_of(value, 'case')}  "
        + style.faint(f"{told}, {seconds:.1f} s")
    )


def summary_json(results: Sequence[CaseResult]) -> JsonObject:
    """Return the JSON form of all cases together."""
    return {
        "view": "tests",
        "passed": sum(result.passed for result in results),
        "failed": sum(not result.passed for result in results),
        "checks": sum(len(result.checks) for result in results),
        "playbooks": tuple(sorted({result.playbook for result in results})),
        "failing": [f"{r.playbook}: {r.case}" for r in results if not r.passed],
    }


def summary_text(value: JsonObject, *, style: Style) -> str:
    """Return the last line."""
    passed, failed = count_of(value, "passed"), count_of(value, "failed")
    checks = counted(count_of(value, "checks"), "check")
    if failed:
        told = f"{failed} of {counted(passed + failed, 'case')} failed ({checks})"
        return style.page(style.marked(Mark.BAD, told))
    return style.page(style.marked(Mark.GOOD, f"{counted(passed, 'case')} passed ({checks})"))
