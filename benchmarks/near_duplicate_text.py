"""Claim: the trace `text` makes one object of near-duplicates among 10⁶ short texts within 60 s on 2 cores.

Of the pairs with a Jaccard similarity of at least 0.5, 99% are one object, and what it joins is joined truly: each text
has at least that to a text of its object. Time is from posts in memory to actions, spelling included. Recall and
precision are held against sets of shingles made in plain Python, over all pairs of a sample of families.

    python benchmarks/near_duplicate_text.py [--texts 1e6] [--sample 5000]
"""

import argparse
import resource
import time
import unicodedata
from datetime import UTC, datetime
from itertools import combinations

import numpy as np
import polars as pl
import pyarrow as pa

from texts import texts
from watchbell.detect.actions import actions_of_posts, joined, traces_named
from watchbell.detect.near_text import SHORTEST, compared, near_texts
from watchbell.engine.near import shingled, trees_of
from watchbell.model.posts import POSTS

WITHIN_S, RECALL = 60, 0.99
COPIES_SAMPLED = 20
JOINS_CHECKED = 20_000


def posts_of(made: pl.DataFrame) -> pa.Table:
    """Return a post for each text."""
    ids = pl.int_range(pl.len()).cast(pl.String)
    at = pl.lit(datetime(2024, 11, 5, tzinfo=UTC)).dt.cast_time_unit("us")
    named = made.select(
        "text", platform=pl.lit("made"), account_id="made:" + ids, post_id=ids, created_at=at
    ).to_arrow()
    absent = [field for field in POSTS if field.name not in named.column_names]
    for field in absent:
        named = named.append_column(field, pa.nulls(made.height, field.type))
    return named.select(POSTS.names).cast(POSTS)


def shingles(text: str) -> frozenset[str]:
    """Return the shingles as they are defined, five letters or three wide characters, by Unicode's own table."""
    fifteenths = [5 if unicodedata.east_asian_width(letter) in "WF" else 3 for letter in text]
    reach = np.concatenate(([0], np.cumsum(fifteenths)))
    ends = np.searchsorted(reach, reach[:-1] + 15)
    return frozenset(text[start:end] for start, end in enumerate(ends) if end <= len(text))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two sets have a Jaccard similarity of at least 0.5."""
    if 2 * min(len(one), len(other)) < max(len(one), len(other)):
        return False
    return 2 * len(one & other) >= len(one | other)


def trees(words: pl.Series) -> pl.Series:
    """Return for each text the first text that the search joins it to, before trees are cut into stars."""
    codes = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    return pl.Series(trees_of(shingled([(codes, words.str.len_chars().to_numpy().astype(np.int64))])))


def sample(made: pl.DataFrame, size: int) -> pl.DataFrame:
    """Return about `size` texts: two thirds in whole families or `COPIES_SAMPLED` of each, a third any."""
    some = made.filter(pl.int_range(pl.len()).over("family") < COPIES_SAMPLED)
    families = some.filter(pl.len().over("family") > 1).sort("family")
    start = families["family"].search_sorted(families["family"].sample(1, seed=2).item())
    return pl.concat([families.slice(start, 2 * size // 3), made.sample(size // 3, seed=3)]).unique("text")


def held_together(some: pl.DataFrame) -> list[int]:
    """Compare all pairs of a sample (columns words, tree, stands).

    Returns:
        How many are alike; of those, how many the search joins and how many are one object; and how many pairs are one
        object in all.
    """
    counts = np.zeros(4, np.int64)
    rows = [(shingles(words), tree, stands) for words, tree, stands in some.iter_rows()]
    for (one, tree, stands), (other, other_tree, other_stands) in combinations(rows, 2):
        same = alike(one, other)
        counts += (same, same and tree == other_tree, same and stands == other_stands, stands == other_stands)
    return [int(count) for count in counts]


def true(moved: pl.DataFrame, every: pl.DataFrame) -> tuple[int, int, int]:
    """Return how many texts are alike to the one that stands for them, to it or another of its versions, and in all."""
    stands = compared(moved["stands"])
    judged = [alike(shingles(one), shingles(other)) for one, other in zip(moved["words"], stands, strict=True)]
    rest = moved.filter(~pl.Series(judged)).select("words", "stands")
    versions = every.join(rest.select("stands").unique(), on="stands", how="semi").group_by("stands").agg("words")
    there = {stood: [(other, shingles(other)) for other in others] for stood, others in versions.iter_rows()}
    in_object = [
        any(alike(shingles(one), theirs) for other, theirs in there[stood] if other != one)
        for one, stood in rest.iter_rows()
    ]
    return sum(judged), sum(judged) + sum(in_object), len(judged)


def main() -> None:
    """Print time, memory, recall and precision."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--texts", type=float, default=1e6)
    options.add_argument("--sample", type=int, default=5_000)
    asked = options.parse_args()
    near_texts(pl.Series(["a text to compile with, once an installation"]))
    made = texts(int(asked.texts))
    posts, trace = posts_of(made), traces_named(["text"])
    before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    actions = joined(actions_of_posts(posts, trace))
    seconds = time.perf_counter() - started
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    judged = made.with_columns(words=compared(made["text"]), stands=pl.Series(actions["object_id"]))
    judged = judged.filter(pl.col("words").str.len_chars() >= SHORTEST)
    judged = judged.with_columns(tree=trees(judged["words"]))
    pairs, found, kept, together = held_together(sample(judged, asked.sample).select("words", "tree", "stands"))
    moved = judged.filter(pl.col("text") != pl.col("stands"))
    to_centre, true_joins, joins = true(moved.sample(min(moved.height, JOINS_CHECKED), seed=4), judged)
    print(f"{made.height:,} texts; {judged.height:,} long enough for versions, {judged['stands'].n_unique():,} objects")
    print(f"time {seconds:.1f} s, memory {peak_mib:,.0f} MiB ({before_mib:,.0f} MiB before)")
    print(f"pairs alike in the sample: {pairs:,}; found {found / pairs:.4f}; one object {kept / pairs:.4f}")
    print(
        f"texts alike to the one that stands for them: {to_centre:,}, or to another there: {true_joins:,} of {joins:,}"
    )
    print(f"pairs that are one object: {together:,}; alike {kept / together:.4f}")
    holds = seconds <= WITHIN_S and kept >= RECALL * pairs and true_joins == joins
    print(f"claim {WITHIN_S} s, recall {RECALL}, precision 1: {'holds' if holds else 'DOES NOT HOLD'}")


if __name__ == "__main__":
    main()
