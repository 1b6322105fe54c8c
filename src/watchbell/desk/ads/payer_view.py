"""A payer as the public sees it: who they are and how we know, what they spent, on whom, and through which pages."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import polars as pl

from watchbell.ads.advertisers.authorization import StepState
from watchbell.desk.ads import sums as ad_sums
from watchbell.desk.ads.seen import WhoSaw, who_saw
from watchbell.desk.ads.sums import Amount, Part, Within, nothing_in
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.steps import status
from watchbell.desk.pictures.maps import read_map
from watchbell.model.ads import Verdict
from watchbell.model.advertisers import Evidence, EvidenceKind, EvidenceVerdict
from watchbell.vault.columns import folded
from watchbell.vault.database import IDS_AT_ONCE, batches

EVERYTHING = Within()
ONLY_THE_SOURCE = "Only what the source says"
"""The label of a payer of whom no evidence was shown here."""
MOST_COMPARED = 4
_LARGEST = 5
# Evidence whose facts are public anyway: a register's entry, a host. What else was shown tells of a person.
_PUBLIC_FACTS = frozenset({EvidenceKind.COMMITTEE, EvidenceKind.GOVERNMENT_DOMAIN, EvidenceKind.WEBSITE})


@dataclass(frozen=True, slots=True)
class Known:
    """The label that a payer's ads bear, and what stands behind it."""

    label: str
    steps: tuple[str, ...]
    """What was shown and holds, in the route's words."""
    facts: tuple[tuple[str, str], ...]
    """What registers and websites say, for all to check."""
    bound: int
    """How many of the payer's ads ran from an account that is bound to this advertiser."""

    @property
    def is_ours(self) -> bool:
        """Whether evidence was shown here."""
        return self.label != ONLY_THE_SOURCE


@dataclass(frozen=True, slots=True)
class LargeAd:
    """One of the ads that cost most, in the payer's commonest currency."""

    id: str
    words: str | None
    began: datetime | None
    lower: Decimal
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Spending:
    """What a payer spent in one currency, and on whom."""

    total: Amount
    months: list[Part]
    undated: int
    places: list[Part]
    states: dict[str, Part]
    """Of the places of ads in the United States, the states, by their two letters."""
    countries: dict[str, Part]
    """Countries of Europe in which ads ran, by their two letters."""
    kept_from: list[Part]
    spots: list[Part]
    """Postal codes and circles."""
    ages: list[Part]
    genders: list[Part]
    largest: list[LargeAd]
    without_place: int
    """Ads that say nothing of a place below the country."""


@dataclass(frozen=True, slots=True)
class PayerView:
    """All that the library says of one payer."""

    name: str
    known: Known
    ads: int
    sums: int
    """Records that sum up ads: they are told apart, for they count ads twice."""
    summed_ads: int
    summed: list[Amount]
    seen: WhoSaw | None
    """None where no source tells who saw the ads."""
    unpublished: int
    """Ads of which the source does not say what was spent."""
    first: datetime | None
    last: datetime | None
    spending: list[Spending]
    pages: list[Part]
    sources: list[Part]
    countries: list[Part]
    verdicts: Counter[Verdict]
    registrations: tuple[str, ...]
    addresses: tuple[str, ...]
    made_up: bool
    ids: tuple[str, ...]

    @property
    def ranged(self) -> bool:
        """Whether a sum is known between bounds only."""
        return any(one.total.width != 0 for one in self.spending)


def payer_view(office: Office, name: str, now: datetime, within: Within = EVERYTHING) -> PayerView | None:
    """Return what the library says of a payer, of all their ads or of some, or None where no ad names them."""
    records = office.vault.ad_sums.of_payer(name)
    if not records:
        return None
    everything = ad_sums.told_ads([record for record, _ in records])
    decided = dict(zip(everything["id"], (verdict for _, verdict in records), strict=True))
    told = within.of(everything)
    ads, sums = told.filter(pl.col("sums_up").is_null()), told.filter(pl.col("sums_up").is_not_null())
    return PayerView(
        name=str(everything["payer"][0]),
        known=known_of(office, name, list(ads["id"]), now),
        ads=ads.height,
        sums=sums.height,
        summed_ads=int(sums["sums_up"].sum()),
        summed=ad_sums.amounts(sums),
        seen=who_saw(ads),
        unpublished=ads["spend_currency"].null_count(),
        first=ad_sums.instant(ads["started_at"].min()),
        last=ad_sums.instant(pl.concat([ads["started_at"], ads["ended_at"]]).max()),
        spending=[_spending(ads, amount) for amount in ad_sums.amounts(ads)],
        pages=ad_sums.by(told, "advertiser"),
        sources=ad_sums.by(told, "source"),
        countries=ad_sums.by(told, "country"),
        verdicts=Counter(verdict for ad_id in told["id"] if (verdict := decided[ad_id]) is not None),
        registrations=_different(told["registration_id"]),
        addresses=_different(told["payer_address"]),
        made_up=bool(told["synthetic"].any()),
        ids=tuple(ads["id"]),
    )


