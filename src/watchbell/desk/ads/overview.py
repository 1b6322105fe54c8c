"""The whole library in sums: what is spent where, when and by whom, of each country, year, month and election.

To sum up all ads takes longer than a visitor of an open page should be able to ask for. The sums are therefore made
by the nightly job, kept, and read as they are.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import polars as pl
from pydantic import TypeAdapter

from watchbell.ads.elections.calendar import EU_STATES, Calendar, Election
from watchbell.desk.ads import sums as ad_sums
from watchbell.desk.ads.seen import WhoSaw, who_saw
from watchbell.desk.ads.sums import Amount, Part, Within
from watchbell.desk.pictures.maps import read_map
from watchbell.vault.adoverviews import KeptOverview
from watchbell.vault.columns import folded
from watchbell.vault.vault import Vault

TOP_PAYERS = 25
MOST_PLACES = 100
_MOST_CURRENCIES = 20
_MOST_AGES = 30
_FIELDS = (
    *("id", "country", "payer", "synthetic", "started_at", "spend", "targeting", "sums_up", "impressions", "seen_by"),
    "removed",
)
_AIMS = f"(?i){ad_sums.PLACES}|^age$|^gender$"
# A date so far away is a slip of the source, and would make a picture of nothing but gaps.
_YEARS_BACK, _YEARS_AHEAD = 20, 1
REMOVED, UNDECIDED = "removed", "undecided"


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent in one currency: when, by whom, and on whom."""

    total: Amount
    over_time: list[Part]
    """By the months in which ads began to run; by the days, of a month or an election."""
    undated: int
    """Ads without a day on which they began, or with one that cannot be."""
    payers: list[Part]
    """The `TOP_PAYERS` of whom it is sure that they spent most."""
    all_payers: int
    without_payer: int
    """Ads that name no payer, those whose content is hidden among them."""
    by_country: list[Part]
    """Those in which ads cost most at least; `MOST_PLACES` of them."""
    places: list[Part]
    """Places aimed at, the most ads first; `MOST_PLACES` of them."""
    all_places: int
    without_place: int
    states: dict[str, Part]
    """Of the places of ads in the United States, the states, by their two letters."""
    countries: dict[str, Part]
    """Countries of Europe in which ads ran, by their two letters."""
    ages: list[Part]
    genders: list[Part]


@dataclass(frozen=True, slots=True)
class Overview:
    """The sums over the ads of a country and a span of time."""

    ads: int
    first: datetime | None
    last: datetime | None
    unpublished: int
    """Ads of which the source does not say what was spent."""
    placed: int
    """Ads that say anything of a place below the country."""
    spending: list[Spent]
    """In each currency, the commonest first."""
    other_currencies: int
    seen: WhoSaw | None
    """None where no source tells who saw the ads."""
    verdicts: dict[str, int]
    """By `Verdict`, and how many are `UNDECIDED` or were `REMOVED` from the library."""
    disclaimers: dict[str, int]
    """By `DisclaimerState`, of the ads that are decided."""
    reports: int
    """Records that sum up ads: they are told apart, for they count ads twice."""
    reported_ads: int
    reported: list[Amount]
    made_up: int


_RECORD = TypeAdapter(Overview)


def make_overviews(vault: Vault, now: datetime) -> int:
    """Sum up all ads of the library, keep the sums in the place of earlier ones, and return how many spans there are.

    Ads that were taken out are summed up as the library goes on showing them: with what they cost, without payer and
    audience where their content is hidden.
    """
    told = _told(vault)
    spans = (
        (country, span, _overview(ads, span)) for country, span, ads in _spans(told, now, Calendar.bundled().elections)
    )
    made = (
        KeptOverview(country, span, overview.ads, _RECORD.dump_json(overview).decode())
        for country, span, overview in spans
    )
    return vault.ad_overviews.replace(made, now)


def overview_of(vault: Vault, country: str = "", span: str = "") -> tuple[Overview, datetime] | None:
    """Return the sums of a country and a span, and when they were made; None where there are none.

    Payers whom no ad names any more, since one was hidden after the sums were made, are left out.

    Args:
        vault: keeps the sums.
        country: two letters; empty for all.
        span: a year `2019`, a month `2019-08` or an election's id; empty for all of the time.
    """
    kept = vault.ad_overviews.get(country, span)
    if kept is None:
        return None
    overview, made_at = _RECORD.validate_json(kept[0]), kept[1]
    named = vault.ad_sums.still_named({payer.name for spent in overview.spending for payer in spent.payers})
    for spent in overview.spending:
        spent.payers[:] = [payer for payer in spent.payers if payer.name in named]
    return overview, made_at


def _told(vault: Vault) -> pl.DataFrame:
    """Return what is summed of all ads, and what was decided about them."""
    told = pl.concat([_decided([], []), *(_decided(*zip(*rows, strict=True)) for rows in vault.ads.records())])
    # Names that differ in letter case only are one payer, as on the payers' pages.
    spellings: dict[str, str] = {}
    names = told["payer"].drop_nulls().unique().sort()
    one = {name: spellings.setdefault(folded(name), name) for name in names}
    return told.with_columns(pl.col("payer").replace(one), pl.col("country").str.to_uppercase())


