"""The journal: durable order, group commit, other writers, what it refuses."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from trail_story import ORIGIN, Ticks

from irkit.canonical import Json, parse
from irkit.diagnostics import IrkitError
from irkit.secret import Secret
from irkit.trail import protocol
from irkit.trail.journal import Journal, exists
from irkit.trail.keys import FileSigner, create_key_file
from irkit.trail.layout import Layout
from irkit.trail.record import Actor, Draft
from irkit.trail.verify import verify

ALICE = Actor(id="alice@acme", kind="person", auth="os-user")


def note(text: Json = "x", run: str | None = None) -> Draft:
    """Return a draft of a note."""
    return Draft(type="note", run=run, actor=ALICE, body={"text": text})


def test_journal_keeps_the_protocol(journal: Journal) -> None:
    """The file journal is one of the journals the engine may be given."""
    typed: protocol.Journal = journal
    assert typed.head().size == 1


def test_genesis_pins_origin_policy_and_key(trail: Path, journal: Journal) -> None:
    """The first record names the trail, its policy and its key; the file is for its owner alone."""
    (genesis,) = journal.replay()
    assert genesis.type == "trail.genesis"
    assert genesis.body["origin"] == journal.origin == ORIGIN
    assert genesis.body["vkeys"] == [str(key) for key in journal.vkeys]
    assert parse(journal.blobs.get(str(genesis.body["policy"]))) == {"v": 1}
    assert Layout(directory=trail).journal.stat().st_mode & 0o777 == 0o600
    assert exists(trail)
    assert not exists(trail / "elsewhere")


def test_append_returns_what_replay_gives(journal: Journal) -> None:
    """The returned records equal the ones read back from the disk, `rn` counts within the run."""
    made = journal.append(note("a", "R1"), note("b"), note("c", "R1"), note("ü\n", "R2"))
    assert tuple(journal.replay())[1:] == made
    assert [r.rn for r in made] == [0, None, 1, 0]
    assert tuple(journal.replay("R1")) == (made[0], made[2])
    assert [r.n for r in made] == [1, 2, 3, 4]
    assert {r.c for r in made} == {1}


def test_enqueued_drafts_ride_on_the_next_commit(journal: Journal) -> None:
    """What is enqueued comes before what is appended later, in one commit; flush waits for it."""
    journal.enqueue(note("first"))
    (second,) = journal.append(note("second"))
    assert [r.body["text"] for r in journal.follow(0)] == ["first", "second"]
    assert {r.c for r in journal.follow(0)} == {second.c}
    journal.enqueue(note("third"))
    assert journal.head().size == 3
    journal.flush()
    assert journal.head().size == 4


def test_flush_without_anything_is_nothing(journal: Journal) -> None:
    """Flushing an empty queue writes no commit."""
    before = journal.head()
    journal.flush()
    assert journal.append() == ()
    assert journal.head() == before


def test_threads_share_commits_and_lose_nothing(trail: Path, journal: Journal) -> None:
    """Many threads at once: each gets its own records, in fewer commits than records."""

    def write(worker: int) -> list[str]:
        return [
            str(journal.append(note(f"{worker}/{i}", f"R{worker}"))[0].body["text"])
            for i in range(20)
        ]

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(write, range(16)))
    assert results == [[f"{w}/{i}" for i in range(20)] for w in range(16)]
    records = list(journal.replay())
    assert len(records) == 321
    assert records[-1].c < 320
    for worker in range(16):
        own = [r.body["text"] for r in journal.replay(f"R{worker}")]
        assert own == results[worker]
    codes = {finding.code for finding in verify(trail, deep=True).findings}
    assert codes == {"run.not-opened"}


def test_big_batches_are_several_commits(trail: Path, journal: Journal) -> None:
    """A batch beyond a commit's size is split, and the caller gets all of it in order."""
    drafts = [note("x" * 50_000) for _ in range(30)]
    made = journal.append(*drafts)
    assert [r.n for r in made] == list(range(1, 31))
    assert len({r.c for r in made}) > 1
    assert verify(trail).findings == ()


def test_big_fields_become_blobs(journal: Journal) -> None:
    """A field beyond 60 kB is stored beside the journal and named by digest and size."""
    big = "ä" * 40_000
    draft = Draft(type="note", actor=ALICE, body={"big": big, "small": 1})
    (record,) = journal.append(draft)
    assert record.body["small"] == 1
    reference = record.body["big"]
    assert isinstance(reference, dict)
    assert parse(journal.blobs.get(reference["$blob"])) == big
    assert reference["size"] == len(f'"{big}"'.encode())


