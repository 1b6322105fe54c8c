"""The steps of an advertiser: what is shown for each, and the codes that come back."""

import re
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from watchbell.desk.advertisers import counter
from watchbell.desk.advertisers.steps import confirm, status
from watchbell.errors import InputError, NotSentError, UsageError
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict
from watchbell.web.advertiser.forms import EVIDENCE_FORMS, Told, answered, lacking, shown_by
from watchbell.web.advertiser.home import address_of
from watchbell.web.advertiser.pages import Applicant, Problems, Reader, counter_page, own
from watchbell.web.guard import COUNTER, desk_of, office_of
from watchbell.web.pages import not_found

router = APIRouter(prefix=f"{COUNTER}/of/{{advertiser_id}}/steps")

UPLOADS = re.compile(rf"{COUNTER}/of/[^/]+/steps/[^/]+/evidence")
"""The paths to which documents are sent."""
_MOST_BYTES = 20 * 1024 * 1024
_MOST_FIELDS = 12


@router.get("/{step}")
def step_form(request: Request, advertiser_id: str, step: str, account: Reader) -> Response:
    """Show what a step asks for, what was shown, and what came of it."""
    return _page(request, own(request, account, advertiser_id), step)


@router.post("/{step}/evidence")
async def show_evidence(request: Request, advertiser_id: str, step: str, account: Applicant) -> Response:
    """Take in what is shown for a step; the form is read only once it is known who sends it."""
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        told = await _told(form)
    return await run_in_threadpool(_show, request, account, advertiser_id, step, told)


@router.post("/{step}/code")
def enter_code(
    request: Request, advertiser_id: str, step: str, account: Applicant, code: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Enter a code that was sent."""
    found = own(request, account, advertiser_id)
    try:
        settled = confirm(office_of(request), found, step, code, now=desk_of(request).clock())
    except (UsageError, InputError) as error:
        return _page(request, found, step, problems={"code": str(error)})
    return _after(request, found, settled, "code")


@router.post("/{step}/website")
def look_for_website(request: Request, advertiser_id: str, step: str, account: Applicant) -> Response:
    """Look for the code that a website's domain publishes."""
    found = own(request, account, advertiser_id)
    try:
        settled = counter.look_for_website(office_of(request), found, step, desk_of(request).clock())
    except (UsageError, InputError) as error:
        return _page(request, found, step, problems={"website": str(error)})
    return _after(request, found, settled, "website")


async def _told(form: FormData) -> Told:
    words = {name: value for name, value in form.items() if isinstance(value, str)}
    files = [value for value in form.values() if isinstance(value, UploadFile)]
    return Told(words, await files[0].read(_MOST_BYTES + 1) if files else b"")


def _show(request: Request, account: AdvertiserAccount, advertiser_id: str, step: str, told: Told) -> Response:
    found, office = own(request, account, advertiser_id), office_of(request)
    asked = office.plan(found).steps.get(step)
    if asked is None:
        raise not_found("This way has no such step.")
    kind = next((one for one in asked.accepts if one == told.words.get("kind")), None)
    if kind is None:
        raise UsageError(f"This step takes {', '.join(asked.accepts)}. Open its page again.")
    problems = lacking(EVIDENCE_FORMS[kind], told)
    if len(told.document) > _MOST_BYTES:
        problems["document"] = "The file is larger than 20 MB."
    if problems:
        return _page(request, found, step, problems=problems, kind=kind, words=told.words)
    field = answered(EVIDENCE_FORMS[kind], told)
    try:
        shown = shown_by(kind, told, asked, found)
        receipt = counter.show(office, account, found, step, shown, desk_of(request).clock())
    except (UsageError, InputError, NotSentError) as error:
        return _page(request, found, step, problems={field: str(error)}, kind=kind, words=told.words)
    if receipt.publish is not None:
        # Kept as a hash only, so it can be shown in no later answer.
        return _page(request, found, step, publish=receipt.publish)
    return _after(request, found, receipt.evidence, field, kind=kind, words=told.words)


def _after(request: Request, advertiser: Advertiser, settled: Evidence, field: str, **context: Any) -> Response:
    """Lead to the step as it now stands; what was refused is told beside the field."""
    if settled.verdict is EvidenceVerdict.REFUSED:
        return _page(request, advertiser, settled.step, problems={field: settled.reason}, **context)
    return RedirectResponse(f"{address_of(advertiser)}/steps/{settled.step}", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, advertiser: Advertiser, step: str, *, problems: Problems | None = None, **context: Any
) -> Response:
    office, now = office_of(request), desk_of(request).clock()
    asked = office.plan(advertiser).steps.get(step)
    if asked is None:
        raise not_found("This way has no such step.")
    given = [one for one in office.vault.advertisers.evidence(advertiser.id) if one.step == step]
    waiting = [one for one in given if one.verdict is EvidenceVerdict.CODE]
    standing = next(one for one in status(office, advertiser, now).steps if one.step == step)
    told = {"kind": None, "words": {}, "publish": None} | context
    return counter_page(
        request,
        "advertiser_step.html",
        problems=problems,
        advertiser=advertiser,
        step=standing,
        asked=asked,
        given=given[::-1],
        waiting=waiting[-1] if waiting else None,
        forms=EVIDENCE_FORMS,
        WEBSITE=EvidenceKind.WEBSITE,
        **told,
    )
