"""A removed ad keeps its place in the open library, and what an ad was before can be read by anyone."""

import gzip
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.made_up_desk import APPROVED_AD, HELD_AD, NOW, REJECTED_AD
from tests.unit.web.conftest import Visitor
from watchbell.ads.readers.sources import read_ads
from watchbell.desk.ads.dump import write_dump
from watchbell.desk.ads.library import remove_ad, restore_ad
from watchbell.model.ads import Ad, Removal, RemovalReason, Restoration
from watchbell.vault.workspace import Workspace


def removal(reason: RemovalReason) -> Removal:
    return Removal(reason=reason, note="File 12 C 34/26", by="The house", at=NOW + timedelta(hours=1))


def removed(workspace: Workspace, ad_id: str, reason: RemovalReason) -> Ad:
    return remove_ad(workspace.vault, ad_id, removal(reason), by="command line")


def secrets(ad: Ad) -> list[str]:
    return [word for word in (ad.text, ad.payer, ad.advertiser, *ad.links) if word]


def test_a_tombstone_is_on_the_page_in_the_search_in_the_api_and_in_the_dump(
    workspace: Workspace, visitor: Visitor, tmp_path: Path
) -> None:
    ad = workspace.vault.ads.get(HELD_AD)
    assert ad
    removed(workspace, HELD_AD, RemovalReason.MISTAKE)
    public = visitor(None)
    for path in (f"/library/ads/{HELD_AD}", "/library?verdict=review"):
        page = public.get(path).text
        assert "it came in by mistake" in page
        assert "File 12 C 34/26" in page
        assert "The house" in page
    [told] = public.get("/api/v1/ads?verdict=review").json()["data"]
    assert told["bylines"] == ad.payer
    assert told["watchbell"]["removed"]["reason"] == "mistake"
    folder = write_dump(workspace.vault, tmp_path / "dump", NOW).folder
    row = pl.read_parquet(folder / "ads.parquet").filter(pl.col("id") == HELD_AD).row(0, named=True)
    assert (row["removed_reason"], row["removed_by"], row["payer"]) == ("mistake", "The house", ad.payer)
    assert row["removed_at"] == NOW + timedelta(hours=1)


@pytest.mark.parametrize("ad_id", [HELD_AD, APPROVED_AD, REJECTED_AD])
def test_hidden_content_is_nowhere_for_anybody(
    workspace: Workspace, visitor: Visitor, tmp_path: Path, ad_id: str
) -> None:
    ad = workspace.vault.ads.get(ad_id)
    decision = workspace.vault.ads.decision(ad_id)
    assert ad
    assert decision
    hidden = [*secrets(ad), decision.political_reason]
    removed(workspace, ad_id, RemovalReason.PERSONAL_DATA)
    workspace.vault.ads.add([ad])
    workspace.vault.ads.decide([decision.model_copy(update={"decided_at": NOW + timedelta(hours=2)})])
    folder = write_dump(workspace.vault, tmp_path / "dump", NOW).folder
    rows = [json.loads(line) for line in gzip.decompress((folder / "ads.jsonl.gz").read_bytes()).splitlines()]
    shown = [json.dumps([row for row in rows if row["id"] == ad_id], ensure_ascii=False)]
    for who in (None, "adm"):
        client = visitor(who)
        answer = client.get("/api/v1/ads?limit=1000").json()["data"]
        shown += [
            client.get(f"/library/ads/{ad_id}").text,
            client.get(f"/api/v1/ads/{ad_id}/versions").text,
            json.dumps([one for one in answer if one["id"] == ad_id], ensure_ascii=False),
        ]
    assert all(ad_id in page for page in shown)
    for page in shown:
        assert not [word for word in hidden if word in page]


def test_versions_are_told_with_what_changed_and_can_be_checked(workspace: Workspace, visitor: Visitor) -> None:
    ad = workspace.vault.ads.get(APPROVED_AD)
    assert ad
    workspace.vault.ads.add([ad.model_copy(update={"text": "Other words", "clicks": 7})], NOW)
    answer = visitor(None).get(f"/api/v1/ads/{APPROVED_AD}/versions")
    assert answer.headers["access-control-allow-origin"] == "*"
    data = answer.json()["data"]
    assert [(one["number"], one["event"], one["changed"]) for one in data] == [
        (2, "changed", ["text", "clicks"]),
        (1, "added", []),
    ]
    assert json.loads(data[1]["record"])["text"] == ad.text
    assert [hashlib.sha256(one["record"].encode()).hexdigest() for one in data] == [one["sha256"] for one in data]
    assert "another text, clicks" in visitor(None).get(f"/library/ads/{APPROVED_AD}").text
    assert visitor(None).get("/api/v1/ads/jsonl:none/versions").status_code == 404


def test_another_library_reads_the_tombstone_from_the_api(
    workspace: Workspace, visitor: Visitor, tmp_path: Path
) -> None:
    stone = removed(workspace, HELD_AD, RemovalReason.COURT_ORDER)
    (tmp_path / "answer.json").write_text(visitor(None).get("/api/v1/ads").text)
    read = {ad.id: ad for ad in read_ads(tmp_path / "answer.json", "auto") if isinstance(ad, Ad)}
    assert read[HELD_AD].removed == stone.removed


def test_an_advertisers_own_file_puts_up_no_tombstone(tmp_path: Path) -> None:
    line = {"id": "1", "text": "Vote", "removed": removal(RemovalReason.MISTAKE).model_dump(mode="json")}
    (tmp_path / "ads.jsonl").write_text(json.dumps(line))
    [ad] = read_ads(tmp_path / "ads.jsonl", "jsonl")
    assert isinstance(ad, Ad)
    assert ad.removed is None


def test_an_ad_put_back_says_why_on_its_page_and_in_its_history(workspace: Workspace, visitor: Visitor) -> None:
    ad = workspace.vault.ads.get(HELD_AD)
    removed(workspace, HELD_AD, RemovalReason.COURT_ORDER)
    assert 'id="review"' not in visitor("rev").get(f"/library/ads/{HELD_AD}").text
    back = Restoration(reason="The order names another.", by="The house", at=NOW + timedelta(hours=2))
    assert restore_ad(workspace.vault, HELD_AD, back, by="command line") == ad
    html = visitor(None).get(f"/library/ads/{HELD_AD}").text
    assert "Put back" in html
    assert "<q>The order names another.</q>" in html
    last, stone, first = visitor(None).get(f"/api/v1/ads/{HELD_AD}/versions").json()["data"]
    assert last["restoration"] == {"reason": back.reason, "by": back.by, "at": "2026-11-03T11:30:00Z"}
    assert (stone["restoration"], stone["event"], first["event"]) == (None, "removed", "added")
    assert last["record"] == first["record"]


def test_a_hidden_ads_likeness_is_told_nobody(workspace: Workspace, visitor: Visitor) -> None:
    workspace.vault.ad_sums.put_likeness({HELD_AD: APPROVED_AD, APPROVED_AD: APPROVED_AD, REJECTED_AD: APPROVED_AD})
    removed(workspace, APPROVED_AD, RemovalReason.PERSONAL_DATA)
    told = {one["id"]: one["watchbell"]["alike"] for one in visitor(None).get("/api/v1/ads").json()["data"]}
    assert told[APPROVED_AD] is None
    assert told[HELD_AD] == told[REJECTED_AD]
    assert told[HELD_AD] in {HELD_AD, REJECTED_AD}
