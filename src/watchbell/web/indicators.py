"""Indicators: the list, and one with its history, what is said of it, and what a person can do about it."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from watchbell.desk.exchange.disarm import named_techniques
from watchbell.desk.exchange.disputes import drafted, open_dispute
from watchbell.desk.exchange.feedback import Seen, give_opinion, sight, teller_at_desk
from watchbell.desk.exchange.indicator_view import SHOWN_HITS, confidences, indicator_view, names_of_partners
from watchbell.desk.exchange.retraction import retract
from watchbell.desk.permissions import Permission
from watchbell.errors import UsageError
from watchbell.exchange.disarm import LICENCE
from watchbell.model.feedback import Claimant, OpinionValue
from watchbell.model.indicators import Indicator
from watchbell.model.partners import User
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter()
PER_PAGE = 50
WORDS = 10_000
"""Characters that a form takes; the desk then says how long a text may be."""


@router.get("/desk/indicators", dependencies=[needs(Permission.INDICATORS_READ)])
def indicators(
    request: Request,
    text: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """List the indicators that have every word of `text`."""
    shelf = desk_of(request).workspace.vault.indicators.heard_by(audience(request))
    # One more than is shown tells whether there is a next page.
    found = shelf.page(after=after, limit=PER_PAGE + 1, text=text.strip() or None)
    shown = found[:PER_PAGE]
    more = urlencode({"text": text, "after": shown[-1].id}) if len(found) > PER_PAGE else None
    desk = desk_of(request)
    return page(
        request,
        "indicators.html",
        indicators=shown,
        trusted=confidences(desk.workspace.vault, shown, desk.clock()),
        text=text,
        after=after,
        more=more,
        total=shelf.count(),
    )


@router.get("/desk/indicators/{indicator_id}", dependencies=[needs(Permission.INDICATORS_READ)])
def indicator(request: Request, indicator_id: str) -> Response:
    """Show one indicator."""
    desk = desk_of(request)
    vault, now = desk.workspace.vault, desk.clock()
    view = indicator_view(vault, indicator_id, audience(request), now)
    if view is None:
        raise not_found("There is no such indicator.")
    names = names_of_partners(vault, desk.workspace.settings.operator)
    return page(
        request,
        "indicator.html",
        view=view,
        one=view.indicator,
        names=names,
        now=now,
        techniques=named_techniques(desk.workspace, view.indicator.techniques),
        licence=LICENCE,
        SHOWN_HITS=SHOWN_HITS,
    )


@router.post("/desk/indicators/{indicator_id}/sighting")
def add_sighting(
    request: Request,
    indicator_id: str,
    times: Annotated[int, Form(ge=1, le=999_999_999)],
    first: Annotated[str, Form(max_length=40)],
    last: Annotated[str, Form(max_length=40)],
    by: Annotated[User, needs(Permission.INDICATORS_OPINE)],
) -> Response:
    """Write down that the indicator was seen."""
    desk = desk_of(request)
    seen = Seen(times, _moment(first), _moment(last))
    sight(desk.workspace.vault, indicator_id, seen, teller=teller_at_desk(by), now=desk.clock())
    return _back(indicator_id, "said")


@router.post("/desk/indicators/{indicator_id}/opinion")
def add_opinion(
    request: Request,
    indicator_id: str,
    value: Annotated[OpinionValue, Form()],
    reason: Annotated[str, Form(max_length=WORDS)],
    by: Annotated[User, needs(Permission.INDICATORS_OPINE)],
) -> Response:
    """Write down what a person thinks of the indicator."""
    desk = desk_of(request)
    give_opinion(desk.workspace.vault, indicator_id, value, reason, teller=teller_at_desk(by), now=desk.clock())
    return _back(indicator_id, "said")


@router.post("/desk/indicators/{indicator_id}/dispute")
def add_dispute(
    request: Request,
    indicator_id: str,
    claim: Annotated[str, Form(max_length=WORDS)],
    by: Annotated[User, needs(Permission.DISPUTES_OPEN)],
    evidence: Annotated[str, Form(max_length=4 * WORDS)] = "",
) -> Response:
    """Write down what an account holder says against the indicator."""
    desk, teller = desk_of(request), teller_at_desk(by)
    now = desk.clock()
    draft = drafted(
        indicator_id,
        claim,
        evidence.splitlines(),
        claimant=Claimant.ACCOUNT_HOLDER,
        teller=teller,
        due=(now, desk.workspace.settings.dispute_days),
    )
    opened = open_dispute(desk.workspace.vault, draft, teller=teller, now=now)
    return RedirectResponse(f"/desk/disputes/{opened.id}", HTTPStatus.SEE_OTHER)


@router.post("/desk/indicators/{indicator_id}/retraction")
def add_retraction(
    request: Request,
    indicator_id: str,
    reason: Annotated[str, Form(max_length=WORDS)],
    by: Annotated[User, needs(Permission.INDICATORS_RETRACT)],
) -> Response:
    """Take the indicator back."""
    desk = desk_of(request)
    retract(
        desk.workspace.vault,
        _indicator(request, indicator_id),
        reason,
        operator=desk.workspace.settings.operator,
        by=by,
        now=desk.clock(),
    )
    return _back(indicator_id, "receipts")


def _indicator(request: Request, indicator_id: str) -> Indicator:
    found = desk_of(request).workspace.vault.indicators.heard_by(audience(request)).get(indicator_id)
    if found is None:
        raise not_found("There is no such indicator.")
    return found


def _back(indicator_id: str, place: str) -> Response:
    return RedirectResponse(f"/desk/indicators/{indicator_id}#{place}", HTTPStatus.SEE_OTHER)


def _moment(text: str) -> datetime:
    """Read a time as a form sends it (HTML, `datetime-local`); it is meant in UTC, as the page says."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time. Write it as 2026-11-03T09:30.") from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
