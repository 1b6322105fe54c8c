"""What stands behind a pair: every two posts on one object that lie within the window."""

import polars as pl
import pyarrow as pa

from watchbell.model.posts import TIMESTAMP

POST_PAIRS = pa.schema(
    [
        pa.field("by", pa.string(), nullable=False),
        pa.field("object_id", pa.string(), nullable=False),
        pa.field("post_a", pa.string()),
        pa.field("post_b", pa.string()),
        pa.field("at_a", TIMESTAMP, nullable=False),
        pa.field("at_b", TIMESTAMP, nullable=False),
        # How much later b acted; negative where b was first.
        pa.field("gap_s", pa.float64(), nullable=False),
    ]
)
"""One row: a post of account a and one of account b on the same object, within the window."""

_SECOND_US = 1_000_000


def post_pairs(actions: pa.Table, account_a: str, account_b: str, window_s: float) -> pa.Table:
    """Return the POST_PAIRS of two accounts in ACTIONS, the earliest first.

    There are as many of a kind as `detect.pairs` counts for the two, so the evidence can be checked against a run.
    """
    frame = pl.DataFrame(actions)
    window = round(window_s * _SECOND_US)
    # Time is cut into pieces as long as the window: what lies within it is in the same piece or in one beside it. So
    # two accounts that repeat themselves on one object all year are never compared post by post.
    width = max(window, 1)
    of_a = _acts_of(frame, account_a, "a").with_columns(piece=pl.col("us_a") // width)
    of_b = _acts_of(frame, account_b, "b").with_columns(
        piece=pl.concat_list([pl.col("us_b") // width + step for step in (-1, 0, 1)])
    )
    met = of_a.join(of_b.explode("piece"), on=["kind", "object_id", "piece"])
    gap = pl.col("us_b") - pl.col("us_a")
    return (
        met.filter(gap.abs() <= window)
        .select(
            pl.col("kind").alias("by"),
            *("object_id", "post_a", "post_b", "at_a", "at_b"),
            (gap / _SECOND_US).alias("gap_s"),
        )
        .sort(pl.min_horizontal("at_a", "at_b"), "by", "object_id", "post_a", "post_b")
        .to_arrow()
        .cast(POST_PAIRS)
    )


def _acts_of(actions: pl.DataFrame, account: str, side: str) -> pl.DataFrame:
    return actions.filter(pl.col("account_id") == account).select(
        "kind",
        "object_id",
        pl.col("at").alias(f"at_{side}"),
        pl.col("post_id").alias(f"post_{side}"),
        pl.col("at").dt.epoch("us").alias(f"us_{side}"),
    )