def test_many_middle_fields_fit_too(journal: Journal) -> None:
    """Fields that are too big only together are moved out until the rest fits."""
    body: dict[str, Json] = {f"f{i}": "x" * 25_000 for i in range(5)}
    (record,) = journal.append(Draft(type="note", actor=ALICE, body=body))
    kept = [name for name, value in record.body.items() if isinstance(value, str)]
    assert 0 < len(kept) < 5


@pytest.mark.parametrize(
    "body",
    [
        {"a": 1.5},
        {"ä": 1},
        {"a": 2**53},
        {"a": "\ud800"},
        {"a": Secret("s")},
        {"a": {1, 2}},
        {f"k{i:05d}": "" for i in range(9000)},
    ],
    ids=["float", "key", "integer", "surrogate", "secret", "set", "too long"],
)
def test_what_has_no_canonical_form_is_refused(body: dict[str, Json], journal: Journal) -> None:
    """Such a draft is refused before anything is written, and the journal goes on."""
    before = journal.head()
    for write in (journal.append, journal.enqueue):
        with pytest.raises(IrkitError, match="IRK702"):
            write(Draft(type="note", actor=ALICE, body=body))
    assert journal.head() == before
    journal.append(note())


def test_time_never_goes_back(trail: Path, signer: FileSigner) -> None:
    """When the clock steps back, `ts` stays and the skew is recorded."""
    now = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
    times = iter((now, now + timedelta(seconds=1), now - timedelta(seconds=2), now))
    with Journal.create(
        trail, origin=ORIGIN, signer=signer, policy={}, clock=lambda: next(times)
    ) as journal:
        first, second, third = (journal.append(note())[0] for _ in range(3))
    assert first.ts == second.ts == third.ts == "2026-11-24T03:05:01.000Z"
    assert (first.skew, second.skew, third.skew) == (0, 3000, 1000)
    assert list(Journal.open(trail, signer=signer).replay())[1:] == [first, second, third]


def test_two_writers_take_in_each_others_lines(
    trail: Path, signer: FileSigner, journal: Journal
) -> None:
    """Two open journals alternate; each continues the other's numbers and sees its records."""
    with Journal.open(trail, signer=signer, clock=Ticks()) as other:
        for index in range(5):
            journal.append(note(f"a{index}", "R"))
            other.append(note(f"b{index}", "R"))
        texts = [r.body["text"] for r in journal.follow(-1) if r.run]
        assert texts == [f"{w}{i}" for i in range(5) for w in "ab"]
        assert [r.rn for r in other.replay("R")] == list(range(10))
        assert journal.head() == other.head()
    assert {f.code for f in verify(trail, deep=True).findings} == {"run.not-opened"}


def test_follow_gives_only_what_is_new(trail: Path, signer: FileSigner, journal: Journal) -> None:
    """`follow` gives the records after an index, and nothing when there is nothing."""
    with Journal.open(trail, signer=None) as reader:
        assert list(reader.follow(0)) == []
        made = journal.append(*(note("x" * 5000) for _ in range(60)))
        assert tuple(reader.follow(0)) == made
        assert tuple(reader.follow(made[-2].n)) == made[-1:]
        assert list(reader.follow(made[-1].n)) == []
        assert list(reader.follow(10_000)) == []


def test_follow_waits_for_a_whole_commit(trail: Path, journal: Journal) -> None:
    """Half a commit of another writer is not shown, and shown once it is whole."""
    path = Layout(directory=trail).journal
    before = path.read_bytes()
    (made,) = journal.append(note())
    whole = path.read_bytes()
    path.write_bytes(before)
    with Journal.open(trail, signer=None) as reader:
        for cut in range(len(before), len(whole)):
            path.write_bytes(whole[:cut])
            assert list(reader.follow(0)) == []
        path.write_bytes(whole)
        assert list(reader.follow(0)) == [made]


def test_reader_does_not_write(trail: Path, journal: Journal) -> None:
    """A journal opened without a key refuses to append and changes no file."""
    before = Layout(directory=trail).journal.read_bytes()
    with Journal.open(trail, signer=None) as reader:
        with pytest.raises(IrkitError, match="IRK711"):
            reader.append(note())
        assert reader.head() == journal.head()
    assert Layout(directory=trail).journal.read_bytes() == before


def test_create_does_not_overwrite(trail: Path, signer: FileSigner, journal: Journal) -> None:
    """A second trail is not made over the first."""
    with pytest.raises(IrkitError, match="IRK701"):
        Journal.create(trail, origin=ORIGIN, signer=signer, policy={})
    assert journal.head().size == 1


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb"])
def test_origin_has_to_be_a_name(origin: str, trail: Path, signer: FileSigner) -> None:
    """A name that a signature line could not carry is refused before anything is made."""
    with pytest.raises(IrkitError, match="IRK715"):
        Journal.create(trail, origin=origin, signer=signer, policy={})
    assert not trail.exists()


