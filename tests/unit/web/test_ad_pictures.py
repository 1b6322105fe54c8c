"""Pictures in the library: shown with their ad and hidden with it, as pictures and nothing else."""

import io
from urllib.parse import quote, unquote

import numpy as np
import pytest
from PIL import Image

from tests.made_up_desk import APPROVED_AD, HELD_AD, NOW
from tests.unit.web.conftest import Visitor
from watchbell.desk.ads.library import remove_ad
from watchbell.desk.ads.likeness import group_pictures
from watchbell.model.ads import Picture, Removal, RemovalReason
from watchbell.vault.blobs import BlobStore
from watchbell.vault.workspace import Workspace

WORDS = 'Stay "home" <script>alert(1)</script>'
PDQ = "0f" * 32


@pytest.fixture
def address(workspace: Workspace) -> str:
    """Return where the picture that two ads show is seen."""
    file = io.BytesIO()
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(file, "PNG")
    content = file.getvalue()
    sha256 = BlobStore(workspace.blobs).put(content)
    shown = Picture(
        name="a.png",
        sha256=sha256,
        media_type="image/png",
        size=len(content),
        width=30,
        height=20,
        pdq=PDQ,
        words=WORDS,
    )
    for ad_id in (APPROVED_AD, HELD_AD):
        ad = workspace.vault.ads.get(ad_id)
        assert ad
        workspace.vault.ads.add([ad.model_copy(update={"media": ("a.png",), "pictures": (shown,)})])
    return f"/library/pictures/{sha256}/{APPROVED_AD}"


def test_a_picture_is_shown_with_its_words_as_words(visitor: Visitor, address: str) -> None:
    page = visitor(None).get(f"/library/ads/{APPROVED_AD}").text
    assert f'src="{address.replace(":", "%3A")}"' in page
    assert "Picture with the words: Stay &#34;home&#34; &lt;script&gt;" in page
    answer = visitor(None).get(address)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(answer.content)).size == (30, 20)


def test_a_picture_is_hidden_with_its_ad(workspace: Workspace, visitor: Visitor, address: str) -> None:
    removal = Removal(reason=RemovalReason.PERSONAL_DATA, by="house", at=NOW)
    remove_ad(workspace.vault, APPROVED_AD, removal, by="ana")
    assert visitor(None).get(address).status_code == 404
    assert "/library/pictures/" not in visitor(None).get(f"/library/ads/{APPROVED_AD}").text


@pytest.mark.parametrize("name", ["0" * 64, "..%2F..%2Fwatchbell.toml", "watchbell.db"])
def test_nothing_but_an_ads_pictures_is_handed_out(visitor: Visitor, address: str, name: str) -> None:
    del address
    assert visitor(None).get(f"/library/pictures/{name}/{APPROVED_AD}").status_code == 404


def test_ads_with_the_same_picture_lead_to_each_other(workspace: Workspace, visitor: Visitor, address: str) -> None:
    assert group_pictures(workspace.vault) == 1
    page = visitor(None).get(f"/library/ads/{APPROVED_AD}").text
    assert "Ads that show nearly the same picture" in page
    assert f"/library/ads/{quote(HELD_AD, safe='')}" in page
    (told,) = [one for one in visitor(None).get("/api/v1/ads").json()["data"] if one["id"] == APPROVED_AD]
    assert unquote(told["watchbell"]["pictures"][0]["url"]).endswith(address)
    assert told["watchbell"]["pictures"][0]["words"] == WORDS
    assert told["watchbell"]["alike_pictures"] == [address.split("/")[3]]
