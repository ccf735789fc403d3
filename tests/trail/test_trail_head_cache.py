"""The head cache makes opening quick and is never believed without reason."""

from pathlib import Path

import pytest
from trail_story import ORIGIN, Ticks

from irkit.canonical import canonical, parse
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail.journal import Journal
from irkit.trail.keys import FileSigner
from irkit.trail.layout import Layout
from irkit.trail.record import Actor, Draft
from irkit.trail.verify import verify

ALICE = Actor(id="alice@acme", kind="person", auth="os-user")


def note(text: str, run: str = "R") -> Draft:
    """Return a draft of a note."""
    return Draft(type="note", run=run, actor=ALICE, body={"t": text})


@pytest.fixture
def long(trail: Path, signer: FileSigner) -> Layout:
    """Write a trail that is long enough to be worth a cache."""
    with Journal.create(trail, origin=ORIGIN, signer=signer, policy={}, clock=Ticks()) as journal:
        journal.append(Draft(type="run.opened", run="R", actor=ALICE, body={"mode": "live"}))
        for _ in range(3):
            journal.append(*(note("x" * 40_000) for _ in range(12)))
    return Layout(directory=trail)


def test_opening_continues_from_the_cache(long: Layout, signer: FileSigner) -> None:
    """With the cache opening reads nothing before it, and goes on with the same numbers."""
    assert long.head_cache.is_file()
    with Journal.open(long.directory, signer=signer, clock=Ticks()) as journal:
        (record,) = journal.append(note("after"))
        assert (record.n, record.rn) == (38, 37)
        assert sum(1 for _ in journal.replay()) == 39
        assert [r.n for r in journal.follow(35)] == [36, 37, 38]
    assert verify(long.directory, deep=True).findings == ()
    long.journal.write_bytes(b"{" + long.journal.read_bytes()[1:].replace(b"xxx", b"yyy", 1))
    Journal.open(long.directory, signer=signer).close()
    assert verify(long.directory).findings != ()
    long.head_cache.unlink()
    with pytest.raises(IrkitError, match="IRK704"):
        Journal.open(long.directory, signer=signer)


def test_reader_uses_it_too(long: Layout, signer: FileSigner) -> None:
    """A reader without a key believes the keys the trail began with."""
    with Journal.open(long.directory, signer=None) as reader:
        assert reader.head().size == 38
        assert next(reader.follow(36)).n == 37


def test_small_trails_have_none(trail: Path, signer: FileSigner) -> None:
    """A short trail is read quickly enough without."""
    Journal.create(trail, origin=ORIGIN, signer=signer, policy={}).close()
    assert not Layout(directory=trail).head_cache.exists()


def test_cache_that_is_not_ours_is_ignored(long: Layout, signer: FileSigner) -> None:
    """A changed, foreign, broken or outdated cache is not believed; the journal is read instead."""
    good = long.head_cache.read_bytes()
    body = parse(good)
    assert isinstance(body, dict)
    state = body["state"]
    assert isinstance(state, dict)
    changed = canonical({**body, "state": {**state, "counts": [["R", 5]]}})
    for content in (b"", b"{}", good[:-1], changed, good.replace(b'"sig":"', b'"sig":"AAAA')):
        long.head_cache.write_bytes(content)
        for key in (signer, None):
            with Journal.open(long.directory, signer=key) as journal:
                assert journal.head().size == 38
                assert [r.rn for r in journal.follow(36)] == [36]


def test_cache_beyond_a_cut_journal_is_ignored(long: Layout, signer: FileSigner) -> None:
    """Where the journal ends before the cache or differs there, it is read from the start."""
    data = long.journal.read_bytes()
    long.journal.write_bytes(data[: len(data) // 2])
    with Journal.open(long.directory, signer=signer, clock=Ticks()) as journal:
        assert journal.head().size < 38
    long.journal.write_bytes(data[:-30] + b"A" * 28 + data[-2:])
    with Journal.open(long.directory, signer=None) as journal:
        assert journal.head().size < 38


def test_a_key_that_signs_only_what_is_short_signs_the_cache(
    trail: Path, signer: FileSigner
) -> None:
    """However many runs there are; and where it does not sign at all, closing goes well."""

    class Short:
        """Signs as much as a key in KMS does, until it falls silent."""

        public = signer.public
        silent = False

        def sign(self, message: bytes) -> bytes:
            """Sign, or not."""
            if self.silent or len(message) > 4096:
                raise IrkitError(Diagnostic(code="IRK728", summary="no"))
            return signer.sign(message)

        def close(self) -> None:
            """Nothing is open."""

    cache = Layout(directory=trail).head_cache
    key = Short()
    with Journal.create(trail, origin=ORIGIN, signer=key, policy={}, clock=Ticks()) as journal:
        journal.append(*(note("x" * 9_000, f"{n:026}") for n in range(150)))
    assert cache.is_file()
    cache.unlink()
    with Journal.open(trail, signer=key, clock=Ticks()):
        key.silent = True
    assert not cache.exists()


def test_cache_that_cannot_be_written_is_no_harm(trail: Path, signer: FileSigner) -> None:
    """Where the cache's name is taken by a directory, closing goes well all the same."""
    with Journal.create(trail, origin=ORIGIN, signer=signer, policy={}, clock=Ticks()) as journal:
        Layout(directory=trail).head_cache.mkdir()
        for _ in range(3):
            journal.append(*(note("x" * 40_000) for _ in range(12)))
    assert [one.name for one in trail.iterdir() if "head.cache" in one.name] == ["head.cache"]
    with Journal.open(trail, signer=signer) as again:
        assert again.head().size == 37
