"""The transparency notice of an ad in the European Union: a page for people, JSON for machines, open to everyone."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from watchbell.desk.ads.eu_notices import notice_versions
from watchbell.desk.permissions import Permission
from watchbell.model.notices import NoticeVersion
from watchbell.web.ad_api import OPEN
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import not_found, page

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])

Number = Annotated[int | None, Query(ge=1, alias="version")]


@router.get("/library/notices/{ad_id:path}")
def notice_page(request: Request, ad_id: str, number: Number = None) -> Response:
    """Show the notice, or a version of it that stood before."""
    versions = _versions(request, ad_id)
    return page(request, "notice.html", ad_id=ad_id, shown=_chosen(versions, number), versions=versions)


@router.get("/api/v1/ads/{ad_id:path}/notice")
def notice(request: Request, ad_id: str, number: Number = None) -> Response:
    """Answer with the notice as it stands, or as a version of it stood."""
    versions = _versions(request, ad_id)
    shown = _chosen(versions, number)
    told = {
        "regulation": "http://data.europa.eu/eli/reg/2024/900/oj",
        "template": "http://data.europa.eu/eli/reg_impl/2025/1410/oj",
        "version": shown.number,
        "stands_since": shown.at.isoformat(),
        "is_complete": not shown.notice.missing,
        "notice": shown.notice.model_dump(mode="json"),
        "versions": [
            {"version": one.number, "at": one.at.isoformat(), "sha256": one.notice.digest} for one in versions
        ],
    }
    return JSONResponse(told, headers=OPEN)


def _versions(request: Request, ad_id: str) -> list[NoticeVersion]:
    desk = desk_of(request)
    flag_at = f"{str(request.base_url).rstrip('/')}/library/flag/{quote(ad_id)}"
    versions = notice_versions(desk.workspace.vault, ad_id, flag_at, desk.clock())
    if not versions:
        raise not_found(
            "There is no such notice: the ad is not here, is not political, was not aimed at the European Union, or "
            "ended before 10 October 2025, when Regulation (EU) 2024/900 began to apply."
        )
    return versions


def _chosen(versions: list[NoticeVersion], number: int | None) -> NoticeVersion:
    found = versions[0] if number is None else next((one for one in versions if one.number == number), None)
    if found is None:
        raise not_found(f"The notice has no version {number}.")
    return found
