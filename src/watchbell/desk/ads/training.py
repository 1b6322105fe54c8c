"""Train the model of political ads on an operator's own labelled texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from watchbell.ads.political.classifier import Classifier
from watchbell.ads.political.training import Example, bundled_examples, read_examples, train
from watchbell.files import Reject


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, how many texts it was trained on, and the rows that were none."""

    classifier: Classifier
    examples: int
    rejects: tuple[Reject, ...]


def train_classifier(files: Sequence[Path], *, bundled: bool) -> Trained:
    """Return a model trained on labelled files, and on the bundled examples if `bundled`.

    Raises:
        InputError: a file cannot be read, or there are too few examples.
        MissingExtraError: scikit-learn is not installed.
    """
    read = [item for file in files for item in read_examples(file)]
    examples = [item for item in read if isinstance(item, Example)] + (bundled_examples() if bundled else [])
    names = [file.name for file in files] + (["the bundled examples"] if bundled else [])
    rejects = tuple(item for item in read if isinstance(item, Reject))
    return Trained(train(examples, trained_on=", ".join(names)), len(examples), rejects)
