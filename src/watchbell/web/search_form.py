"""The search of the ad library as a form asks it, and the same question as the API takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from watchbell.ads.elections.calendar import Calendar, Election
from watchbell.desk.ads.sums import Within
from watchbell.model.ads import Verdict
from watchbell.vault.ads import AdQuery

_YES_OR_NO = {"yes": True, "no": False}


class SearchForm(BaseModel):
    """The search form as a browser sends it: every field is text, an empty one asks for nothing."""

    model_config = ConfigDict(populate_by_name=True)

    text: str = Field("", max_length=200)
    payer: str = Field("", max_length=200)
    advertiser: str = Field("", max_length=200)
    platform: str = Field("", max_length=100)
    country: str = Field("", max_length=100)
    place: str = Field("", max_length=200)
    language: str = Field("", max_length=100)
    source: str = Field("", max_length=100)
    election: str = Field("", max_length=80)
    verdict: str = Field("", max_length=20)
    since: str = Field("", alias="from", max_length=10)
    until: str = Field("", max_length=10)
    running: str = Field("", max_length=10)
    least: str = Field("", max_length=20)
    most: str = Field("", max_length=20)
    political: str = Field("", max_length=10)
    removed: str = Field("", max_length=10)
    sort: str = Field("newest", max_length=10)
    cursor: str = Field("", max_length=500)

    def filled(self) -> dict[str, str]:
        """Return the fields that ask for something, by the names they have in the address."""
        fields = self.model_dump(by_alias=True, exclude={"cursor"}, exclude_defaults=True)
        return {name: value for name, value in fields.items() if value}

    def link(self, cursor: str) -> str:
        """Return the address of the page of results that starts at `cursor`."""
        return f"/library?{urlencode(self.filled() | {'cursor': cursor})}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for, and a sentence on each field that could not be read, which is then left out."""

    query: AdQuery
    problems: Mapping[str, str]


def read_form(form: SearchForm) -> Asked:
    """Turn a form into a query. An election asks for its country and the weeks before it, where nothing else does."""
    days = {"from": (form.since, first_day(form.since)), "until": (form.until, first_day(form.until))}
    days |= {"running": (form.running, first_day(form.running))}
    sums = {"least": (form.least, sum_of(form.least)), "most": (form.most, sum_of(form.most))}
    problems = {name: _DAY for name, (written, read) in days.items() if written and read is None}
    problems |= {name: _SUM for name, (written, read) in sums.items() if written.strip() and read is None}
    told = of_election(form.election)
    fields = ("text", "payer", "advertiser", "platform", "place", "language", "source")
    query = AdQuery(
        **{name: getattr(form, name).strip() or None for name in fields},
        country=form.country.strip() or told.get("country"),
        verdict=Verdict(form.verdict) if form.verdict in list(Verdict) else None,
        started_from=first_day(form.since) or told.get("started_from"),
        started_until=last_day(form.until) or told.get("started_until"),
        running_on=running.date() if (running := days["running"][1]) else None,
        spend_least=sums["least"][1],
        spend_most=sums["most"][1],
        political=_YES_OR_NO.get(form.political),
        removed=_YES_OR_NO.get(form.removed),
        sort="spend" if form.sort == "spend" else "newest",
        cursor=form.cursor or None,
    )
    return Asked(query, problems)


def elections() -> tuple[Election, ...]:
    """Return the elections that can be asked for."""
    return Calendar.bundled().elections


def api_link(query: AdQuery) -> str:
    """Return the address at which the API answers the same question."""
    until = query.started_until
    given = {
        "search_terms": query.text,
        "bylines": query.payer,
        "search_page_name": query.advertiser,
        "publisher_platforms": query.platform,
        "ad_reached_countries": query.country,
        "target_locations": query.place,
        "languages": query.language,
        "source": query.source,
        "ad_delivery_date_min": query.started_from and f"{query.started_from:%Y-%m-%d}",
        "ad_delivery_date_max": until and f"{until - timedelta(days=1):%Y-%m-%d}",
        "running_on": query.running_on,
        "spend_min": query.spend_least,
        "spend_max": query.spend_most,
        "verdict": query.verdict,
        "political": None if query.political is None else str(query.political).lower(),
        "removed": None if query.removed is None else str(query.removed).lower(),
        "sort": None if query.sort == "newest" else query.sort,
    }
    asked = urlencode({name: value for name, value in given.items() if value is not None})
    return f"/api/v1/ads?{asked}" if asked else "/api/v1/ads"


def last_day(text: str) -> datetime | None:
    """Return the end of a day, of which a question means the whole; None where the calendar ends with it."""
    day = first_day(text)
    try:
        return day + timedelta(days=1) if day else None
    except OverflowError:
        return None


def first_day(text: str) -> datetime | None:
    """Return the beginning of a day written year-month-day; None where it is not."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def sum_of(text: str) -> float | None:
    """Return a sum, not below zero; None where the text is none."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


_DAY = "Write the day as year-month-day, such as 2019-09-02."
_SUM = "Write a sum as a number, such as 1500."


def of_election(election_id: str) -> dict[str, Any]:
    """Return what an election asks for; nothing where there is none of that id."""
    found = Calendar.bundled().election(election_id)
    if found is None:
        return {}
    within = Within.before(found)
    return {"country": within.country, "started_from": within.began_from, "started_until": within.began_until}
