"""Cases: the list, a case with its evidence, a person's decision, and the bundle to share."""

from http import HTTPStatus
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from watchbell.desk.decisions import decide_case, share_case
from watchbell.desk.networks import group_ids, latest_run
from watchbell.desk.permissions import Permission
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.partners import User
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter()


@router.get("/desk/cases", dependencies=[needs(Permission.CASES_READ)])
def cases(request: Request, status: str = "") -> Response:
    """List the cases, newest first."""
    wanted = CaseStatus(status) if status in list(CaseStatus) else None
    found = desk_of(request).workspace.vault.cases.all(status=wanted)
    return page(request, "cases.html", cases=found, wanted=wanted)


@router.get("/desk/cases/{case_id}", dependencies=[needs(Permission.CASES_READ)])
def case(request: Request, case_id: str) -> Response:
    """Show a case."""
    found = _case(request, case_id)
    run = latest_run(desk_of(request).workspace)
    known = group_ids(run) if run else set()
    return page(request, "case.html", case=found, evidence=_by_kind(found), known_groups=known)


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


@router.get("/desk/cases/{case_id}/bundle.json")
def bundle(request: Request, case_id: str, by: Annotated[User, needs(Permission.CASES_SHARE)]) -> Response:
    """Hand out the case as a STIX 2.1 bundle."""
    desk = desk_of(request)
    document = share_case(
        desk.workspace.vault,
        _case(request, case_id),
        operator=desk.workspace.settings.operator,
        by=by,
        now=desk.clock(),
    )
    # The type that STIX 2.1 registers (part 11), and a name that tells what it is.
    headers = {"content-disposition": f'attachment; filename="{case_id}.stix.json"'}
    return JSONResponse(document, headers=headers, media_type="application/stix+json;version=2.1")


def _case(request: Request, case_id: str) -> Case:
    found = desk_of(request).workspace.vault.cases.get(case_id)
    if found is None:
        raise not_found("There is no such case.")
    return found


def _by_kind(case: Case) -> list[tuple[EvidenceKind, list[Evidence]]]:
    order = list(EvidenceKind)
    pieces = sorted(case.evidence, key=lambda piece: (order.index(piece.kind), piece.added_at))
    return [(kind, list(group)) for kind, group in groupby(pieces, key=lambda piece: piece.kind)]
