"""What the pages of the advertisers' counter share: their frame, whose records they show, what is wrong with a form."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Request
from starlette.responses import HTMLResponse

from watchbell.desk.advertisers.counter import own_advertiser
from watchbell.desk.permissions import Errand
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Advertiser
from watchbell.web.guard import at_counter, counter_account, office_of
from watchbell.web.pages import not_found, page

Reader = Annotated[AdvertiserAccount, at_counter(Errand.READ)]
Applicant = Annotated[AdvertiserAccount, at_counter(Errand.APPLY)]


Problems = dict[str, str]
"""What is wrong with a form, by the names of its fields; each a sentence."""


class _Sentences(Problems):
    """Problems as templates ask for them: nothing is said of a field where nothing is wrong."""

    def __missing__(self, _field: str) -> str:
        return ""


def counter_page(
    request: Request,
    template: str,
    *,
    problems: Problems | None = None,
    status: int | None = None,
    **context: Any,
) -> HTMLResponse:
    """Render a page of the counter; one that says what is wrong with a form is no success, unless told otherwise."""
    status = status or (HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK)
    account = counter_account(request)
    return page(request, template, status=status, account=account, problems=_Sentences(problems or {}), **context)


def own(request: Request, account: AdvertiserAccount, advertiser_id: str) -> Advertiser:
    """Return an advertiser of the account.

    Raises:
        HTTPException: there is none of this id, or it is another's; which of the two is not told.
    """
    found = own_advertiser(office_of(request), account, advertiser_id)
    if found is None:
        raise not_found("You have no advertiser of this address.")
    return found
