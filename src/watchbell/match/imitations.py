"""Imitations of protected names looked for in posts and ads: in the hosts of links, and in the names of accounts."""

from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa

from watchbell.ids import fact_id
from watchbell.match.index import FOUND
from watchbell.match.links import canonical_links
from watchbell.match.lookalikes import FLOOR, Lookalike, LookalikeIndex
from watchbell.match.scan import Place, exploded, frame_of_ads, frame_of_posts, links_in_text, scanned
from watchbell.model.ads import Ad
from watchbell.model.indicators import Relation
from watchbell.model.tlp import Tlp

KIND = "lookalike"
"""What stands as the kind of the indicator in a hit: the protected name is nobody's indicator."""


def imitations_in_posts(posts: pa.Table, index: LookalikeIndex, *, floor: int = FLOOR) -> pa.Table:
    """Return the hits (HITS) of hosts in links, and of accounts' names, that imitate a protected name."""
    return scanned(frame_of_posts(posts), lambda frame: _places(frame, "account_name", index, floor), "post")


def imitations_in_ads(ads: Iterable[Ad], index: LookalikeIndex, *, floor: int = FLOOR) -> pa.Table:
    """Return the hits (HITS) of hosts in ads' links, and of advertisers' names, that imitate a protected name."""
    return scanned(frame_of_ads(ads), lambda frame: _places(frame, "advertiser", index, floor), "ad")


def protected_id(domain: str) -> str:
    """Return the id that stands for a protected name where a hit has its indicator's."""
    return fact_id("protected", domain)


def _places(frame: pl.DataFrame, name: str, index: LookalikeIndex, floor: int) -> Iterator[Place]:
    def in_links(links: pl.Series) -> pl.DataFrame:
        hosts = canonical_links(links).filter(pl.col("host").str.contains(".", literal=True))
        told = {one.host: one for one in index.in_hosts(hosts["host"].unique(), floor=floor)}
        words = hosts.filter(pl.col("host").is_in(list(told))).select("words", "host")
        return _found((link, told[host]) for link, host in words.iter_rows())

    def in_names(names: pl.Series) -> pl.DataFrame:
        told = ((words, index.of_name(words)) for words in names)
        return _found((words, one) for words, one in told if one is not None and one.score >= floor)

    links = exploded(frame, "links", pl.col("links"))
    yield Place(links, in_links)
    yield Place(links_in_text(frame, links), in_links)
    yield Place(exploded(frame, name, pl.col(name)), in_names)


def _found(told: Iterable[tuple[str, Lookalike]]) -> pl.DataFrame:
    rows = [
        {
            "words": words,
            "kind": KIND,
            "key": one.protected.domain,
            "relation": Relation.LOOKALIKE.value,
            "reason": one.reason,
            "indicator_id": protected_id(one.protected.domain),
            "indicator_value": one.protected.domain,
            "source": one.protected.source,
            "tlp": Tlp.AMBER.value,  # a finding of ours about somebody, not yet judged
            "confidence": one.score,
        }
        for words, one in told
    ]
    return pl.DataFrame(rows, schema=FOUND)
