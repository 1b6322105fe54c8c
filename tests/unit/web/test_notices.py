"""The transparency notice as people and machines get it: open to all, with what it lacks, every version kept."""

from tests.made_up_desk import NOW
from tests.unit.web.conftest import Visitor
from watchbell.model.ads import Ad
from watchbell.vault.workspace import Workspace

AD = Ad(
    id="jsonl:eu/1",
    source="jsonl",
    platform="facebook",
    country="DE",
    payer="Verein <Beispiel>",
    language="en",
    started_at=NOW,
    declared_political=True,
)
PAGE, API = "/library/notices/jsonl%3Aeu/1", "/api/v1/ads/jsonl%3Aeu/1/notice"


def test_anyone_reads_the_notice_and_finds_it_from_the_ad(workspace: Workspace, visitor: Visitor) -> None:
    workspace.vault.ads.add([AD], NOW)
    ad = visitor(None).get("/library/ads/jsonl%3Aeu/1").text
    assert "The sponsor is Verein &lt;Beispiel&gt;." in ad
    assert 'href="/library/notices/jsonl%3Aeu/1"' in ad
    notice = visitor(None).get(PAGE).text
    assert "16. How to exercise data protection rights" in notice
    assert "This notice is not complete." in notice
    assert 'href="/library/flag/jsonl%3Aeu/1"' in notice


def test_machines_get_the_same_and_every_version(workspace: Workspace, visitor: Visitor) -> None:
    workspace.vault.ads.add([AD], NOW)
    first = visitor(None).get(API)
    assert first.json()["flag_at"] == "http://desk.example/library/flag/jsonl%3Aeu/1"
    assert first.headers["access-control-allow-origin"] == "*"
    assert (first.json()["version"], first.json()["is_complete"]) == (1, False)
    workspace.vault.ads.add([AD.model_copy(update={"payer": "Club"})], NOW)
    stands = visitor(None).get(API).json()
    assert (stands["version"], [one["version"] for one in stands["versions"]]) == (2, [2, 1])
    before = visitor(None).get(f"{API}?version=1").json()
    assert before["notice"] == first.json()["notice"]
    assert "replaced by a later one" in visitor(None).get(f"{PAGE}?version=1").text
    assert visitor(None).get(f"{API}?version=3").status_code == 404


def test_an_ad_that_needs_none_has_none(workspace: Workspace, visitor: Visitor) -> None:
    workspace.vault.ads.add([AD.model_copy(update={"country": "US"})], NOW)
    assert "Transparency notice" not in visitor(None).get("/library/ads/jsonl%3Aeu/1").text
    assert visitor(None).get(PAGE).status_code == 404
    assert visitor(None).get("/library/notices/no-such-ad").status_code == 404
