"""The open door of the library: a JSON API and dumps, for anyone."""

import gzip
import hashlib
import io
import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import polars as pl
import pytest

from tests.made_up_desk import APPROVED_AD, HELD_AD, NOW, REJECTED_AD
from tests.unit.web.conftest import Visitor
from watchbell.desk.ads.dump import FILES, write_dump
from watchbell.desk.ads.queue import decide_ad
from watchbell.model.ads import Ad, Verdict
from watchbell.vault.workspace import Workspace
from watchbell.web.ad_api import Asked
from watchbell.web.api_words import ANSWERED, OURS


def asked(visitor: Visitor, query: str) -> dict[str, object]:
    answer = visitor(None).get(f"/api/v1/ads?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    document: dict[str, object] = answer.json()
    return document


def ids(document: dict[str, object]) -> list[str]:
    data = document["data"]
    assert isinstance(data, list)
    return [one["id"] for one in data]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {HELD_AD, APPROVED_AD, REJECTED_AD}),
        ("search_terms=register+TUESDAY", {APPROVED_AD}),
        ("bylines=league+of+examples", {APPROVED_AD}),
        ("publisher_platforms=snapchat", {APPROVED_AD}),
        ("verdict=review", {HELD_AD}),
        ("ad_delivery_date_min=2026-10-01&ad_delivery_date_max=2026-10-01", {HELD_AD}),
        ("political=false", set()),
        ("running_on=2026-09-30", {APPROVED_AD}),
    ],
)
def test_anyone_may_ask(visitor: Visitor, query: str, expected: set[str]) -> None:
    assert set(ids(asked(visitor, query))) == expected


def test_an_ad_is_told_in_the_fields_of_the_ad_library_api(visitor: Visitor) -> None:
    data = asked(visitor, "verdict=review")["data"]
    assert isinstance(data, list)
    held = data[0]
    assert held["bylines"] == "Payer & Sons"
    assert held["spend"] == {"lower_bound": "100", "upper_bound": "499"}
    assert held["impressions"] == {"lower_bound": "1000", "upper_bound": None}
    assert held["target_locations"] == [{"name": "Ohio", "excluded": False}]
    assert (held["target_ages"], held["target_gender"]) == ([], None)
    assert {"dimension": "age", "value": "65+", "excluded": True} in held["watchbell"]["targeting"]
    assert held["watchbell"]["decision"]["policies"][0]["code"] == "VI-METHOD"
    assert urlsplit(held["ad_snapshot_url"]).path == "/library/ads/jsonl%3Aheld"


def test_no_reviewer_is_named(workspace: Workspace, visitor: Visitor) -> None:
    ad, rev = workspace.vault.ads.get(HELD_AD), workspace.vault.users.get("rev")
    assert ad
    assert rev
    decide_ad(workspace.vault, ad, Verdict.APPROVE, "It names its payer.", by=rev, now=NOW + timedelta(minutes=1))
    data = asked(visitor, "bylines=payer+%26+sons")["data"]
    assert isinstance(data, list)
    told = data[0]["watchbell"]["decision"]
    assert (told["by_person"], told["reason"]) == (True, "It names its payer.")
    assert "decided_by" not in told


def test_pages_follow_each_other_without_a_gap(workspace: Workspace, visitor: Visitor) -> None:
    ad = workspace.vault.ads.get(APPROVED_AD)
    assert ad
    workspace.vault.ads.add(ad.model_copy(update={"id": f"jsonl:{n:03}"}) for n in range(60))
    seen, query = [], "search_terms=register&limit=25"
    while query:
        document = asked(visitor, query)
        seen += ids(document)
        paging = document["paging"]
        assert isinstance(paging, dict)
        query = urlsplit(paging.get("next", "")).query
    assert len(seen) == len(set(seen)) == 61


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("search_terms='register'&ad_type=POLITICAL_AND_ISSUE_ADS&search_type=KEYWORD_UNORDERED", {APPROVED_AD}),
        ("ad_reached_countries=['US']&publisher_platforms=[\"web\"]", {"jsonl:past"}),
        ("ad_reached_countries=ALL&publisher_platforms=[snapchat]&ad_active_status=ALL", {APPROVED_AD}),
        ("ad_active_status=ACTIVE&bylines=['league']", {APPROVED_AD}),
        ("ad_active_status=INACTIVE", {"jsonl:past"}),
        ("ad_active_status=ACTIVE", {HELD_AD, APPROVED_AD}),
    ],
)
def test_a_script_for_metas_library_is_answered_unchanged(
    workspace: Workspace, visitor: Visitor, query: str, expected: set[str]
) -> None:
    ad = workspace.vault.ads.get(APPROVED_AD)
    assert ad
    past = {"id": "jsonl:past", "text": "Past", "payer": "Past", "platform": "web", "country": "US"}
    workspace.vault.ads.add([ad.model_copy(update=past | {"ended_at": NOW - timedelta(days=1)})])
    found = asked(visitor, f"{query}&fields=id,bylines,estimated_audience_size&access_token=EAAB&limit=1")
    rest = []
    while True:
        data, paging = found["data"], found["paging"]
        assert isinstance(data, list)
        assert isinstance(paging, dict)
        assert all(one.keys() == {"id", "bylines"} for one in data)
        rest += ids(found)
        if "next" not in paging:
            break
        assert "EAAB" not in paging["next"]
        found = asked(visitor, urlsplit(paging["next"]).query)
    assert set(rest) == expected


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("search_page_ids=['1']", "`search_page_ids` is no parameter here. This library knows search_terms, "),
        ("ad_reached_countries=['US','GB']", "one value at a time"),
        ("search_type=KEYWORD_EXACT_PHRASE", "`search_type`"),
        ("ad_type=HOUSING_ADS", "`ad_type`"),
        ("ad_type=POLITICAL_AND_ISSUE_ADS&political=false", "`political`"),
        ("ad_active_status=ACTIVE&running_on=2026-09-30", "`running_on`"),
        ("ad_delivery_date_min=yesterday", "`ad_delivery_date_min`"),
        ("after=nonsense", "page"),
        ("limit=0", "`limit`"),
        ("verdict=xx", "`verdict`"),
        ("bogus=1", "`bogus`"),
        ("election=never", "`election`"),
    ],
)
def test_what_cannot_be_read_is_said(visitor: Visitor, query: str, named: str) -> None:
    answer = visitor(None).get(f"/api/v1/ads?{query}")
    assert answer.status_code == 400
    assert answer.headers["access-control-allow-origin"] == "*"
    assert named in answer.json()["error"]["message"]
    assert answer.json()["error"]["message"].endswith(".")


