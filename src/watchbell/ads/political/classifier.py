"""A linear model that says how likely an ad is political, and how sure it may be said to be.

It adds up a weight for each hashed term of the text (`engine/terms.py`) and the lexicon's points, and turns the sum
into a probability by Platt's scaling (Platt, "Probabilistic outputs for support vector machines", 1999), fitted on
texts that the weights had not seen. Between `unsure_from` and `unsure_to` it abstains: a person must look.
"""

import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from watchbell.engine.slots import Array
from watchbell.engine.terms import Terms, terms_of
from watchbell.errors import InputError

BITS = 16
"""Terms are hashed to 2^16 weights: four times as many read the labelled ads no better."""
POINTS_AT_MOST = 6
"""The lexicon's points count up to twice what makes an ad political; a long ad has more of everything."""
_BUNDLED = "political.model"
_STEPS = 32_767


@dataclass(frozen=True, slots=True)
class Classifier:
    """The weights, the scale of its probabilities, where it abstains, and what it was trained on."""

    weights: Array
    """float32, 2^BITS."""
    bias: float
    points_weight: float
    slope: float
    intercept: float
    unsure_from: float
    unsure_to: float
    trained_on: str
    version: str

    def probability(self, terms: Terms, points: int) -> float:
        """Return the probability that a text is political, given its terms and the lexicon's `points` for it."""
        said = float(self.weights[terms.buckets].sum()) / math.sqrt(max(1, len(terms.buckets)))
        score = self.bias + said + self.points_weight * points_share(points)
        return _logistic(self.slope * score + self.intercept)

    def telling(self, terms: Terms) -> list[tuple[int, int]]:
        """Return where the words stand that speak for political, the one that weighs most first."""
        by_word = np.bincount(terms.owners, weights=self.weights[terms.buckets], minlength=len(terms.starts))
        heaviest = np.argsort(-by_word, kind="stable")
        return [(int(terms.starts[word]), int(terms.ends[word])) for word in heaviest if by_word[word] > 0]

    def abstains(self, probability: float) -> bool:
        """Tell whether a probability is one at which the model has been wrong too often to decide."""
        return self.unsure_from < probability < self.unsure_to

    def to_bytes(self) -> bytes:
        """Return the model as a file: numpy's format, no pickled object in it."""
        largest = float(np.abs(self.weights).max()) or 1.0
        small = np.round(self.weights / largest * _STEPS).astype(np.int16)
        told = {name: getattr(self, name) for name in _TOLD} | {"largest": largest}
        sink = io.BytesIO()
        np.savez_compressed(sink, weights=small, told=np.frombuffer(json.dumps(told).encode(), np.uint8))
        return sink.getvalue()

    @classmethod
    def of_bytes(cls, content: bytes, name: str) -> "Classifier":
        """Return the model that `to_bytes` wrote.

        Raises:
            InputError: it is no such file.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as parts:
                told: dict[str, Any] = json.loads(parts["told"].tobytes())
                weights = parts["weights"].reshape(1 << BITS).astype(np.float32) * np.float32(
                    told.pop("largest") / _STEPS
                )
            return cls(weights=weights, **told)
        except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
            raise InputError(f"{name} is not a model that `watchbell ads train` wrote.") from error

    @classmethod
    def read(cls, path: Path) -> "Classifier":
        """Return the model in a file.

        Raises:
            InputError: there is no such file, or it is no model.
        """
        try:
            return cls.of_bytes(path.read_bytes(), str(path))
        except OSError as error:
            raise InputError(f"The model {path} cannot be read: {error.strerror}.") from error

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> "Classifier":
        """Return the model that comes with Watchbell."""
        return cls.of_bytes((resources.files("watchbell.ads.political") / "examples" / _BUNDLED).read_bytes(), _BUNDLED)


_TOLD = (
    "bias",
    "points_weight",
    "slope",
    "intercept",
    "unsure_from",
    "unsure_to",
    "trained_on",
    "version",
)


def points_share(points: int) -> float:
    """Return the lexicon's points as the model reads them, 0 to 1."""
    return min(points, POINTS_AT_MOST) / POINTS_AT_MOST


def row_of(plain: Sequence[str]) -> tuple[Array, Array, Array]:
    """Return the terms of plain texts as the parts of a sparse matrix: values (float32), columns (int32), row starts.

    A row holds how often each term occurs, divided by the root of all its terms, so that a long ad weighs as much as
    a short one.
    """
    found = [terms_of(text, BITS).buckets for text in plain]
    counted = [np.unique(buckets, return_counts=True) for buckets in found]
    values = [counts / math.sqrt(max(1, len(buckets))) for (_, counts), buckets in zip(counted, found, strict=True)]
    starts = np.cumsum([0, *(len(columns) for columns, _ in counted)])
    empty: list[Array] = [np.empty(0)]
    columns = np.concatenate([*(columns for columns, _ in counted), *empty]).astype(np.int32)
    return np.concatenate([*values, *empty]).astype(np.float32), columns, starts


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, value))))
