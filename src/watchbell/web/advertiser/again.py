"""An advertiser's word against a person's refusal of what they showed, or of their words."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.advertisers.authorizations import appeal_refusal
from watchbell.desk.permissions import Errand
from watchbell.errors import UsageError
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Evidence
from watchbell.web.advertiser.home import address_of
from watchbell.web.advertiser.pages import own
from watchbell.web.guard import COUNTER, at_counter, desk_of, office_of

router = APIRouter(prefix=f"{COUNTER}/of/{{advertiser_id}}/again")


@router.post("")
def appeal(
    request: Request,
    advertiser_id: str,
    account: Annotated[AdvertiserAccount, at_counter(Errand.APPEAL)],
    subject: Annotated[str, Form(max_length=200)] = "",
    reasons: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Let what was refused be looked at again by somebody else."""
    found, office = own(request, account, advertiser_id), office_of(request)
    piece = office.vault.advertisers.piece(found.id, subject)
    if piece is None:
        raise UsageError("You have shown nothing like this. Open the step or the disclaimers again.")
    appeal_refusal(office, found, piece, reasons, by=account.id, now=desk_of(request).clock())
    place = f"steps/{piece.step}" if isinstance(piece, Evidence) else "disclaimers"
    return RedirectResponse(f"{address_of(found)}/{place}", HTTPStatus.SEE_OTHER)
