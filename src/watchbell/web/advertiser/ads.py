"""An advertiser's ads, what was decided about each, and appeals."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.ads.appeals import can_be_appealed, is_appealed, open_appeal
from watchbell.desk.ads.payers import PaidView, ads_of
from watchbell.desk.permissions import Errand
from watchbell.errors import UsageError
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Advertiser
from watchbell.web.advertiser.home import address_of
from watchbell.web.advertiser.pages import Problems, Reader, counter_page, own
from watchbell.web.guard import COUNTER, at_counter, desk_of, office_of
from watchbell.web.pages import not_found

router = APIRouter(prefix=f"{COUNTER}/of/{{advertiser_id}}/ads")


@router.get("")
def ads(request: Request, advertiser_id: str, account: Reader) -> Response:
    """List the advertiser's ads, and what was decided about each."""
    found = own(request, account, advertiser_id)
    views = ads_of(office_of(request), found, desk_of(request).clock())
    return counter_page(request, "advertiser_ads.html", advertiser=found, views=views)


@router.get("/{ad_id:path}")
def ad(request: Request, advertiser_id: str, ad_id: str, account: Reader) -> Response:
    """Show one ad, the decision with its reason, and the appeal."""
    found = own(request, account, advertiser_id)
    return _page(request, found, own_ad(request, found, ad_id))


@router.post("/{ad_id:path}/appeal")
def appeal(
    request: Request,
    advertiser_id: str,
    ad_id: str,
    account: Annotated[AdvertiserAccount, at_counter(Errand.APPEAL)],
    reasons: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Appeal against the decision that stands."""
    found, now = own(request, account, advertiser_id), desk_of(request).clock()
    view = own_ad(request, found, ad_id)
    try:
        open_appeal(office_of(request).vault, found, ad_id, reasons, by=account.id, now=now)
    except UsageError as error:
        return _page(request, found, view, problems={"reasons": str(error)}, reasons=reasons)
    return RedirectResponse(f"{address_of(found)}/ads/{quote(ad_id)}", HTTPStatus.SEE_OTHER)


def own_ad(request: Request, advertiser: Advertiser, ad_id: str) -> PaidView:
    """Return an ad of an advertiser.

    Raises:
        HTTPException: there is none of this id, or it is another's.
    """
    views = ads_of(office_of(request), advertiser, desk_of(request).clock())
    found = next((one for one in views if one.ad.id == ad_id), None)
    if found is None:
        raise not_found("You have no ad of this address.")
    return found


def _page(
    request: Request, advertiser: Advertiser, view: PaidView, *, problems: Problems | None = None, reasons: str = ""
) -> Response:
    appeals = office_of(request).vault.appeals.about(view.ad.id)
    decision = view.decision
    open_to_appeal = decision is not None and can_be_appealed(decision) and not is_appealed(appeals, decision)
    return counter_page(
        request,
        "advertiser_ad.html",
        problems=problems,
        advertiser=advertiser,
        view=view,
        appeals=[one for one in appeals if one.advertiser_id == advertiser.id][::-1],
        open_to_appeal=open_to_appeal,
        reasons=reasons,
    )
