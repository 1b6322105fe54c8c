"""Cases: the list, a case with its evidence, a person's decision, and the bundle to share."""

from http import HTTPStatus
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from watchbell.desk.cases.decisions import decide_case
from watchbell.desk.cases.dossier import dossier_of
from watchbell.desk.cases.dossier_page import dossier_page
from watchbell.desk.cases.house import house_of
from watchbell.desk.exchange.releases import ask_release, needs_two
from watchbell.desk.exchange.sending import demand_sender, parcel_of, recipient_named, recipients_of, send_case
from watchbell.desk.investigations.networks import group_ids, latest_run
from watchbell.desk.permissions import Permission
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.partners import User
from watchbell.web.guard import audience, desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter()


@router.get("/desk/cases", dependencies=[needs(Permission.CASES_READ)])
def cases(request: Request, status: str = "") -> Response:
    """List the cases, newest first."""
    wanted = CaseStatus(status) if status in list(CaseStatus) else None
    found = desk_of(request).workspace.vault.cases.heard_by(audience(request)).all(status=wanted)
    return page(request, "cases.html", cases=found, wanted=wanted)


@router.get("/desk/cases/{case_id}", dependencies=[needs(Permission.CASES_READ)])
def case(request: Request, case_id: str) -> Response:
    """Show a case."""
    desk, found = desk_of(request), _case(request, case_id)
    run = latest_run(desk.workspace)
    return page(
        request,
        "case.html",
        case=found,
        evidence=_by_kind(found),
        known_groups=group_ids(run) if run else set(),
        recipients=recipients_of(desk.workspace.vault, found, desk.clock()),
        two_people=needs_two(found.tlp),
    )


@router.post("/desk/cases/{case_id}/decision")
def decide(
    request: Request,
    case_id: str,
    status: Annotated[CaseStatus, Form()],
    reason: Annotated[str, Form(max_length=10_000)],
    by: Annotated[User, needs(Permission.CASES_DECIDE)],
) -> Response:
    """Move a case to another status, for a reason."""
    desk = desk_of(request)
    decide_case(desk.workspace.vault, _case(request, case_id), status, reason, by=by, now=desk.clock())
    return RedirectResponse(f"/desk/cases/{case_id}#decision", HTTPStatus.SEE_OTHER)


@router.post("/desk/cases/{case_id}/release")
def ask(
    request: Request,
    case_id: str,
    to: Annotated[str, Form(max_length=300)],
    reason: Annotated[str, Form(max_length=10_000)],
    by: Annotated[User, needs(Permission.CASES_SHARE)],
) -> Response:
    """Ask a second person to let the case go to a recipient."""
    desk, found = desk_of(request), _case(request, case_id)
    vault, now = desk.workspace.vault, desk.clock()
    ask_release(vault, parcel_of(found, recipient_named(vault, to, now)), reason, by=by, now=now)
    return RedirectResponse("/desk/releases", HTTPStatus.SEE_OTHER)


@router.post("/desk/cases/{case_id}/bundle.json")
def bundle(
    request: Request,
    case_id: str,
    by: Annotated[User, needs(Permission.CASES_SHARE)],
    to: Annotated[str, Form(max_length=300)],
) -> Response:
    """Hand out the case as a STIX 2.1 bundle for a recipient, and write the delivery down."""
    desk, found = desk_of(request), _case(request, case_id)
    vault, now = desk.workspace.vault, desk.clock()
    document = send_case(
        vault,
        found,
        to=recipient_named(vault, to, now),
        house=house_of(desk.workspace),
        by=by,
        now=now,
    )
    # The type that STIX 2.1 registers (part 11), and a name that tells what it is.
    headers = {"content-disposition": f'attachment; filename="{case_id}.stix.json"'}
    return JSONResponse(document, headers=headers, media_type="application/stix+json;version=2.1")


@router.post("/desk/cases/{case_id}/dossier.html")
def dossier(
    request: Request,
    case_id: str,
    by: Annotated[User, needs(Permission.CASES_SHARE)],
    to: Annotated[str, Form(max_length=300)],
) -> Response:
    """Hand out the case as one page to read or print for a recipient, and write the delivery down."""
    desk, found = desk_of(request), _case(request, case_id)
    demand_sender(by, found)
    now = desk.clock()
    recipient = recipient_named(desk.workspace.vault, to, now)
    document = dossier_page(dossier_of(desk.workspace, found, to=recipient, by=by.username, now=now))
    return HTMLResponse(document, headers={"content-disposition": f'attachment; filename="{case_id}.dossier.html"'})


def _case(request: Request, case_id: str) -> Case:
    found = desk_of(request).workspace.vault.cases.heard_by(audience(request)).get(case_id)
    if found is None:
        raise not_found("There is no such case.")
    return found


def _by_kind(case: Case) -> list[tuple[EvidenceKind, list[Evidence]]]:
    order = list(EvidenceKind)
    pieces = sorted(case.evidence, key=lambda piece: (order.index(piece.kind), piece.added_at))
    return [(kind, list(group)) for kind, group in groupby(pieces, key=lambda piece: piece.kind)]
