"""Running tests for a terminal: which, how many at once, what is shown, and what is kept of it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from irkit.canonical import Json, JsonObject, thaw
from irkit.cli.driving import exit_code
from irkit.cli.exits import ExitCode, of_diagnostics
from irkit.cli.opened import Invocation
from irkit.cli.views import tests as view
from irkit.proving.proof import Level, Proof, record
from irkit.proving.shelf import Shelf
from irkit.proving.subject import Subject
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.finding import Found, find
from irkit.proving.testing.junit import junit
from irkit.proving.testing.proving import unit_proof
from irkit.proving.testing.results import CaseResult
from irkit.proving.testing.trying import Trial, run_all, try_one
from irkit.proving.world_facts import require_world

EXITS = Exits(of_driven=exit_code, of_diagnostics=of_diagnostics)


@dataclass(frozen=True, slots=True)
class Tests:
    """One use of `irkit test`."""

    invocation: Invocation
    processes: int

    def run(self, what: Sequence[str], name: str, format_: str, out: Path | None) -> int:
        """Try the cases and say what came of them; return the exit code."""
        me = self.invocation
        require_world()
        own = me.workspace.playbooks if me.in_workspace else None
        found = find(what, me.here, own, me.catalogue, name=name)
        shown = format_ == "human" and out is None
        results = tuple(self._tried(found, shown=shown))
        ordered = tuple(sorted(results, key=lambda one: _place(found, one)))
        for one in found:
            if one.whole:
                mine = [each for each in ordered if each.file == one.suite.file]
                keep(me, one, Level.UNIT, partial(unit_proof, one, mine))
        document = self._document(ordered, "json" if me.output.json else format_, found)
        if out is not None and document is not None:
            path = me.here / out
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(document + "\n", encoding="utf-8")
        elif document is not None and not me.output.json:
            me.output.raw(document)
        value = view.summary_json(ordered)
        if shown or out is not None or me.output.json:
            me.output.show(value, view.summary_text)
        return ExitCode.DONE if all(one.passed for one in ordered) else ExitCode.PROBLEMS

    def _tried(self, found: Sequence[Found], *, shown: bool) -> Iterator[CaseResult]:
        trials = [
            Trial(case=case, book=one.book, file=one.suite.file, exits=EXITS)
            for one in found
            for case in one.cases
        ]
        sources = {one.suite.file: one.text for one in found}
        output = self.invocation.output
        for _, result in run_all(trials, try_one, self.processes):
            if shown or output.json:
                output.show(result.to_json(), view.text)
            if shown:
                output.found(result.diagnostics, sources)
            yield result

    def _document(
        self, results: Sequence[CaseResult], format_: str, found: Sequence[Found]
    ) -> str | None:
        match format_:
            case "json":
                cases: list[Json] = [result.to_json() for result in results]
                value: JsonObject = {**view.summary_json(results), "cases": cases}
                return json.dumps(thaw(value), indent=2, ensure_ascii=False)
            case "junit":
                return junit(results, {one.book.main.id: one.book.main.digest for one in found})
            case _:
                return None


def keep(me: Invocation, found: Found, level: Level, prove: Callable[[Subject], Proof]) -> None:
    """Record what was proven, where there is a trail that keeps it and the file speaks for it."""
    if not me.in_workspace or not me.session.has_trail:
        return
    shelf = Shelf(me.session)
    shelved = shelf.one(str(found.book.main.file), me.here)
    subject, file = shelf.subject(shelved, level), shelved.regime.file
    if subject is None or file is None or file.resolve() != found.path.resolve():
        return
    with me.session.journal(writing=True) as journal:
        record(journal, me.session.actor, prove(subject))


def _place(found: Sequence[Found], result: CaseResult) -> tuple[int, int]:
    for number, one in enumerate(found):
        if one.suite.file == result.file:
            names = [case.name for case in one.suite.cases]
            return number, names.index(result.case)
    return len(found), 0
