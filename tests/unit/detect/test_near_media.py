"""Pictures whose PDQ hashes are within 31 bits are one object."""

import random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.detect.near_media import near_media


def pdq(value: int) -> str:
    return f"pdq:{value:064x}"


def distance(one: str, other: str) -> int:
    return (int(one[4:], 16) ^ int(other[4:], 16)).bit_count()


def flipped(value: int, bits: int, chance: random.Random) -> int:
    return value ^ sum(1 << bit for bit in chance.sample(range(256), bits))


def standing(*objects: str) -> dict[str, str]:
    return dict(zip(objects, near_media(pl.Series(objects, dtype=pl.String)), strict=True))


def test_31_bits_are_near_and_32_are_not() -> None:
    chance = random.Random(1)
    for _ in range(200):
        one = chance.getrandbits(256)
        near, far = pdq(flipped(one, 31, chance)), pdq(flipped(one, 32, chance))
        assert len(set(standing(pdq(one), near).values())) == 1
        assert len(set(standing(pdq(one), far).values())) == 2


def test_bits_spread_evenly_are_found() -> None:
    """Two bits in each part but one: the worst case for the search."""
    one = random.Random(2).getrandbits(256)
    other = one ^ sum(0b11 << (16 * part) for part in range(15)) ^ 1 << 250
    assert len(set(standing(pdq(one), pdq(other)).values())) == 1


def test_other_hashes_stand_for_themselves() -> None:
    objects = ["sha256:" + "ab" * 32, "pdq:cd", "pdq:" + "z" * 64, pdq(5)]
    assert standing(*objects) == {name: name for name in objects}
    assert near_media(pl.Series([], dtype=pl.String)).to_list() == []


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 4), st.integers(1, 8), st.integers(0, 40))
def test_each_is_near_to_what_stands_for_it_in_any_order(
    chance: random.Random, pictures: int, copies: int, bits: int
) -> None:
    originals = [chance.getrandbits(256) for _ in range(pictures)]
    objects = list({pdq(flipped(original, bits, chance)) for original in originals for _ in range(copies)})
    stands = standing(*objects)
    assert standing(*chance.sample(objects, len(objects))) == stands
    assert all(distance(name, stood) <= 31 for name, stood in stands.items())
    centres = sorted(set(stands.values()))
    assert all(distance(a, b) > 31 for a in centres for b in centres if a != b)
