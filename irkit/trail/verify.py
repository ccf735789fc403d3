"""Checking a whole trail, without a key and without trusting whoever keeps it.

Three outcomes: tampered; consistent but not anchored, which is never called good; anchored. By
default everything is read, hashed and parsed again and the last signature, those at the end of runs
and those that anchors name are checked; `deep` checks every signature.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final

from irkit.clock import parse_rfc3339
from irkit.diagnostics import Severity
from irkit.trail import problems
from irkit.trail.inspector import Inspector
from irkit.trail.kept import Kept
from irkit.trail.layout import Layout
from irkit.trail.note import VerifierKey
from irkit.trail.verdict import NOWHERE, Anchor, Finding, Outcome, Verdict

_BLOCK: Final = 1024 * 1024
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_APPROVED_SIZE: Final = re.compile(rb'"trail":\{"root":"[A-Za-z0-9+/=]+","size":(\d{1,16})\}')


def verify(
    directory: Path,
    *,
    vkeys: Iterable[VerifierKey] | None = None,
    origin: str | None = None,
    genesis_policy: str | None = None,
    policy: str | None = None,
    anchors: Sequence[Anchor] = (),
    deep: bool = False,
) -> Verdict:
    """Check the trail in `directory`.

    Args:
        directory: The trail's directory.
        vkeys: The trail keys that are trusted; without them, those the trail began with are.
        origin: The name the trail has to have.
        genesis_policy: The digest of the policy the trail has to have begun with.
        policy: The digest of the policy that has to be in force at its end.
        anchors: What outside parties remember, already checked for being theirs.
        deep: Check every signature.

    Raises:
        IrkitError: IRK700 if there is no trail.
    """
    layout = Layout(directory=directory)
    if not layout.journal.is_file():
        raise problems.missing(layout.journal)
    wanted = frozenset(anchor.size for anchor in anchors) | _approved_sizes(layout.journal)
    inspector = _inspect(layout, vkeys, wanted, deep=deep)
    if not deep and any(f.severity is Severity.ERROR for f in inspector.findings):
        inspector = _inspect(layout, vkeys, wanted, deep=True)
    inspector.findings += _expectations(inspector, origin, genesis_policy, policy)
    inspector.findings += _anchor_findings(inspector, anchors)
    return _verdict(inspector, anchors, deep=deep)


def _inspect(
    layout: Layout,
    vkeys: Iterable[VerifierKey] | None,
    wanted: frozenset[int],
    *,
    deep: bool,
) -> Inspector:
    inspector = Inspector(layout.journal, Kept(layout), deep=deep, wanted=wanted)
    if vkeys is not None:
        inspector.audit.vkeys = frozenset(str(key) for key in vkeys)
    inspector.run()
    return inspector


def _approved_sizes(path: Path) -> frozenset[int]:
    """Return the sizes that approvals in the journal speak of, without parsing or splitting it."""
    with path.open("rb") as file:
        return frozenset(
            int(match[1])
            for line in _lines_with(file, b'"irkit.approval/v1"')
            for match in _APPROVED_SIZE.finditer(line)
        )


def _lines_with(file: BinaryIO, text: bytes) -> Iterator[bytes]:
    """Yield the lines that hold `text`; of a large file there are few."""
    rest = b""
    while block := file.read(_BLOCK):
        data = rest + block
        whole = data.rfind(b"\n") + 1
        rest = data[whole:]
        at = data.find(text, 0, whole)
        while at >= 0:
            end = data.find(b"\n", at)
            yield data[data.rfind(b"\n", 0, at) + 1 : end]
            at = data.find(text, end, whole)


def _expectations(
    inspector: Inspector, origin: str | None, genesis_policy: str | None, policy: str | None
) -> Iterator[Finding]:
    fold = inspector.audit.fold
    pairs = (
        ("genesis.origin", "name", origin, fold.origin),
        ("genesis.policy", "first policy", genesis_policy, fold.genesis_policy),
        ("policy.differs", "policy in force", policy, fold.policy_digest),
    )
    for code, what, expected, found in pairs:
        if expected is not None and expected != found:
            text = f"the trail's {what} is {found or 'missing'}, expected {expected}"
            yield Finding(code=code, text=text, place=NOWHERE)


def _anchor_findings(inspector: Inspector, anchors: Sequence[Anchor]) -> Iterator[Finding]:
    size = inspector.covered
    said: dict[int, Anchor] = {}
    for anchor in anchors:
        other = said.setdefault(anchor.size, anchor)
        if other.root != anchor.root:
            text = f"{other.source} and {anchor.source} saw different trails of {anchor.size}"
            yield Finding(code="anchor.split-view", text=text, place=NOWHERE)
        elif anchor.size > size:
            text = f"{anchor.source} saw {anchor.size} records, there are {size}: the end is gone"
            yield Finding(code="anchor.rollback", text=text, place=NOWHERE)
        elif inspector.roots.get(anchor.size) != anchor.root:
            text = f"{anchor.source} saw another history of {anchor.size} records"
            yield Finding(code="anchor.fork", text=text, place=NOWHERE)
        elif anchor.at and _ahead(inspector.times.get(anchor.size, ""), anchor.at):
            text = f"{anchor.source} saw at {anchor.at} what is dated later"
            yield Finding(code="anchor.time", text=text, place=NOWHERE)


def _ahead(recorded: str, seen: str) -> bool:
    """Say whether `recorded` is later than clocks may differ from `seen`."""
    return bool(recorded) and parse_rfc3339(recorded) > parse_rfc3339(seen) + _CLOCKS_DIFFER


def _verdict(inspector: Inspector, given: Sequence[Anchor], *, deep: bool) -> Verdict:
    errors = [f for f in inspector.findings if f.severity is Severity.ERROR]
    warnings = [f for f in inspector.findings if f.severity is not Severity.ERROR]
    anchors = (*given, *inspector.audit.fold.witnessed())
    anchored = 0 if errors else max((anchor.size for anchor in anchors), default=0)
    torn = any(warning.code.startswith("tail.") for warning in warnings)
    if errors:
        outcome = Outcome.TAMPERED
    elif anchored >= inspector.substance and not torn:
        outcome = Outcome.ANCHORED
    else:
        outcome = Outcome.CONSISTENT
    return Verdict(
        outcome=outcome,
        findings=tuple(sorted(errors, key=_position) + sorted(warnings, key=_position)),
        origin=inspector.audit.fold.origin,
        size=inspector.covered,
        root=inspector.roots.get(inspector.covered)
        or base64.b64encode(inspector.chain.frontier.root()).decode(),
        anchors=anchors,
        anchored_size=anchored,
        deep=deep,
    )


def _position(finding: Finding) -> tuple[int, bool]:
    """Order by place, links before meaning; what concerns the trail as a whole comes last."""
    place = finding.place.offset if finding.place != NOWHERE else 2**63
    return place, not finding.code.startswith(("line.", "record.", "checkpoint."))
