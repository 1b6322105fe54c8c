"""The public ad library: the front page, the search, and an ad's page. Open to everyone, nothing to sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from watchbell.desk.ad_queue import turn_of
from watchbell.desk.library import ad_view
from watchbell.desk.permissions import Permission, may
from watchbell.model.ads import FIRST_PASS, Verdict
from watchbell.vault.ads import AdQuery
from watchbell.web.guard import desk_of, needs, signed_in
from watchbell.web.pages import not_found, page

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])


class SearchForm(BaseModel):
    """The search form as a browser sends it: every field is text, an empty one asks for nothing."""

    model_config = ConfigDict(populate_by_name=True)

    text: str = Field("", max_length=200)
    payer: str = Field("", max_length=200)
    platform: str = Field("", max_length=100)
    verdict: str = Field("", max_length=20)
    since: str = Field("", alias="from", max_length=10)
    until: str = Field("", max_length=10)
    political: str = Field("", max_length=10)
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
    """Turn a form into a query."""
    since, until = first_day(form.since), first_day(form.until)
    problems = {
        name: "Write the day as year-month-day, such as 2019-09-02."
        for name, written, read in (("from", form.since, since), ("until", form.until, until))
        if written and read is None
    }
    query = AdQuery(
        text=form.text.strip() or None,
        payer=form.payer.strip() or None,
        platform=form.platform.strip() or None,
        verdict=Verdict(form.verdict) if form.verdict in list(Verdict) else None,
        started_from=since,
        started_until=last_day(form.until),
        political={"yes": True, "no": False}.get(form.political),
        sort="spend" if form.sort == "spend" else "newest",
        cursor=form.cursor or None,
    )
    return Asked(query, problems)


@router.get("/")
def front(request: Request) -> Response:
    """Say what this place is, and offer the search."""
    ads = desk_of(request).workspace.vault.ads
    return page(request, "front.html", total=ads.count(), verdicts=ads.verdicts())


@router.get("/library")
def search(request: Request, form: Annotated[SearchForm, Query()]) -> Response:
    """Show the ads that the form asks for."""
    asked = read_form(form)
    found = desk_of(request).workspace.vault.ads.search(asked.query)
    return page(
        request,
        "library.html",
        form=form,
        problems=asked.problems,
        found=found,
        next_page=form.link(found.next_cursor) if found.next_cursor else None,
    )


@router.get("/library/ads/{ad_id:path}")
def ad_page(request: Request, ad_id: str) -> Response:
    """Show one ad: who paid, how much, aimed at whom, and what was decided why."""
    desk, user = desk_of(request), signed_in(request)
    view = ad_view(desk.workspace.vault, ad_id, user)
    if view is None:
        raise not_found("There is no such ad in this library.")
    reviews = user is not None and may(user.role, Permission.ADS_REVIEW)
    turn = turn_of(desk.workspace.vault, ad_id, view.decision, user, desk.clock()) if user and reviews else None
    return page(request, "ad.html", view=view, ad=view.ad, decision=view.decision, turn=turn, FIRST_PASS=FIRST_PASS)


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
