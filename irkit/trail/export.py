"""The bundle of one run: everything an outsider needs to check it with stock tools alone.

Other incidents are not in it: of their records there is only the hash. The bundle's own `verify.sh`
needs bash, coreutils, sed, grep, OpenSSL 3 and ssh-keygen.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Final

from irkit.canonical import CanonicalError, Json, canonical, digest, parse
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail import problems
from irkit.trail.blobs import BlobStore
from irkit.trail.chain import keys_named, parse_frame
from irkit.trail.kept import Kept
from irkit.trail.keys import public_pem
from irkit.trail.layout import Layout
from irkit.trail.merkle import leaf_hash
from irkit.trail.note import VerifierKey
from irkit.trail.plan_content import BLOB, ContentError, header_digest, load_content, read_part
from irkit.trail.policy import Policy, PolicyError
from irkit.trail.record import Record, decode_line
from irkit.trail.shown_values import Values, Withheld, write_openings

SCRIPT: Final = "verify.sh"
_KEPT_BLOBS: Final = ("policy_blob", "display", "blob")
_EVIDENCE: Final = "step.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What was exported."""

    path: Path
    records: int
    size: int
    approvals: int
    evidence_left_out: int
    shown: int
    withheld: int


@dataclass(slots=True)
class _Content:
    """What the journal gives for one run, in one pass."""

    leaves: list[str] = field(default_factory=list)
    run: list[tuple[Record, bytes]] = field(default_factory=list)
    workspace: list[tuple[Record, bytes]] = field(default_factory=list)
    note: str = ""
    keys: dict[str, VerifierKey] = field(default_factory=dict)


def export_run(
    directory: Path,
    run: str,
    target: Path,
    *,
    with_evidence: bool = False,
    withheld: Withheld | None = None,
) -> Bundle:
    """Write the bundle of `run` into the new directory `target`.

    Args:
        directory: The trail's directory.
        run: The run's id.
        target: Where to; must not exist yet.
        with_evidence: Put the raw answers of reads in too; else there are only their hashes.
        withheld: Values that the bundle is not to show. Its records only commit to them.

    Raises:
        IrkitError: IRK700 without a trail, IRK750 if `target` is there already, IRK751 if the trail
            has no such run, IRK710 if a blob it needs is missing or altered, IRK741 if it has not
            what is to be withheld.
    """
    layout = Layout(directory=directory)
    content, withheld = _read(layout, run), withheld or Withheld()
    withheld.require(record for record, _ in (*content.run, *content.workspace))
    try:
        target.mkdir(parents=True)
    except OSError as error:
        raise _taken(target, error) from error
    blobs = Kept(layout)
    _write_tree(target, content)
    approvals = _write_approvals(target, content)
    _write_requests(target, content)
    _write_policies(target, content, blobs)
    _write_plan(target, content, blobs)
    _write_anchors(target, layout, content)
    left_out = _write_blobs(target, content, blobs, with_evidence=with_evidence)
    values = _write_values(target, content, blobs, withheld, with_evidence=with_evidence)
    script = target / SCRIPT
    script.write_text(files("irkit.trail").joinpath(SCRIPT).read_text(encoding="utf-8"))
    script.chmod(0o755)
    return Bundle(
        path=target,
        records=len(content.run),
        size=len(content.leaves),
        approvals=approvals,
        evidence_left_out=left_out + values.evidence,
        shown=values.shown,
        withheld=values.withheld - values.evidence,
    )


def _read(layout: Layout, run: str) -> _Content:
    if not layout.journal.is_file():
        raise problems.missing(layout.journal)
    content = _Content()
    covered = 0
    with layout.journal.open("rb") as file:
        for line in file:
            if line[:1] == b"[" and line.endswith(b"\n"):
                content.note = str(parse_frame(line[:-1]))
                covered = len(content.leaves)
            elif line[:1] == b"{" and line.endswith(b"\n"):
                _take(content, line[:-1], run)
    content.leaves = content.leaves[:covered]
    content.run = [(r, line) for r, line in content.run if r.n < covered]
    content.workspace = [(r, line) for r, line in content.workspace if r.n < covered]
    if not content.run:
        raise IrkitError(
            Diagnostic(
                code="IRK751",
                summary=f"the trail has no run {run}",
                help="run `irkit runs` to see the runs there are",
            )
        )
    return content


def _take(content: _Content, line: bytes, run: str) -> None:
    content.leaves.append(leaf_hash(line).hex())
    if b'"run":null' not in line and b'"run":' + canonical(run) not in line:
        return
    record = decode_line(line)
    if record.run == run:
        content.run.append((record, line))
    elif record.run is None:
        content.workspace.append((record, line))
        for key in keys_named(record):
            content.keys[str(key)] = key


def _write_tree(target: Path, content: _Content) -> None:
    (target / "checkpoint").write_text(content.note, encoding="utf-8")
    (target / "leaves").write_text("\n".join(content.leaves) + "\n", encoding="ascii")
    for name, lines in (("records.jsonl", content.run), ("workspace.jsonl", content.workspace)):
        (target / name).write_bytes(b"".join(line + b"\n" for _, line in lines))
    keys = target / "keys"
    keys.mkdir()
    for key in content.keys.values():
        stem = keys / key.key_hash.hex()
        stem.with_suffix(".pem").write_text(public_pem(key.public), encoding="ascii")
        stem.with_suffix(".vkey").write_text(f"{key}\n", encoding="utf-8")


