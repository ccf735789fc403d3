"""What leaves the trail: an exported bundle, and the head that outside parties remember."""

import shlex

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style, Tone
from irkit.report.mark import Mark
from irkit.report.reading import count_of, counted, raw_of, text_of
from irkit.trail.export import Bundle
from irkit.trail.record import Record


def to_json(run: str, bundle: Bundle) -> JsonObject:
    """Return the JSON form of an exported bundle."""
    return {
        "view": "bundle",
        "run": run,
        "path": str(bundle.path),
        "records": bundle.records,
        "size": bundle.size,
        "approvals": bundle.approvals,
        "evidence_left_out": bundle.evidence_left_out,
        "shown": bundle.shown,
        "withheld": bundle.withheld,
        "check": f"bash {shlex.quote(str(bundle.path / 'verify.sh'))}",
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return what is in a bundle and how whoever receives it checks it."""
    records = counted(count_of(value, "records"), "record")
    approvals = counted(count_of(value, "approvals"), "approval")
    lines = [
        style.marked(Mark.GOOD, f"exported run {raw_of(value, 'run')}: {records}, {approvals}"),
        f"  in {text_of(value, 'path')}",
    ]
    left_out = count_of(value, "evidence_left_out")
    if left_out:
        answers = counted(left_out, "raw answer of a read", "raw answers of reads")
        lines.append(f"  {answers} there only as hashes; --evidence puts them in")
    withheld = count_of(value, "withheld")
    if withheld:
        values = counted(withheld, "value")
        lines.append(f"  {values} withheld; later, for each: irkit trail disclose N/FIELD")
    lines.append("  checked without irkit (bash, OpenSSL 3, ssh-keygen) by:")
    return style.page(*lines, style.paint(Tone.KEY, f"  {raw_of(value, 'check')}"))


def anchor_json(record: Record) -> JsonObject:
    """Return the JSON form of an anchor that was received."""
    return {"view": "anchor", "record": record.n, **record.body}


def anchor_text(value: JsonObject, *, style: Style) -> str:
    """Return who remembers what from now on."""
    told = f"{text_of(value, 'source')} remembers {count_of(value, 'size')} records of this trail"
    return style.page(style.marked(Mark.GOOD, told), style.paint(Tone.KEY, "  irkit trail verify"))
