"""The library's signed counts, for anyone to keep: a page, all days as JSON, and each day's two files."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, JSONResponse, Response

from watchbell.desk.ads.counts import HISTORY, SIGNED, signed_days
from watchbell.desk.permissions import Permission
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import OPEN, not_found, page

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])


@router.get("/library/counts")
def counts(request: Request) -> Response:
    """Show each day's counts, the latest first."""
    days = [signed.counts for signed in signed_days(desk_of(request).workspace.counts)]
    return page(request, "ad_counts.html", days=days[::-1], SIGNED=SIGNED, HISTORY=HISTORY)


@router.get("/library/counts.json")
def all_days(request: Request) -> Response:
    """Answer with all that was signed, the first day first."""
    days = [signed.model_dump(mode="json") for signed in signed_days(desk_of(request).workspace.counts)]
    return JSONResponse({"data": days}, HTTPStatus.OK, headers=OPEN)


@router.get("/library/counts/{file}")
def day_file(request: Request, file: str) -> Response:
    """Hand out one of a day's files."""
    folder = desk_of(request).workspace.counts
    days = {f"{signed.counts.day}{ending}" for signed in signed_days(folder) for ending in (SIGNED, HISTORY)}
    if file not in days or not (folder / file).is_file():
        raise not_found("There is no such file among the counts.")
    return FileResponse(folder / file, filename=file, headers=OPEN)
