"""The pictures of ads, from where the workspace keeps them. Open to everyone, as the ads are."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from watchbell.desk.ads.media import SHOWN
from watchbell.desk.permissions import Permission
from watchbell.vault.blobs import BlobStore
from watchbell.web.guard import desk_of, needs
from watchbell.web.pages import not_found

router = APIRouter(dependencies=[needs(Permission.LIBRARY_READ)])


def picture_address(ad_id: str, sha256: str) -> str:
    """Return where a picture of an ad is shown."""
    return f"/library/pictures/{sha256}/{quote(ad_id)}"


@router.get("/library/pictures/{sha256}/{ad_id:path}")
def picture(request: Request, sha256: str, ad_id: str) -> Response:
    """Show a picture of an ad, while the ad shows it: what is hidden with its ad is not here either."""
    workspace = desk_of(request).workspace
    ad = workspace.vault.ads.get(ad_id)
    shown = next((one for one in ad.pictures if one.sha256 == sha256), None) if ad else None
    file = BlobStore(workspace.blobs).find(sha256) if shown else None
    if shown is None or file is None or shown.media_type not in SHOWN:
        raise not_found("There is no such picture of an ad in this library.")
    name = f"{sha256}.{SHOWN[shown.media_type]}"
    return FileResponse(file, media_type=shown.media_type, filename=name, content_disposition_type="inline")
