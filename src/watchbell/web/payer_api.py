"""The payers of the ad library for machines: who pays, and what a payer's page says, as JSON. No account, no key."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from watchbell.clock import utc_text
from watchbell.desk.ads.payer_view import PayerView, Spending, payer_view
from watchbell.desk.ads.sums import Amount, Part
from watchbell.desk.permissions import Permission
from watchbell.web.guard import desk_of, needs, office_of
from watchbell.web.pages import OPEN, not_found
from watchbell.web.payers import Name, within_of

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])

_PER_PAGE = 500


@router.get("/api/v1/payers")
def payers(request: Request, begins: Name = "", after: Name = "") -> Response:
    """Answer with payers by name, and in how many records each stands."""
    found = desk_of(request).workspace.vault.ad_sums.payers(begins, after, _PER_PAGE + 1)
    shown, base = found[:_PER_PAGE], str(request.base_url).rstrip("/")
    data = [{"name": one.name, "records": one.records, "payer": _address(base, one.name)} for one in shown]
    following = {"begins": begins, "after": shown[-1].key} if len(found) > _PER_PAGE else None
    paging = {"next": f"{base}/api/v1/payers?{urlencode(following)}"} if following else {}
    return JSONResponse({"data": data, "paging": paging}, headers=OPEN)


@router.get("/api/v1/payer")
def payer(request: Request, name: Name, election: Name = "", place: Name = "") -> Response:
    """Answer with what the library says of one payer: the figures of their page, of all their ads or of some."""
    view = payer_view(office_of(request), name, desk_of(request).clock(), within_of(election, place))
    if view is None:
        raise not_found("No ad in this library names this payer.")
    return JSONResponse(_document(view), headers=OPEN)


def _address(base: str, name: str) -> str:
    return f"{base}/api/v1/payer?{urlencode({'name': name})}"


def _document(view: PayerView) -> dict[str, Any]:
    return {
        "name": view.name,
        "label": view.known.label,
        "evidence": list(view.known.steps),
        "ads": view.ads,
        "ads_from_bound_accounts": view.known.bound,
        "first_shown": view.first and utc_text(view.first),
        "last_shown": view.last and utc_text(view.last),
        "spend_not_published": view.unpublished,
        "spending": [_spending(one) for one in view.spending],
        "reports": {"records": view.sums, "ads": view.summed_ads, "spend": [_amount(one) for one in view.summed]},
        "seen": view.seen and asdict(view.seen),
        "pages": {one.name: one.ads for one in view.pages},
        "countries": {one.name: one.ads for one in view.countries},
        "sources": {one.name: one.ads for one in view.sources},
        "verdicts": dict(view.verdicts),
        "registrations_claimed": list(view.registrations),
        "made_up": view.made_up,
    }


def _spending(spending: Spending) -> dict[str, Any]:
    parts = ("months", "places", "kept_from", "spots", "ages", "genders")
    return _amount(spending.total) | {name: [_part(one) for one in getattr(spending, name)] for name in parts}


def _amount(sum_: Amount) -> dict[str, Any]:
    return {"currency": sum_.currency, "ads": sum_.ads} | bounds(sum_)


def _part(part: Part) -> dict[str, Any]:
    return {"name": part.name, "ads": part.ads} | bounds(part)


def bounds(sum_: Amount | Part) -> dict[str, str | None]:
    """Return the bounds as the API writes them: exact decimals as text, no upper one where nobody knows."""
    upper = None if sum_.upper is None else f"{sum_.upper.normalize():f}"
    return {"lower_bound": f"{sum_.lower.normalize():f}", "upper_bound": upper}
