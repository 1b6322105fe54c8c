"""What an advertiser declares of an ad stands in its notice at once; nobody declares of another's."""

from tests.advertiser_accounts import ANNA, BOB, account_of, enrolled
from tests.made_up_desk import NOW
from tests.unit.web.conftest import Browser, StillClock
from watchbell.desk.advertisers.counter import Application, apply
from watchbell.desk.advertisers.office import Office
from watchbell.model.ads import Ad
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Advertiser
from watchbell.model.payers import PaidAd

AD = Ad(
    id="jsonl:eu/1",
    source="jsonl",
    platform="facebook",
    country="DE",
    payer="Anna Eriksson",
    started_at=NOW,
    declared_political=True,
)
DECLARED = {
    "address": "Weg 1, 10115 Berlin",
    "in_campaign": "yes",
    "amount": "9000.50",
    "currency": "eur",
    "origin": "private",
    "whence": "inside",
    "method": "Wie berechnet, mit <b>Mehrwertsteuer</b>.",
    "linked": ["eu-parliament-2029"],
    "process": "Gesetz über Lampen",
    "personal_data": "no",
    "true": "true",
}


def sponsor(office: Office, email: str, clock: StillClock) -> tuple[AdvertiserAccount, Advertiser, str]:
    account, _ = enrolled(office, account_of(office, email, clock()), clock())
    mine = apply(office, account, Application("EU", "person"), clock())
    return account, mine, f"/advertiser/of/{mine.id}/notices/jsonl%3Aeu/1"


def test_what_is_declared_stands_in_the_notice(office: Office, browser: Browser, clock: StillClock) -> None:
    account, mine, page = sponsor(office, ANNA, clock)
    office.vault.ads.add([AD], NOW)
    office.vault.payers.link([], [PaidAd(ad_id=AD.id, advertiser_id=mine.id)])
    anna = browser(account)
    assert page in anna.get(f"/advertiser/of/{mine.id}/ads/jsonl%3Aeu/1").text
    assert "ob die Mittel öffentlich oder privat sind" in anna.get(page).text
    assert anna.post(page, data=DECLARED).headers["location"].endswith("/notices/jsonl%3Aeu/1")
    again = anna.get(page).text
    assert 'value="eu-parliament-2029" checked' in again
    assert 'value="9000.50"' in again
    assert "Declaration 1," in again
    notice = anna.get("/library/notices/jsonl%3Aeu/1").text
    assert '<h1 lang="de">Transparenzbekanntmachung</h1>' in notice
    for said in ("9.000,50 EUR", "Die Mittel sind privat.", "&lt;b&gt;Mehrwertsteuer&lt;/b&gt;", "Gesetz über Lampen"):
        assert said in notice
    french = anna.get("/library/notices/jsonl%3Aeu/1?lang=fr").text
    assert "A translation, for reading." in french
    assert 'lang="fr">Avis de transparence' in french
    assert anna.get("/library/notices/jsonl%3Aeu/1?lang=it").status_code == 404
    assert [one.number for one in office.vault.ad_notices.versions(AD.id)] == [2, 1]
    assert office.vault.ledger.about(AD.id)[0].event == "notice.declared"
    assert "Weg 1" not in str(office.vault.ledger.about(AD.id))


def test_what_cannot_be_declared_is_said_and_kept_in_the_form(
    office: Office, browser: Browser, clock: StillClock
) -> None:
    account, mine, page = sponsor(office, ANNA, clock)
    office.vault.ads.add([AD], NOW)
    office.vault.payers.link([], [PaidAd(ad_id=AD.id, advertiser_id=mine.id)])
    anna = browser(account)
    for changes, said in (
        ({"true": ""}, "Say that what you declare is true"),
        ({"amount": "viel"}, "is no amount"),
        ({"amount": "-1"}, "zero or more"),
        ({"currency": "€"}, "The field campaign.currency"),
        ({"origin": "stolen"}, "The field origin"),
        ({"in_campaign": "no"}, "part of no campaign"),
        ({"linked": ["nothing", "eu-parliament-2029"]}, "Choose one of the two"),
    ):
        answer = anna.post(page, data=DECLARED | changes)
        assert (answer.status_code, said in answer.text) == (422, True), changes
        assert "Gesetz über Lampen" in answer.text
    assert office.vault.ad_notices.declared(AD.id) == []


def test_nobody_declares_of_anothers_ad_nor_of_one_that_needs_no_notice(
    office: Office, browser: Browser, clock: StillClock
) -> None:
    account, mine, page = sponsor(office, ANNA, clock)
    other, _, their_page = sponsor(office, BOB, clock)
    office.vault.ads.add([AD], NOW)
    office.vault.payers.link([], [PaidAd(ad_id=AD.id, advertiser_id=mine.id)])
    assert browser(other).post(their_page, data=DECLARED).status_code == 404
    assert browser(other).post(page, data=DECLARED).status_code == 404
    office.vault.ads.add([AD.model_copy(update={"declared_political": False})], NOW)
    assert "needs no transparency notice" in browser(account).get(page).text
    assert "needs no transparency notice" in browser(account).post(page, data=DECLARED).text
