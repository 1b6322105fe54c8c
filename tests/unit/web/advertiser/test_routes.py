"""The European, British and Canadian routes, walked on the advertiser's own pages, and what is refused there."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from tests.advertiser_accounts import ANNA, Mailbox, account_of, enrolled
from tests.made_up_payers import PICTURE, reviewer
from tests.unit.web.conftest import Browser, StillClock
from watchbell.desk.ads.payers import ads_of
from watchbell.desk.advertisers import senders
from watchbell.desk.advertisers.counter import Application, apply
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.senders import Way
from watchbell.desk.advertisers.steps import decide, status
from watchbell.desk.advertisers.timekeeping import keep_time
from watchbell.model.ads import Ad
from watchbell.model.advertisers import Advertiser, EvidenceVerdict, Finding
from watchbell.model.payers import Delivery, PaidAd

DOCUMENT = {"kind": "document", "text": "A paper"}
HOUSES = {
    "GB": {"street": "10 Downing Street", "city": "London", "postal_code": "SW1A 2AA"},
    "CA": {"street": "111 Wellington Street", "city": "Ottawa", "region": "ON", "postal_code": "K1A 0A9"},
}
GOOD = Finding(verdict=EvidenceVerdict.ACCEPTED, reason="The register says so.")
QUIET = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Walk:
    """One advertiser's way through their pages, with a reviewer behind them."""

    def __init__(self, office: Office, client: TestClient, advertiser: Advertiser, post: Mailbox) -> None:
        self.office, self.client, self.advertiser, self.post = office, client, advertiser, post
        self.base = f"/advertiser/of/{advertiser.id}"

    def show(self, step: str, now: datetime, finding: Finding = GOOD) -> None:
        """Show a document, or the address to which a letter goes; and have it decided, or enter the letter's code."""
        assert self.client.get(f"{self.base}/steps/{step}").status_code == 200
        to = f"{self.base}/steps/{step}"
        if "letter" in self.office.plan(self.advertiser).steps[step].accepts:
            home = HOUSES[self.advertiser.jurisdiction] | {"kind": "letter"}
            assert self.client.post(f"{to}/evidence", data=home).status_code == 303
            assert "The code is wrong" in self.client.post(f"{to}/code", data={"code": "AAAA-AAAA"}).text
            assert self.client.post(f"{to}/code", data={"code": self.post.code()}).status_code == 303
            assert "was used before" in self.client.post(f"{to}/code", data={"code": self.post.code()}).text
            return
        answer = self.client.post(f"{to}/evidence", data=DOCUMENT, files={"document": ("a.png", PICTURE)})
        assert answer.status_code == 303
        decide(self.office, self.advertiser, step, finding, by=reviewer(now), now=now)

    def disclaimer(self, **told: str) -> str:
        return str(self.client.post(f"{self.base}/disclaimers", data=told | {"do": "make"}, follow_redirects=True).text)


