"""Make short texts in four scripts, most of them in families of copies that were edited more or less."""

from itertools import pairwise

import numpy as np
import polars as pl

_VOCABULARY = 30_000
_MOST_COPIES = 2_000
# Some copies are not edited at all and count once.
_SPARE = 1.25
# Letters of a script, letters of its words (least, most), what stands between two words, and its share of the texts.
_SCRIPTS = (
    ("abcdefghijklmnopqrstuvwxyz", (2, 10), " ", 0.55),
    ("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", (2, 8), " ", 0.15),
    ("абвгдежзийклмнопрстуфхцчшщыьэюя", (2, 11), " ", 0.15),
    ("".join(map(chr, range(0x4E00, 0x4E00 + 3_000))), (1, 3), "", 0.15),
)


def texts(count: int, seed: int = 1) -> pl.DataFrame:
    """Return `count` different texts of 5 to 50 words (`text`) and the family that each is of (`family`).

    Words follow Zipf's law, family sizes a power law (at most 2,000). Of a copy's words a share that is even between
    none and a half is replaced.
    """
    chance = np.random.default_rng(seed)
    frames = []
    for number, (letters, lengths, between, share) in enumerate(_SCRIPTS):
        words = _vocabulary(chance, letters, lengths)
        family, starts, numbers = _written(chance, int(_SPARE * count * share) + 1)
        written = [between.join([words[word] for word in numbers[start:end]]) for start, end in pairwise(starts)]
        frames.append(pl.DataFrame({"text": written, "family": family * len(_SCRIPTS) + number}))
    different = pl.concat(frames).unique("text", maintain_order=True)
    return different.sample(count, shuffle=True, seed=seed)


def _vocabulary(chance: np.random.Generator, letters: str, lengths: tuple[int, int]) -> list[str]:
    sizes = chance.integers(lengths[0], lengths[1] + 1, _VOCABULARY)
    # Some letters are far more frequent than others, as in real scripts.
    picks = (len(letters) * chance.random((_VOCABULARY, lengths[1])) ** 2).astype(int)
    return ["".join(letters[pick] for pick in row[:size]) for row, size in zip(picks, sizes, strict=True)]


def _written(chance: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Return the family of each text, where each begins, and the number of each of its words in the vocabulary."""
    copies = np.minimum(chance.zipf(2.2, count), _MOST_COPIES)
    copies = copies[: np.searchsorted(np.cumsum(copies), count) + 1]
    length = np.clip(chance.lognormal(2.4, 0.5, len(copies)), 5, 50).astype(int)
    family = np.repeat(np.arange(len(copies)), copies)
    originals = _drawn(chance, int(length.sum()))
    offsets = np.cumsum(length) - length
    starts = np.concatenate(([0], np.cumsum(length[family])))
    place = np.arange(starts[-1]) - np.repeat(starts[:-1] - offsets[family], length[family])
    numbers = originals[place]
    first = np.concatenate(([True], family[1:] != family[:-1]))
    edited = np.where(first, 0, chance.random(len(family)) / 2)
    changed = chance.random(len(numbers)) < np.repeat(edited, length[family])
    numbers[changed] = _drawn(chance, int(changed.sum()))
    return family, starts, numbers.tolist()


def _drawn(chance: np.random.Generator, count: int) -> np.ndarray:
    chances = 1 / (np.arange(_VOCABULARY) + 2.7)  # Zipf and Mandelbrot
    return chance.choice(_VOCABULARY, count, p=chances / chances.sum())
