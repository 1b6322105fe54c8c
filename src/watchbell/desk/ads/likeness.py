"""Which ads of the library say or show nearly the same, whoever paid for them."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from watchbell.ads.library import fields_of
from watchbell.detect.near_media import near_media
from watchbell.detect.near_text import SHORTEST, compared, near_texts
from watchbell.detect.words import WORDS
from watchbell.model.ads import Ad
from watchbell.vault.columns import folded
from watchbell.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class SamePayer:
    """The ads of one payer among those that say nearly the same."""

    payer: str | None
    """None: not disclosed."""
    ads: tuple[Ad, ...]


def group_alike(vault: Vault) -> int:
    """Find the groups of ads with nearly the same words, keep them, and return how many there are.

    Two ads are alike as two posts are (`detect.near_text`): at least half of what they say is the same. Ads of fewer
    than `SHORTEST` characters are like none. Costs about a second for 20,000 ads.
    """
    parts = [fields_of([record for record, _ in rows], ("id", "text", "sums_up")) for rows in vault.ads.records()]
    if not parts:
        return 0
    told = pl.concat(parts).filter(pl.col("text").is_not_null() & pl.col("sums_up").is_null())
    ads = told.select("id", WORDS)
    ads = ads.filter(compared(ads["text"]).str.len_chars() >= SHORTEST)
    words = ads["text"].unique()
    stands_for = pl.DataFrame({"text": words, "like": near_texts(words)})
    groups = (
        ads.join(stands_for, on="text")
        .with_columns(group=pl.col("id").min().over("like"), size=pl.len().over("like"))
        .filter(pl.col("size") > 1)
    )
    vault.ad_sums.put_likeness(dict(groups.select("id", "group").iter_rows()))
    return groups["group"].n_unique()


def group_pictures(vault: Vault) -> int:
    """Find the groups of ads with nearly the same picture, keep them, and return how many there are.

    Two pictures are alike as those of two posts are (`detect.near_media`): their PDQ hashes differ in at most 31 bits.
    """
    told = pl.DataFrame(vault.ad_pictures.hashed(), schema=["ad", "sha256", "pdq"], orient="row")
    told = told.with_columns(object="pdq:" + pl.col("pdq").cast(pl.String))
    hashes = told["object"].unique()
    stands_for = pl.DataFrame({"object": hashes, "like": near_media(hashes)})
    groups = (
        told.join(stands_for, on="object")
        .with_columns(group=pl.col("sha256").min().over("like"), size=pl.col("ad").n_unique().over("like"))
        .filter(pl.col("size") > 1)
    )
    vault.ad_pictures.put_groups(groups.select("ad", "group").iter_rows())
    return groups["group"].n_unique()


def alike_by_payer(vault: Vault, ad_id: str) -> list[SamePayer]:
    """Return the other ads that say nearly the same as an ad, by who paid, as `group_alike` found them last.

    An ad whose content is hidden is not among them.
    """
    return _by_payer(vault.ad_sums.alike(ad_id))


def same_picture_by_payer(vault: Vault, ad_id: str) -> list[SamePayer]:
    """Return the other ads that show nearly the same picture, by who paid, as `group_pictures` found them last."""
    return _by_payer(vault.ad_pictures.alike(ad_id))


def _by_payer(ads: Iterable[Ad]) -> list[SamePayer]:
    payers: dict[str, list[Ad]] = {}
    for ad in ads:
        if not ad.content_hidden:
            payers.setdefault(folded(ad.payer), []).append(ad)
    return [SamePayer(ads[0].payer, tuple(ads)) for _, ads in sorted(payers.items())]