def test_open_needs_a_trail(trail: Path, signer: FileSigner) -> None:
    """Where there is no trail, this is said, with and without a key."""
    for key in (signer, None):
        with pytest.raises(IrkitError, match="IRK700"):
            Journal.open(trail, signer=key)


def test_foreign_key_is_refused(trail: Path, journal: Journal, tmp_path: Path) -> None:
    """A key that is not the trail's does not open it for writing."""
    with pytest.raises(IrkitError, match="IRK706"):
        Journal.open(trail, signer=create_key_file(tmp_path / "other"))


@pytest.mark.parametrize("how", ["replaced", "removed", "cut"])
def test_file_exchanged_under_the_writer(how: str, trail: Path, journal: Journal) -> None:
    """A journal that is replaced, removed or cut while open is noticed before writing."""
    path = Layout(directory=trail).journal
    journal.append(note())
    data = path.read_bytes()
    if how == "cut":
        path.write_bytes(data[:-1])
    else:
        path.unlink()
    if how == "replaced":
        path.write_bytes(data)
    with pytest.raises(IrkitError, match="IRK704"):
        journal.append(note())


def test_failing_signer_poisons(trail: Path, signer: FileSigner) -> None:
    """When signing fails nothing is written, and everything after it is refused."""

    class Failing:
        """Signs until it is told to fail."""

        public = signer.public
        broken = False

        def sign(self, message: bytes) -> bytes:
            """Sign, or fail."""
            if self.broken:
                raise OSError("the agent went away")
            return signer.sign(message)

        def close(self) -> None:
            """Nothing is open."""

    key = Failing()
    with Journal.create(trail, origin=ORIGIN, signer=key, policy={}, clock=Ticks()) as journal:
        before = Layout(directory=trail).journal.read_bytes()
        key.broken = True
        journal.enqueue(note("lost if unnoticed"))
        for _ in range(2):
            with pytest.raises(IrkitError, match="IRK705"):
                journal.append(note())
        key.broken = False
        for write in (journal.flush, lambda: journal.enqueue(note())):
            with pytest.raises(IrkitError, match="IRK705"):
                write()
    assert Layout(directory=trail).journal.read_bytes() == before
    with Journal.open(trail, signer=signer) as again:
        assert again.append(note())[0].n == 1


def test_failing_disk_reaches_every_waiting_caller(trail: Path, signer: FileSigner) -> None:
    """When a commit fails, each of the callers that shared it is told."""
    gate = threading.Event()

    class Slow:
        """Waits in the first commit after the genesis, then fails."""

        public = signer.public
        count = 0

        def sign(self, message: bytes) -> bytes:
            """Sign the genesis; let the others gather, then fail."""
            self.count += 1
            if self.count == 1:
                return signer.sign(message)
            gate.wait(5)
            raise OSError("no space left")

        def close(self) -> None:
            """Nothing is open."""

    with Journal.create(trail, origin=ORIGIN, signer=Slow(), policy={}) as journal:

        def write(_: int) -> str:
            try:
                journal.append(note())
            except IrkitError as error:
                return error.diagnostics[0].code
            return "written"

        with ThreadPoolExecutor(8) as pool:
            futures = [pool.submit(write, i) for i in range(8)]
            gate.set()
            assert {future.result() for future in futures} == {"IRK705"}
    assert Layout(directory=trail).journal.read_bytes().count(b"\n") == 2


def test_head_is_the_checkpoint_in_the_file(journal: Journal, trail: Path) -> None:
    """The head is what the last line of the file says in clear text."""
    journal.append(note())
    last = Layout(directory=trail).journal.read_bytes().split(b"\n")[-2].decode()
    head = journal.head()
    assert f"{ORIGIN}\\n{head.size}\\n{base64.b64encode(head.root).decode()}" in last


def test_place_where_no_trail_can_be(signer: FileSigner, tmp_path: Path) -> None:
    """Where the journal cannot be made, or its name is a dead link, this is a diagnostic."""
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "journal.jsonl").symlink_to(tmp_path / "nowhere")
    with pytest.raises(IrkitError, match="IRK701"):
        Journal.create(tmp_path / "t", origin=ORIGIN, signer=signer, policy={})
    (tmp_path / "u").mkdir()
    (tmp_path / "u" / ("journal.jsonl")).mkdir()
    with pytest.raises(IrkitError, match="IRK70"):
        Journal.open(tmp_path / "u", signer=signer)


def test_closing_twice_is_nothing(journal: Journal) -> None:
    """A journal may be closed again, and is what it was."""
    size = journal.head().size
    journal.close()
    journal.close()
    assert journal.head().size == size
