"""A Merkle tree over lines that only ever grow in number, as certificate transparency has it (RFC 9162, section 2.1).

Whoever notes the root can tell later that no line was changed, slipped in or left out. The tree is kept as the roots of
its whole subtrees, of which there are few, so that it grows without reading what is in it already.
"""

import hashlib
from collections.abc import Iterable

_LEAF, _NODE = b"\x00", b"\x01"


class MerkleTree:
    """The tree over the lines so far."""

    def __init__(self, size: int = 0, peaks: Iterable[str] = ()) -> None:
        """Go on with a tree of `size` lines.

        Args:
            size: how many lines there are.
            peaks: hexadecimal roots of the whole subtrees, the largest first, as `peaks` told them.

        Raises:
            ValueError: there are not as many peaks as a tree of this size has.
        """
        self._peaks = [bytes.fromhex(peak) for peak in peaks]
        self.size = size
        if len(self._peaks) != size.bit_count():
            raise ValueError(f"A tree of {size} lines has {size.bit_count()} whole subtrees, not {len(self._peaks)}.")

    @property
    def peaks(self) -> tuple[str, ...]:
        """The roots of the whole subtrees, the largest first, hexadecimal."""
        return tuple(peak.hex() for peak in self._peaks)

    def add(self, line: bytes) -> None:
        """Add a line."""
        node, size = hashlib.sha256(_LEAF + line).digest(), self.size
        while size & 1:
            node = hashlib.sha256(_NODE + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> str:
        """Return the root hash of all lines, hexadecimal."""
        if not self._peaks:
            return hashlib.sha256(b"").hexdigest()
        *larger, node = self._peaks
        for peak in reversed(larger):
            node = hashlib.sha256(_NODE + peak + node).digest()
        return node.hex()
