"""The library in sums for machines: each figure of its overview as JSON and as CSV. No account, no key."""

import io
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from watchbell.ads.elections.calendar import Calendar
from watchbell.clock import utc_text
from watchbell.desk.ads.overview import Overview, Spent, overview_of
from watchbell.desk.ads.seen import SeenPart
from watchbell.desk.ads.sums import Part, Within
from watchbell.desk.permissions import Permission
from watchbell.files.spreadsheet import write_csv
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import OPEN, not_found
from watchbell.web.payer_api import bounds

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])

NO_SUMS = (
    "There are no sums of such ads. The operator's nightly job makes them of all countries and spans that have ads."
)


class Figure(StrEnum):
    """A table of the overview, as the address names it."""

    TOTALS = "totals"
    OVER_TIME = "over_time"
    PAYERS = "payers"
    COUNTRIES = "countries"
    PLACES = "places"
    AGES = "ages"
    GENDERS = "genders"
    SEEN_PEOPLE = "seen_people"
    SEEN_REGIONS = "seen_regions"
    VERDICTS = "verdicts"
    DISCLAIMERS = "disclaimers"
    REPORTS = "reports"


class Form(StrEnum):
    """How a figure is written."""

    JSON = "json"
    CSV = "csv"


class Chosen(BaseModel):
    """Which ads are summed up, as the page's address and the API say it."""

    country: str = Field("", max_length=2)
    """Two letters; empty: all."""
    span: str = Field("", max_length=80)
    """A year `2019`, a month `2019-08` or an election's id; empty: all of the time."""

    def settled(self) -> "Chosen":
        """Return the choice with the country of the election, where one is chosen."""
        election = Calendar.bundled().election(self.span)
        country = (Within.before(election).country or "") if election else self.country.upper()
        return Chosen(country=country, span=self.span)


class Asked(Chosen):
    """The parameters of the API."""

    model_config = ConfigDict(extra="forbid")

    figure: Figure | None = None
    """One of them; without it, all."""
    form: Form = Form.JSON
    """`csv` gives one figure, the totals where none is named."""


@router.get("/api/v1/overview")
def overview(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    """Answer with the sums over the ads of a country and a span, as they were made last."""
    chosen = asked.settled()
    kept = overview_of(desk_of(request).workspace.vault, chosen.country, chosen.span)
    if kept is None:
        raise not_found(NO_SUMS)
    found, made_at = kept
    if asked.form is Form.CSV:
        figure = asked.figure or Figure.TOTALS
        name = "-".join(filter(None, ("ads", chosen.country, chosen.span, figure)))
        disposition = {"content-disposition": f'attachment; filename="{name}.csv"'}
        return Response(_csv(rows_of(found, figure)), media_type="text/csv; charset=utf-8", headers=OPEN | disposition)
    figures = [asked.figure] if asked.figure else list(Figure)
    told = _head(found) | {figure: rows_of(found, figure) for figure in figures}
    about = {"country": chosen.country or None, "span": chosen.span or None, "as_of": utc_text(made_at)}
    return JSONResponse(about | told, headers=OPEN)


def rows_of(found: Overview, figure: Figure) -> list[dict[str, Any]]:
    """Return the rows of a figure; all have the same columns."""
    match figure:
        case Figure.VERDICTS | Figure.DISCLAIMERS:
            return [{"name": name, "ads": ads} for name, ads in sorted(getattr(found, figure).items())]
        case Figure.SEEN_PEOPLE | Figure.SEEN_REGIONS:
            return _shares(getattr(found.seen, figure.removeprefix("seen_")) if found.seen else ())
        case Figure.TOTALS | Figure.REPORTS:
            amounts = found.reported if figure is Figure.REPORTS else [spent.total for spent in found.spending]
            return [{"currency": one.currency, "ads": one.ads} | bounds(one) for one in amounts]
    return [_row(spent, part) for spent in found.spending for part in getattr(spent, _FIELDS.get(figure, figure))]


_FIELDS = {Figure.COUNTRIES: "by_country"}


def _row(spent: Spent, part: Part) -> dict[str, Any]:
    return {"currency": spent.total.currency, "name": part.name, "ads": part.ads} | bounds(part)


def _shares(parts: Iterable[SeenPart]) -> list[dict[str, Any]]:
    return [{"name": one.name, "share_lower": round(one.lower, 6), "share_upper": round(one.upper, 6)} for one in parts]


def _head(found: Overview) -> dict[str, Any]:
    return {
        "ads": found.ads,
        "first_shown": found.first and utc_text(found.first),
        "last_begun": found.last and utc_text(found.last),
        "made_up": found.made_up,
        "rests_on": {
            "ads_with_spend": found.ads - found.unpublished,
            "ads_with_place": found.placed,
            "ads_with_seen": found.seen.ads if found.seen else 0,
            "ads_decided": sum(found.disclaimers.values()),
        },
        "report_records": found.reports,
        "report_ads": found.reported_ads,
    }


def _csv(rows: list[dict[str, Any]]) -> str:
    file = io.StringIO(newline="")
    write_csv(file, list(rows[0]) if rows else ["name"], (row.values() for row in rows))
    return file.getvalue()
