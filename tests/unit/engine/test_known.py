"""Known hashes and texts: what is near to another is found, all of it, and nothing else."""

import numpy as np
import pytest

from watchbell.engine.hamming import MOST_BITS, Hashes
from watchbell.engine.known_texts import KnownTexts


def test_every_hash_within_31_bits_is_found_with_its_distance() -> None:
    chance = np.random.default_rng(7)
    known = chance.integers(0, 1 << 63, (3_000, 4), dtype=np.uint64)
    asked = known[:400].copy()
    for i in range(len(asked)):
        for bit in chance.choice(256, i % 45, replace=False):
            asked[i, bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    which, near, bits = Hashes(known).near(asked)
    apart = np.unpackbits((asked[:, None, :] ^ known[None, :, :]).view(np.uint8), axis=2).sum(axis=2)
    expected = {(i, j, int(apart[i, j])) for i, j in zip(*np.nonzero(apart <= MOST_BITS), strict=True)}
    assert len(expected) > 250
    assert set(zip(which.tolist(), near.tolist(), bits.tolist(), strict=True)) == expected


@pytest.mark.parametrize("copies", [0, 1, 2_000])
def test_equal_hashes_are_all_found(copies: int) -> None:
    known = np.zeros((copies, 4), np.uint64)
    which, near, bits = Hashes(known).near(np.zeros((1, 4), np.uint64))
    assert sorted(near.tolist()) == list(range(copies))
    assert not which.any()
    assert not bits.any()


def test_every_text_at_least_half_alike_is_found() -> None:
    chance = np.random.default_rng(11)
    words = np.sort(chance.integers(0, 1 << 63, 400, dtype=np.uint64))
    sets = [
        np.sort(chance.choice(words[:25] if n % 2 else words, chance.integers(1, 20), replace=False))
        for n in range(600)
    ]
    known, asked = sets[:300], sets[300:]
    which, alike, similarity = KnownTexts(_texts(known)).alike(_texts(asked))
    expected = {
        (i, j): len(np.intersect1d(one, other)) / len(np.union1d(one, other))
        for i, one in enumerate(asked)
        for j, other in enumerate(known)
    }
    expected = {pair: jaccard for pair, jaccard in expected.items() if jaccard >= 0.5}
    assert len(expected) > 50
    found = dict(zip(zip(which.tolist(), alike.tolist(), strict=True), similarity.tolist(), strict=True))
    assert found == pytest.approx(expected)


def _texts(sets: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    return np.concatenate(sets), np.concatenate(([0], np.cumsum([len(one) for one in sets])))
