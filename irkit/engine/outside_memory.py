"""What is remembered of the trail outside it: asked for, taken in, and read again to verify.

Whose word counts is kept beside the approvers, where a reviewer sees it: `tsa-roots.pem` holds the
certificates of time stamp authorities, `witnesses` one key of a witness a line. A head that
somebody kept (a checkpoint in a file) is taken for what it is: this trail's own signed word.
"""

from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509

from irkit.canonical import JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.session import Session
from irkit.trail import anchors, problems
from irkit.trail.chain import keys_named
from irkit.trail.journal import Journal
from irkit.trail.layout import Layout
from irkit.trail.merkle import root_of
from irkit.trail.note import Checkpoint, Note, NoteError, VerifierKey
from irkit.trail.record import Draft, Record, RecordError, decode_line
from irkit.trail.verdict import Anchor, Finding
from irkit.trail.witness import WitnessKey

ROOTS: Final = "tsa-roots.pem"
WITNESSES: Final = "witnesses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """Whose word counts."""

    roots: tuple[x509.Certificate, ...] = ()
    witnesses: tuple[WitnessKey, ...] = ()


def trusted(folder: Path | None, roots: Path | None = None) -> Trusted:
    """Read whose word counts from `folder`; `roots` names another file of certificates.

    Raises:
        IrkitError: IRK721 or IRK723 if one of the files is malformed.
    """
    own = None if folder is None else folder / ROOTS
    path = roots or (own if own is not None and own.is_file() else None)
    return Trusted(
        roots=anchors.load_roots(path) if path is not None else (),
        witnesses=_witnesses(None if folder is None else folder / WITNESSES),
    )


def kept_anchors(directory: Path, known: Trusted) -> tuple[tuple[Anchor, ...], tuple[Finding, ...]]:
    """Return the anchors kept beside the trail that are by somebody whose word counts."""
    return anchors.load_anchors(directory, roots=known.roots, witnesses=known.witnesses)


def heads_in(directory: Path, files: Sequence[Path]) -> tuple[Anchor, ...]:
    """Return the heads that files remember: checkpoints this trail once signed.

    Raises:
        IrkitError: IRK700 without a trail, IRK723 if a file is none of this trail's.
    """
    if not files:
        return ()
    origin, keys = _names(Layout(directory=directory).journal)
    found = []
    for path in files:
        checkpoint = _own(path, _note(path), origin, keys)
        root = _base64(checkpoint.root)
        found.append(Anchor(source=path.name, size=checkpoint.size, root=root))
    return tuple(found)


def stamp(session: Session, journal: Journal, url: str, known: Trusted) -> Record:
    """Have a time stamp authority remember the present head, and record that it does.

    Raises:
        IrkitError: IRK724 if no authority is trusted, IRK720 to IRK722 as the authority answers.
    """
    if not known.roots:
        raise IrkitError(
            Diagnostic(
                code="IRK724",
                summary="no time stamp authority is trusted: there are no certificates",
                help=f"put its root certificate in approvers/{ROOTS}, or pass --tsa-roots FILE",
            )
        )
    found = anchors.request_stamp(session.workspace.trail_directory, url, known.roots)
    return _record(session, journal, found.body(url))


def take_in(session: Session, journal: Journal, path: Path, known: Trusted) -> Record:
    """Keep a head of this trail that a witness has signed as well, and record it.

    Raises:
        IrkitError: IRK723 if it is no head of this trail, IRK725 if it is one of another history,
            IRK726 if no witness whose word counts has signed it.
    """
    note = _note(path)
    checkpoint = _own(path, note, journal.origin, journal.vkeys)
    if _root(journal, checkpoint.size) != checkpoint.root:
        raise IrkitError(
            Diagnostic(
                code="IRK725",
                summary=f"{path.name} shows another history of {checkpoint.size} records than "
                "this trail has",
                help="keep both, and run `irkit trail verify` with `--anchor` on the file",
            )
        )
    names = [w.name for w in known.witnesses if w.cosigned_at(note) is not None]
    if not names:
        raise IrkitError(
            Diagnostic(
                code="IRK726",
                summary=f"no witness whose word counts has signed {path.name}",
                help=f"put the witness's key in approvers/{WITNESSES}, one a line",
            )
        )
    folder = Layout(directory=session.workspace.trail_directory).anchors
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = f"{checkpoint.size}-{checkpoint.root.hex()[:8]}"
    (folder / f"{stem}-{names[0].replace('/', '_')}.note").write_text(str(note), encoding="utf-8")
    body: JsonObject = {
        "kind": "witness",
        "source": ", ".join(names),
        "size": checkpoint.size,
        "root": _base64(checkpoint.root),
    }
    return _record(session, journal, body)


def _names(journal: Path) -> tuple[str, tuple[VerifierKey, ...]]:
    """Return the origin and all keys a journal ever named, also where it was tampered with."""
    origin = ""
    keys: list[VerifierKey] = []
    try:
        with journal.open("rb") as file:
            for line in file:
                if b'"vkey' not in line or not line.endswith(b"\n"):
                    continue
                with suppress(RecordError):
                    record = decode_line(line[:-1])
                    origin = origin or str(record.body.get("origin") or "")
                    keys += keys_named(record)
    except OSError as error:
        raise problems.missing(journal) from error
    return origin, tuple(keys)


def _record(session: Session, journal: Journal, body: JsonObject) -> Record:
    return journal.append(Draft(type="anchor.received", actor=session.actor, body=body))[0]


def _note(path: Path) -> Note:
    try:
        return Note.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise _foreign(path, str(error)) from error


def _own(path: Path, note: Note, origin: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    try:
        checkpoint = Checkpoint.parse(note.text)
        if checkpoint.origin != origin:
            raise _foreign(path, f"it is of the trail {checkpoint.origin}")
        if not note.signed_by(keys):
            raise _foreign(path, "no key of this trail signed it")
    except NoteError as error:
        raise _foreign(path, str(error)) from error
    return checkpoint


def _root(journal: Journal, size: int) -> bytes | None:
    leaves = [record.leaf for record in journal.replay()]
    return root_of(leaves[:size]) if 0 < size <= len(leaves) else None


def _witnesses(path: Path | None) -> tuple[WitnessKey, ...]:
    if path is None or not path.is_file():
        return ()
    lines = (line.strip() for line in path.read_text(encoding="utf-8").split("\n"))
    try:
        return tuple(WitnessKey.parse(line) for line in lines if line and line[0] != "#")
    except NoteError as error:
        raise _foreign(path, str(error)) from error


def _base64(root: bytes) -> str:
    return b64encode(root).decode()


def _foreign(path: Path, why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK723",
            summary=f"{path.name} is not a signed head of this trail: {why}",
            help="`irkit trail anchor` prints the present head in the form that is expected",
        )
    )
