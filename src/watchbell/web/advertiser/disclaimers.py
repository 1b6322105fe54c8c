"""The words under which an advertiser's ads run: composed from the verified name, and seen before they are kept."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from watchbell.ads.notices.words import notice_languages
from watchbell.ads.payers.statements import Authority, share_of_text, shown_at
from watchbell.desk.advertisers.disclaimers import drafted_disclaimer, enabled_disclaimers, make_disclaimer
from watchbell.desk.advertisers.registers import known_names
from watchbell.desk.advertisers.steps import status
from watchbell.desk.permissions import Errand
from watchbell.errors import InputError, UsageError
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Advertiser, PayerDisclaimer
from watchbell.web.advertiser.forms import DISCLAIMER_FORMS, Told, lacking, statement_of
from watchbell.web.advertiser.home import address_of
from watchbell.web.advertiser.pages import Problems, Reader, counter_page, own
from watchbell.web.guard import COUNTER, at_counter, desk_of, office_of

router = APIRouter(prefix=f"{COUNTER}/of/{{advertiser_id}}/disclaimers")


class DisclaimerForm(BaseModel):
    """What is filled in for a disclaimer; which of it is asked for depends on the jurisdiction."""

    authority: str = Field(default="", max_length=16)
    candidate: str = Field(default="", max_length=200)
    contact: str = Field(default="", max_length=300)
    behind: str = Field(default="", max_length=200)
    behind_contact: str = Field(default="", max_length=300)
    language: str = Field(default="en", max_length=2)
    room: str = Field(default="", max_length=6)
    """How many characters the ad holds, of the US only."""
    do: Literal["preview", "make"] = "preview"


@router.get("")
def disclaimers(request: Request, advertiser_id: str, account: Reader) -> Response:
    """List the disclaimers, and show the form for another one."""
    return _page(request, own(request, account, advertiser_id), DisclaimerForm())


@router.post("")
def draft_or_make(
    request: Request,
    advertiser_id: str,
    account: Annotated[AdvertiserAccount, at_counter(Errand.DISCLAIM)],
    form: Annotated[DisclaimerForm, Form()],
) -> Response:
    """Show the words as they would be, or keep them."""
    found, office, now = own(request, account, advertiser_id), office_of(request), desk_of(request).clock()
    told = Told(form.model_dump())
    problems = lacking(DISCLAIMER_FORMS.get(found.jurisdiction, ()), told)
    if form.room and not (form.room.isascii() and form.room.isdecimal() and int(form.room)):
        problems["room"] = "Write in figures how many characters the ad holds, such as 200."
    if problems:
        return _page(request, found, form, problems=problems)
    compose = make_disclaimer if form.do == "make" else drafted_disclaimer
    try:
        composed = compose(office, found, statement_of(told.words, found), known_names(office.settings), now=now)
    except (UsageError, InputError) as error:
        return _page(request, found, form, problems={_blamed(form, found.jurisdiction): str(error)})
    if form.do == "make":
        return RedirectResponse(f"{address_of(found)}/disclaimers", HTTPStatus.SEE_OTHER)
    return _page(request, found, form, draft=composed)


def _blamed(form: DisclaimerForm, jurisdiction: str) -> str:
    """Return beside which field stands what the law asks for beyond the form; of the US, by 11 CFR 110.11(b)."""
    if jurisdiction == "EU":
        return "language"
    if jurisdiction != "US":
        return "contact"
    return {Authority.OTHER.value: "candidate", Authority.NONE.value: "contact"}.get(form.authority, "authority")


def _page(
    request: Request,
    advertiser: Advertiser,
    form: DisclaimerForm,
    *,
    problems: Problems | None = None,
    draft: PayerDisclaimer | None = None,
) -> Response:
    office, now = office_of(request), desk_of(request).clock()
    return counter_page(
        request,
        "advertiser_disclaimers.html",
        problems=problems,
        advertiser=advertiser,
        fields=DISCLAIMER_FORMS.get(advertiser.jurisdiction),
        form=form.model_dump(),
        languages=notice_languages(),
        draft=draft,
        on_ad=shown_at(draft.text, draft.adapted, share_of_text(draft.text, int(form.room)))
        if draft and form.room
        else None,
        standing=status(office, advertiser, now),
        made=office.vault.advertisers.disclaimers(advertiser.id)[::-1],
        enabled={one.id for one in enabled_disclaimers(office, advertiser, now)},
    )
