"""Near-duplicates over arrays: the same answer for any number of threads, and every join true."""

import numpy as np
import pytest

from watchbell.engine.near import Texts, centres_of, shingled
from watchbell.engine.slots import Array

LETTERS = 40


def versions(families: int, copies: int, changed: int) -> Array:
    """Return texts of random letters, a row each: of each family, copies with `changed` letters changed."""
    chance = np.random.default_rng(3)
    texts = np.repeat(chance.integers(97, 123, (families, LETTERS)), copies, axis=0)
    for text in texts:
        text[chance.integers(0, LETTERS, changed)] = chance.integers(97, 123, changed)
    return texts.astype(np.uint32)


def shingled_in(parts: int, texts: Array) -> Texts:
    return shingled((part.ravel(), np.full(len(part), LETTERS)) for part in np.array_split(texts, parts))


def jaccard(one: Array, other: Array) -> float:
    a, b = ({bytes(text[k : k + 5]) for k in range(LETTERS - 4)} for text in (one, other))
    return len(a & b) / len(a | b)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_and_parts_do_not_change_the_answer(threads: int) -> None:
    texts = versions(families=60, copies=12, changed=3)
    assert np.array_equal(centres_of(shingled_in(4, texts), threads), centres_of(shingled_in(1, texts), 1))


def test_pairs_that_are_half_alike_meet_and_no_others_do() -> None:
    texts = versions(families=1_500, copies=2, changed=2)
    centres = centres_of(shingled_in(1, texts))
    alike = np.array([jaccard(one, other) for one, other in texts.reshape(-1, 2, LETTERS)])
    together = centres[::2] == centres[1::2]
    assert 0.2 < np.mean(alike >= 0.5) < 0.9
    assert np.mean(together[alike >= 0.5]) >= 0.99
    assert not together[alike < 0.5].any()


def test_a_text_stands_for_itself_or_for_one_that_stands_for_itself() -> None:
    centres = centres_of(shingled_in(1, versions(families=40, copies=30, changed=6)))
    assert np.array_equal(centres[centres], centres)
