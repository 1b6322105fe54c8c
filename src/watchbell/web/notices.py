"""The transparency notice of an ad in the European Union: a page for people, JSON for machines, open to everyone."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from watchbell.ads.notices.transparency import Publisher
from watchbell.ads.notices.words import notice_languages
from watchbell.desk.ads.eu_notices import FLAG_AT, notice_in, notice_versions, publisher_of, words_of
from watchbell.desk.permissions import Permission
from watchbell.errors import UsageError
from watchbell.model.notices import NoticeVersion, TransparencyNotice
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import OPEN, not_found, page

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])

Number = Annotated[int | None, Query(ge=1, alias="version")]
Language = Annotated[str | None, Query(max_length=8, alias="lang")]


@router.get("/library/notices/{ad_id:path}")
def notice_page(request: Request, ad_id: str, number: Number = None, language: Language = None) -> Response:
    """Show the notice in the ad's language or, for reading, in another; or a version of it that stood before."""
    versions = _versions(request, ad_id)
    shown = _chosen(versions, number)
    notice = _translated(request, shown, language) or shown.notice
    return page(
        request,
        "notice.html",
        ad_id=ad_id,
        shown=shown,
        notice=notice,
        versions=versions,
        words=words_of(notice.language),
        languages=notice_languages(),
    )


@router.get("/api/v1/ads/{ad_id:path}/notice")
def notice(request: Request, ad_id: str, number: Number = None, language: Language = None) -> Response:
    """Answer with the notice as it stands, or as a version of it stood; `lang` adds a translation for reading."""
    versions = _versions(request, ad_id)
    shown = _chosen(versions, number)
    translated = _translated(request, shown, language)
    told = {
        "regulation": "http://data.europa.eu/eli/reg/2024/900/oj",
        "template": "http://data.europa.eu/eli/reg_impl/2025/1410/oj",
        "version": shown.number,
        "stands_since": shown.at.isoformat(),
        "flag_at": f"{str(request.base_url).rstrip('/')}{FLAG_AT}{quote(ad_id)}",
        "is_complete": not shown.notice.missing,
        "notice": shown.notice.model_dump(mode="json"),
        "translation": translated.model_dump(mode="json") if translated else None,
        "own_titles": words_of((translated or shown.notice).language).own_titles,
        "versions": [
            {"version": one.number, "at": one.at.isoformat(), "sha256": one.notice.digest} for one in versions
        ],
    }
    return JSONResponse(told, headers=OPEN)


def _versions(request: Request, ad_id: str) -> list[NoticeVersion]:
    desk = desk_of(request)
    versions = notice_versions(desk.workspace.vault, ad_id, _publisher(request, ad_id), desk.clock())
    if not versions:
        raise not_found(
            "There is no such notice: the ad is not here, is not political, was not aimed at the European Union, or "
            "ended before 10 October 2025, when Regulation (EU) 2024/900 began to apply."
        )
    return versions


def _publisher(request: Request, ad_id: str) -> Publisher:
    return publisher_of(desk_of(request).workspace.settings, ad_id)


def _translated(request: Request, shown: NoticeVersion, language: str | None) -> TransparencyNotice | None:
    """Return the notice that stands in another language; None where the one that is shown is meant.

    What a notice said before is shown as it was.
    """
    if language is None or language == shown.notice.language:
        return None
    vault, ad_id = desk_of(request).workspace.vault, shown.notice.ad_id
    if shown.number != vault.ad_notices.versions(ad_id)[0].number:
        raise not_found("An earlier version is shown as it was, in the language in which it stood. Leave `lang` out.")
    try:
        return notice_in(vault, ad_id, _publisher(request, ad_id), language)
    except UsageError as error:
        raise not_found(str(error)) from error


def _chosen(versions: list[NoticeVersion], number: int | None) -> NoticeVersion:
    found = versions[0] if number is None else next((one for one in versions if one.number == number), None)
    if found is None:
        raise not_found(f"The notice has no version {number}.")
    return found
