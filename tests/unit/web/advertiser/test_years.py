"""Two years of an advertiser, by the pages and with a clock that is moved: shown, told, paused, and restored."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from tests.advertiser_accounts import ANNA, Mailbox, account_of, enrolled
from tests.made_up_desk import APPROVED_AD
from tests.unit.web.conftest import Browser, StillClock
from watchbell.desk.accounts import open_session
from watchbell.desk.advertisers import senders
from watchbell.desk.advertisers.counter import Application, apply
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.senders import Way
from watchbell.desk.advertisers.timekeeping import keep_time
from watchbell.model.payers import PaidAd
from watchbell.web.guard import COOKIE

ADDRESS = {"street": "1600 Pennsylvania Ave NW", "city": "Washington", "region": "DC", "postal_code": "20500"}
CARD = b"\x89PNG\r\n\x1a\n a card"


class Years:
    """An advertiser, a reviewer and the public, at the day that the clock tells."""

    def __init__(self, office: Office, browser: Browser, clock: StillClock, letters: Mailbox) -> None:
        self.office, self.browser, self.clock, self.letters = office, browser, clock, letters
        self.start = clock.now
        self.account, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
        self.mine = apply(office, self.account, Application("US", "legal-name"), clock())
        self.pay()

    def pay(self) -> None:
        """Say that the ad is theirs, which bears none of their words and runs from no account of theirs."""
        self.office.vault.payers.link([], [PaidAd(ad_id=APPROVED_AD, advertiser_id=self.mine.id)])

    def on_day(self, day: int) -> None:
        self.clock.now = self.start + timedelta(days=day)

    def told(self) -> int:
        return keep_time(self.office, self.clock()).told

    def page(self, path: str = "", **form: str) -> str:
        """Return a page of the advertiser, or what a form there leads to."""
        client, address = self.browser(self.account), f"/advertiser/of/{self.mine.id}{path}"
        answer = client.post(address, data=form, follow_redirects=True) if form else client.get(address)
        return str(answer.text)

    def show_card(self) -> None:
        files = {"document": ("card.png", CARD, "image/png")}
        form = {"kind": "document", "text": "Identity card"}
        address = f"/advertiser/of/{self.mine.id}/steps/identity/evidence"
        assert self.browser(self.account).post(address, data=form, files=files).status_code == 303

    def reviewer(self) -> TestClient:
        client, user = self.browser(None), self.office.vault.users.get("rev")
        assert user is not None
        client.cookies.set(COOKIE, open_session(self.office.vault, user, self.clock(), 12).token)
        return client

    def accept_card(self) -> str:
        """Let a reviewer look at the card that waits and accept it; return its id."""
        (evidence,) = self.office.vault.advertisers.waiting()
        client, address = self.reviewer(), f"/desk/advertisers/{self.mine.id}"
        assert client.post(f"{address}/claim", data={"subject": evidence.id}).status_code == 303
        assert client.get(f"{address}/documents/{evidence.id}").content == CARD
        said = {"subject": evidence.id, "accept": "true", "reason": "It is she."}
        assert client.post(f"{address}/decision", data=said).status_code == 303
        return evidence.id

    def runs(self) -> str:
        """Return whether the advertiser's ad runs, as everybody reads it."""
        text = str(self.browser(None).get(f"/library/ads/{APPROVED_AD}").text)
        return "paused" if "Paused with its advertiser" in text else "runs"


@pytest.fixture
def years(
    office: Office, browser: Browser, clock: StillClock, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> Years:
    letters = Mailbox()
    monkeypatch.setitem(senders._REAL, Way.POST, lambda _: letters)
    assert mailbox.letters == []
    return Years(office, browser, clock, letters)


def test_two_years_of_an_advertiser(years: Years, mailbox: Mailbox) -> None:
    vault = years.office.vault
    assert years.runs() == "paused"
    years.show_card()
    card = years.accept_card()
    assert "document.seen" in [entry.event for entry in vault.ledger.about(years.mine.id)]
    assert "on its way" in years.page("/steps/location/evidence", kind="letter", **ADDRESS)
    decisions = vault.ads.decisions(APPROVED_AD)
    assert years.runs() == "runs"
    disclaimer = {"authority": "none", "contact": "anna.example", "do": "make"}
    assert "may stand on ads" in years.page("/disclaimers", **disclaimer)
    years.pay()

    # While the letter is on its way the location counts for 21 days, and then no more.
    years.on_day(20)
    assert years.runs() == "runs"
    years.on_day(22)
    assert years.runs() == "paused"
    assert "4 times more" in years.page("/steps/location/code", code="AAAA-AAAA")
    assert "Done" in years.page("/steps/location/code", code=years.letters.code())
    assert years.runs() == "runs"

    # The card is encrypted, and gone thirty days after it was decided about.
    assert vault.advertisers.with_documents([card]) == {card}
    years.on_day(30)
    assert keep_time(years.office, years.clock()).deleted == 1
    assert vault.advertisers.with_documents([card]) == frozenset()

    # Two years from day 0 and from day 22: told 60 days before the one, 30 before the other, once each.
    for day, how_many in ((669, 0), (670, 1), (671, 0), (721, 0), (722, 1), (723, 0)):
        years.on_day(day)
        assert years.told() == how_many, day
    assert ["Who the person is" in one.text for one in mailbox.letters] == [True, False]
    years.on_day(731)
    assert years.runs() == "paused"
    assert "Disabled" in years.page("/disclaimers")
    years.show_card()
    years.accept_card()
    assert years.runs() == "runs"
    assert "Disabled" not in years.page("/disclaimers")
    assert vault.ads.decisions(APPROVED_AD) == decisions

    # A code that comes back too late is refused, and the step has lapsed by then.
    years.page("/steps/location/evidence", kind="letter", **ADDRESS)
    years.on_day(762)
    assert years.runs() == "paused"
    assert "was good until" in years.page("/steps/location/code", code=years.letters.code())
