"""Partners' indicators looked for in posts and ads, exactly: each hit says where it stood, which words, and how.

Words are gathered column by column with polars; each distinct word is looked up once, however many posts hold it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import polars as pl
import pyarrow as pa

from watchbell.ids import fact_id
from watchbell.match.index import IndicatorIndex, Match
from watchbell.model.addresses import links_in
from watchbell.model.ads import Ad
from watchbell.model.indicators import HITS, IndicatorKind
from watchbell.model.posts import POSTS

MAX_WORDS = 500
"""Characters of the matched words that a hit keeps."""

# What may hold one, found by polars in all texts at once; what it really is, is looked up exactly.
_MAYBE_LINK = r"\S*(?:://|www\.|\.[a-zA-Z]{2,24}/)\S*"
_MAYBE_EMAIL = r"[^\s@<>()\[\],;:]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+"
_MAYBE_PHONE = r"\+[0-9](?:[ ().-]{0,2}[0-9]){6,14}"
_MAYBE_HASH = r"[0-9a-fA-F]{32,128}"
_HASHTAG = r"[#＃][\p{L}\p{M}\p{N}_]+"  # noqa: RUF001  # the full-width sign that CJK keyboards give

_POST_COLUMNS = ["platform", "account_id", "post_id", "created_at", "text", "links", "hashtags", "mentions", "media"]
_TARGET = ["target_id", "platform", "account_id", "at"]

Lookup = Callable[[str, str], Iterable[Match]]
"""(platform, words) → matches."""


def scan_posts(posts: pa.Table, index: IndicatorIndex) -> pa.Table:
    """Return the hits (HITS) of the index in posts (POSTS), in the order of the posts.

    Looked at are links (also those that stand only in the text), mentions, the author's id and name, hashtags, e-mail
    addresses, phone numbers and hashes in the text, and the SHA-256 and PDQ of media. One hit for each indicator, post
    and column (the author counts as one).
    """
    frame = _frame(posts.select([*_POST_COLUMNS, "account_name"])).with_columns(
        target_id=pl.format("{}:{}", "platform", "post_id"), at="created_at"
    )
    return _scan(frame, index, "post")


def scan_ads(ads: Iterable[Ad], index: IndicatorIndex) -> pa.Table:
    """Return the hits (HITS) of the index in ads: in their links, and in links, hashtags and more in their text."""
    rows = [_ad_row(ad) for ad in ads]
    schema = pa.schema([pa.field("target_id", pa.string()), *POSTS])
    frame = _frame(pa.Table.from_pylist(rows, schema=schema)).with_columns(at="created_at")
    return _scan(frame, index, "ad")


def _ad_row(ad: Ad) -> dict[str, Any]:
    return {
        "target_id": ad.id,
        "platform": ad.platform,
        "text": ad.text,
        "links": list(ad.links),
        "created_at": ad.started_at,
    }


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.with_row_index("row")


def _scan(frame: pl.DataFrame, index: IndicatorIndex, target_kind: str) -> pa.Table:
    found = [_found(words, lookup) for words, lookup in _words(frame, index)]
    # An author is named by id and by name; that both are the indicator's is one fact.
    place = pl.col("field").replace("account_name", "account_id").alias("place")
    once = pl.concat([_NOTHING, *found]).with_columns(place)
    rows = once.unique(["row", "place", "indicator_id"], keep="first", maintain_order=True)
    hits = rows.join(frame.select("row", *_TARGET), on="row").sort("row", maintain_order=True)
    return _as_hits(hits, target_kind)


def _words(frame: pl.DataFrame, index: IndicatorIndex) -> Iterator[tuple[pl.DataFrame, Lookup]]:
    """Yield the words of each column that the index has anything for, and how they are looked up.

    The words are a frame of (row, field, platform, words).
    """
    if index.looks_at_links:
        links = _exploded(frame, "links", pl.col("links"))
        yield links, lambda _, words: index.in_link(words)
        yield _links_in_text(frame, links), lambda _, words: index.in_link(words)
    if IndicatorKind.HANDLE in index.kinds:
        for field in ("mentions", "account_id", "account_name"):
            yield _exploded(frame, field, pl.col(field)), index.in_name
    for kinds, field, words in _PLACES:
        if not index.kinds.isdisjoint(kinds):
            yield _exploded(frame, field, words), _in_words(index, kinds)


_TEXT = pl.col("text")
_PLACES: tuple[tuple[tuple[IndicatorKind, ...], str, pl.Expr], ...] = (
    ((IndicatorKind.HASHTAG,), "hashtags", pl.col("hashtags")),
    # Ads, and posts from sources that do not list them, have their hashtags in the text.
    ((IndicatorKind.HASHTAG,), "text", pl.when(pl.col("hashtags").is_null()).then(_TEXT.str.extract_all(_HASHTAG))),
    ((IndicatorKind.EMAIL,), "text", _TEXT.str.extract_all(_MAYBE_EMAIL)),
    ((IndicatorKind.PHONE,), "text", _TEXT.str.extract_all(_MAYBE_PHONE)),
    (
        (IndicatorKind.MD5, IndicatorKind.SHA1, IndicatorKind.SHA256),
        "text",
        _TEXT.str.extract_all(_MAYBE_HASH),
    ),
    ((IndicatorKind.SHA256,), "media", pl.col("media").list.eval(pl.element().struct.field("sha256"))),
    ((IndicatorKind.PDQ,), "media", pl.col("media").list.eval(pl.element().struct.field("pdq"))),
)
"""Kinds, the column they stand in, and what in that column may be one of them."""


def _in_words(index: IndicatorIndex, kinds: Sequence[IndicatorKind]) -> Lookup:
    return lambda _, words: (match for kind in kinds for match in index.in_words(kind, words))


def _exploded(frame: pl.DataFrame, field: str, words: pl.Expr) -> pl.DataFrame:
    column = frame.select("row", "platform", words=words).filter(pl.col("words").is_not_null())
    if isinstance(column.schema["words"], pl.List):
        column = column.explode("words", empty_as_null=False, keep_nulls=False)
    return column.select("row", pl.lit(field).alias("field"), "platform", "words").filter(pl.col("words") != "")


def _links_in_text(frame: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return the links that stand in a text and that the post does not list."""
    maybe = _exploded(frame, "text", _TEXT.str.extract_all(_MAYBE_LINK))
    read = [(words, link) for words in maybe["words"].unique() for link in links_in(words)]
    table = pl.DataFrame(read, schema={"words": pl.String, "link": pl.String}, orient="row")
    found = maybe.join(table, on="words").select("row", "field", "platform", words="link")
    return found.join(links, on=["row", "words"], how="anti")


