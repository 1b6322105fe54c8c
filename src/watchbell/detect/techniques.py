"""Techniques of the DISARM framework that a group's bursts may be an instance of, each with the reason.

A suggestion is for a person to take or leave: the data show that accounts act alike, not that they mean to deceive.
"""

from dataclasses import dataclass

import polars as pl

from watchbell.model.techniques import NAMES

_WORDS = ("text", "exact_text")
# Once can be a greeting or a quotation.
_LEAST_OBJECTS = 2
_LEAST_AUTOMATED = 2


@dataclass(frozen=True)
class Technique:
    """A technique's id in DISARM, and why it may be this one."""

    disarm_id: str
    reason: str

    @property
    def name(self) -> str:
        """Return its name in DISARM."""
        return NAMES[self.disarm_id]


def techniques_of(bursts: pl.DataFrame, *, automated: int, judged: int) -> tuple[Technique, ...]:
    """Return the techniques that one group's bursts suggest.

    Args:
        bursts: As `bursts_of` returns them, of one group, with `platform`.
        automated: Members whose rhythm looks automated …
        judged: … of those whose rhythm can be judged.
    """
    found = (_copypasta(bursts), _across_platforms(bursts), _bots(bursts, automated, judged))
    return tuple(technique for technique in found if technique)


def _copypasta(bursts: pl.DataFrame) -> Technique | None:
    same = bursts.filter(pl.col("kind").is_in(_WORDS))
    texts, accounts = same["object_id"].n_unique(), same["account_id"].n_unique()
    if texts < _LEAST_OBJECTS:
        return None
    reason = f"{accounts:,} members published {texts:,} texts in the same words within moments of each other."
    return Technique("T0084.001", reason)


def _across_platforms(bursts: pl.DataFrame) -> Technique | None:
    several = pl.col("platform").drop_nulls().n_unique().over("burst") > 1
    across = bursts.filter(several)
    objects, platforms = across["object_id"].n_unique(), sorted(across["platform"].drop_nulls().unique())
    if objects < _LEAST_OBJECTS:
        return None
    reason = f"{objects:,} things appeared on {' and '.join(platforms)} within moments of each other."
    return Technique("T0119.002", reason)


def _bots(bursts: pl.DataFrame, automated: int, judged: int) -> Technique | None:
    reposts = bursts.filter(kind="repost")["object_id"].n_unique()
    if reposts < _LEAST_OBJECTS or automated < _LEAST_AUTOMATED or 2 * automated < judged:
        return None
    share = f"{automated:,} of {judged:,} post in a rhythm that looks automated"
    reason = f"Members reposted {reposts:,} posts together, and {share}."
    return Technique("T0049.003", reason)
