"""After a crash nothing acknowledged is lost, and nothing tampered with is swept away."""

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trail_story import ORIGIN, Ticks

from irkit.diagnostics import IrkitError
from irkit.trail.journal import Journal
from irkit.trail.keys import FileSigner, create_key_file
from irkit.trail.layout import Layout
from irkit.trail.record import Actor, Draft
from irkit.trail.scan import MAX_COMMIT
from irkit.trail.verdict import Outcome
from irkit.trail.verify import verify

ALICE = Actor(id="alice@acme", kind="person", auth="os-user")


def note(text: str) -> Draft:
    """Return a small draft."""
    return Draft(type="note", actor=ALICE, body={"t": text})


@pytest.fixture
def written(trail: Path, signer: FileSigner) -> bytes:
    """Write a genesis and three commits of two records; return the file."""
    with Journal.create(trail, origin=ORIGIN, signer=signer, policy={}, clock=Ticks()) as journal:
        for index in range(3):
            journal.append(note(f"{index}a"), note(f"{index}b"))
    return Layout(directory=trail).journal.read_bytes()


def ends_of_commits(data: bytes) -> list[int]:
    """Return the byte offsets at which commits end."""
    ends, offset = [], 0
    for line in data.splitlines(keepends=True):
        offset += len(line)
        if line.startswith(b"["):
            ends.append(offset)
    return ends


def test_cut_at_every_byte_of_the_last_commits(
    trail: Path, signer: FileSigner, written: bytes
) -> None:
    """Wherever a write was cut, all earlier commits are kept and the rest is quarantined."""
    layout = Layout(directory=trail)
    ends = ends_of_commits(written)
    for cut in (*range(ends[1], ends[2], 29), *range(ends[2], len(written))):
        layout.journal.write_bytes(written[:cut])
        kept = max(end for end in ends if end <= cut)
        with Journal.open(trail, signer=signer, clock=Ticks()) as journal:
            records = list(journal.replay())
        torn = written[kept:cut]
        data = layout.journal.read_bytes()
        assert data[:kept] == written[:kept]
        if torn:
            sha256 = hashlib.sha256(torn).hexdigest()
            assert records[-1].type == "trail.recovered"
            assert records[-1].body == {"offset": kept, "bytes": len(torn), "sha256": sha256}
            quarantined = layout.torn / f"{kept}-{sha256}"
            assert quarantined.read_bytes() == torn
            assert quarantined.stat().st_mode & 0o777 == 0o400
        else:
            assert data == written[:cut]
        if cut % 64 == 0:
            assert verify(trail, deep=True).findings == ()


def test_cut_before_the_first_commit_is_no_trail(
    trail: Path, signer: FileSigner, written: bytes
) -> None:
    """Without a whole first commit there is nothing to recover to: refuse and change nothing."""
    layout = Layout(directory=trail)
    for cut in (0, 1, ends_of_commits(written)[0] - 1):
        layout.journal.write_bytes(written[:cut])
        for key in (signer, None):
            with pytest.raises(IrkitError, match="IRK704"):
                Journal.open(trail, signer=key)
        assert layout.journal.read_bytes() == written[:cut]


