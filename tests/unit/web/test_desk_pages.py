import re
from urllib.parse import quote

import pyarrow as pa
import pytest

from tests.made_up_desk import CASE, HELD_AD, HOSTILE, LINKS, MEMBERS, PARTNER
from tests.unit.web.conftest import StillClock, Visitor
from watchbell.desk.investigations.networks import groups_of_run, latest_run
from watchbell.model.cases import CaseStatus
from watchbell.model.indicators import HITS
from watchbell.vault.workspace import Workspace

WORDS = {"marking-definition", "extension-definition", "identity"}


@pytest.fixture
def group_page(workspace: Workspace) -> str:
    run = latest_run(workspace)
    assert run
    return f"/desk/networks/{groups_of_run(run)[0].group_id}"


def test_the_overview_counts_and_says_what_waits(visitor: Visitor) -> None:
    html = visitor("ana").get("/desk").text
    assert re.search(r"<strong>1</strong> cases", html)
    assert "A lookalike of the Herald" in html
    assert "1 ad is held for a person" in html


def test_a_network_shows_its_members_pairs_and_caveat(visitor: Visitor, group_page: str) -> None:
    html = visitor("ana").get(group_page).text
    assert html.count("<tr data-account=") == MEMBERS
    assert html.count("<tr data-a=") == MEMBERS * (MEMBERS - 1) / 2
    assert "Synchronised is not yet coordinated." in html
    pairs = MEMBERS * (MEMBERS - 1) // 2
    assert f"Of the {pairs} pairs, " in html
    assert "more often than chance alone explains" in html
    assert "0 cannot be judged" in html
    assert "herald-news.example/story/0" in html


def test_the_posts_of_a_pair_stand_side_by_side(visitor: Visitor, group_page: str) -> None:
    browser = visitor("ana")
    address = f"{group_page}/pair?a=twitter:100&b=twitter:101"
    assert address.replace("&", "&amp;").replace(":", "%3A") in browser.get(group_page).text.replace(":", "%3A")
    html = browser.get(address).text
    assert html.count(">+3 s</th>") == LINKS
    assert HOSTILE not in html
    assert "voice_1" in html
    assert "The run counted" not in html
    assert browser.get(f"{group_page}/pair?a=twitter:100&b=twitter:999").status_code == 404
    assert browser.get(f"{group_page}/pair?a=twitter:100&b=twitter:100").status_code == 400


def test_networks_are_followed_through_the_periods(visitor: Visitor) -> None:
    browser = visitor("ana")
    html = browser.get("/desk/networks/over-time").text
    assert 'class="lineages"' in html
    link = re.search(r'href="(/desk/networks/group-\w+\?run=run-\w+)"', html)
    assert link
    page = browser.get(link[1]).text
    assert "Synchronised is not yet coordinated." in page
    source = re.search(r'data-src="([^"]+)"', page)
    assert source
    assert browser.get(source[1].replace("&amp;", "&")).json()["nodes"]


def test_the_timeline_of_one_thing_is_a_page_of_its_own(visitor: Visitor, group_page: str) -> None:
    thing = "https://herald-news.example/story/0"
    whole, one = visitor("ana").get(group_page).text, visitor("ana").get(f"{group_page}?object={quote(thing)}").text
    assert whole.count('<g class="mark-') > one.count('<g class="mark-') == MEMBERS
    assert "At most one account" in visitor("ana").get(f"{group_page}?object=nothing").text


def test_the_picture_has_a_node_for_each_account_and_an_edge_for_each_pair(visitor: Visitor, group_page: str) -> None:
    picture = visitor("ana").get(f"{group_page}/picture.json").json()
    assert len(picture["nodes"]) == MEMBERS
    assert len(picture["edges"]) == MEMBERS * (MEMBERS - 1) / 2
    assert all(0 <= node["x"] <= 1 and 0 <= node["y"] <= 1 for node in picture["nodes"])
    assert max(edge["post_pairs"] for edge in picture["edges"]) == LINKS
    assert "voice_1" in {node["label"] for node in picture["nodes"]}


def test_a_network_of_another_run_is_not_found(visitor: Visitor) -> None:
    assert visitor("ana").get("/desk/networks/group-none").status_code == 404


def test_a_reviewer_decides_a_case_for_a_reason(workspace: Workspace, visitor: Visitor, clock: StillClock) -> None:
    browser = visitor("rev")
    form = {"status": "confirmed", "reason": "Seen with my own eyes."}
    assert browser.post(f"/desk/cases/{CASE}/decision", data=form).status_code == 303
    case = workspace.vault.cases.get(CASE)
    assert case
    assert (case.status, case.modified_at) == (CaseStatus.CONFIRMED, clock.now)
    entry = workspace.vault.ledger.entries(1)[0]
    assert (entry.actor, entry.event, entry.subject) == ("rev", "case.decided", CASE)
    assert entry.details == {"from": "open", "to": "confirmed", "reason": "Seen with my own eyes."}
    assert workspace.vault.ledger.verify()
    html = browser.get(f"/desk/cases/{CASE}").text
    assert "Seen with my own eyes." in html
    assert "Open → Confirmed" in html


@pytest.mark.parametrize("form", [{"status": "confirmed", "reason": "  "}, {"status": "guilty", "reason": "x"}, {}])
def test_a_decision_without_reason_or_status_changes_nothing(
    workspace: Workspace, visitor: Visitor, form: dict[str, str]
) -> None:
    assert visitor("rev").post(f"/desk/cases/{CASE}/decision", data=form).status_code == 400
    case = workspace.vault.cases.get(CASE)
    assert case
    assert case.status is CaseStatus.OPEN