def known_of(office: Office, name: str, ad_ids: Sequence[str], now: datetime) -> Known:
    """Return the label of a payer and the evidence behind it: that of an advertiser who is authorised in this name."""
    key = folded(name)
    for one in office.vault.advertisers.all():
        standing = status(office, one, now) if folded(one.organisation or one.person) == key else None
        if standing is not None and standing.label is not None:
            met = (StepState.MET, StepState.PROVISIONAL)
            return Known(
                label=standing.label,
                steps=tuple(step.title for step in standing.steps if step.state in met),
                facts=_public_facts(office.vault.advertisers.evidence(one.id)),
                bound=_bound(office, one.id, ad_ids),
            )
    return Known(ONLY_THE_SOURCE, (), (), 0)


def _bound(office: Office, advertiser_id: str, ad_ids: Sequence[str]) -> int:
    return sum(
        paid.advertiser_id == advertiser_id
        for batch in batches(ad_ids, IDS_AT_ONCE)
        for paid in office.vault.payers.of_ads(batch).values()
    )


def _public_facts(evidence: Iterable[Evidence]) -> tuple[tuple[str, str], ...]:
    public = (one for one in evidence if one.verdict is EvidenceVerdict.ACCEPTED and one.kind in _PUBLIC_FACTS)
    return tuple(dict.fromkeys(fact for one in public for fact in sorted(one.facts.items())))


def shared_creatives(office: Office, views: Sequence[PayerView]) -> dict[str, list[str]]:
    """Return the groups of ads with nearly the same words that more than one of these payers paid for.

    Returns:
        The payers' names by the group, whose id is that of its first ad.
    """
    payers: dict[str, list[str]] = {}
    for view in views:
        for group in sorted(set(office.vault.ad_sums.groups_of(view.ids).values())):
            payers.setdefault(group, []).append(view.name)
    return {group: names for group, names in payers.items() if len(names) > 1}


def shared_pictures(office: Office, views: Sequence[PayerView]) -> dict[str, list[str]]:
    """Return the groups of ads with nearly the same picture that more than one of these payers paid for.

    Returns:
        The payers' names by one of the first payer's ads.
    """
    first, payers = dict[str, str](), dict[str, list[str]]()
    for view in views:
        mine = office.vault.ad_pictures.groups_of(view.ids)
        for group in sorted({group for groups in mine.values() for group in groups}):
            first.setdefault(group, min(ad_id for ad_id, groups in mine.items() if group in groups))
            payers.setdefault(group, []).append(view.name)
    return {first[group]: names for group, names in payers.items() if len(names) > 1}


def compared_months(views: Sequence[PayerView]) -> tuple[str | None, list[list[Part]]]:
    """Return the currency that most of these payers spent in, and the months of each, all over the same stretch."""
    used = Counter(one.total.currency for view in views for one in view.spending)
    if not used:
        return None, [[] for _ in views]
    currency = min(used, key=lambda one: (-used[one], one))
    mine = [[part for one in view.spending if one.total.currency == currency for part in one.months] for view in views]
    months = ad_sums.months_of({part.name for parts in mine for part in parts})
    return currency, [
        [{part.name: part for part in parts}.get(name) or nothing_in(name) for name in months] for parts in mine
    ]


def _spending(ads: pl.DataFrame, total: Amount) -> Spending:
    mine = ads.filter(pl.col("spend_currency") == total.currency)
    places = ad_sums.by_aim(mine, total.currency, ad_sums.PLACES)
    in_states = ad_sums.by_aim(mine.filter(pl.col("country") == "US"), total.currency, ad_sums.PLACES)
    return Spending(
        total=total,
        months=ad_sums.by_month(mine, total.currency),
        undated=mine["started_at"].null_count(),
        places=places,
        states=read_map("us").placed(in_states),
        countries=read_map("europe").placed(ad_sums.by(mine, "country")),
        kept_from=ad_sums.by_aim(mine, total.currency, ad_sums.PLACES, excluded=True),
        spots=ad_sums.by_aim(mine, total.currency, ad_sums.SPOTS),
        ages=ad_sums.by_aim(mine, total.currency, r"^age$"),
        genders=ad_sums.by_aim(mine, total.currency, r"^gender$"),
        largest=[LargeAd(*row) for row in _largest(mine).iter_rows()],
        without_place=mine.height - ad_sums.number_aimed(mine, f"{ad_sums.PLACES}|{ad_sums.SPOTS}"),
    )


def _largest(ads: pl.DataFrame) -> pl.DataFrame:
    dearest = ads.sort(["spend_lower", "id"], descending=[True, False]).head(_LARGEST)
    return dearest.select("id", "text", "started_at", "spend_lower", "spend_upper")


def _different(values: pl.Series) -> tuple[str, ...]:
    return tuple(values.drop_nulls().unique().sort())
