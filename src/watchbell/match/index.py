"""Indicators laid out for looking up: keys of what a post or an ad holds go in, the indicators that they name come out.

An indicator is kept as a row of a table, and found by a sorted array of fingerprints: 10⁷ of them fit into memory
(`benchmarks/match_speed.py` prints how much they take), and a look-up costs no more for a million than for a thousand.
"""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from watchbell.match.links import KEYS, account_key, page_key
from watchbell.match.near import laid_out_pictures, laid_out_texts, near_pictures, near_texts
from watchbell.match.shared_hosts import why_shared
from watchbell.match.spelling import digits_of, spelled
from watchbell.match.warning_lists import NamedList, bundled_lists, remarks_on
from watchbell.model.decay import confidence_at
from watchbell.model.indicators import Indicator, IndicatorKind, Relation
from watchbell.model.tlp import Tlp

if TYPE_CHECKING:
    from watchbell.engine.hamming import Hashes
    from watchbell.engine.known_texts import KnownTexts

KINDS_IN_LINKS = frozenset(
    {
        IndicatorKind.DOMAIN,
        IndicatorKind.URL,
        IndicatorKind.HANDLE,
        IndicatorKind.IP,
        IndicatorKind.CIDR,
        IndicatorKind.PACKAGE,
        IndicatorKind.PHONE,
    }
)
_HELD = {
    "kind": pl.String,
    "key": pl.String,
    "indicator_id": pl.String,
    "indicator_value": pl.String,
    "source": pl.String,
    "tlp": pl.String,
    "confidence": pl.Int16,
    "remark": pl.String,
}
# As they are kept: what is the same in many rows is kept once.
_KEPT = _HELD | {
    "kind": pl.Enum(IndicatorKind),
    "source": pl.Categorical(),
    "tlp": pl.Enum(Tlp),
    "remark": pl.Categorical(),
}
_ASIDE = {"indicator_value": pl.String, "source": pl.String, "reason": pl.String}
FOUND = {**KEYS, "reason": pl.String, **{name: kind for name, kind in _HELD.items() if name not in KEYS}}
"""Columns of what was found: the words, the key, how they relate and why, and the indicator."""

# Rows turned into a column at a time, so that Python's own objects for all of them are never in memory together.
_PART = 50_000


