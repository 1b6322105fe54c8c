"""Print every rule's precision and recall on a labelled set that you hold.

    python benchmarks/detection/labelled_sets.py seckin CAMPAIGN.parquet... [--rules fdr quantile]
    python benchmarks/detection/labelled_sets.py x-archive tweets_csv_hashed.csv... [--control OTHER.csv...]

seckin: "Labeled Datasets for Research on Information Operations" (Seckin, Pote, Nwala, Yin, Luceri, Flammini and
Menczer, ICWSM 2025; zenodo.org/records/14189193, on request), Parquet or CSV, one row a post. Of its 19 columns these
are used: `accountid`, `postid`, `post_time` (milliseconds or text), `reposted_postid`, `urls` (a list, or text with
commas), `is_control` (true for people who spoke of the same at the same time, false for the operation's accounts).

x-archive: what Twitter, now X, published of information operations (2018 to 2022), CSV, one row a tweet. Of its 31
columns these are used: `userid`, `tweetid`, `tweet_time` (to the minute), `retweet_tweetid`, `urls` ("[…, …]"). All its
accounts belong to the operation. Whom to tell them from must come as --control, a file of the same columns; without
one, precision means nothing.

Each file is an operation of its own: recall is shown for each. Actions are reposts, by the post, and links.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from trials import add_options, chosen, judged
from watchbell.detect.scores import Score, accounts_in, score
from watchbell.errors import InputError, WatchbellError
from watchbell.model.actions import ACTIONS


class Layout(NamedTuple):
    """What the columns of a labelled set are called."""

    account: str
    post: str
    time: str
    repost_of: str
    urls: str
    control: str | None
    """Of the column that says that an account is none of the operation's."""


LAYOUTS = {
    "seckin": Layout("accountid", "postid", "post_time", "reposted_postid", "urls", "is_control"),
    "x-archive": Layout("userid", "tweetid", "tweet_time", "retweet_tweetid", "urls", None),
}


def posts_in(path: Path, layout: Layout, *, control: bool) -> pl.LazyFrame:
    """Return a file's posts: account_id, post_id, at, repost_of, url (a list), role, group.

    Args:
        path: Parquet, or CSV, compressed or not.
        layout: What its columns are called.
        control: Whether its accounts are none of the operation's, where no column says so.

    Raises:
        InputError: a column is missing.
    """
    table = pl.scan_parquet(path) if path.suffix == ".parquet" else pl.scan_csv(path, infer_schema=False)
    schema = table.collect_schema()
    if missing := [column for column in layout if column is not None and column not in schema]:
        raise InputError(f"{path} lacks the columns {', '.join(missing)} of this layout; it has {', '.join(schema)}.")
    honest = pl.lit(control) if layout.control is None else _truth(schema, layout.control)
    return table.select(
        account_id=pl.col(layout.account).cast(pl.String),
        post_id=pl.col(layout.post).cast(pl.String),
        at=_times(schema, layout.time),
        repost_of=pl.col(layout.repost_of).cast(pl.String),
        url=_lists(schema, layout.urls),
        role=pl.when(honest).then(pl.lit("organic")).otherwise(pl.lit("planted")),
        group=pl.when(~honest).then(pl.lit(path.stem)),
    )


def _truth(schema: pl.Schema, column: str) -> pl.Expr:
    if schema[column] == pl.Boolean:
        return pl.col(column)
    return pl.col(column).cast(pl.String).str.to_lowercase().is_in(["true", "1"])


def _times(schema: pl.Schema, column: str) -> pl.Expr:
    """Read times: a timestamp, milliseconds since 1970, or text to the minute or second; all UTC."""
    kind = schema[column]
    if isinstance(kind, pl.Datetime):
        at = pl.col(column).cast(pl.Datetime("us", kind.time_zone))
        return at.dt.convert_time_zone("UTC") if kind.time_zone else at.dt.replace_time_zone("UTC")
    if kind.is_numeric():
        return pl.from_epoch(pl.col(column).cast(pl.Int64), "ms").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    text = pl.col(column)
    read = [
        text.str.to_datetime(shape, strict=False, time_unit="us") for shape in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
    ]
    return pl.coalesce(*read).dt.replace_time_zone("UTC")


def _lists(schema: pl.Schema, column: str) -> pl.Expr:
    if isinstance(schema[column], pl.List):
        return pl.col(column).cast(pl.List(pl.String))
    return (
        pl.col(column)
        .cast(pl.String)
        .str.strip_chars("[] ")
        .str.split(",")
        .list.eval(pl.element().str.strip_chars(" '\""))
    )


def actions_of(posts: pl.LazyFrame) -> pa.Table:
    """Return the reposts and links among some posts as ACTIONS; a post without a readable time is none."""
    links = posts.explode("url", keep_nulls=False, empty_as_null=False)
    parts = [
        rows.select(kind=pl.lit(kind), account_id="account_id", object_id=what, at="at", post_id="post_id")
        for kind, rows, what in (("link", links, "url"), ("repost", posts, "repost_of"))
    ]
    told = pl.concat(parts).drop_nulls().filter(pl.col("object_id").str.len_bytes() > 0)
    return told.unique(maintain_order=True).collect().to_arrow().cast(ACTIONS)


def truth_of(posts: pl.LazyFrame) -> pl.DataFrame:
    """Return every account's role and group, once: one that is in an operation anywhere belongs to it."""
    told = posts.select("account_id", "role", "group").sort("role", "group", descending=[True, False])
    return told.unique("account_id", keep="first", maintain_order=True).collect()


def line(found: Score) -> str:
    """Return what there is to say of one rule."""
    recalls = ", ".join(f"{group} {recall:.2f}" for group, recall in found.recall_of.items())
    precision = "none named" if found.precision is None else f"{found.precision:.3f}"
    return f"precision {precision}, recall {found.recall or 0:.3f} ({recalls}), honest accounts named {found.organic}"


def run(layout: Layout, paths: Sequence[Path], control: Sequence[Path], asked: argparse.Namespace) -> None:
    """Print each rule's precision and recall on a set."""
    files = [(path, False) for path in paths] + [(path, True) for path in control]
    posts = pl.concat([posts_in(path, layout, control=honest) for path, honest in files])
    actions, truth = actions_of(posts), truth_of(posts)
    print(f"{actions.num_rows:,} actions; accounts: {dict(truth['role'].value_counts(sort=True).iter_rows())}")
    for trial, kept in judged(actions, chosen(asked)):
        print(f"{trial!s:38s} {line(score(accounts_in(kept), truth))}")


def main() -> None:
    """Read the set and ask the rules."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("layout", choices=LAYOUTS)
    options.add_argument("paths", type=Path, nargs="+")
    options.add_argument("--control", type=Path, nargs="+", default=[])
    add_options(options)
    asked = options.parse_args()
    try:
        run(LAYOUTS[asked.layout], asked.paths, asked.control, asked)
    except WatchbellError as error:
        options.exit(error.exit_code, f"{options.prog}: {error}\n")


if __name__ == "__main__":
    main()