_FOUND = {
    "indicator_id": pl.String,
    "indicator_kind": pl.String,
    "indicator_value": pl.String,
    "source": pl.String,
    "tlp": pl.String,
    "relation": pl.String,
}
_NOTHING = pl.DataFrame(schema={"row": pl.UInt32, "field": pl.String, "words": pl.String, **_FOUND})


def _found(words: pl.DataFrame, lookup: Lookup) -> pl.DataFrame:
    """Return a row of `_NOTHING`'s shape for each match; each distinct (platform, word) is looked up once."""
    distinct = words.select("platform", "words").unique()
    matches = [
        (platform, word, held.id, held.kind, held.value, held.source, held.tlp, relation)
        for platform, word in distinct.iter_rows()
        for held, relation in lookup(platform or "", word)
    ]
    table = pl.DataFrame(matches, schema={"platform": pl.String, "words": pl.String, **_FOUND}, orient="row")
    return words.join(table, on=["platform", "words"], nulls_equal=True).select(_NOTHING.columns)


def _as_hits(rows: pl.DataFrame, target_kind: str) -> pa.Table:
    ids = [
        fact_id("hit", indicator, target_kind, target, field)
        for indicator, target, field in rows.select("indicator_id", "target_id", "field").iter_rows()
    ]
    hits = rows.with_columns(
        hit_id=pl.Series(ids, dtype=pl.String),
        target_kind=pl.lit(target_kind),
        matched=pl.col("words").str.slice(0, MAX_WORDS),
    )
    return hits.select(HITS.names).to_arrow().cast(HITS)
