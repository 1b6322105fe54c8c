"""Which ads of the library say nearly the same, whoever paid for them."""

from dataclasses import dataclass

import polars as pl

from watchbell.ads.library import fields_of
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


def alike_by_payer(vault: Vault, ad_id: str) -> list[SamePayer]:
    """Return the other ads that say nearly the same as an ad, by who paid, as `group_alike` found them last.

    An ad whose content is hidden is not among them.
    """
    payers: dict[str, list[Ad]] = {}
    for ad in vault.ad_sums.alike(ad_id):
        if not ad.content_hidden:
            payers.setdefault(folded(ad.payer), []).append(ad)
    return [SamePayer(ads[0].payer, tuple(ads)) for _, ads in sorted(payers.items())]
