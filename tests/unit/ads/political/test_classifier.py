"""The model of political ads: kept and read again, the same for the same examples, and no file that is not one."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.ads.normalise import normalise
from watchbell.ads.political.answer import political_text
from watchbell.ads.political.classifier import BITS, Classifier
from watchbell.ads.political.training import Example, bundled_examples, read_examples, train, version_of
from watchbell.engine.terms import terms_of
from watchbell.errors import InputError
from watchbell.files import Reject

EXAMPLES = bundled_examples()[::8]


@pytest.fixture(scope="module")
def trained() -> Classifier:
    return train(EXAMPLES, trained_on="an eighth of the bundled examples")


def test_a_model_survives_being_written(trained: Classifier) -> None:
    again = Classifier.of_bytes(trained.to_bytes(), "model")
    assert again.weights == pytest.approx(trained.weights, abs=1e-4 * float(np.abs(trained.weights).max()))
    assert (again.version, again.unsure_from) == (trained.version, trained.unsure_from)


def test_the_order_of_examples_does_not_matter(trained: Classifier) -> None:
    backwards = train(EXAMPLES[::-1], trained_on="the same")
    assert backwards.version == trained.version
    assert np.array_equal(backwards.weights, trained.weights)


def test_the_bundled_model_was_trained_on_the_bundled_examples() -> None:
    """If it fails: python scripts/train_political_model.py."""
    assert Classifier.bundled().version == version_of(bundled_examples())


def test_what_a_sure_model_says_is_mostly_right(trained: Classifier) -> None:
    unseen = [one for one in bundled_examples()[1::8] if one not in EXAMPLES]
    answers = [(political_text(normalise(one.text), trained), one.political) for one in unseen]
    right = [answer.political == truth for answer, truth in answers if not answer.unsure]
    assert len(right) > len(unseen) / 2
    assert sum(right) / len(right) > 0.8


def test_saying_a_word_often_says_no_more() -> None:
    model = Classifier.bundled()
    once, often = (political_text(normalise(text), model).probability for text in ("new shoes", "new shoes " * 3000))
    assert once is not None
    assert often == pytest.approx(once, abs=0.05)


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04broken", b"\x80\x04N."])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.model"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.model is not a model"):
        Classifier.read(file)


def test_too_few_examples_train_nothing() -> None:
    with pytest.raises(InputError, match="3 political and 0 other"):
        train([Example(f"vote {n}", political=True) for n in range(3)], trained_on="three")


def test_examples_are_rows_or_two_lists(tmp_path: Path) -> None:
    lists, rows = tmp_path / "lists.json", tmp_path / "rows.csv"
    lists.write_text('{"political": ["Vote", 7], "not_political": ["Shoes"]}')
    rows.write_text("text,political\nVote,true\nShoes,no\nHats,perhaps\n,true\n")
    for file, bad in ((lists, {"text"}), (rows, {"political", "text"})):
        read = list(read_examples(file))
        assert [one for one in read if isinstance(one, Example)] == [Example("Vote", True), Example("Shoes", False)]
        assert {one.field for one in read if isinstance(one, Reject)} == bad


@given(st.text())
def test_terms_lie_in_the_table_and_words_in_the_text(text: str) -> None:
    terms = terms_of(normalise(text).text, BITS)
    assert all(0 <= bucket < 1 << BITS for bucket in terms.buckets)
    assert all(0 <= owner < len(terms.starts) for owner in terms.owners)
    assert all(start < end for start, end in zip(terms.starts, terms.ends, strict=True))
    assert len(set(zip(terms.starts, terms.ends, strict=True))) == len(terms.starts)


@given(st.lists(st.sampled_from(["vote", "shoes", "the", "senator", "tax"]), min_size=1, max_size=30))
def test_each_distinct_word_and_pair_counts_once(words: list[str]) -> None:
    pieces = sum(len(word) + 2 - n + 1 for word in set(words) for n in (3, 4, 5))
    pairs = len(set(pairwise(words)))
    assert len(terms_of(" ".join(words), BITS).buckets) == len(set(words)) + pairs + pieces
