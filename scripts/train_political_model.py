"""Train the bundled model of political ads again from the examples beside it.

Run it after a change of the examples, of the words, or of how terms are read; a test tells when it was forgotten.
"""

from pathlib import Path

from watchbell.ads.political.training import bundled_examples, train

MODEL = Path(__file__).parents[1] / "src" / "watchbell" / "ads" / "political" / "examples" / "political.model"


def main() -> None:
    """Write the model."""
    MODEL.write_bytes(train(bundled_examples(), trained_on="the bundled examples").to_bytes())


if __name__ == "__main__":
    main()
