"""Partners' indicators looked for in posts and ads: each hit says where it stood, which words, how, and how surely.

Words are gathered column by column with polars; each distinct word is looked up once, however many posts hold it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from watchbell.ids import fact_id
from watchbell.match.in_text import (
    EMAILS,
    HASHES,
    HASHTAGS,
    HOSTS,
    IPS,
    PHONES,
    keys_of_hosts,
    keys_of_ips,
    keys_of_phones,
)
from watchbell.match.index import FOUND, IndicatorIndex
from watchbell.match.links import keys_of_links, links_of_words
from watchbell.match.spelling import accounts_named, spelled
from watchbell.model.ads import Ad
from watchbell.model.indicators import HITS, IndicatorKind, Relation
from watchbell.model.posts import POSTS

MAX_WORDS = 500
"""Characters of the matched words that a hit keeps."""

# What may hold one, found by polars in all texts at once; what it really is, is looked up exactly.
_MAYBE_LINK = r"\S*(?:://|www\.|\.[a-zA-Z]{2,24}/)\S*"

COLUMNS = ["platform", "account_id", "post_id", "created_at", "text", "links", "hashtags", "mentions", "media"]
_TARGET = ["target_id", "platform", "account_id", "at"]
_LISTS = ("links", "hashtags", "mentions")

Lookup = Callable[[pl.Series], pl.DataFrame]
"""Distinct words → what was found (FOUND)."""


class Place(NamedTuple):
    """A column in which words were looked for."""

    words: pl.DataFrame
    """Columns row, field, words (as they stand) and asked (as they are looked up)."""
    lookup: Lookup


def scan_posts(posts: pa.Table, index: IndicatorIndex) -> pa.Table:
    """Return the hits (HITS) of the index in posts (POSTS), in the order of the posts.

    Looked at are links (also those that stand only in the text), mentions, the author's id and name, hashtags, e-mail
    addresses, phone numbers and hashes in the text, the text itself, and the SHA-256 and PDQ of media. One hit for each
    indicator, post and column (the author counts as one).
    """
    return scanned(frame_of_posts(posts), lambda frame: _places(frame, index), "post")


def scan_ads(ads: Iterable[Ad], index: IndicatorIndex) -> pa.Table:
    """Return the hits (HITS) of the index in ads: in links, text and account, and the hashes of their pictures."""
    return scanned(frame_of_ads(ads), lambda frame: _places(frame, index), "ad")


def frame_of_posts(posts: pa.Table) -> pl.DataFrame:
    """Return posts (POSTS) as they are looked through."""
    return _frame(posts.select([*COLUMNS, "account_name"])).with_columns(
        target_id=pl.format("{}:{}", "platform", "post_id"), at="created_at"
    )


def frame_of_ads(ads: Iterable[Ad]) -> pl.DataFrame:
    """Return ads as they are looked through; the advertiser stands where a post has its account's name."""
    rows = [_ad_row(ad) for ad in ads]
    schema = pa.schema([pa.field("target_id", pa.string()), pa.field("advertiser", pa.string()), *POSTS])
    return _frame(pa.Table.from_pylist(rows, schema=schema)).with_columns(at="created_at")


def _ad_row(ad: Ad) -> dict[str, Any]:
    return {
        "target_id": ad.id,
        "platform": ad.platform,
        "advertiser": ad.advertiser,
        "account_id": f"{ad.platform}:{ad.account_id}" if ad.account_id else None,
        "account_name": ad.advertiser,
        "text": ad.text,
        "links": list(ad.links),
        "created_at": ad.started_at,
        "media": [{"url": one.name, "sha256": one.sha256, "pdq": one.pdq} for one in ad.pictures],
    }


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.with_row_index("row")


