"""A dossier stands alone, tells a recipient what they may hear and no more, and is written down."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests import made_up_desk as made_up
from tests.made_up_desk import CASE, HOSTILE, INDICATOR, NOW, PARTNER, RED_CASE
from tests.unit.desk.investigations.test_report import Page
from watchbell.cli import case as command
from watchbell.desk.cases.cases import open_cases
from watchbell.desk.cases.dossier import DOSSIER, dossier_of, whoever_hears
from watchbell.desk.cases.dossier_page import dossier_page
from watchbell.desk.cases.house import House
from watchbell.desk.exchange.disputes import drafted, open_dispute
from watchbell.desk.exchange.feedback import Teller
from watchbell.desk.exchange.releases import ask_release, decide_release
from watchbell.desk.exchange.retraction import receipts
from watchbell.desk.exchange.sending import parcel_of, recipient_named, send_case
from watchbell.errors import NotAllowedError
from watchbell.model.audiences import Audience
from watchbell.model.cases import Case
from watchbell.model.collections import HOUSE
from watchbell.model.evidence import EvidenceKind
from watchbell.model.feedback import Claimant
from watchbell.model.indicators import IndicatorKind
from watchbell.model.partners import Partner, PartnerKind, Role, User
from watchbell.model.releases import ReleaseState
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

LATER = NOW + timedelta(days=2)
EVA, KIM = (
    User(username=name, role=Role.REVIEWER, password_hash="x", created_at=NOW, clearance=Tlp.RED)
    for name in ("eva", "kim")
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("dossier") / "w"
    made_up.build(root)
    with Workspace.open(root) as workspace:
        open_cases(workspace, NOW)
        named = Partner(id="partner--red", name="Named", kind=PartnerKind.PLATFORM, clearance=Tlp.RED)
        workspace.vault.partners.put(named)
        yield workspace


def known(workspace: Workspace, title: str) -> Case:
    return next(case for case in workspace.vault.cases.all() if title in case.title)


def page_for(workspace: Workspace, case: Case, name: str = "Harbour Watch") -> str:
    to = recipient_named(workspace.vault, name, NOW)
    return dossier_page(dossier_of(workspace, case, to=to, by="eva", now=LATER))


def test_it_is_one_file_without_scripts_and_requests_and_strangers_words_stay_words(built: Workspace) -> None:
    page = page_for(built, known(built, "in step"))
    seen = Page(page)
    assert seen.open == []
    names = [tag for tag, _ in seen.tags]
    assert {"script", "link", "iframe", "img", "form", "a"}.isdisjoint(names)
    assert not any({"src", "href", "onload"} & attributes.keys() for _, attributes in seen.tags)
    assert any("default-src 'none'" in str(attributes.get("content")) for _, attributes in seen.tags)
    assert HOSTILE not in page
    assert HOSTILE in "".join(seen.text)


def test_its_marking_is_head_and_foot_of_every_printed_sheet(built: Workspace) -> None:
    page = page_for(built, known(built, "in step"))
    for part in ("thead", "tfoot"):
        inside = page.split(f"<{part}>")[1 if part == "thead" else -1].split(f"</{part}>")[0]
        assert "TLP:AMBER" in inside
        assert "for Harbour Watch" in inside
    # A browser repeats them while they are a table's parts, so only a screen may see them as blocks.
    [style] = [rule for rule in page.split("</style>")[0].split("\n") if ".sheet > *, " in rule]
    assert style.startswith("@media screen {")


def test_it_tells_of_network_posts_techniques_gaps_and_how_to_dispute(built: Workspace) -> None:
    case = known(built, "in step")
    group = next(piece for piece in case.evidence if piece.kind is EvidenceKind.GROUP)
    told = group.data | {"technique_reasons": [{"technique": "T0084.001", "reason": "The very same words."}]}
    kept = tuple(piece for piece in case.evidence if piece is not group)
    case = case.model_copy(update={"evidence": (group.model_copy(update={"data": told}), *kept)})
    page = page_for(built, case)
    said = "".join(Page(page).text)
    assert page.count('class="network"') == page.count('class="timeline"') == 1
    assert page.count("<blockquote") == made_up.MEMBERS
    for words in ("T0084.001 Use Copypasta", "The very same words.", "3 s after the first", "CC BY-SA",
                  "No political ad is part of the evidence.", "is owed an answer within 14 days", case.id):  # fmt: skip
        assert words in said
    gone = group.model_copy(update={"data": told | {"run_id": "run-gone"}})
    page = page_for(built, case.model_copy(update={"evidence": (gone,)}))
    assert "The run that found them is no longer kept" in page
    assert "The heaviest pairs" in page


def test_an_indicator_is_defanged_with_its_disputes_but_not_a_partners_words(built: Workspace) -> None:
    teller = Teller(HOUSE, "eva", Audience(Tlp.RED))
    mine = drafted(INDICATOR, "It is my shop", ["https://shop.example/about"], claimant=Claimant.ACCOUNT_HOLDER,
                   teller=teller, due=(NOW, 14))  # fmt: skip
    open_dispute(built.vault, mine, teller=teller, now=NOW)
    case = built.vault.cases.get(CASE)
    assert case
    said = "".join(Page(page_for(built, case)).text)
    assert "herald-news[.]example" in said
    assert "hxxps://shop[.]example/about" in said
    assert "It is my shop" in said
    assert "by a partner, on 2026-11-03: open" in said
    assert "We are the Herald" not in said


def test_an_ad_stands_with_its_words_and_what_was_decided(built: Workspace) -> None:
    said = "".join(Page(page_for(built, known(built, "clear.example"))).text)
    assert "Ads side by side" in said
    assert "First pass by rule: review. VI-METHOD" in said
    assert "An ad touches the rule VI-METHOD: It names a way to vote that does not exist." in said


def test_who_received_it_is_written_down(built: Workspace) -> None:
    case = built.vault.cases.get(CASE)
    assert case
    page_for(built, case)
    assert DOSSIER in {one.way for one in built.vault.deliveries.to_partner(PARTNER)}
    held = built.vault.indicators.get(INDICATOR)
    assert held
    assert DOSSIER in receipts(built.vault, held)[0].ways
    entry = built.vault.ledger.about(CASE, 1)[0]
    assert (entry.actor, entry.event, entry.details["format"]) == ("eva", "case.exported", DOSSIER)


def test_narrow_cases_need_a_recipient_who_hears_them_and_two_people(built: Workspace) -> None:
    red = built.vault.cases.get(RED_CASE)
    amber = built.vault.cases.get(CASE)
    assert red
    assert amber
    with pytest.raises(NotAllowedError, match="may not hear"):
        page_for(built, red)
    with pytest.raises(NotAllowedError, match="two people"):
        page_for(built, red, "Named")
    asked = ask_release(built.vault, parcel_of(red, recipient_named(built.vault, "Named", NOW)), "x", by=EVA, now=NOW)
    decide_release(built.vault, asked, ReleaseState.APPROVED, "y", by=KIM, now=NOW)
    assert "TLP:RED" in page_for(built, red, "Named")
    with pytest.raises(NotAllowedError, match="for its recipients only"):
        dossier_of(built, red, to=whoever_hears(Tlp.RED), by="eva", now=LATER)
    with pytest.raises(NotAllowedError, match="may not hear"):
        dossier_of(built, amber, to=whoever_hears(Tlp.GREEN), by="eva", now=LATER)
    page = dossier_page(dossier_of(built, amber, to=whoever_hears(Tlp.AMBER), by="eva", now=LATER))
    assert "nobody in particular" in page


def test_what_was_marked_narrower_after_the_case_was_opened_stays_here(built: Workspace) -> None:
    case = built.vault.cases.get(CASE)
    held = built.vault.indicators.get(INDICATOR)
    assert case
    assert held
    narrow = held.model_copy(
        update={"id": "indicator--00000000-0000-4000-8000-00000000000a", "value": "narrow.example", "tlp": Tlp.RED,
                "kind": IndicatorKind.DOMAIN, "published_as": "narrow[.]example", "source": "Quay"}
    )  # fmt: skip
    built.vault.indicators.add([narrow])
    piece = case.evidence[0].model_copy(
        update={"id": "e", "kind": EvidenceKind.INDICATOR, "subject": narrow.id, "summary": "Quay: NARROW.example"}
    )
    note = case.evidence[0].model_copy(
        update={"id": "n", "kind": EvidenceKind.NOTE, "subject": "n", "summary": "I saw narrow.example there"}
    )
    case = case.model_copy(update={"evidence": (*case.evidence, piece, note)})
    page = page_for(built, case, "Named")
    assert "narrow.example" not in page.replace("[.]", ".").casefold()
    to = recipient_named(built.vault, "Named", NOW)
    told = send_case(built.vault, case, to=to, house=House("Us"), by=EVA, now=LATER)
    assert "narrow.example" not in str(told).replace("[.]", ".").casefold()
    named = case.model_copy(update={"summary": "All of them share narrow.example."})
    with pytest.raises(NotAllowedError, match="words of this case"):
        page_for(built, named, "Named")


def test_the_command_writes_the_file(built: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "new" / "dossier.html"
    arguments = [CASE, "--for", "Harbour Watch", "--out", str(out), "--workspace", str(built.root)]
    result = CliRunner().invoke(command.app, ["dossier", *arguments])
    assert result.exit_code == 0, result.output
    assert "TLP:AMBER for Harbour Watch" in result.output
    assert out.read_text("utf-8").startswith("<!doctype html>")
    listed = CliRunner().invoke(command.app, ["list", "--json", "--workspace", str(built.root)])
    assert {one["id"] for one in json.loads(listed.output)} > {CASE, RED_CASE}
    both = CliRunner().invoke(command.app, ["dossier", *arguments, "--tlp", "amber"])
    assert "either --for PARTNER or --tlp LEVEL" in str(both.exception)
