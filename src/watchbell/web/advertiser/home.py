"""The first pages of the advertisers' counter: for whom one answers, a new way to be authorised, where it stands."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.advertisers import counter
from watchbell.desk.advertisers.counter import Application
from watchbell.desk.advertisers.steps import status
from watchbell.desk.permissions import Errand
from watchbell.errors import UsageError
from watchbell.model.advertiser_accounts import AccountStage, AdvertiserAccount
from watchbell.model.advertisers import Advertiser
from watchbell.web.advertiser.pages import Applicant, Problems, Reader, counter_page, own
from watchbell.web.guard import COUNTER, EnrolmentNeededError, at_counter, desk_of, office_of

router = APIRouter(prefix=COUNTER)


@router.get("")
def home(request: Request, account: Annotated[AdvertiserAccount | None, at_counter(Errand.ENTER)]) -> Response:
    """Say what this is, or show for whom the person answers."""
    if account is None:
        return counter_page(request, "advertiser_front.html", book=office_of(request).book)
    if account.stage is AccountStage.ENROLLING:
        raise EnrolmentNeededError
    office, now = office_of(request), desk_of(request).clock()
    mine = [(one, status(office, one, now)) for one in office.vault.advertisers.of_account(account.id)]
    left = office.vault.advertiser_accounts.recovery_codes_left(account.id)
    return counter_page(request, "advertiser_home.html", mine=mine, book=office.book, recovery_codes_left=left)


@router.get("/new", dependencies=[at_counter(Errand.APPLY)])
def new_form(request: Request, jurisdiction: str = "US") -> Response:
    """Show the ways of a jurisdiction."""
    return _new_page(request, Application(jurisdiction, ""))


@router.post("/new")
def new(
    request: Request,
    account: Applicant,
    jurisdiction: Annotated[str, Form(max_length=2)],
    route: Annotated[str, Form(max_length=64)] = "",
    organisation: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Begin to be authorised one way."""
    wanted = Application(jurisdiction, route, " ".join(organisation.split()))
    problems = _wrong(request, wanted)
    if not problems:
        try:
            made = counter.apply(office_of(request), account, wanted, desk_of(request).clock())
        except UsageError as error:
            problems = {"organisation": str(error)}
        else:
            return RedirectResponse(address_of(made), HTTPStatus.SEE_OTHER)
    return _new_page(request, wanted, problems)


@router.get("/of/{advertiser_id}")
def standing(request: Request, advertiser_id: str, account: Reader) -> Response:
    """Show the steps, their state, and what is missing."""
    office, now = office_of(request), desk_of(request).clock()
    found = own(request, account, advertiser_id)
    jurisdiction = office.book.jurisdictions[found.jurisdiction]
    return counter_page(
        request,
        "advertiser_standing.html",
        advertiser=found,
        jurisdiction=jurisdiction,
        route=jurisdiction.routes[found.route],
        standing=status(office, found, now),
        now=now,
    )


def address_of(advertiser: Advertiser) -> str:
    """Return where an advertiser's pages begin."""
    return f"{COUNTER}/of/{quote(advertiser.id)}"


def _new_page(request: Request, wanted: Application, problems: Problems | None = None) -> Response:
    book = office_of(request).book
    known = wanted.jurisdiction if wanted.jurisdiction in book.jurisdictions else next(iter(book.jurisdictions))
    return counter_page(
        request, "advertiser_new.html", problems=problems, book=book, wanted=wanted, chosen=book.jurisdictions[known]
    )


def _wrong(request: Request, wanted: Application) -> Problems:
    """Return what the form lacks."""
    jurisdiction = office_of(request).book.jurisdictions.get(wanted.jurisdiction)
    route = jurisdiction.routes.get(wanted.route) if jurisdiction else None
    if route is None:
        return {"route": "Choose one of the ways."}
    if route.organisation and not wanted.organisation:
        return {"organisation": "Name the organisation that pays, as its register or tax office knows it."}
    if not route.organisation and wanted.organisation:
        return {"organisation": "This way is for a person alone. Leave the organisation empty, or choose another way."}
    return {}
