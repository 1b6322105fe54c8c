"""The open door of the ad library for machines: a JSON API and bulk dumps. No account, no key, no cap."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.responses import FileResponse, JSONResponse, Response

from watchbell.ads.library import document, version_document
from watchbell.desk.ads.dump import dumps_in, files_of
from watchbell.desk.permissions import Permission
from watchbell.errors import UsageError
from watchbell.model.ads import Verdict
from watchbell.model.record import UtcDatetime
from watchbell.vault.ads import AdQuery, AdSort
from watchbell.web.ad_pictures import picture_address
from watchbell.web.api_words import ANSWERED, OURS
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import OPEN, not_found, page
from watchbell.web.search_form import first_day, last_day, of_election

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])
POLITICAL = "POLITICAL_AND_ISSUE_ADS"
_LIST = re.compile(r"\[\s*(?P<within>.*?)\s*\]", re.DOTALL)


class Asked(BaseModel):
    """The parameters of the API, named as in Meta's Ad Library API where it has them."""

    # What stands below each field is what the page about the API says of it.
    model_config = ConfigDict(use_attribute_docstrings=True)

    search_terms: str = Field("", max_length=500)
    """Words that must all occur in the ad's text, advertiser, payer or disclaimer; `vot*` is any that begins so."""
    bylines: str = Field("", max_length=200)
    """Words that must all occur in the payer's name."""
    search_page_name: str = Field("", max_length=200)
    """Words that must all occur in the name of the page or account it ran from."""
    publisher_platforms: str = Field("", max_length=100)
    """One platform: `facebook`, `snapchat`…"""
    ad_reached_countries: str = Field("", max_length=100)
    """One country, as ISO 3166-1 alpha-2 where the source allows it."""
    ad_delivery_date_min: str = Field("", max_length=10)
    """It was first shown on this day or later: `2019-09-02`, in UTC."""
    ad_delivery_date_max: str = Field("", max_length=10)
    """It was first shown on this day or before."""
    running_on: str = Field("", max_length=10)
    """It was first shown on this day or before, and last shown on it or later; or nobody says that it ended."""
    election: str = Field("", max_length=80)
    """One election of the calendar, such as `us-general-2026`: its country, and the weeks before it and its days."""
    target_locations: str = Field("", max_length=200)
    """Words that must all occur in the names of places below the country that it was aimed at."""
    languages: str = Field("", max_length=100)
    """One language, as its source writes it: the ad's, or that of those it was aimed at."""
    source: str = Field("", max_length=100)
    """The library or reader through which it came: `snap`, `meta-report`, `ira`…"""
    spend_min: float | None = Field(None, ge=0, allow_inf_nan=False)
    """The least that the source says was spent is no less, whatever the currency."""
    spend_max: float | None = Field(None, ge=0, allow_inf_nan=False)
    """The least that the source says was spent is no more."""
    removed: bool | None = None
    """Taken out of the library: a tombstone stands in its place."""
    verdict: Verdict | None = None
    """What was decided: `approve`, `review` or `reject`."""
    political: bool | None = None
    """As decided; as declared, while nothing is decided."""
    sort: AdSort = AdSort.NEWEST
    """`newest`, or `spend`: the highest first."""
    limit: int = Field(25, ge=1, le=1000)
    """How many ads a page has."""
    after: str = Field("", max_length=500)
    """`paging.cursors.after` of the page before."""
    fields: str = Field("", max_length=2_000)
    """The fields of each ad to tell, with commas between; `id` is always there, one that we do not have never."""
    ad_active_status: Literal["ALL", "ACTIVE", "INACTIVE"] = "ALL"
    """`ACTIVE`: running today (UTC), or nobody says that it ended; `INACTIVE`: it ended before today."""
    ad_type: Literal["ALL", "POLITICAL_AND_ISSUE_ADS"] = "ALL"
    """`POLITICAL_AND_ISSUE_ADS` asks for the same as `political=true`."""
    search_type: Literal["KEYWORD_UNORDERED"] = "KEYWORD_UNORDERED"
    """Words are found in any order; there is no search for a phrase."""
    access_token: str = Field("", exclude=True, repr=False)
    """For scripts that send one: it is not looked at, and kept nowhere."""

    @field_validator("bylines", "publisher_platforms", "ad_reached_countries", "languages", mode="before")
    @classmethod
    def _one_of_a_list(cls, written: object) -> object:
        """Return the one value of a list, as Meta's clients write it: `['US']`."""
        listed = _LIST.fullmatch(written.strip()) if isinstance(written, str) else None
        if listed is None:
            return written
        values = [one.strip().strip("'\"") for one in listed["within"].split(",")]
        if len(values) > 1:
            raise ValueError("this library takes one value at a time")
        return values[0]

    def query(self, today: date) -> AdQuery:
        """Return the question to the library.

        Args:
            today: the day, in UTC, of which `ad_active_status` asks.

        Raises:
            UsageError: a day cannot be read, the calendar has no such election, or two parameters exclude each other.
        """
        self._check_pairs()
        told = of_election(self.election)
        if self.election and not told:
            raise UsageError(f"`election` is {self.election!r}, which is not in the calendar.")
        began = _read("ad_delivery_date_min", self.ad_delivery_date_min, first_day(self.ad_delivery_date_min))
        until = _read("ad_delivery_date_max", self.ad_delivery_date_max, last_day(self.ad_delivery_date_max))
        running = _read("running_on", self.running_on, first_day(self.running_on))
        return AdQuery(
            text=self.search_terms.strip() or None,
            payer=self.bylines.strip() or None,
            advertiser=self.search_page_name.strip() or None,
            platform=self.publisher_platforms.strip() or None,
            country=self._country() or told.get("country"),
            place=self.target_locations.strip() or None,
            language=self.languages.strip() or None,
            source=self.source.strip() or None,
            spend_least=self.spend_min,
            spend_most=self.spend_max,
            removed=self.removed,
            verdict=self.verdict,
            political=True if self.ad_type == POLITICAL else self.political,
            started_from=began or told.get("started_from"),
            started_until=until or told.get("started_until"),
            running_on=today if self.ad_active_status == "ACTIVE" else running and running.date(),
            ended_before=today if self.ad_active_status == "INACTIVE" else None,
            cursor=self.after or None,
            limit=self.limit,
            sort=self.sort,
        )

    def selected(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Return those fields of an ad that are asked for."""
        wanted = {"id", *(name.strip() for name in self.fields.split(","))}
        return {name: value for name, value in told.items() if not self.fields.strip() or name in wanted}

    def _country(self) -> str:
        written = self.ad_reached_countries.strip()
        return "" if written == "ALL" else written

    def _check_pairs(self) -> None:
        if self.ad_active_status == "ACTIVE" and self.running_on:
            raise UsageError("`ad_active_status` asks of today and `running_on` of a day; give one of them.")
        if self.ad_type == POLITICAL and self.political is False:
            raise UsageError("`ad_type` asks for political ads and `political` for others; give one of them.")


@router.get("/api/v1/ads")
def ads(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    """Answer with a page of ads; the same question gives the same answer.

    Raises:
        UsageError: it is asked by a parameter that there is not, or by one that cannot be read.
    """
    if unknown := request.query_params.keys() - Asked.model_fields.keys():
        known = ", ".join(Asked.model_fields)
        raise UsageError(f"`{min(unknown)}` is no parameter here. This library knows {known}.")
    found = desk_of(request).workspace.vault.ads.search(asked.query(desk_of(request).clock().date()))
    base = str(request.base_url).rstrip("/")
    groups = desk_of(request).workspace.vault.ad_sums.groups_of(ad.id for ad, _ in found.ads if not ad.content_hidden)
    shown = desk_of(request).workspace.vault.ad_pictures.groups_of(ad.id for ad, _ in found.ads)
    data = [document(ad, decision, page_address=f"{base}/library/ads/{quote(ad.id)}") for ad, decision in found.ads]
    for told in data:
        told["watchbell"]["alike"] = groups.get(told["id"])
        told["watchbell"]["alike_pictures"] = shown.get(told["id"], [])
        for picture in told["watchbell"]["pictures"]:
            picture["url"] = base + picture_address(told["id"], picture["sha256"]) if picture["sha256"] else None
    paging = {}
    if found.next_cursor:
        given = asked.model_dump(mode="json", exclude_defaults=True) | {"after": found.next_cursor}
        paging = {"cursors": {"after": found.next_cursor}, "next": f"{base}/api/v1/ads?{urlencode(given)}"}
    total = {"total_count": found.total, "total_is_least": found.total_is_least}
    return JSONResponse({"data": [asked.selected(told) for told in data], "paging": paging} | total, headers=OPEN)


@router.get("/api/v1/ads/{ad_id:path}/versions")
def versions(request: Request, ad_id: str) -> Response:
    """Answer with what an ad is and was, the version that stands first, each with what changed."""
    kept = desk_of(request).workspace.vault.ads.history.versions(ad_id)
    if not kept:
        raise not_found("There is no such ad in this library.")
    return JSONResponse({"id": ad_id, "data": [version_document(version) for version in kept]}, headers=OPEN)


@router.get("/library/api")
def about(request: Request) -> Response:
    """Tell how the API is asked, and what it answers."""
    base = str(request.base_url).rstrip("/")
    asked = [(name, field.description, _default(field.get_default())) for name, field in Asked.model_fields.items()]
    return page(request, "api.html", base=base, asked=asked, answered=ANSWERED, ours=OURS)


@router.get("/library/dumps")
def dumps(request: Request) -> Response:
    """List the bulk dumps."""
    kept = [(folder.name, _sizes(folder)) for folder in dumps_in(desk_of(request).workspace.dumps)]
    return page(request, "dumps.html", dumps=kept)


@router.get("/library/dumps/{dump}/{file}")
def dump_file(request: Request, dump: str, file: str) -> Response:
    """Hand out one file of a dump."""
    folders = {folder.name: folder for folder in dumps_in(desk_of(request).workspace.dumps)}
    if dump not in folders or file not in files_of(folders[dump]):
        raise not_found("There is no such file among the dumps.")
    return FileResponse(folders[dump] / file, filename=file, headers=OPEN)


def _default(value: object) -> str:
    return "" if value in ("", None) else str(value)


def _sizes(folder: Path) -> list[tuple[str, int]]:
    return [(name, (folder / name).stat().st_size) for name in files_of(folder)]


def _read(field: str, written: str, day: UtcDatetime | None) -> UtcDatetime | None:
    if written and day is None:
        raise UsageError(f"`{field}` is {written!r}; write the day as year-month-day, such as 2019-09-02.")
    return day