def test_an_analyst_reads_a_case_but_is_offered_no_decision(visitor: Visitor) -> None:
    html = visitor("ana").get(f"/desk/cases/{CASE}").text
    assert "A lookalike of the Herald" in html
    assert "TLP:AMBER" in html
    assert "Sign this decision" not in html
    assert "bundle.json" not in html


def test_facts_are_shown_whatever_their_shape(visitor: Visitor) -> None:
    html = visitor("ana").get(f"/desk/cases/{CASE}").text
    assert "<li>not known</li>" in html
    assert "<li>yes</li>" in html
    assert html.count("<tr><td>") == 20
    assert "and 10 more" in html


def test_a_case_leaves_as_a_marked_stix_bundle_and_the_ledger_knows(workspace: Workspace, visitor: Visitor) -> None:
    answer = visitor("rev").post(f"/desk/cases/{CASE}/bundle.json", data={"to": "Harbour Watch"})
    assert answer.headers["content-type"].startswith("application/stix+json")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.json()["type"] == "bundle"
    assert "herald-news.example" in answer.text
    entry = workspace.vault.ledger.entries(1)[0]
    assert (entry.actor, entry.event, entry.details["tlp"]) == ("rev", "case.exported", "amber")
    delivered = {one.object_id for one in workspace.vault.deliveries.to_partner(PARTNER) if one.way == "bundle"}
    assert delivered == {held["id"] for held in answer.json()["objects"] if held["type"] not in WORDS}


def test_a_case_leaves_as_a_dossier_to_read_or_print(workspace: Workspace, visitor: Visitor) -> None:
    assert f"/desk/cases/{CASE}/dossier.html" in visitor("rev").get(f"/desk/cases/{CASE}").text
    answer = visitor("rev").post(f"/desk/cases/{CASE}/dossier.html", data={"to": "Harbour Watch"})
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "TLP:AMBER" in answer.text
    entry = workspace.vault.ledger.entries(1)[0]
    assert (entry.actor, entry.event, entry.details["format"]) == ("rev", "case.exported", "dossier")


def test_indicators_are_searched_and_marked(visitor: Visitor) -> None:
    html = visitor("ana").get("/desk/indicators?text=herald").text
    assert "herald-news.example" in html
    assert "TLP:AMBER" in html
    assert "No indicator has every one of these words" in visitor("ana").get("/desk/indicators?text=zebra").text


def test_hits_lead_to_their_ads(visitor: Visitor) -> None:
    assert f'href="/library/ads/{quote(HELD_AD, safe="")}"' in visitor("ana").get("/desk/hits").text


def test_hits_are_filtered_and_say_why(workspace: Workspace, visitor: Visitor) -> None:
    row = {
        "hit_id": "hit--imitation",
        "indicator_id": "protected--1",
        "indicator_kind": "lookalike",
        "indicator_value": "herald.example",
        "source": "bundled news",
        "tlp": "amber",
        "target_kind": "post",
        "target_id": "twitter:9",
        "field": "text",
        "matched": "https://heralb.example/",
        "relation": "lookalike",
        "place": 7,
        "confidence": 90,
        "reason": "heralb.example imitates herald.example (The Herald): a letter is another.",
        "remark": "On the warning list “Own sites” (version 3).",
    }
    workspace.vault.hits.add(pa.Table.from_pylist([row], HITS))
    ana = visitor("ana")
    html = ana.get("/desk/hits?relation=lookalike&text=HERALB&least=80&target_kind=post&kind=lookalike").text
    assert "<strong>1</strong> hit" in html
    for said in (row["reason"], row["remark"], "character 8", "protected name", ">90<"):
        assert str(said) in html
    assert "No hit fits" in ana.get("/desk/hits?relation=lookalike&least=91").text
    assert "No hit fits" in ana.get("/desk/hits?text=%25").text
    assert "heralb.example" not in ana.get("/desk/hits?target_kind=ad&least=").text


@pytest.mark.parametrize("address", ["/desk/hits?start=-1", "/desk/networks?start=x", f"/library?text={'x' * 300}"])
def test_an_address_out_of_bounds_gets_a_sentence(visitor: Visitor, address: str) -> None:
    answer = visitor("ana").get(address)
    assert answer.status_code == 400
    assert "<h1>Bad request</h1>" in answer.text


def test_an_empty_workspace_has_all_pages(workspace: Workspace, visitor: Visitor) -> None:
    browser = visitor("adm")
    for entry in workspace.runs.iterdir():
        (entry / "run.json").unlink()
    for address in ("/desk", "/desk/networks"):
        assert "watchbell detect" in browser.get(address).text


def test_words_from_outside_never_become_markup(visitor: Visitor, group_page: str) -> None:
    browser = visitor("rev")
    pages = ["/library", f"/library/ads/{HELD_AD}", group_page, f"/desk/cases/{CASE}"]
    for address in (*pages, f"/library?text={quote(HOSTILE)}", f"/desk/indicators?text={quote(HOSTILE)}"):
        html = browser.get(address).text
        assert HOSTILE not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize("address", ["/", "/library", "/sign-in", "/nowhere", "/static/watchbell.css", "/desk"])
def test_every_answer_carries_the_headers_that_keep_the_page_ours(visitor: Visitor, address: str) -> None:
    headers = visitor(None).get(address).headers
    policy = dict(part.split(maxsplit=1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert ("no-cache" if "static" in address else "no-store") in headers["cache-control"]


@pytest.mark.parametrize("name", [None, "ana"])
def test_an_address_with_nothing_at_it_says_so(visitor: Visitor, name: str | None) -> None:
    answer = visitor(name).get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