class IndicatorIndex:
    """The indicators that may match at one time."""

    def __init__(self, held: pl.DataFrame, set_aside: pl.DataFrame) -> None:
        """Lay out a table of indicators with their fingerprints; `build` makes it."""
        self._held = held.drop("fingerprint")
        order = held["fingerprint"].arg_sort()
        self._order = order.to_numpy()
        self._fingerprints = held["fingerprint"].gather(order).to_numpy()
        self.kinds = frozenset(held["kind"].unique())
        """The kinds there is anything of: the rest need not be looked for."""
        self.looks_at_links = not self.kinds.isdisjoint(KINDS_IN_LINKS)
        self.set_aside = set_aside
        """Domains that never match, with the reason: hosts that very many people share, and public suffixes."""

    @classmethod
    def build(
        cls,
        indicators: Iterable[Indicator],
        *,
        now: datetime,
        ended: bool = False,
        warnings: Sequence[NamedList] | None = None,
    ) -> "IndicatorIndex":
        """Return the index of the indicators that hold at `now`.

        Args:
            indicators: the indicators; one that is revoked or past its `valid_until` is left out.
            now: the day to which confidence is faded.
            ended: keep those too that are revoked or have ended.
            warnings: warning lists whose remarks hits carry; without any, those that ship with Watchbell.
        """
        lists = bundled_lists() if warnings is None else tuple(warnings)
        parts, aside = [_part([])], []
        rows: list[tuple[Any, ...]] = []
        for indicator in indicators if ended else _in_force(indicators, now):
            why = why_shared(indicator.value) if indicator.kind is IndicatorKind.DOMAIN else None
            if why is not None:
                aside.append((indicator.value, indicator.source, why))
                continue
            rows.append(_row(indicator, now, lists))
            if len(rows) == _PART:
                parts.append(_part(rows))
                rows = []
        parts.append(_part(rows))
        return cls(pl.concat(parts, rechunk=True), pl.DataFrame(aside, schema=_ASIDE, orient="row"))

    def __len__(self) -> int:
        return self._held.height

    def found(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return the indicators (FOUND) that keys (KEYS) name: exactly, or by the network that an address lies in."""
        exact = self._with_key(keys)
        if IndicatorKind.CIDR not in self.kinds:
            return exact
        return pl.concat([exact, self._with_key(self._in_networks(keys.filter(pl.col("kind") == IndicatorKind.IP)))])

    def near(self, kind: IndicatorKind, words: pl.Series) -> pl.DataFrame:
        """Return the indicators (FOUND) that some distinct pictures (PDQ) or texts (TEXT) are near to, not equal."""
        if kind is IndicatorKind.PDQ:
            return self._with_key(near_pictures(words, *self._pictures))
        return self._with_key(near_texts(words, *self._texts))

    def _with_key(self, keys: pl.DataFrame) -> pl.DataFrame:
        asked = _fingerprints(keys).to_numpy()
        # In their order, so that the search walks through memory and does not leap about in it.
        order = np.argsort(asked)
        place = np.empty(len(asked), np.int64)
        place[order] = np.searchsorted(self._fingerprints, asked[order])
        known = place < len(self._fingerprints)
        known[known] = self._fingerprints[place[known]] == asked[known]
        begins = np.unique(place[known])
        ends = np.searchsorted(self._fingerprints, self._fingerprints[begins], side="right")
        spans = map(np.arange, begins, ends)
        rows = np.concatenate([np.empty(0, np.int64), *spans])
        found = keys.filter(pl.Series(known, dtype=pl.Boolean)).join(self._rows(rows), on=["kind", "key"])
        if "reason" not in found.columns:
            found = found.with_columns(reason=pl.lit(None, pl.String))
        return found.select(*FOUND)

    def _rows(self, places: Any) -> pl.DataFrame:
        """Return the indicators (_HELD) at some places among the sorted fingerprints."""
        held: pl.DataFrame = self._held[self._order[places]]
        return held.cast(_HELD)  # type: ignore[arg-type]  # a class or an instance

    def _in_networks(self, addresses: pl.DataFrame) -> pl.DataFrame:
        rows = [
            (words, IndicatorKind.CIDR.value, network, Relation.SUBDOMAIN.value)
            for words, address in addresses.select("words", "key").iter_rows()
            for network in self._networks_around(address)
        ]
        return pl.DataFrame(rows, schema=KEYS, orient="row")

    def _networks_around(self, address: str) -> Iterator[str]:
        try:
            number = ipaddress.ip_address(address)
        except ValueError:
            return
        for length in self._lengths[number.version]:
            yield str(ipaddress.ip_network((number, length), strict=False))

    @cached_property
    def _lengths(self) -> Mapping[int, tuple[int, ...]]:
        """The lengths of prefixes that there are, by version: few, however many networks."""
        networks = [ipaddress.ip_network(key) for key in self._keys_of(IndicatorKind.CIDR)]
        return {
            four_or_six: tuple({n.prefixlen for n in networks if n.version == four_or_six}) for four_or_six in (4, 6)
        }

    def _keys_of(self, kind: IndicatorKind) -> pl.Series:
        return self._held.filter(pl.col("kind") == kind)["key"].unique().sort()

    @cached_property
    def _pictures(self) -> "tuple[Hashes, pl.Series]":
        return laid_out_pictures(self._keys_of(IndicatorKind.PDQ))

    @cached_property
    def _texts(self) -> "tuple[KnownTexts, pl.Series]":
        return laid_out_texts(self._keys_of(IndicatorKind.TEXT))


def _in_force(indicators: Iterable[Indicator], now: datetime) -> Iterator[Indicator]:
    for indicator in indicators:
        over = indicator.valid_until is not None and indicator.valid_until <= now
        if not (indicator.revoked or over):
            yield indicator


def _part(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Return some indicators as they are kept, with their fingerprints."""
    held = _with_bulk_keys(pl.DataFrame(rows, schema=_HELD, orient="row"))
    return held.with_columns(_fingerprints(held)).cast(_KEPT)  # type: ignore[arg-type]  # a class or an instance


def _fingerprints(keys: pl.DataFrame) -> pl.Series:
    return keys.select(pl.concat_str("kind", "key", separator="\0").hash(seed=1))["kind"].rename("fingerprint")


def _row(indicator: Indicator, now: datetime, lists: Sequence[NamedList]) -> tuple[Any, ...]:
    return (
        indicator.kind.value,
        _key(indicator),
        indicator.id,
        indicator.value,
        indicator.source,
        indicator.tlp.value,
        confidence_at(indicator, now),
        remarks_on(indicator, lists),
    )


def _key(indicator: Indicator) -> str:
    if indicator.kind is IndicatorKind.HANDLE:
        return account_key(indicator.platform or "", indicator.value)
    return _KEYS.get(indicator.kind, str.lower)(indicator.value)


_KEYS: Mapping[IndicatorKind, Callable[[str], str]] = {
    IndicatorKind.PHONE: digits_of,
    IndicatorKind.HASHTAG: lambda words: words.lstrip("#＃").lower(),  # noqa: RUF001  # full-width, as CJK keyboards give
    # These are spelled for the whole column at once.
    IndicatorKind.URL: str,
    IndicatorKind.TEXT: str,
    IndicatorKind.PACKAGE: str,
}


def _with_bulk_keys(held: pl.DataFrame) -> pl.DataFrame:
    kind, key = pl.col("kind"), pl.col("key")
    return held.with_columns(
        key=pl.when(kind == IndicatorKind.URL)
        .then(page_key(key))
        .when(kind == IndicatorKind.TEXT)
        .then(spelled(key))
        .otherwise(key)
    )
