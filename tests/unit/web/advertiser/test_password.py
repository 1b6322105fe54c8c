"""A forgotten password, and what an e-mail address alone does not open."""

import pytest

from tests.advertiser_accounts import ANNA, BOB, Mailbox, account_of, enrolled
from tests.unit.web.conftest import Browser, StillClock
from watchbell.desk.advertisers.office import Office

NEW = "another battery staple"


def sign_in(browser: Browser, password: str, code: str = "") -> int:
    form = {"email": ANNA, "password": password, "code": code}
    return int(browser(None).post("/advertiser/sign-in", data=form).status_code)


def test_a_new_password_holds_once_address_and_second_factor_are_proven(
    office: Office, browser: Browser, mailbox: Mailbox, clock: StillClock
) -> None:
    anna, recovery = enrolled(office, account_of(office, ANNA, clock()), clock())
    elsewhere, client = browser(anna), browser(None)
    form = {"email": "Anna@Club.org", "password": NEW}
    assert client.post("/advertiser/password", data=form).headers["location"] == "/advertiser/password/code"
    code = mailbox.code()
    refused = client.post("/advertiser/password/code", data={"code": code, "factor": "000000"})
    assert 'id="factor-problem"' in refused.text
    assert sign_in(browser, NEW, recovery[1]) == 401
    assert client.post("/advertiser/password/code", data={"code": code, "factor": recovery[0]}).status_code == 303
    assert client.get("/advertiser/password/code").headers["location"] == "/advertiser/password"
    assert elsewhere.get("/advertiser/new").headers["location"].startswith("/advertiser/sign-in")
    assert sign_in(browser, NEW, recovery[0]) == 401
    assert sign_in(browser, NEW, recovery[1]) == 303
    assert "account.password_replaced" in [entry.event for entry in office.vault.ledger.about(anna.id)]


def test_an_account_without_a_second_factor_needs_the_address_alone(
    office: Office, browser: Browser, mailbox: Mailbox, clock: StillClock
) -> None:
    account_of(office, ANNA, clock())
    client = browser(None)
    client.post("/advertiser/password", data={"email": ANNA, "password": NEW})
    assert client.post("/advertiser/password/code", data={"code": mailbox.code()}).status_code == 303
    assert sign_in(browser, NEW) == 303


def test_an_unknown_address_looks_like_any_other_and_its_owner_is_told(
    office: Office, browser: Browser, mailbox: Mailbox
) -> None:
    client = browser(None)
    form = {"email": BOB, "password": NEW}
    assert client.post("/advertiser/password", data=form).headers["location"] == "/advertiser/password/code"
    assert "No account has it" in mailbox.letters[-1].text
    assert client.post("/advertiser/password/code", data={"code": "AAAA-AAAA"}).status_code == 422
    assert office.vault.advertiser_accounts.all() == []


def test_a_code_for_a_new_password_makes_no_account_and_one_for_an_account_no_password(
    office: Office, browser: Browser, mailbox: Mailbox, clock: StillClock
) -> None:
    account_of(office, ANNA, clock())
    client = browser(None)
    client.post("/advertiser/password", data={"email": ANNA, "password": NEW})
    assert "The code is wrong" in client.post("/advertiser/e-mail", data={"code": mailbox.code()}).text
    client.post("/advertiser/sign-up", data={"person": "Bob", "email": BOB, "password": NEW})
    assert "The code is wrong" in client.post("/advertiser/password/code", data={"code": mailbox.code()}).text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("email", "anna", "no e-mail address"), ("password", "short", "12 to 1024 characters")],
)
def test_what_cannot_be_stands_beside_its_field(
    browser: Browser, mailbox: Mailbox, field: str, value: str, words: str
) -> None:
    form = {"email": ANNA, "password": NEW, field: value}
    assert words in browser(None).post("/advertiser/password", data=form).text
    assert mailbox.letters == []
