"""`irkit test record RUN`: a test file from a run of an exercise."""

from pathlib import Path

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation
from irkit.cli.testing import EXITS
from irkit.diagnostics import Diagnostic, IrkitError, Severity
from irkit.engine.books import recorded_book
from irkit.engine.runs import find
from irkit.model.playbook import Playbook
from irkit.proving.regime import ENDING
from irkit.proving.testing.decode import decode
from irkit.proving.testing.playing import play
from irkit.proving.testing.recording import expectations, setup
from irkit.proving.testing.suite import Suite
from irkit.workspace.config import Mode


def record(me: Invocation, name: str, out: Path | None) -> int:
    """Write a test file that does what was done in a run, and expects what comes of it.

    Raises:
        IrkitError: IRK824 for a run that no world can play again.
    """
    if me.workspace.mode is not Mode.DRILL:
        raise _cannot("it was made in a live workspace", "record a run of an exercise")
    with me.session.journal(writing=False) as journal:
        run = find(journal, name)
    if run.undoes:
        raise _cannot("it takes another run back", f"irkit test record {run.undoes}")
    book = recorded_book(run.playbook_source, run.playbook_file, run.calls)
    text = setup(run, book.main)
    suite = _suite(text, book.main)
    seen = play(suite.cases[0], book, EXITS)
    if seen.first.result != run.outcome:
        me.output.bad_news([_other_end(run.outcome, seen.first.result)])
        text = text.replace(f"result: {run.outcome or 'waiting'}", f"result: {seen.first.result}")
    text += expectations(seen)
    _suite(text, book.main)
    if out is None:
        me.output.raw(text.removesuffix("\n"))
    else:
        path = me.here / out
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        me.output.say(f"written: {out}. Read it, and weed it: irkit test {out}", file=str(out))
    return ExitCode.DONE


def _suite(text: str, playbook: Playbook) -> Suite:
    """Decode what was made: it has to be a test file like any other."""
    decoded = decode(text.encode(), f"{playbook.id}{ENDING}", playbook)
    assert decoded.suite is not None, decoded.diagnostics
    return decoded.suite


def _cannot(why: str, help_: str) -> IrkitError:
    return IrkitError(
        Diagnostic(code="IRK824", summary=f"the run cannot be made a test: {why}", help=help_)
    )


def _other_end(was: str, now: str) -> Diagnostic:
    return Diagnostic(
        code="IRK825",
        severity=Severity.WARNING,
        summary=f"the run ended {was or 'waiting'}, and played again it ends {now}",
        help="the world it ran in was another one; look at what the test expects",
    )