@pytest.mark.parametrize("path", ["ads/jsonl:none/versions", "payer?name=Nobody", "nothing"])
def test_what_is_not_there_is_said_to_machines_of_any_host(visitor: Visitor, path: str) -> None:
    answer = visitor(None).get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (404, "*")
    assert answer.json()["error"]["message"].endswith(".")


def test_one_election_is_asked_for_by_its_id(workspace: Workspace, visitor: Visitor) -> None:
    when = {"us": "2026-10-20T00:00:00Z", "early": "2026-01-02T00:00:00Z"}
    some = {"source": "a", "platform": "p", "text": "Vote", "country": "US"}
    workspace.vault.ads.add(
        Ad.model_validate({"id": f"a:{name}", "started_at": at} | some) for name, at in when.items()
    )
    assert ids(asked(visitor, "election=us-general-2026&source=a")) == ["a:us"]


def test_a_dump_is_offered_with_its_checksums(workspace: Workspace, visitor: Visitor) -> None:
    formula = Ad(id="a:formula", source="a", platform="p", text="=HYPERLINK(1)", links=("https://a.example",))
    workspace.vault.ads.add([formula])
    write_dump(workspace.vault, workspace.dumps / "2026-11-03", NOW)
    public = visitor(None)
    assert "2026-11-03" in public.get("/library/dumps").text
    got = {name: public.get(f"/library/dumps/2026-11-03/{name}").content for name in (*FILES, "SHA256SUMS")}
    sums = dict(reversed(line.split("  ")) for line in got["SHA256SUMS"].decode().splitlines())
    assert {name: hashlib.sha256(got[name]).hexdigest() for name in FILES} == sums
    table = pl.read_parquet(io.BytesIO(got["ads.parquet"]))
    assert set(table["id"]) == {HELD_AD, APPROVED_AD, REJECTED_AD, formula.id}
    lines = [json.loads(line) for line in gzip.decompress(got["ads.jsonl.gz"]).splitlines()]
    assert [line["id"] for line in lines] == table["id"].to_list()
    cells = pl.read_csv(gzip.decompress(got["ads.csv.gz"])).filter(pl.col("id") == formula.id)
    assert cells["text"].to_list() == ["'=HYPERLINK(1)"]


@pytest.mark.parametrize("path", ["2026-11-03/../../watchbell.toml", "none/ads.parquet", "2026-11-03/watchbell.db"])
def test_nothing_else_is_handed_out(workspace: Workspace, visitor: Visitor, path: str) -> None:
    write_dump(workspace.vault, workspace.dumps / "2026-11-03", NOW)
    assert visitor(None).get(f"/library/dumps/{path}").status_code == 404


def test_the_same_ads_make_the_same_dump_and_none_an_empty_one(
    workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("dumps")
    first = write_dump(workspace.vault, root / "a", NOW)
    again = write_dump(workspace.vault, root / "b", NOW)
    assert (first.folder / "SHA256SUMS").read_text() == (again.folder / "SHA256SUMS").read_text()
    with Workspace.create(root / "empty") as empty:
        nothing = write_dump(empty.vault, root / "c", NOW)
    assert pl.read_parquet(nothing.folder / "ads.parquet").height == nothing.ads == 0


def test_the_page_about_the_api_names_every_field_of_an_answer_and_every_parameter(visitor: Visitor) -> None:
    told = asked(visitor, "limit=1")["data"]
    assert isinstance(told, list)
    assert set(told[0]) == set(ANSWERED)
    assert set(told[0]["watchbell"]) == set(OURS)
    html = visitor(None).get("/library/api").text
    for name, field in Asked.model_fields.items():
        assert f"<code>{name}</code>" in html
        assert field.description


def test_the_search_page_leads_to_the_same_question_to_the_api(visitor: Visitor) -> None:
    query = "text=vote&payer=payer&country=&place=ohio&from=2026-01-01&until=2026-12-31&least=50&most=5000&sort=spend"
    html = visitor(None).get(f"/library?{query}").text
    found = re.search(r'href="(/api/v1/ads[^"]*)"', html)
    assert found
    address = found[1].replace("&amp;", "&")
    assert ids(visitor(None).get(address).json()) == [HELD_AD]
    assert ids(asked(visitor, "target_locations=ohio&spend_max=99")) == []
