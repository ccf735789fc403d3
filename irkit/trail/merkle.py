"""The Merkle tree of RFC 6962: roots, inclusion proofs and consistency proofs.

Leaf `SHA-256(0x00 ‖ line)`, node `SHA-256(0x01 ‖ left ‖ right)`. `Frontier` keeps the right edge of
a growing tree in O(log n); proofs are computed from the leaf hashes and checked without them.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


class ProofError(ValueError):
    """A proof that does not show what it claims; the message says why."""


def leaf_hash(line: bytes) -> bytes:
    """Return the hash of one leaf: a record's bytes without the line feed."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: enough to append and to know the root."""

    __slots__ = ("_hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        """Start from `size` leaves whose full subtrees, largest first, hash to `hashes`.

        Raises:
            ValueError: if `hashes` cannot be the edge of a tree of this size.
        """
        if len(hashes) != size.bit_count() or any(len(one) != HASH_SIZE for one in hashes):
            raise ValueError(f"{len(hashes)} hashes are no frontier of {size} leaves")
        self.size = size
        self._hashes = list(hashes)

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        carry, node = self.size, leaf
        while carry & 1:
            node = node_hash(self._hashes.pop(), node)
            carry >>= 1
        self._hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._hashes:
            return EMPTY_ROOT
        node = self._hashes[-1]
        for left in self._hashes[-2::-1]:
            node = node_hash(left, node)
        return node

    def hashes(self) -> tuple[bytes, ...]:
        """Return the hashes of the full subtrees, largest first."""
        return tuple(self._hashes)

    def copy(self) -> "Frontier":
        """Return an independent frontier of the same tree."""
        return Frontier(self.size, self._hashes)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over `leaves` (leaf hashes)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the proof that leaf `index` is in the tree over `leaves`, leaf side first.

    Raises:
        ValueError: if there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise ValueError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(leaves[:split], index), root_of(leaves[split:]))
    return (*inclusion_proof(leaves[split:], index - split), root_of(leaves[:split]))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """Return the proof that the tree over `leaves` extends its first `old_size` leaves.

    Raises:
        ValueError: if `old_size` is not between 1 and the size of the tree.
    """
    if not 0 < old_size <= len(leaves):
        raise ValueError(f"no consistency proof from {old_size} to {len(leaves)}")
    return _subproof(leaves, old_size, whole=True)


def check_inclusion(
    *, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that `leaf` is leaf `index` of the tree of `size` leaves with this `root`.

    Raises:
        ProofError: if the proof does not show it.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is outside a tree of {size}")
    if any(len(one) != HASH_SIZE for one in (leaf, *proof)):
        raise ProofError("a hash in the proof has the wrong size")
    node, position, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if node != root:
        raise ProofError("the proof leads to another root")


def check_consistency(
    *, old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree `(size, root)` extends `(old_size, old_root)`.

    Raises:
        ProofError: if the proof does not show it. Nothing can be shown from an empty tree.
    """
    if not 0 < old_size <= size:
        raise ProofError(f"no consistency can be shown from {old_size} to {size}")
    if old_size == size:
        if proof or old_root != root:
            raise ProofError("two trees of one size differ")
        return
    if any(len(one) != HASH_SIZE for one in (old_root, root, *proof)):
        raise ProofError("a hash in the proof has the wrong size")
    old, new = _recompute(old_size, old_root, size, proof)
    if old != old_root or new != root:
        raise ProofError("the proof leads to another root")


def _recompute(
    old_size: int, old_root: bytes, size: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        raise ProofError("the proof is too short")
    position, last = old_size - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    return old, new


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> tuple[bytes, ...]:
    if old_size == len(leaves):
        return () if whole else (root_of(leaves),)
    split = _split(len(leaves))
    if old_size <= split:
        return (*_subproof(leaves[:split], old_size, whole=whole), root_of(leaves[split:]))
    right = _subproof(leaves[split:], old_size - split, whole=False)
    return (*right, root_of(leaves[:split]))


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