def _write_approvals(target: Path, content: _Content) -> int:
    folder = target / "approvals"
    folder.mkdir()
    count = 0
    for record, _ in (*content.run, *content.workspace):
        statement, signature = record.body.get("statement"), record.body.get("sig")
        if record.type not in ("approval", "breakglass.confirmed") or statement is None:
            continue
        _write_signed(folder / f"{record.n}.json", statement, signature)
        count += 1
    return count


def _write_requests(target: Path, content: _Content) -> None:
    folder = target / "requests"
    folder.mkdir()
    for record, _ in content.run:
        statement, signature = record.body.get("request"), record.body.get("sig")
        if record.type == "plan.proposed" and statement is not None:
            _write_signed(folder / f"{record.n}.json", statement, signature)


def _write_signed(path: Path, statement: Json, signature: Json) -> None:
    path.write_bytes(canonical(statement))
    path.with_name(f"{path.name}.sig").write_text(str(signature), encoding="utf-8")


def _write_policies(target: Path, content: _Content, blobs: BlobStore) -> None:
    """Write each policy and the allowed_signers lines in it; the last one also at the top."""
    folder = target / "policies"
    folder.mkdir()
    for record, _ in content.workspace:
        if record.type not in ("trail.genesis", "policy.changed"):
            continue
        name = str(record.body.get("policy"))
        data = blobs.get(name)
        stem = name.removeprefix("sha256:")
        (folder / f"{stem}.json").write_bytes(data)
        try:
            signers = Policy.from_json(parse(data)).signers
        except (CanonicalError, PolicyError):
            signers = ()
        lines = "".join(f"{signer.line}\n" for signer in signers)
        (folder / f"{stem}.allowed_signers").write_text(lines, encoding="utf-8")
        (target / "allowed_signers").write_text(lines, encoding="utf-8")


def _write_plan(target: Path, content: _Content, blobs: BlobStore) -> None:
    """Write header, parts and changes each as the bytes whose digest is signed."""
    folder = target / "plan"
    (folder / "changes").mkdir(parents=True)
    header = ""
    for record, _ in content.run:
        try:
            if record.type == "plan.proposed":
                plan = load_content(record.body, "plan", blobs)
                header = header_digest(plan)
                (folder / "header.json").write_bytes(canonical(plan.get("header")))
                parts = plan.get("parts")
                for part in parts if isinstance(parts, list) else ():
                    _write_part(folder, part, header)
            elif record.type == "plan.extended":
                extension = load_content(record.body, "content", blobs)
                _write_part(folder, extension.get("part"), header)
        except ContentError as error:
            raise IrkitError(
                Diagnostic(code="IRK710", summary=str(error), help="run `irkit trail verify`")
            ) from error


def _write_part(folder: Path, part: Json, header: str) -> None:
    read = read_part(part, header)
    stem = read.digest.removeprefix("sha256:")
    (folder / f"part-{stem}.json").write_bytes(canonical({"header": header, "part": part}))
    for change in read.changes.values():
        name = digest(change).removeprefix("sha256:")
        (folder / "changes" / f"{name}.json").write_bytes(canonical(change))


def _write_anchors(target: Path, layout: Layout, content: _Content) -> None:
    folder = target / "anchors"
    folder.mkdir()
    for path in sorted(layout.anchors.glob("*")) if layout.anchors.is_dir() else ():
        size = path.name.partition("-")[0]
        if size.isdigit() and int(size) <= len(content.leaves):
            shutil.copyfile(path, folder / path.name)


def _write_blobs(target: Path, content: _Content, blobs: BlobStore, *, with_evidence: bool) -> int:
    """Copy what the records name and list it; return how many answers of reads were left out."""
    folder = target / "blobs"
    folder.mkdir()
    manifest: dict[str, bool] = {}
    for record, _ in (*content.run, *content.workspace):
        evidence = record.type == _EVIDENCE
        for name in _references(record):
            manifest[name] = manifest.get(name, False) or not evidence
    lines = []
    for name, needed in sorted(manifest.items()):
        stem = name.removeprefix("sha256:")
        lines.append(f"{stem}  blobs/{stem}\n")
        if needed or with_evidence:
            (folder / stem).write_bytes(blobs.get(name))
    (target / "evidence.sha256").write_text("".join(lines), encoding="ascii")
    return sum(not needed for needed in manifest.values()) if not with_evidence else 0


def _write_values(
    target: Path, content: _Content, kept: Kept, withheld: Withheld, *, with_evidence: bool
) -> Values:
    opened = next((r for r, _ in content.run if r.type == "run.opened"), None)
    return write_openings(
        target,
        (record for record, _ in (*content.workspace, *content.run)),
        kept.openings,
        withheld,
        case=str(opened.body.get("case") or "") if opened else "",
        with_evidence=with_evidence,
    )


def _references(record: Record) -> Iterator[str]:
    for name, value in record.body.items():
        if name in _KEPT_BLOBS and isinstance(value, str):
            yield value
        elif isinstance(value, Mapping) and isinstance(value.get(BLOB), str):
            yield str(value[BLOB])


def _taken(target: Path, error: OSError) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK750",
            summary=f"the bundle cannot be written to {target}: {error.strerror}",
            help="name a directory that does not exist yet: `irkit trail export RUN --to DIR`",
        )
    )
