"""What an advertiser declares of an ad for its transparency notice in the European Union (Regulation 2024/900)."""

from collections.abc import Sequence
from datetime import UTC, date
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from watchbell.ads.elections.calendar import EU_STATES, Calendar, Election
from watchbell.desk.ads.eu_notices import declaration_of, declare, drafted_declaration, notice_versions, publisher_of
from watchbell.desk.ads.payers import PaidView
from watchbell.desk.permissions import Errand
from watchbell.errors import UsageError
from watchbell.model.ads import Ad, Declaration
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Advertiser
from watchbell.web.advertiser.ads import own_ad
from watchbell.web.advertiser.home import address_of
from watchbell.web.advertiser.pages import Problems, Reader, counter_page, own
from watchbell.web.guard import COUNTER, at_counter, desk_of, office_of

router = APIRouter(prefix=f"{COUNTER}/of/{{advertiser_id}}/notices")

NOTHING = "nothing"
_YES_OR_NO = {"yes": True, "no": False}


class NoticeForm(BaseModel):
    """The form as a browser sends it; an empty field declares nothing."""

    address: str = Field(default="", max_length=300)
    nobody_controls: bool = False
    origin: str = Field(default="", max_length=30)
    whence: str = Field(default="", max_length=30)
    in_campaign: str = Field(default="", max_length=3)
    amount: str = Field(default="", max_length=30)
    currency: str = Field(default="EUR", max_length=3)
    method: str = Field(default="", max_length=1000)
    linked: list[str] = Field(default=[], max_length=20)
    """Ids of elections, or `NOTHING`."""
    process: str = Field(default="", max_length=200)
    personal_data: str = Field(default="", max_length=3)
    techniques: str = Field(default="", max_length=4000)
    rights: str = Field(default="", max_length=1000)
    true: bool = False
    """Whoever sends it says that it is so."""


@router.get("/{ad_id:path}")
def notice_form(request: Request, advertiser_id: str, ad_id: str, account: Reader) -> Response:
    """Show what is declared of an ad, what its notice lacks, and the form."""
    found = own(request, account, advertiser_id)
    view = own_ad(request, found, ad_id)
    return _page(request, found, view, _filled(declaration_of(office_of(request).vault, view.ad)))


@router.post("/{ad_id:path}")
def declare_it(
    request: Request,
    advertiser_id: str,
    ad_id: str,
    account: Annotated[AdvertiserAccount, at_counter(Errand.DECLARE)],
    form: Annotated[NoticeForm, Form()],
) -> Response:
    """Keep what an advertiser declares; it stands in the notice at once."""
    found, office, now = own(request, account, advertiser_id), office_of(request), desk_of(request).clock()
    view = own_ad(request, found, ad_id)
    if not form.true:
        return _page(request, found, view, form, {"true": "Say that what you declare is true, or send nothing."})
    try:
        declare(office.vault, found, view.ad.id, _declared(form), by=account.id, now=now)
    except UsageError as error:
        return _page(request, found, view, form, {"form": str(error)})
    return RedirectResponse(f"{address_of(found)}/notices/{quote(ad_id)}", HTTPStatus.SEE_OTHER)


def _declared(form: NoticeForm) -> Declaration:
    """Return what a form declares.

    Raises:
        UsageError: a field cannot be; the message names it.
    """
    told = form.model_dump(include={"address", "nobody_controls", "origin", "whence", "method", "techniques", "rights"})
    told |= {name: _YES_OR_NO.get(getattr(form, name)) for name in ("in_campaign", "personal_data")}
    elections = [one for one in form.linked if one != NOTHING]
    linked = [*elections, *filter(None, [form.process.strip()])]
    if linked and NOTHING in form.linked:
        raise UsageError("The ad is linked to something or to nothing. Choose one of the two.")
    told["linked"] = linked or ([] if NOTHING in form.linked else None)
    if form.amount.strip():
        amount = _amount(form.amount)
        told["campaign"] = {"currency": form.currency.strip().upper(), "lower": amount, "upper": amount}
    return drafted_declaration(told)


def _amount(written: str) -> Decimal:
    try:
        amount = Decimal(written.strip())
    except InvalidOperation as error:
        raise UsageError(
            f"{written[:30]!r} is no amount. Write it in figures with a point, such as 1250.50."
        ) from error
    if not amount.is_finite() or amount < 0:
        raise UsageError(f"{written[:30]!r} is no amount: it is a finite number, zero or more.")
    return amount


def _filled(declared: Declaration) -> NoticeForm:
    """Return the form with what is declared in it."""
    words = declared.linked or ()
    known = {one.id for one in Calendar.bundled().elections}
    yes_or_no = {True: "yes", False: "no", None: ""}
    given = declared.model_dump(include={"address", "origin", "whence", "method", "techniques", "rights"})
    return NoticeForm(
        **{name: value or "" for name, value in given.items()},
        nobody_controls=declared.nobody_controls,
        in_campaign=yes_or_no[declared.in_campaign],
        amount=str(declared.campaign.lower) if declared.campaign else "",
        currency=declared.campaign.currency if declared.campaign else "EUR",
        linked=[NOTHING] if declared.linked == () else [one for one in words if one in known],
        process="; ".join(one for one in words if one not in known),
        personal_data=yes_or_no[declared.personal_data],
    )


def _page(
    request: Request, advertiser: Advertiser, view: PaidView, form: NoticeForm, problems: Problems | None = None
) -> Response:
    office, now = office_of(request), desk_of(request).clock()
    vault = office.vault
    versions = notice_versions(vault, view.ad.id, publisher_of(office.settings, view.ad.id), now)
    return counter_page(
        request,
        "advertiser_notice.html",
        problems=problems,
        advertiser=advertiser,
        ad=view.ad,
        form=form,
        notice=versions[0].notice if versions else None,
        declared=vault.ad_notices.declared(view.ad.id),
        elections=_elections(view.ad, now.date()),
    )


def _elections(ad: Ad, today: date) -> Sequence[Election]:
    """Return the elections in the Union that were not over when an ad was first shown."""
    since = ad.started_at.astimezone(UTC).date() if ad.started_at else today
    return [one for one in Calendar.bundled().coming(since) if one.jurisdiction[:2] in {"EU", *EU_STATES}]