@pytest.mark.parametrize("size", [1, 100, 4096])
def test_zero_filled_tail(size: int, trail: Path, signer: FileSigner, written: bytes) -> None:
    """Zeros that a file system left behind are quarantined."""
    Layout(directory=trail).journal.write_bytes(written + bytes(size))
    with Journal.open(trail, signer=signer, clock=Ticks()) as journal:
        assert list(journal.replay())[-1].body["bytes"] == size
    assert verify(trail).findings == ()


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_flipped_byte_before_the_end_is_refused(
    data: st.DataObject, trail: Path, signer: FileSigner, written: bytes
) -> None:
    """A changed byte before the last commit: the writer refuses and leaves the file as it is."""
    path = Layout(directory=trail).journal
    last = ends_of_commits(written)[-2]
    position = data.draw(st.integers(0, last - 1))
    altered = bytearray(written)
    altered[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(altered))
    with pytest.raises(IrkitError, match=r"IRK70[46]"):
        Journal.open(trail, signer=signer)
    assert path.read_bytes() == bytes(altered)
    assert not (trail / "torn").exists()


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_flipped_byte_is_found_by_verification(
    data: st.DataObject, trail: Path, signer: FileSigner, written: bytes
) -> None:
    """A changed byte anywhere gives a finding, at the record or checkpoint it is in."""
    position = data.draw(st.integers(0, len(written) - 1))
    altered = bytearray(written)
    altered[position] ^= data.draw(st.integers(1, 255))
    Layout(directory=trail).journal.write_bytes(bytes(altered))
    verdict = verify(trail, deep=True)
    assert verdict.findings
    assert verdict.outcome is not Outcome.ANCHORED
    start = written.rfind(b"\n", 0, position) + 1
    neighbours = {start, written.find(b"\n", position) + 1}
    if written[start : start + 1] == b"{":
        previous = written.rfind(b"\n", 0, max(start - 1, 0)) + 1
        neighbours.add(previous)
    assert {f.place.offset for f in verdict.findings} & neighbours


def test_tampered_middle_with_torn_tail_is_refused(
    trail: Path, signer: FileSigner, written: bytes
) -> None:
    """A torn tail is no excuse to sweep away what follows a tampered record."""
    path = Layout(directory=trail).journal
    ends = ends_of_commits(written)
    altered = written.replace(b'"t":"1a"', b'"t":"1x"')[: ends[3] - 7]
    assert altered != written[: ends[3] - 7]
    path.write_bytes(altered)
    with pytest.raises(IrkitError, match="IRK704"):
        Journal.open(trail, signer=signer)
    assert path.read_bytes() == altered


def test_checkpoint_without_its_line_feed_is_torn(
    trail: Path, signer: FileSigner, written: bytes
) -> None:
    """A checkpoint that lacks only its line feed was never acknowledged, and is no tampering."""
    Layout(directory=trail).journal.write_bytes(written[:-1])
    with Journal.open(trail, signer=signer, clock=Ticks()) as journal:
        assert list(journal.replay())[-1].type == "trail.recovered"


def test_more_than_a_commit_of_rubbish_is_refused(
    trail: Path, signer: FileSigner, written: bytes
) -> None:
    """More than one write can leave behind is not quarantined without a person."""
    path = Layout(directory=trail).journal
    path.write_bytes(written + b"x" * (MAX_COMMIT + 1))
    with pytest.raises(IrkitError, match="IRK713"):
        Journal.open(trail, signer=signer)
    assert path.stat().st_size == len(written) + MAX_COMMIT + 1


def test_foreign_key_does_not_recover(
    trail: Path, signer: FileSigner, written: bytes, tmp_path: Path
) -> None:
    """A torn tail is only cut by somebody who can sign that it was."""
    path = Layout(directory=trail).journal
    path.write_bytes(written[:-10])
    with pytest.raises(IrkitError, match="IRK706"):
        Journal.open(trail, signer=create_key_file(tmp_path / "other"))
    assert path.read_bytes() == written[:-10]


def test_reader_leaves_a_torn_tail_alone(trail: Path, written: bytes) -> None:
    """Reading shows what is whole and changes nothing."""
    path = Layout(directory=trail).journal
    path.write_bytes(written[:-10])
    with Journal.open(trail, signer=None) as journal:
        assert journal.head().size == 5
    assert path.read_bytes() == written[:-10]


def test_another_writers_crash_is_recovered_while_open(
    trail: Path, signer: FileSigner, written: bytes
) -> None:
    """A writer that finds another's torn write quarantines it and goes on."""
    with Journal.open(trail, signer=signer, clock=Ticks()) as journal:
        with Layout(directory=trail).journal.open("ab") as file:
            file.write(b'{"actor":')
        (record,) = journal.append(note("after"))
        assert [r.type for r in journal.follow(record.n - 2)] == ["trail.recovered", "note"]
    assert verify(trail, deep=True).findings == ()


