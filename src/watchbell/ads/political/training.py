"""Train the classifier of political ads on labelled texts. Needs the extra `train` (scikit-learn)."""

import importlib
import json
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from watchbell.ads.normalise import READ_AT_MOST, normalise
from watchbell.ads.political.answer import Lexicon
from watchbell.ads.political.classifier import BITS, Classifier, points_share, row_of
from watchbell.engine.slots import Array
from watchbell.errors import InputError, MissingExtraError
from watchbell.files import Reject, Row, read_rows
from watchbell.ids import short_digest

_FOLDS = 5
_STRENGTH = 10.0
"""Inverse of the penalty on weights, as scikit-learn counts it. From 3 to 300 the held-out error hardly moves."""
_WRONG_AT_MOST = 0.05
"""Of the texts that the model decides by itself, about this share may be wrong; it abstains on those in between."""
_WIDEST = 0.2
"""It abstains between 0.3 and 0.7 at most: whoever leaves all that is hard to people leaves them everything."""
_POINTS_RARITY = 3.0
_LEAST = 50
"""Fewer examples of a kind than this train nothing that could be trusted."""
_LISTS_AT_MOST_BYTES = 256 * 2**20
_YES = frozenset({"true", "1", "yes", "political"})
_NO = frozenset({"false", "0", "no", "not_political", "other"})


class Example(NamedTuple):
    """A text that somebody has judged."""

    text: str
    political: bool


def bundled_examples() -> list[Example]:
    """Return the examples that come with Watchbell: made up, one a line, in a file for each language and answer."""
    folder = resources.files("watchbell.ads.political") / "examples"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    return [
        Example(line, political=".political." in file.name)
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if line.strip()
    ]


def read_examples(path: Path) -> Iterator[Example | Reject]:
    """Yield the labelled texts of a file, and a Reject in place of each row that is none.

    Rows hold `text` and `political` (true or false); or the file is one JSON object with two lists of texts,
    `political` and `not_political`.

    Raises:
        InputError: the whole file cannot be read.
    """
    lists = _two_lists(path)
    if lists is None:
        yield from (row if isinstance(row, Reject) else _example(str(path), row) for row in read_rows(path))
        return
    for name, texts in lists.items():
        yield from (_example(str(path), Row(n, {"text": text, "political": name})) for n, text in enumerate(texts, 1))


def _two_lists(path: Path) -> dict[str, list[Any]] | None:
    """Return the lists `political` and `not_political` of a JSON object; None of any other file."""
    if path.suffix.lower() != ".json" or not path.is_file() or path.stat().st_size > _LISTS_AT_MOST_BYTES:
        return None
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None  # not one JSON document, or damaged: reading it by rows tells where
    is_two_lists = isinstance(document, dict) and {"political"} <= document.keys() <= {"political", "not_political"}
    return document if is_two_lists and all(isinstance(texts, list) for texts in document.values()) else None


def _example(file: str, row: Row) -> Example | Reject:
    values = row.values
    text, label = values.get("text"), str(values.get("political")).strip().lower()
    if not isinstance(text, str) or not text.strip():
        return Reject(
            file, row.number, "text", "`text` is missing; an example needs the ad's words.", str(values)[:200]
        )
    if label not in _YES | _NO:
        reason = f"`political` is {label[:40]!r}; write true or false."
        return Reject(file, row.number, "political", reason, str(values)[:200])
    return Example(text, label in _YES)