def scanned(frame: pl.DataFrame, places: Callable[[pl.DataFrame], Iterator[Place]], target_kind: str) -> pa.Table:
    """Return the hits (HITS) in the places of a frame of posts or ads."""
    found = [_found(place) for place in places(frame)]
    # An author is named by id and by name; that both are the indicator's is one fact.
    column = pl.col("field").replace("account_name", "account_id").alias("column")
    once = pl.concat([_NOTHING, *found]).with_columns(column)
    rows = once.unique(["row", "column", "indicator_id"], keep="first", maintain_order=True)
    hits = rows.join(frame.select("row", *_TARGET), on="row").sort("row", maintain_order=True)
    return _as_hits(hits, frame, target_kind)


def _places(frame: pl.DataFrame, index: IndicatorIndex) -> Iterator[Place]:
    """Yield the words of each column that the index has anything for, and how they are looked up."""
    if index.looks_at_links:
        yield from _links(frame, index)
    for kinds, words, keys in _IN_TEXT:
        if not kinds.isdisjoint(index.kinds):
            places = exploded(frame, "text", words)
            yield Place(places, lambda distinct, keys=keys: index.found(keys(distinct)))  # type: ignore[misc]
    if IndicatorKind.HANDLE in index.kinds:
        for field in ("mentions", "account_id", "account_name"):
            accounts = exploded(frame, field, pl.col(field)).with_columns(
                asked=accounts_named(pl.col("platform"), pl.col("words"))
            )
            yield Place(accounts.filter(pl.col("asked").is_not_null()), _same_key(index, IndicatorKind.HANDLE))
    for kind, field, words, asked in _WORDS:
        if kind in index.kinds:
            yield Place(exploded(frame, field, words).with_columns(asked=asked), _same_key(index, kind))
    for kind, field, words, asked in _NEAR:
        if kind in index.kinds:
            near = exploded(frame, field, words).with_columns(asked=asked)
            yield Place(near, lambda distinct, kind=kind: index.near(kind, distinct))  # type: ignore[misc]


def _links(frame: pl.DataFrame, index: IndicatorIndex) -> Iterator[Place]:
    def lookup(links: pl.Series) -> pl.DataFrame:
        return index.found(keys_of_links(links, index.kinds))

    links = exploded(frame, "links", pl.col("links"))
    yield Place(links, lookup)
    yield Place(links_in_text(frame, links), lookup)


_TEXT, _AS_WRITTEN = pl.col("text"), pl.col("words")
_LOWER, _TAG = _AS_WRITTEN.str.to_lowercase(), _AS_WRITTEN.str.strip_chars_start("#＃").str.to_lowercase()  # noqa: RUF001
_SPELLED = spelled(_AS_WRITTEN)
_SHA256_OF_MEDIA = pl.col("media").list.eval(pl.element().struct.field("sha256"))
_PDQ_OF_MEDIA = pl.col("media").list.eval(pl.element().struct.field("pdq"))
# Ads, and posts from sources that do not list them, have their hashtags in the text.
_TAGS_IN_TEXT = pl.when(pl.col("hashtags").is_null()).then(HASHTAGS)
_WORDS: tuple[tuple[IndicatorKind, str, pl.Expr, pl.Expr], ...] = (
    (IndicatorKind.HASHTAG, "hashtags", pl.col("hashtags"), _TAG),
    (IndicatorKind.HASHTAG, "text", _TAGS_IN_TEXT, _TAG),
    (IndicatorKind.EMAIL, "text", EMAILS, _LOWER),
    (IndicatorKind.MD5, "text", HASHES, _LOWER),
    (IndicatorKind.SHA1, "text", HASHES, _LOWER),
    (IndicatorKind.SHA256, "text", HASHES, _LOWER),
    (IndicatorKind.SHA256, "media", _SHA256_OF_MEDIA, _LOWER),
    (IndicatorKind.PDQ, "media", _PDQ_OF_MEDIA, _LOWER),
    (IndicatorKind.TEXT, "text", _TEXT, _SPELLED),
)
"""Kind, the column in which it stands, what in that column may be one, and how that is looked up."""
_IN_TEXT: tuple[tuple[frozenset[IndicatorKind], pl.Expr, Lookup], ...] = (
    (frozenset({IndicatorKind.DOMAIN}), HOSTS, keys_of_hosts),
    (frozenset({IndicatorKind.IP, IndicatorKind.CIDR}), IPS, keys_of_ips),
    (frozenset({IndicatorKind.PHONE}), PHONES, keys_of_phones),
)
"""Kinds, what in a text may be one, and the keys (KEYS) under which it is looked up."""
_NEAR = tuple(place for place in _WORDS if place[0] in {IndicatorKind.PDQ, IndicatorKind.TEXT})


