"""RFC 6962 trees: published vectors, agreement with the definition, and proofs that prove."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.trail.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)

Vector = Mapping[str, object]


def read(path: Path) -> Iterator[Vector]:
    """Read the vectors of a file, one JSON object a line."""
    for line in path.read_text().splitlines():
        yield json.loads(line)


def decoded(value: object) -> bytes:
    """Decode a base64 hash; what is missing is empty."""
    return base64.b64decode(str(value)) if value else b""


def proof_of(vector: Vector) -> list[bytes]:
    """Return the proof of a vector."""
    proof = vector["proof"]
    assert proof is None or isinstance(proof, list)
    return [decoded(one) for one in proof or ()]


def number(vector: Vector, name: str) -> int:
    """Return an integer of a vector."""
    value = vector[name]
    assert isinstance(value, int)
    return value


def test_published_inclusion_proofs(vectors: Callable[[str], Path]) -> None:
    """Every published inclusion proof gets the published verdict."""
    count = 0
    for vector in read(vectors("merkle") / "inclusion.jsonl"):
        try:
            check_inclusion(
                leaf=decoded(vector["leafHash"]),
                index=number(vector, "leafIdx"),
                size=number(vector, "treeSize"),
                proof=proof_of(vector),
                root=decoded(vector["root"]),
            )
            failed = False
        except ProofError:
            failed = True
        assert failed == vector["wantErr"], vector["name"]
        count += 1
    assert count > 50


def test_published_consistency_proofs(vectors: Callable[[str], Path]) -> None:
    """Every published consistency proof gets the published verdict."""
    count = 0
    for vector in read(vectors("merkle") / "consistency.jsonl"):
        try:
            check_consistency(
                old_size=number(vector, "size1"),
                old_root=decoded(vector["root1"]),
                size=number(vector, "size2"),
                root=decoded(vector["root2"]),
                proof=proof_of(vector),
            )
            failed = False
        except ProofError:
            failed = True
        assert failed == vector["wantErr"], vector["name"]
        count += 1
    assert count > 50


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """Compute the root as RFC 6962 §2.1 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = defined_root(leaves[:split]), defined_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


LEAVES = [leaf_hash(bytes([i])) for i in range(70)]


def test_root_is_as_defined() -> None:
    """The growing tree has the defined root at every size, and so have its copies."""
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for size, leaf in enumerate(LEAVES):
        assert frontier.root() == defined_root(LEAVES[:size])
        resumed = Frontier(frontier.size, frontier.hashes())
        assert resumed.root() == frontier.copy().root() == frontier.root()
        frontier.append(leaf)


@given(st.integers(1, 70), st.data())
def test_inclusion_round_trip(size: int, data: st.DataObject) -> None:
    """A proof made for a leaf checks for this leaf, index, size and root, and for no other."""
    leaves = LEAVES[:size]
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(leaves, index), root_of(leaves)
    good = {"leaf": leaves[index], "index": index, "size": size, "proof": proof, "root": root}
    check_inclusion(**good)  # type: ignore[arg-type]  # by name
    bad: list[dict[str, object]] = [
        {"leaf": LEAVES[-1] if index != 69 else LEAVES[0]},
        {"root": bytes(32)},
        {"proof": (*proof, bytes(32))},
        {"index": size},
        {"index": -1},
        {"leaf": b"short"},
    ]
    bad += [{"proof": proof[:-1]}] if proof else []
    for change in bad:
        with pytest.raises(ProofError):
            check_inclusion(**{**good, **change})  # type: ignore[arg-type]  # by name


@given(st.integers(1, 70), st.data())
def test_consistency_round_trip(size: int, data: st.DataObject) -> None:
    """A proof made between two sizes checks, and fails for any other pair of roots."""
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(LEAVES[:size], old)
    good = {
        "old_size": old,
        "old_root": root_of(LEAVES[:old]),
        "size": size,
        "root": root_of(LEAVES[:size]),
        "proof": proof,
    }
    check_consistency(**good)  # type: ignore[arg-type]  # by name
    bad: list[dict[str, object]] = [
        {"old_root": bytes(32)},
        {"root": bytes(32)},
        {"proof": (*proof, bytes(32))},
        {"old_size": 0},
        {"old_size": size + 1},
    ]
    bad += [{"proof": proof[:-1]}] if proof else []
    for change in bad:
        with pytest.raises(ProofError):
            check_consistency(**{**good, **change})  # type: ignore[arg-type]  # by name


def test_nothing_is_proven_outside_the_tree() -> None:
    """There is no proof of a leaf that is not there, nor from an empty tree."""
    for index in (-1, 3):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(LEAVES[:3], index)
    for old in (0, 4):
        with pytest.raises(ValueError, match="no consistency"):
            consistency_proof(LEAVES[:3], old)


@pytest.mark.parametrize("hashes", [(), (b"x",), (bytes(32), bytes(32))])
def test_frontier_of_the_wrong_shape_is_refused(hashes: tuple[bytes, ...]) -> None:
    """A cached frontier that cannot be one is refused."""
    with pytest.raises(ValueError, match="no frontier"):
        Frontier(4, hashes)