def train(examples: Iterable[Example], *, trained_on: str) -> Classifier:
    """Return a classifier fitted on examples; the same examples in any order give the same one.

    The scale of its probabilities, and where it abstains, come from five folds: each text is judged by weights that
    were fitted without it.

    Raises:
        InputError: there are too few examples of a kind.
        MissingExtraError: scikit-learn is not installed.
    """
    told = _told(examples)
    labels = np.array([political for _, political in told], bool)
    if min(labels.sum(), (~labels).sum()) < _LEAST:
        raise InputError(
            f"There are {labels.sum()} political and {(~labels).sum()} other examples; it takes {_LEAST} of each."
        )
    matrix = _matrix([text for text, _ in told])
    rarity = _rarity(matrix)
    matrix = matrix @ _library("scipy.sparse").diags(rarity)
    unseen = _held_out(matrix, labels)
    slope, intercept = _scale(unseen, labels)
    unsure_from, unsure_to = _abstention(1.0 / (1.0 + np.exp(-(slope * unseen + intercept))), labels)
    fitted = _fitted(matrix, labels)
    return Classifier(
        weights=(fitted.coef_[0, :-1] * rarity[:-1]).astype(np.float32),
        bias=float(fitted.intercept_[0]),
        points_weight=float(fitted.coef_[0, -1] * rarity[-1]),
        slope=slope,
        intercept=intercept,
        unsure_from=unsure_from,
        unsure_to=unsure_to,
        trained_on=trained_on,
        version=version_of(told),
    )


def version_of(examples: Iterable[Example]) -> str:
    """Return the version of the model that these examples make; the order does not matter."""
    return short_digest(*(f"{one.political}{one.text}" for one in _told(examples)))


def _told(examples: Iterable[Example]) -> list[Example]:
    return sorted({Example(one.text[:READ_AT_MOST], one.political) for one in examples})


def _matrix(texts: Sequence[str]) -> Any:
    """Return a sparse matrix: the terms of each text, and in the last column its points in the lexicon."""
    sparse, lexicon = _library("scipy.sparse"), Lexicon.bundled()
    plain = [normalise(text) for text in texts]
    terms = sparse.csr_matrix(row_of([one.text for one in plain]), shape=(len(plain), 1 << BITS))
    points = [[points_share(sum(word.weight for word in lexicon.words_in(one)))] for one in plain]
    return sparse.hstack([terms, sparse.csr_matrix(np.array(points, np.float32))]).tocsr()


def _rarity(matrix: Any) -> Array:
    """Return how much each term is lifted for being rare, else common ones outweigh them.

    The inverse document frequency, smoothed; it ends up in the weights. The lexicon's points are lifted like a term
    that one text in seven has.
    """
    texts = matrix.shape[0]
    rarity: Array = np.log((1 + texts) / (1 + np.diff(matrix.tocsc().indptr))) + 1
    rarity[-1] = _POINTS_RARITY
    return rarity


def _fitted(matrix: Any, labels: Array) -> Any:
    linear = _library("sklearn.linear_model")
    return linear.LogisticRegression(C=_STRENGTH, max_iter=5000).fit(matrix, labels)


def _held_out(matrix: Any, labels: Array) -> Array:
    """Return each text's score by weights fitted on the other folds."""
    folds = _library("sklearn.model_selection").StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    scores = np.empty(len(labels))
    for seen, unseen in folds.split(np.zeros(len(labels)), labels):
        scores[unseen] = _fitted(matrix[seen], labels[seen]).decision_function(matrix[unseen])
    return scores


def _scale(scores: Array, labels: Array) -> tuple[float, float]:
    """Return slope and intercept of Platt's scaling."""
    fitted = _library("sklearn.linear_model").LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _abstention(probabilities: Array, labels: Array) -> tuple[float, float]:
    """Return the narrowest band around one half outside which `_WRONG_AT_MOST` of the answers are wrong."""
    distance = np.abs(probabilities - 0.5)
    wrong = (probabilities >= 0.5) != labels  # noqa: PLR2004  # even odds
    widths = (float(width) for width in np.arange(0.0, _WIDEST, 0.01))
    enough = (width for width in widths if wrong[distance >= width].mean() <= _WRONG_AT_MOST)
    width = next(enough, _WIDEST)
    return 0.5 - width, 0.5 + width


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtraError("Training a model of political ads", "train") from error