def _same_key(index: IndicatorIndex, kind: IndicatorKind) -> Lookup:
    """Return the look-up of words that are their own key."""
    relation = Relation.ACCOUNT if kind is IndicatorKind.HANDLE else Relation.EXACT

    def lookup(words: pl.Series) -> pl.DataFrame:
        named = words.alias("words").to_frame()
        keys = named.select("words", kind=pl.lit(kind.value), key="words", relation=pl.lit(relation.value))
        return index.found(keys)

    return lookup


def exploded(frame: pl.DataFrame, field: str, words: pl.Expr) -> pl.DataFrame:
    """Return (row, field, platform, words, asked): the words that stand in a column, one to a row."""
    column = frame.select("row", "platform", words=words).filter(pl.col("words").is_not_null())
    if isinstance(column.schema["words"], pl.List):
        column = column.explode("words", empty_as_null=False, keep_nulls=False)
    named = column.select("row", pl.lit(field).alias("field"), "platform", "words", asked="words")
    return named.filter(pl.col("words") != "")


def links_in_text(frame: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return the links that stand in a text and that the post does not list."""
    maybe = exploded(frame, "text", _TEXT.str.extract_all(_MAYBE_LINK))
    found = maybe.drop("asked").join(links_of_words(maybe["words"].unique()), on="words")
    named = found.select("row", "field", "platform", words="link", asked="link")
    return named.join(links, on=["row", "words"], how="anti")


_NOTHING = pl.DataFrame(schema={"row": pl.UInt32, "field": pl.String, **FOUND})


def _found(place: Place) -> pl.DataFrame:
    """Return a row of `_NOTHING`'s shape for each match; each distinct word is looked up once."""
    # A text of links and hashtags alone has no words left to compare.
    words = place.words.filter(pl.col("asked") != "")
    matches = place.lookup(words["asked"].unique()).rename({"words": "asked"})
    return words.join(matches, on="asked", maintain_order="left_right").select(_NOTHING.columns)


def _as_hits(rows: pl.DataFrame, frame: pl.DataFrame, target_kind: str) -> pa.Table:
    ids = [
        fact_id("hit", indicator, target_kind, target, field)
        for indicator, target, field in rows.select("indicator_id", "target_id", "field").iter_rows()
    ]
    hits = rows.with_columns(
        hit_id=pl.Series(ids, dtype=pl.String),
        indicator_kind="kind",
        target_kind=pl.lit(target_kind),
        matched=pl.col("words").str.slice(0, MAX_WORDS),
        place=pl.Series(list(_where(rows, frame)), dtype=pl.Int32),
    )
    return hits.select(HITS.names).to_arrow().cast(HITS)


def _where(rows: pl.DataFrame, frame: pl.DataFrame) -> Iterator[int | None]:
    """Yield where in its column the words of each hit stand: a character of the text, or an item of a list."""
    held = frame.select("row", "text", *_LISTS).join(rows.select("row").unique(), on="row", how="semi")
    columns = {row["row"]: row for row in held.iter_rows(named=True)}
    for row, field, words in rows.select("row", "field", "words").iter_rows():
        value = columns[row].get(field)  # the author's name is in none of these
        if isinstance(value, str):
            # A bare `t.me/name` was given a scheme when it was read.
            at = value.find(words) if words in value else value.find(words.removeprefix("http://"))
            yield at if at >= 0 else None
        else:
            yield value.index(words) if value is not None and words in value else None
