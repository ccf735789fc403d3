"""The trail on the screen: its records as lines, and what verification found.

The middle outcome is never dressed as a good one: a trail that is consistent and not anchored may
have lost its end, and the line says so.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from irkit.canonical import JsonObject, thaw
from irkit.cli.views.layout import wrap
from irkit.cli.views.style import Style, Tone, clip, pad
from irkit.clock import parse_rfc3339
from irkit.model.visible import visible
from irkit.report.mark import Mark
from irkit.report.reading import count_of, counted, objects_of, raw_of, text_of
from irkit.report.times import stamp

TAMPERED: Final = "tampered"
CONSISTENT: Final = "consistent but not anchored"
ANCHORED: Final = "anchored"
_TYPE: Final = 20
_ACTOR: Final = 22


class _Actor(Protocol):
    @property
    def id(self) -> str: ...


class ShownRecord(Protocol):
    """The part of a trail record that is listed."""

    @property
    def n(self) -> int:
        """Return the index in the trail."""

    @property
    def ts(self) -> str:
        """Return the time as RFC 3339 text."""

    @property
    def run(self) -> str | None:
        """Return the run it belongs to, if any."""

    @property
    def type(self) -> str:
        """Return the type."""

    @property
    def actor(self) -> _Actor:
        """Return who did it."""

    @property
    def body(self) -> JsonObject:
        """Return the body as it is stored."""


def record_json(record: ShownRecord) -> JsonObject:
    """Return the JSON form of one record's line."""
    return {
        "view": "record",
        "n": record.n,
        "at": record.ts,
        "run": record.run,
        "type": record.type,
        "actor": record.actor.id,
        "body": thaw(record.body),
    }


def record_text(value: JsonObject, *, style: Style, full: bool = False) -> str:
    """Return one line, or with `full` the whole body below it."""
    body = value["body"]
    said = visible(json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
    at = stamp(parse_rfc3339(raw_of(value, "at")))
    who = pad(clip(text_of(value, "actor"), _ACTOR), _ACTOR)
    start = f"{count_of(value, 'n'):>6}  {at}  {pad(text_of(value, 'type'), _TYPE)}  {who}"
    if full:
        pretty = json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True).split("\n")
        return style.page(style.strong(start), *(f"        {visible(line)}" for line in pretty))
    return style.page(
        f"{start}  {style.faint(style.clip(said, max(style.width - len(start) - 2, 10)))}"
    )


def records_text(values: Iterable[JsonObject], *, style: Style, full: bool = False) -> str:
    """Return the lines of many records under a heading."""
    head = f"{'N':>6}  {pad('TIME (UTC)', 20)}  {pad('TYPE', _TYPE)}  {pad('WHO', _ACTOR)}  WHAT"
    return "\n".join(
        [style.strong(head), *(record_text(v, style=style, full=full) for v in values)]
    )


def verification_text(value: JsonObject, *, style: Style) -> str:
    """Return what verification found, from the verdict's JSON form."""
    outcome = raw_of(value, "outcome")
    lines = [_verdict(outcome, style), ""]
    lines.append(f"  trail    {text_of(value, 'origin')}")
    lines.append(f"  records  {count_of(value, 'size')}")
    lines.append(f"  root     {raw_of(value, 'root')}")
    depth = "every signature" if value.get("deep") else "last, anchored and boundary signatures"
    lines.append(f"  checked  every record, every link, {depth}")
    lines += _anchors(value, style)
    lines += _findings(value, style)
    lines += ["", *_next(outcome, style)]
    return style.page(*lines)


def _verdict(outcome: str, style: Style) -> str:
    match outcome:
        case _ if outcome == ANCHORED:
            return style.marked(Mark.GOOD, "ANCHORED: nothing was altered, and others vouch for it")
        case _ if outcome == CONSISTENT:
            told = (
                "CONSISTENT, NOT ANCHORED: nothing inside was altered, but nobody outside vouches"
            )
            return style.marked(Mark.WAIT, f"{told} for its end")
        case _:
            return style.marked(Mark.BAD, "TAMPERED: this trail is not to be trusted")


def _anchors(value: JsonObject, style: Style) -> Iterator[str]:
    anchors = objects_of(value, "anchors")
    size, covered = count_of(value, "size"), count_of(value, "anchored_size")
    if not anchors:
        yield "  anchors  none"
        return
    yield f"  anchors  {counted(len(anchors), 'outside memory', 'outside memories')}"
    for anchor in anchors:
        at = f" at {raw_of(anchor, 'at')}" if raw_of(anchor, "at") else ""
        yield f"           {text_of(anchor, 'source')}: {count_of(anchor, 'size')} records{at}"
    if covered < size:
        rest = counted(size - covered, "record")
        yield style.paint(
            Tone.WARN, f"           {rest} after the last anchor could be cut off unseen"
        )


def _findings(value: JsonObject, style: Style) -> Iterator[str]:
    for index, finding in enumerate(objects_of(value, "findings")):
        bad = raw_of(finding, "severity") == "error"
        record = finding.get("record")
        where = f"record {record}, " if record is not None else ""
        place = f"{where}line {count_of(finding, 'line')}, byte {count_of(finding, 'offset')}"
        if index == 0:
            yield ""
        mark, tone = (Mark.BAD, Tone.BAD) if bad else (Mark.WAIT, Tone.WARN)
        told = f"{text_of(finding, 'code')} at {place}: {text_of(finding, 'text')}"
        for line in wrap(told, style, first=f"  {mark} ", rest="    "):
            yield style.paint(tone, line)


def _next(outcome: str, style: Style) -> Iterator[str]:
    match outcome:
        case _ if outcome == ANCHORED:
            told = "irkit trail export RUN"
        case _ if outcome == CONSISTENT:
            told = "irkit trail anchor --tsa URL"
        case _:
            told = "cp -a .irkit/trail trail-copy    # keep a copy before anything else"
    yield style.paint(Tone.KEY, f"  {told}")