def _decided(records: Sequence[str], decisions: Sequence[str | None]) -> pl.DataFrame:
    decided = pl.Series("decision", decisions, pl.String)
    aim = pl.element().struct.field("dimension").str.contains(_AIMS)
    return ad_sums.told_ads(records, _FIELDS).with_columns(
        pl.col("targeting").list.eval(pl.element().filter(aim)),
        pl.col("removed").is_not_null(),
        decided.str.json_path_match("$.verdict").alias("verdict"),
        decided.str.json_path_match("$.disclaimer.state").alias("disclaimer"),
    )


def _spans(ads: pl.DataFrame, now: datetime, elections: Iterable[Election]) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield each country and span that has ads, and those ads."""
    began = pl.col("started_at")
    possible = began.dt.year().is_between(now.year - _YEARS_BACK, now.year + _YEARS_AHEAD)
    ads = ads.with_columns(began=pl.when(possible).then(began))
    # Some sources write other things than two letters; so many spans as they can think of would be no overview.
    written = ads.filter(pl.col("country").str.contains("^[A-Z]{2}$")).partition_by("country", as_dict=True)
    for country, mine in [("", ads), *((str(key[0]), part) for key, part in sorted(written.items()))]:
        yield country, "", mine
        for form in ("%Y", "%Y-%m"):
            dated = mine.filter(pl.col("began").is_not_null()).with_columns(span=pl.col("began").dt.strftime(form))
            for (span,), part in sorted(dated.partition_by("span", as_dict=True).items()):
                yield country, str(span), part
    for election in elections:
        within = Within.before(election)
        found = within.of(ads)
        if election.jurisdiction == "EU":
            found = found.filter(pl.col("country").is_in(list(EU_STATES)))
        if found.height:
            yield within.country or "", election.id, found


def _overview(records: pl.DataFrame, span: str) -> Overview:
    ads, reports = records.filter(pl.col("sums_up").is_null()), records.filter(pl.col("sums_up").is_not_null())
    amounts = ad_sums.amounts(ads)
    # A whole year and all of the time are shown by months, all else by days.
    in_time = ad_sums.by_month if len(span) in {0, len("2019")} else ad_sums.by_day
    standing = pl.when("removed").then(pl.lit(REMOVED)).otherwise(pl.col("verdict").fill_null(UNDECIDED))
    return Overview(
        ads=ads.height,
        first=ad_sums.instant(ads["began"].min()),
        last=ad_sums.instant(ads["began"].max()),
        unpublished=ads["spend_currency"].null_count(),
        placed=ad_sums.number_aimed(ads, ad_sums.PLACES),
        spending=[_spent(ads, amount, in_time) for amount in amounts[:_MOST_CURRENCIES]],
        other_currencies=len(amounts[_MOST_CURRENCIES:]),
        seen=who_saw(ads),
        verdicts=dict(Counter(ads.select(verdict=standing)["verdict"])),
        disclaimers=dict(Counter(ads["disclaimer"].drop_nulls())),
        reports=reports.height,
        reported_ads=int(reports["sums_up"].sum()),
        reported=ad_sums.amounts(reports)[:_MOST_CURRENCIES],
        made_up=int(records["synthetic"].sum()),
    )


def _spent(ads: pl.DataFrame, total: Amount, in_time: Callable[[pl.DataFrame, str], list[Part]]) -> Spent:
    currency = total.currency
    mine = ads.filter(pl.col("spend_currency") == currency)
    payers = ad_sums.by(mine.filter(pl.col("payer").str.strip_chars() != ""), "payer")
    countries = ad_sums.by(mine, "country")
    places = ad_sums.by_aim(mine, currency, ad_sums.PLACES)
    in_states = ad_sums.by_aim(mine.filter(pl.col("country") == "US"), currency, ad_sums.PLACES)
    return Spent(
        total=total,
        over_time=in_time(mine.with_columns(started_at="began"), currency),
        undated=mine["began"].null_count(),
        payers=sorted(payers, key=_dearest)[:TOP_PAYERS],
        all_payers=len(payers),
        without_payer=mine.height - sum(part.ads for part in payers),
        by_country=sorted(countries, key=_dearest)[:MOST_PLACES],
        places=places[:MOST_PLACES],
        all_places=len(places),
        without_place=mine.height - ad_sums.number_aimed(mine, ad_sums.PLACES),
        states=read_map("us").placed(in_states),
        countries=read_map("europe").placed(countries),
        ages=ad_sums.by_aim(mine, currency, r"^age$")[:_MOST_AGES],
        genders=ad_sums.by_aim(mine, currency, r"^gender$")[:_MOST_AGES],
    )


def _dearest(part: Part) -> tuple[Decimal, bool, Decimal, str]:
    """Put first what costs most at least, then what may have cost most."""
    return -part.lower, part.upper is not None, -(part.upper or Decimal(0)), part.name
