"""`irkit trail`: read the signed history, check it, hand it over, have it remembered outside."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.canonical import JsonObject
from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this
from irkit.cli.views import bundle as bundle_view
from irkit.cli.views import trail as view
from irkit.cli.views.style import Style
from irkit.clock import parse_rfc3339, parse_time
from irkit.diagnostics import Severity

if TYPE_CHECKING:
    from irkit.engine.outside_memory import Trusted
    from irkit.trail.journal import Journal
    from irkit.trail.record import Record
    from irkit.trail.verdict import Verdict

command = typer.Typer(
    help="Show, verify, export and anchor the signed history.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_Roots = Annotated[
    Path | None,
    typer.Option(
        "--tsa-roots",
        metavar="FILE",
        help="Certificates of time stamp authorities; else approvers/tsa-roots.pem.",
    ),
]
_Value = Annotated[
    str, typer.Argument(metavar="N[/FIELD]", help="A record's number, and a field of it.")
]


@command.command()
def show(  # noqa: PLR0917  # a command's options
    run: Annotated[str, typer.Argument(help="A run or a case; left out, everything.")] = "",
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="TYPE", help="Only this type; `step.*` is a pattern."),
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Only from then on: RFC 3339, or `2 hours ago`.")
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="Show whole records.")] = False,
    open_: Annotated[
        bool, typer.Option("--open", help="Put values that were kept apart back in their places.")
    ] = False,
    truth: Annotated[
        bool, typer.Option("--truth", help="With the intruder's side of a drill that is on.")
    ] = False,
) -> int:
    """List records as they are signed, in their order."""
    from irkit.cli.drill_secrets import Spared  # noqa: PLC0415
    from irkit.engine.history import revealed  # noqa: PLC0415

    me = this()
    moment = _moment(me, since)
    with me.session.journal(writing=False) as journal:
        spared = Spared.of(me, journal, truth=truth)
        values = (
            view.record_json(
                replace(record, body=revealed(record, journal.blobs)) if open_ else record
            )
            for record in spared.rest(_selected(journal, run, tuple(type_ or ())))
            if moment is None or parse_rfc3339(record.ts) >= moment
        )

        def listed(value: JsonObject, *, style: Style) -> str:  # noqa: ARG001  # one form for all
            return view.records_text(values, style=style, full=full)

        if me.output.json:
            for value in values:
                me.output.show(value, view.record_text)
        else:
            me.output.show({"view": "records"}, listed)
        spared.say(me)
    return ExitCode.DONE


@command.command()
def verify(  # noqa: PLR0917  # a command's options
    deep: Annotated[bool, typer.Option("--deep", help="Check every signature.")] = False,
    anchor: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A head that somebody kept; may be given again."),
    ] = None,
    roots: _Roots = None,
    trail: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another trail than the workspace's.")
    ] = None,
    origin: Annotated[str, typer.Option(help="The name the trail has to have.")] = "",
    policy: Annotated[
        str, typer.Option(metavar="DIGEST", help="The policy that has to be in force at its end.")
    ] = "",
) -> int:
    """Check the whole history: tampered, consistent but not anchored, or anchored."""
    from irkit.engine import outside_memory  # noqa: PLC0415

    me = this()
    folder = None if trail is not None else me.workspace.allowed_signers.parent
    directory = trail if trail is not None else me.workspace.trail_directory
    known = outside_memory.trusted(folder, roots)
    verdict = _verdict(
        directory, known, tuple(anchor or ()), deep=deep, origin=origin, policy=policy
    )
    me.output.show({"view": "verification", **verdict.to_json()}, view.verification_text)
    tampered = any(finding.severity is Severity.ERROR for finding in verdict.findings)
    return ExitCode.NOT_TRUSTED if tampered else ExitCode.DONE


@command.command()
def export(
    run: Annotated[str, typer.Argument(help="The run.")],
    out: Annotated[
        Path | None, typer.Option("--out", "--to", metavar="DIR", help="A directory to be made.")
    ] = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Put the raw answers of reads in, not only hashes.")
    ] = False,
    redact: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="Withhold values: `reads`, `notes`, `all`, or of one record `N` or `N/FIELD`.",
        ),
    ] = None,
) -> int:
    """Write the bundle of one run, which anybody can check with stock tools."""
    from irkit.engine.runs import find  # noqa: PLC0415
    from irkit.trail.export import export_run  # noqa: PLC0415
    from irkit.trail.shown_values import Withheld  # noqa: PLC0415

    me, withheld = this(), Withheld.parse(redact or ())
    with me.session.journal(writing=False) as journal:
        found = find(journal, run).id
    target = me.here / (out or Path(f"bundle-{found}"))
    bundle = export_run(
        me.workspace.trail_directory, found, target, with_evidence=evidence, withheld=withheld
    )
    me.output.show(bundle_view.to_json(found, bundle), bundle_view.text)
    return ExitCode.DONE


@command.command()
def disclose(
    value: _Value,
    out: Annotated[
        Path | None, typer.Option("--out", "--to", metavar="FILE", help="Where to write it.")
    ] = None,
) -> int:
    """Write what opens one withheld value: with it anybody can check that the record meant it."""
    from irkit.trail.shown_values import Named, written  # noqa: PLC0415

    me, named = this(), Named.parse(value)
    with me.session.journal(writing=False) as journal:
        record, fields = named.of(journal.replay())
        paths = written(me.here, out, record, fields, journal.blobs.openings)
    for path in paths:
        me.output.say(
            f"{path} opens record {record.n}: put it into the bundle's openings/, "
            "and verify.sh checks it",
            record=record.n,
            path=str(path),
        )
    return ExitCode.DONE


@command.command()
def forget(
    value: _Value,
    because: Annotated[str, typer.Option(help="Why; it stands in the trail.")],
) -> int:
    """Destroy what opens a value, for good; the record and every signature stay valid."""
    from irkit.engine.forgetting import forget as destroy  # noqa: PLC0415
    from irkit.trail.shown_values import Named  # noqa: PLC0415

    me, named = this(), Named.parse(value)
    with me.session.journal(writing=True) as journal:
        fields = destroy(journal, me.session.actor, named, because)
    me.output.say(
        f"forgotten: {', '.join(fields)} of record {named.record}; copies and bundles that were "
        "handed out still have it",
        record=named.record,
        fields=list(fields),
    )
    return ExitCode.DONE


@command.command()
def anchor(
    tsa: Annotated[
        str, typer.Option(metavar="URL", help="Have this RFC 3161 authority stamp the head.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option(metavar="NOTE", help="Take in a head that a witness signed.")
    ] = None,
    roots: _Roots = None,
) -> int:
    """Have the present head remembered outside; without options, print it to be kept."""
    from irkit.engine import outside_memory  # noqa: PLC0415
    from irkit.trail.anchors import last_note  # noqa: PLC0415

    me = this()
    if not tsa and file is None:
        with me.session.journal(writing=False):
            _print_head(me, last_note(me.workspace.trail_directory))
        return ExitCode.DONE
    known = outside_memory.trusted(me.workspace.allowed_signers.parent, roots)
    with me.session.journal(writing=True) as journal:
        if tsa:
            record = outside_memory.stamp(me.session, journal, tsa, known)
            me.output.show(bundle_view.anchor_json(record), bundle_view.anchor_text)
        if file is not None:
            record = outside_memory.take_in(me.session, journal, me.here / file, known)
            me.output.show(bundle_view.anchor_json(record), bundle_view.anchor_text)
    return ExitCode.DONE


@command.command()
def rotate(
    because: Annotated[str, typer.Option(help="Why; it stands in the record.")] = "",
) -> int:
    """Hand the trail over to the next key, which irkit.yaml names and the sealed policy pins.

    The record is signed by the old key; from the next record on only the new one counts.
    """
    from irkit.engine.rotation import rotate as hand_over  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=True) as journal:
        consent = me.session.consent(journal)
        me.session.check_policy(consent)
        key = hand_over(me.session, journal, consent.fold.policy.trail_keys, because)
    me.output.say(
        f"The trail is signed with {key} from now on. In irkit.yaml, move `next` to `key`, "
        "then: irkit approvers seal",
        key=str(key),
    )
    return ExitCode.DONE


def _print_head(me: Invocation, note: str) -> None:
    if me.output.json:
        value: Mapping[str, str] = {"view": "head", "note": note}
        me.output.show(value, lambda said, *, style: style.page(str(said["note"])))
        return
    me.output.raw(note.removesuffix("\n"))
    me.output.hint("keep this anywhere else; later: irkit trail verify --anchor FILE")


def _selected(journal: "Journal", name: str, types: tuple[str, ...]) -> "Iterator[Record]":
    from irkit.engine.runs import find_all  # noqa: PLC0415

    runs = {run.id for run in find_all(journal, name)} if name else None
    for record in journal.replay():
        if runs is not None and record.run not in runs and not _about(record, name, runs):
            continue
        if not types or any(fnmatchcase(record.type, pattern) for pattern in types):
            yield record


def _about(record: "Record", name: str, runs: set[str]) -> bool:
    """Say whether a record that belongs to no run is about this case, or one of these runs."""
    if record.run is not None:
        return False
    return record.body.get("case") == name or record.body.get("run") in runs


def _moment(me: Invocation, since: str) -> datetime | None:
    if not since:
        return None
    try:
        return parse_time(since, me.clock())
    except ValueError as error:
        raise typer.BadParameter(
            f"{error} (or 2026-11-24T03:00:00Z, or `2 hours ago`)", param_hint="--since"
        ) from error


def _verdict(
    directory: Path,
    known: "Trusted",
    files: tuple[Path, ...],
    *,
    deep: bool,
    origin: str,
    policy: str,
) -> "Verdict":
    from irkit.engine import outside_memory  # noqa: PLC0415
    from irkit.trail.verdict import Outcome  # noqa: PLC0415
    from irkit.trail.verify import verify as check  # noqa: PLC0415

    kept, bad = outside_memory.kept_anchors(directory, known)
    verdict = check(
        directory,
        anchors=(*kept, *outside_memory.heads_in(directory, files)),
        deep=deep,
        origin=origin or None,
        policy=policy or None,
    )
    if not bad:
        return verdict
    return replace(verdict, outcome=Outcome.TAMPERED, findings=(*verdict.findings, *bad))