WRITER = """
import resource, sys
from pathlib import Path
from irkit.trail.journal import Journal
from irkit.trail.keys import open_signer
from irkit.trail.record import Actor, Draft
trail, key, name, limit = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
journal = Journal.open(trail, signer=open_signer(f"file:{key}", base=Path()))
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
actor = Actor(id=name, kind="service", auth="test")
index = 0
while True:
    body = {"text": "x" * (index * 37 % 900)}
    (record,) = journal.append(Draft(type="note", run=name, actor=actor, body=body))
    print(f"{record.n} {record.leaf.hex()}", flush=True)
    index += 1
"""


def start_writer(
    trail: Path, key: Path, name: str, limit: int = 0, stderr: int | None = None
) -> "subprocess.Popen[str]":
    """Start a process that appends as fast as it can and prints what was acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(trail), str(key), name, str(limit)],
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def test_killed_processes_lose_nothing_acknowledged(trail: Path, tmp_path: Path) -> None:
    """Three writers are killed again and again; every acknowledged record is there at the end."""
    signer = create_key_file(tmp_path / "key")
    Journal.create(trail, origin=ORIGIN, signer=signer, policy={}).close()
    acknowledged: dict[int, str] = {}
    for round_ in range(4):
        writers = [start_writer(trail, tmp_path / "key", f"W{round_}{i}") for i in range(3)]
        for index, writer in enumerate(writers):
            assert writer.stdout is not None
            lines = [writer.stdout.readline() for _ in range(8 + 5 * index)]
            writer.send_signal(signal.SIGKILL)
            whole = ("".join(lines) + writer.stdout.read()).rpartition("\n")[0]
            writer.wait(20)
            assert all(lines)
            writer.stdout.close()
            acknowledged |= {int(n): leaf for n, leaf in map(str.split, whole.split("\n"))}
    with Journal.open(trail, signer=signer) as journal:
        stored = {record.n: record.leaf.hex() for record in journal.replay()}
    assert len(acknowledged) >= 4 * 3 * 8
    assert acknowledged.items() <= stored.items()
    assert {f.code for f in verify(trail, deep=True).findings} <= {"run.not-opened"}


def test_full_disk_poisons_and_recovers(trail: Path, tmp_path: Path) -> None:
    """A write that hits a size limit fails closed; opening again recovers everything before."""
    signer = create_key_file(tmp_path / "key")
    Journal.create(trail, origin=ORIGIN, signer=signer, policy={}).close()
    size = Layout(directory=trail).journal.stat().st_size
    writer = start_writer(trail, tmp_path / "key", "W", limit=size + 5000, stderr=subprocess.PIPE)
    out, err = writer.communicate(timeout=20)
    assert writer.returncode == 1
    assert "IRK705" in err
    acknowledged = len(out.splitlines())
    with Journal.open(trail, signer=signer) as journal:
        records = list(journal.replay("W"))
        assert len(records) == acknowledged > 0
        assert list(journal.replay())[-1].type in ("trail.recovered", "note")
    assert Layout(directory=trail).journal.stat().st_size >= size


CREATOR = """
import os, resource, signal, sys
from pathlib import Path
from irkit.trail.journal import Journal
from irkit.trail.keys import open_signer

how, trail = sys.argv[1], Path(sys.argv[2])
key = open_signer(f"file:{sys.argv[3]}", base=Path())

class Dying:
    public = key.public
    def sign(self, message):
        os.kill(os.getpid(), signal.SIGKILL)

if how == "full":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))
Journal.create(trail, origin="acme", signer=Dying() if how == "killed" else key, policy={})
"""


@pytest.mark.parametrize(
    ("how", "code", "said"), [("killed", -signal.SIGKILL, ""), ("full", 1, "IRK705")]
)
def test_a_trail_that_was_not_begun_can_be_begun(
    how: str, code: int, said: str, trail: Path, tmp_path: Path
) -> None:
    """Nothing is called a journal before its first commit is on the disk."""
    signer = create_key_file(tmp_path / "key")
    command = [sys.executable, "-c", CREATOR, how, str(trail), str(tmp_path / "key")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    with pytest.raises(IrkitError, match="IRK700"):
        Journal.open(trail, signer=signer)
    Journal.create(trail, origin=ORIGIN, signer=signer, policy={}).close()
    assert verify(trail).outcome is Outcome.CONSISTENT
