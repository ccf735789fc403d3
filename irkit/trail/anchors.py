"""Anchors: what parties outside remember of this trail, asked for, kept and checked.

Three kinds: the heads that approvers sign (in the trail itself), RFC 3161 time stamps and witness
cosignatures (in `anchors/`). A stamp is over the bytes of a signed checkpoint, kept beside it as
`<size>-<root8>.note` and `.tsr`, so that `openssl ts -verify` can check it alone.
"""

import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Final

from cryptography import x509

from irkit.canonical import JsonObject, digest_bytes
from irkit.clock import rfc3339
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail import problems
from irkit.trail.chain import parse_frame
from irkit.trail.layout import Layout
from irkit.trail.note import Checkpoint, Note, NoteError
from irkit.trail.verdict import NOWHERE, Anchor, Finding
from irkit.trail.witness import WitnessKey, witnessed

_TIMEOUT: Final = 20.0
_MAX_REPLY: Final = 1024 * 1024
_QUERY: Final = "application/timestamp-query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A checkpoint and the token of a time stamp authority over its bytes."""

    note: str
    token: bytes
    at: datetime

    @property
    def checkpoint(self) -> Checkpoint:
        """The head that was stamped."""
        return Checkpoint.parse(Note.parse(self.note).text)

    def body(self, source: str) -> JsonObject:
        """Return the body of the record `anchor.received`."""
        head = self.checkpoint
        return {
            "kind": "rfc3161",
            "source": source,
            "size": head.size,
            "root": str(head).split("\n")[2],
            "at": rfc3339(self.at),
            "token": digest_bytes(self.token),
        }


def load_roots(path: Path) -> tuple[x509.Certificate, ...]:
    """Read the PEM certificates of the authorities that are trusted.

    Raises:
        IrkitError: IRK721 if there are none in it.
    """
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise _problem("IRK721", f"{path} holds no PEM certificates: {error}") from error


def request_stamp(directory: Path, url: str, roots: Sequence[x509.Certificate]) -> Stamp:
    """Have the authority at `url` stamp the trail's present head, check the answer and keep it.

    Raises:
        IrkitError: IRK700 without a trail, IRK720 if the authority does not answer as it should,
            IRK721 if its answer is not signed under `roots`, IRK722 without the extra `[tsa]`.
    """
    note = last_note(directory)
    query, nonce = _request(note.encode())
    token = _ask(url, query)
    stamp = Stamp(note=note, token=token, at=check_stamp(token, note.encode(), roots, nonce))
    _keep(Layout(directory=directory), stamp)
    return stamp


def check_stamp(
    token: bytes, data: bytes, roots: Sequence[x509.Certificate], nonce: int | None = None
) -> datetime:
    """Check a token over `data` under `roots` and return its time.

    The authority's certificate has to have been valid at that time, not now.

    Raises:
        IrkitError: IRK721 if it does not verify, IRK722 without the extra `[tsa]`.
    """
    client = _client()
    try:
        response = client.decode_timestamp_response(token)
        builder = client.VerifierBuilder(roots=list(roots))
        if nonce is not None:
            builder = builder.nonce(nonce)
        builder.build().verify_message(response, data)
    except (client.VerificationError, ValueError) as error:
        raise _problem("IRK721", f"the time stamp does not verify: {error}") from error
    at: datetime = response.tst_info.gen_time
    return at.astimezone(UTC)


def load_anchors(
    directory: Path,
    *,
    roots: Sequence[x509.Certificate] = (),
    witnesses: Sequence[WitnessKey] = (),
    quorum: int = 0,
) -> tuple[tuple[Anchor, ...], tuple[Finding, ...]]:
    """Read and check everything in `anchors/`; what does not verify is a finding, not an anchor."""
    anchors: list[Anchor] = []
    findings: list[Finding] = []
    notes: list[Note] = []
    for path in sorted(Layout(directory=directory).anchors.glob("*.note")):
        try:
            data = path.read_bytes()
            note = Note.parse(data.decode())
            stamp = path.with_suffix(".tsr")
            if roots and stamp.is_file():
                at = check_stamp(stamp.read_bytes(), data, roots)
                anchors.append(_anchor("time stamp", note, at))
            if not stamp.is_file():
                notes.append(note)
        except (NoteError, UnicodeDecodeError) as error:
            findings.append(_invalid(path, str(error)))
        except IrkitError as error:
            if error.diagnostics[0].code != "IRK721":
                raise
            findings.append(_invalid(path, error.diagnostics[0].summary))
    if witnesses or quorum:
        found, short = witnessed(notes, witnesses, quorum)
        anchors += found
        findings += short
    return tuple(anchors), tuple(findings)


def last_note(directory: Path) -> str:
    """Return the signed note of the trail's present head.

    Raises:
        IrkitError: IRK700 if there is no trail, or nothing signed in it.
    """
    path = Layout(directory=directory).journal
    last = b""
    try:
        with path.open("rb") as file:
            for line in file:
                if line[:1] == b"[" and line.endswith(b"\n"):
                    last = line[:-1]
    except OSError as error:
        raise problems.missing(path) from error
    if not last:
        raise problems.missing(path)
    return str(parse_frame(last))


def _request(data: bytes) -> tuple[bytes, int]:
    """Return a query over `data` and the nonce in it."""
    client = _client()
    request = (
        client.TimestampRequestBuilder()
        .data(data)
        .hash_algorithm(client.HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    return bytes(request.as_bytes()), int(request.nonce)


def _ask(url: str, query: bytes) -> bytes:
    """Send the query; ambient proxies are not used."""
    if not url.startswith(("http://", "https://")):
        raise _problem("IRK720", f"{url!r} is no address of a time stamp authority")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, data=query, headers={"Content-Type": _QUERY})  # noqa: S310
    try:
        with opener.open(request, timeout=_TIMEOUT) as reply:
            data: bytes = reply.read(_MAX_REPLY + 1)
    except OSError as error:
        raise _problem(
            "IRK720", f"the time stamp authority {url} does not answer: {error}"
        ) from error
    if len(data) > _MAX_REPLY:
        raise _problem("IRK720", f"the answer of {url} is too long")
    return data


def _keep(layout: Layout, stamp: Stamp) -> None:
    head = stamp.checkpoint
    layout.anchors.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = layout.anchors / f"{head.size}-{head.root.hex()[:8]}"
    stem.with_suffix(".note").write_bytes(stamp.note.encode())
    stem.with_suffix(".tsr").write_bytes(stamp.token)


def _anchor(source: str, note: Note, at: datetime) -> Anchor:
    head = Checkpoint.parse(note.text)
    return Anchor(source=source, size=head.size, root=note.text.split("\n")[2], at=rfc3339(at))


def _client() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415  # optional: the extra [tsa]
    except ImportError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK722",
                summary="time stamps need the package rfc3161-client",
                help="run `pip install 'irkit[tsa]'`",
            )
        ) from error
    return rfc3161_client


def _problem(code: str, summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code=code,
            summary=summary,
            help="try another authority: `irkit trail anchor --tsa URL`; approvals are anchors too",
        )
    )


def _invalid(path: Path, why: str) -> Finding:
    return Finding(code="anchor.invalid", text=f"{path.name}: {why}", place=NOWHERE)