@pytest.fixture
def walk(
    office: Office, browser: Browser, clock: StillClock, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Walk:
    clock.now = QUIET
    post = Mailbox()
    monkeypatch.setitem(senders._REAL, Way.POST, lambda _: post)
    account, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    jurisdiction, route, organisation = request.param
    client = browser(account)
    form = {"jurisdiction": jurisdiction, "route": route, "organisation": organisation}
    assert client.post("/advertiser/new", data=form).status_code == 303
    [mine] = office.vault.advertisers.of_account(account.id)
    return Walk(office, client, mine, post)


@pytest.mark.parametrize(
    ("walk", "told", "refused", "words"),
    [
        (
            ("EU", "sponsor", "Verein Beispiel"),
            {"language": "de"},
            {"language": "it"},
            "Politische Anzeige. Der Sponsor ist Verein Beispiel.",
        ),
        (
            ("EU", "person", ""),
            {"language": "fr"},
            {"language": ""},
            "Annonce publicitaire à caractère politique. Le parraineur est Anna Eriksson.",
        ),
        (
            ("GB", "promoter", "The Club"),
            {"contact": "10 Downing Street, London"},
            {"contact": "www.club.org"},
            "Promoted by Anna Eriksson on behalf of The Club, both of 10 Downing Street, London.",
        ),
        (
            ("GB", "person", ""),
            {"contact": "10 Downing Street, London"},
            {"contact": ""},
            "Promoted by Anna Eriksson, 10 Downing Street, London.",
        ),
        (
            ("CA", "authorising-agent", "Parti des lampes"),
            {},
            {},
            "Authorized by Anna Eriksson, agent for Parti des lampes.",
        ),
        (
            ("CA", "third-party", "Lamp Friends"),
            {"contact": "613-555-0100, lampfriends.example"},
            {"contact": "613-555-0100"},
            "Authorized by Lamp Friends, 613-555-0100, lampfriends.example.",
        ),
    ],
    indirect=["walk"],
)
def test_each_route_leads_to_words_that_may_stand_on_ads(
    walk: Walk, told: dict[str, str], refused: dict[str, str], words: str
) -> None:
    needed = [step for step, asked in walk.office.plan(walk.advertiser).steps.items() if asked.days_before_vote is None]
    for step in needed:
        assert not status(walk.office, walk.advertiser, QUIET).may_run
        assert "who is authorised" in walk.disclaimer(**told)
        walk.show(step, QUIET)
    assert status(walk.office, walk.advertiser, QUIET).may_run
    if refused not in ({}, {"language": ""}):
        assert "This did not pass." in walk.disclaimer(**refused)
    page = walk.disclaimer(**told)
    assert words in page
    assert "may stand on ads" in page
    [made] = walk.office.vault.advertisers.disclaimers(walk.advertiser.id)
    assert (made.text, made.verdict) == (words, "approved")


@pytest.mark.parametrize("walk", [("GB", "promoter", "The Club")], indirect=True)
def test_a_british_imprint_of_another_place_and_a_letter_abroad_are_not_believed(walk: Walk) -> None:
    abroad = HOUSES["GB"] | {"kind": "letter", "city": "", "postal_code": "10115"}
    answer = walk.client.post(f"{walk.base}/steps/promoter-address/evidence", data=abroad)
    assert answer.status_code == 422
    for step in ("identity", "promoter-address", "on-behalf-of"):
        walk.show(step, QUIET)
    assert "The letter with the code went to LONDON, GB" in walk.disclaimer(contact="1 High Street, Leeds")
    assert walk.office.vault.advertisers.disclaimers(walk.advertiser.id)[0].verdict == "held"


@pytest.mark.parametrize("walk", [("EU", "sponsor", "Verein Beispiel")], indirect=True)
def test_a_named_controller_is_the_sponsors_word_and_what_was_refused_is_told(walk: Walk, clock: StillClock) -> None:
    for step in ("identity", "sponsor"):
        walk.show(step, QUIET)
    no = Finding(verdict=EvidenceVerdict.REFUSED, reason="The extract is of another club.")
    walk.show("controlling-entity", QUIET, no)
    assert "The extract is of another club." in walk.client.get(f"{walk.base}/steps/controlling-entity").text
    assert not status(walk.office, walk.advertiser, QUIET).may_run
    clock.now = later = QUIET + timedelta(minutes=1)
    walk.show("controlling-entity", later, GOOD.model_copy(update={"expires_on": later.date()}))
    assert "is the advertiser&#39;s word" in walk.disclaimer(behind="Holding SA", language="es")
    assert status(walk.office, walk.advertiser, later + timedelta(days=1)).state == "paused"


# The bundled calendar has the elections to the Spanish towns and regions on 23 May 2027.
@pytest.mark.parametrize("walk", [("EU", "person", "")], indirect=True)
def test_before_a_vote_only_a_sponsor_who_declares_to_be_of_the_union_runs_ads_there(walk: Walk) -> None:
    walk.show("identity", QUIET)
    vault, mine = walk.office.vault, walk.advertiser
    ads = [
        Ad(id=f"jsonl:{country}", source="jsonl", platform="facebook", text="Vote", country=country, started_at=QUIET)
        for country in ("ES", "DE")
    ]
    vault.ads.add(ads, QUIET)
    vault.payers.link([], [PaidAd(ad_id=ad.id, advertiser_id=mine.id) for ad in ads])

    def runs(now: datetime) -> dict[str | None, Delivery]:
        return {view.ad.country: view.delivery for view in ads_of(walk.office, mine, now)}

    vote = datetime(2027, 5, 23, 12, tzinfo=UTC)
    near = vote - timedelta(days=92)
    assert runs(near - timedelta(days=1)) == {"ES": Delivery.RUNS, "DE": Delivery.RUNS}
    assert runs(near) == {"ES": Delivery.PAUSED, "DE": Delivery.RUNS}
    assert runs(vote + timedelta(days=1)) == {"ES": Delivery.RUNS, "DE": Delivery.RUNS}
    lacking = status(walk.office, mine, near, "ES").missing
    assert [one.step for one in lacking] == ["established-in-the-union"]
    assert keep_time(walk.office, near).changed == {}


def test_a_name_in_another_script_and_a_way_without_its_organisation_are_refused(
    office: Office, browser: Browser, clock: StillClock
) -> None:
    account, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    for jurisdiction, route in (("EU", "sponsor"), ("GB", "promoter"), ("CA", "third-party")):
        form = {"jurisdiction": jurisdiction, "route": route}
        assert "Name the organisation" in browser(account).post("/advertiser/new", data=form).text
        forged = form | {"organisation": "\N{CYRILLIC CAPITAL LETTER ES}lub"}
        assert "another script" in browser(account).post("/advertiser/new", data=forged).text
    assert apply(office, account, Application("EU", "person"), clock()).organisation is None


@pytest.mark.parametrize("walk", [("US", "legal-name", "")], indirect=True)
def test_which_form_a_small_american_ad_bears_is_shown(walk: Walk) -> None:
    told = {"authority": "none", "contact": "www.club.org", "do": "preview"}
    whole = "Paid for by Anna Eriksson, www.club.org. Not authorized by any candidate or candidate&#39;s committee."
    for room, form in (("400", whole), ("40", "Paid for by Anna Eriksson")):
        page = walk.client.post(f"{walk.base}/disclaimers", data=told | {"room": room}).text
        assert f"On an ad of {room} characters stands: “{form}”" in page
    for room in ("0", "many", "²"):
        assert "Write in figures" in walk.client.post(f"{walk.base}/disclaimers", data=told | {"room": room}).text
    refused = walk.client.post(f"{walk.base}/disclaimers", data=told | {"contact": "our office"}).text
    assert "&#39;our office&#39; is none" in refused
