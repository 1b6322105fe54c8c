"""The advertisers' counter: who reaches what, and what protects accounts."""

import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient

from tests import made_up_desk
from tests.advertiser_accounts import ANNA, BOB, Mailbox, account_of, code_of, enrolled
from tests.unit.web.conftest import HOST, Browser, StillClock
from tests.unit.web.test_permissions_golden import every_route
from watchbell.desk.accounts import Attempts, hashed_password
from watchbell.desk.accounts import open_session as open_desk_session
from watchbell.desk.advertisers.accounts import (
    account_named,
    close_account,
    forget_second_factor,
)
from watchbell.desk.advertisers.authorizations import decide_evidence
from watchbell.desk.advertisers.counter import MOST_A_DAY, Application, apply
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.second_factor import RECOVERY_CODES
from watchbell.desk.permissions import Errand
from watchbell.errors import NotAllowedError, UsageError
from watchbell.model.advertiser_accounts import AccountStage
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict, Finding
from watchbell.model.payers import PaidAd
from watchbell.vault.advertisers import Given
from watchbell.vault.ledger import Entry
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app
from watchbell.web.guard import COOKIE, COUNTER_COOKIE, permission_of

GOLDEN = Path(__file__).with_name("counter.golden")
PASSWORD = "correct horse battery staple"
SIGN_UP = {"person": "Anna Eriksson", "email": ANNA, "password": PASSWORD}
HALF_A_MINUTE = timedelta(seconds=30)


def what_came(browser: TestClient, method: str, path: str) -> str:
    answer = browser.request(method, path)
    to = answer.headers.get("location", "")
    if to.startswith("/advertiser/sign-in"):
        return "sign-in"
    if to.startswith("/advertiser/second-factor"):
        return "enrol"
    return {403: "no", 404: "nothing"}.get(answer.status_code, "yes")


def test_who_reaches_what(house: Workspace, office: Office, browser: Browser, clock: StillClock) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    bob, _ = enrolled(office, account_of(office, BOB, clock()), clock())
    mine = apply(office, anna, Application("US", "legal-name"), clock())
    house.vault.payers.link([], [PaidAd(ad_id=made_up_desk.HELD_AD, advertiser_id=mine.id)])
    admin = browser(None)
    user = house.vault.users.get("adm")
    assert user
    admin.cookies.set(COOKIE, open_desk_session(house.vault, user, clock(), 1).token)
    who = {
        "public": browser(None),
        "admin": admin,
        "enrolling": browser(account_of(office, "new@club.org", clock())),
        "another": browser(bob),
        "owner": browser(anna),
    }
    values = {"advertiser_id": mine.id, "step": "identity", "ad_id:path": made_up_desk.HELD_AD}
    routes = [route for route in every_route() if isinstance(permission_of(route), Errand)]
    lines = [f"{'':<56} " + " ".join(f"{name:<9}" for name in who)]
    for method, path in sorted((min(route.methods or ()), route.path) for route in routes):
        filled = re.sub(r"{(.*?)}", lambda found: values[found[1]], path)
        answers = [what_came(one, method, filled) for one in who.values()]
        lines.append(f"{method:<4} {path:<51} " + " ".join(f"{answer:<9}" for answer in answers))
    table = "\n".join(line.rstrip() for line in lines) + "\n"
    assert table == GOLDEN.read_text(), f"The table is now:\n{table}"


def test_the_counter_is_closed_unless_the_operator_opens_it(workspace: Workspace) -> None:
    client = TestClient(create_app(workspace), base_url=HOST)
    assert {client.get(path).status_code for path in ("/advertiser", "/advertiser/sign-up", "/advertiser/new")} == {404}


def test_the_counter_does_not_open_without_the_key(built_desk: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built_desk, tmp_path / "house")
    (root / "watchbell.toml").write_text("advertiser_pages = true\n")
    with Workspace.open(root) as opened, pytest.raises(UsageError, match="watchbell advertiser key"):
        create_app(opened)


def test_a_session_of_the_counter_opens_no_door_of_the_desk(
    office: Office, browser: Browser, clock: StillClock
) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    client = browser(anna)
    client.cookies.set(COOKIE, client.cookies[COUNTER_COOKIE])
    assert client.get("/desk").headers["location"].startswith("/sign-in")


def test_a_person_signs_up_with_a_proven_address(
    house: Workspace, browser: Browser, mailbox: Mailbox, clock: StillClock
) -> None:
    client = browser(None)
    assert client.post("/advertiser/sign-up", data=SIGN_UP).headers["location"] == "/advertiser/e-mail"
    assert client.post("/advertiser/e-mail", data={"code": "WRONG"}).status_code == 422
    assert client.post("/advertiser/e-mail", data={"code": mailbox.code()}).headers["location"].endswith("factor")
    page = client.get("/advertiser/second-factor").text
    secret = re.findall(r'id="secret"[^>]*>([A-Z2-7 ]+)<', page)[0].replace(" ", "")
    answer = client.post("/advertiser/second-factor", data={"code": pyotp.TOTP(secret).at(clock())})
    codes = re.findall("<code>([0-9A-Z-]{19})</code>", answer.text)
    assert len(codes) == len(set(codes)) == RECOVERY_CODES
    assert client.get("/advertiser/new").status_code == 200
    stored = b"".join(file.read_bytes() for file in house.root.glob("watchbell.db*"))
    assert ANNA.encode() in stored
    for kept_secret in (PASSWORD, secret, *codes, client.cookies[COUNTER_COOKIE]):
        assert kept_secret.encode() not in stored


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("person", " ", "Say it in words"),
        ("person", "\N{CYRILLIC CAPITAL LETTER A}nna Eriksson", "another script"),
        ("email", "anna", "no e-mail address"),
        ("email", "anna@club.org\nBcc: all@club.org", "no e-mail address"),
        ("password", "short", "12 to 1024 characters"),
    ],
)
def test_what_cannot_be_stands_beside_its_field(
    browser: Browser, mailbox: Mailbox, field: str, value: str, words: str
) -> None:
    answer = browser(None).post("/advertiser/sign-up", data=SIGN_UP | {field: value})
    assert answer.status_code == 422
    (said,) = re.findall(f'id="{field}-problem">([^<]+)<', answer.text)
    assert words in said
    assert mailbox.letters == []


def test_nobody_signs_up_where_no_e_mail_can_be_sent(browser: Browser) -> None:
    assert "nothing is set up that sends e-mail" in browser(None).post("/advertiser/sign-up", data=SIGN_UP).text


def test_a_known_address_looks_like_any_other_and_its_owner_is_told(
    office: Office, browser: Browser, mailbox: Mailbox, clock: StillClock
) -> None:
    account_of(office, ANNA, clock())
    client = browser(None)
    assert client.post("/advertiser/sign-up", data=SIGN_UP).headers["location"] == "/advertiser/e-mail"
    assert "has an account already" in mailbox.letters[-1].text
    assert not re.search("[0-9A-Z]{4}-[0-9A-Z]{4}", mailbox.letters[-1].text)


def test_an_address_is_not_flooded_and_a_code_not_guessed(
    browser: Browser, mailbox: Mailbox, clock: StillClock
) -> None:
    client = browser(None)
    for _ in range(Attempts.FREE):
        client.post("/advertiser/sign-up", data=SIGN_UP)
    for spelling in (ANNA, "Anna@Club.org", "anna@\N{FULLWIDTH LATIN SMALL LETTER C}lub.org"):
        assert "Too many tries" in client.post("/advertiser/sign-up", data=SIGN_UP | {"email": spelling}).text
    assert len(mailbox.letters) == Attempts.FREE
    for _ in range(5):
        client.post("/advertiser/e-mail", data={"code": "WRONG"})
    assert "wrong too often" in client.post("/advertiser/e-mail", data={"code": mailbox.code()}).text
    clock.now += timedelta(hours=2)
    assert client.get("/advertiser/e-mail").headers["location"] == "/advertiser/sign-up"


def test_signing_in_takes_both_factors_and_each_code_works_once(
    office: Office, browser: Browser, clock: StillClock
) -> None:
    hashed = hashed_password(PASSWORD)
    anna, recovery = enrolled(office, account_of(office, ANNA, clock(), password_hash=hashed), clock())
    client = browser(None)

    def sign_in(code: str, password: str = PASSWORD) -> int:
        form = {"email": "Anna@Club.org", "password": password, "code": code, "next": "https://elsewhere.example"}
        answer = client.post("/advertiser/sign-in", data=form)
        assert answer.headers.get("location", "/advertiser") == "/advertiser"
        return int(answer.status_code)

    assert sign_in("") == 401
    assert sign_in(code_of(office, anna, clock())) == 401, "it was used to enrol"
    clock.now += HALF_A_MINUTE
    fresh = code_of(office, anna, clock())
    assert sign_in(fresh, "another password") == 401
    assert sign_in(fresh) == 303
    assert sign_in(fresh) == 401
    assert sign_in(recovery[0].lower()) == 303
    assert sign_in(recovery[0]) == 401
    assert office.vault.advertiser_accounts.recovery_codes_left(anna.id) == RECOVERY_CODES - 1
    for _ in range(Attempts.FREE):
        sign_in("000000")
    assert sign_in(recovery[1]) == 429


def test_an_operator_closes_an_account_or_lets_its_second_factor_be_set_up_anew(
    office: Office, browser: Browser, clock: StillClock
) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    client = browser(anna)
    forget_second_factor(office, anna, by="operator", now=clock())
    assert client.get("/advertiser/new").headers["location"].startswith("/advertiser/sign-in")
    fresh = account_named(office, ANNA)
    assert fresh.stage is AccountStage.ENROLLING
    close_account(office, fresh, by="operator", now=clock())
    assert browser(fresh).get("/advertiser/new").headers["location"].startswith("/advertiser/sign-in")
    assert office.vault.ledger.verify()


def test_a_large_picture_passes_and_a_larger_one_does_not(office: Office, browser: Browser, clock: StillClock) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    mine = apply(office, anna, Application("US", "legal-name"), clock())
    to, form = f"/advertiser/of/{mine.id}/steps/identity/evidence", {"kind": "document", "text": "Identity card"}
    client = browser(anna)
    assert client.post(to, data=form, files={"document": b"x" * (20 * 1024 * 1024)}).status_code == 303
    for size in (20 * 1024 * 1024 + 1, 22 * 1024 * 1024):
        assert client.post(to, data=form, files={"document": b"x" * size}).status_code in {413, 422}
    assert client.post(to, data=form).status_code == 422
    assert client.post(to, data=form | {"kind": "tax_id"}).status_code == 400


def test_a_step_is_not_tried_without_end(office: Office, browser: Browser, clock: StillClock) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    mine = apply(office, anna, Application("US", "tax-id", "Club"), clock())
    to = f"/advertiser/of/{mine.id}/steps/tax-number/evidence"
    client = browser(anna)
    for _ in range(MOST_A_DAY):
        clock.now += HALF_A_MINUTE
        answer = client.post(to, data={"kind": "tax_id", "text": "00-1144442"})
    assert "no employer identification number" in answer.text
    assert "within a day" in client.post(to, data={"kind": "tax_id", "text": "91-1144442"}).text
    clock.now += timedelta(days=1)
    assert client.post(to, data={"kind": "tax_id", "text": "91-1144442"}).status_code == 303


def test_a_register_that_is_not_set_up_is_said(office: Office, browser: Browser, clock: StillClock) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    mine = apply(office, anna, Application("US", "committee", "Club"), clock())
    to = f"/advertiser/of/{mine.id}/steps/committee/evidence"
    answer = browser(anna).post(to, data={"kind": "committee", "text": "C00575795"})
    assert "has not set up the register" in answer.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"route": ""}, "Choose one of the ways"),
        ({"route": "tax-id"}, "Name the organisation"),
        ({"route": "legal-name", "organisation": "Club"}, "for a person alone"),
        ({"route": "tax-id", "organisation": "\N{CYRILLIC SMALL LETTER ES}lub"}, "another script"),
    ],
)
def test_a_way_that_does_not_suit_is_said(
    office: Office, browser: Browser, clock: StillClock, form: dict[str, str], words: str
) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    answer = browser(anna).post("/advertiser/new", data={"jurisdiction": "US"} | form)
    assert answer.status_code == 422
    assert words in answer.text


def test_what_lapses_pauses_ads_and_disables_disclaimers(office: Office, browser: Browser, clock: StillClock) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    mine = apply(office, anna, Application("US", "legal-name"), clock())
    for step, kind in (("identity", EvidenceKind.PASSPORT), ("location", EvidenceKind.LETTER)):
        accept(office, mine, step, kind, clock())
    client, base = browser(anna), f"/advertiser/of/{mine.id}"
    form = {"authority": "none", "contact": "anna.example"}
    draft = client.post(f"{base}/disclaimers", data=form | {"do": "preview"})
    assert "Paid for by Anna Eriksson, anna.example." in draft.text
    assert office.vault.advertisers.disclaimers(mine.id) == []
    assert client.post(f"{base}/disclaimers", data=form | {"do": "make"}).status_code == 303
    assert "may stand on ads" in client.get(f"{base}/disclaimers").text
    clock.now += timedelta(days=700)
    client = browser(anna)
    assert "Show it again before then." in client.get(base).text
    clock.now += timedelta(days=30)
    client = browser(anna)
    assert "your ads rest" in client.get(base).text
    assert "Disabled" in client.get(f"{base}/disclaimers").text
    assert "who is authorised" in client.post(f"{base}/disclaimers", data=form | {"do": "make"}).text


def accept(office: Office, advertiser: Advertiser, step: str, kind: EvidenceKind, now: datetime) -> None:
    evidence = Evidence(
        id=f"shown--{step}",
        advertiser_id=advertiser.id,
        step=step,
        kind=kind,
        verdict=EvidenceVerdict.ACCEPTED,
        reason="It is right.",
        given_at=now,
        decided_at=now,
        decided_by="watchbell",
    )
    office.vault.advertisers.give(Given(evidence), Entry("test", "evidence.given", advertiser.id, {}, now))


def test_an_advertiser_appeals_once_against_what_keeps_an_ad_from_running(
    house: Workspace, office: Office, browser: Browser, clock: StillClock
) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    mine = apply(office, anna, Application("US", "legal-name"), clock())
    ads = [made_up_desk.HELD_AD, made_up_desk.APPROVED_AD]
    house.vault.payers.link([], [PaidAd(ad_id=one, advertiser_id=mine.id) for one in ads])
    client, base = browser(anna), f"/advertiser/of/{mine.id}/ads"
    assert "Vote by text message" in client.get(base).text
    assert "Say it in words" in client.post(f"{base}/{ads[0]}/appeal", data={"reasons": " "}).text
    assert client.post(f"{base}/{ads[0]}/appeal", data={"reasons": "It quotes a hoax."}).status_code == 303
    page = client.get(f"{base}/{ads[0]}").text
    assert "It quotes a hoax." in page
    assert "Not answered yet" in page
    assert "before" in client.post(f"{base}/{ads[0]}/appeal", data={"reasons": "Again."}).text
    assert "nothing to appeal" in client.post(f"{base}/{ads[1]}/appeal", data={"reasons": "Why not."}).text
    assert client.post(f"{base}/{made_up_desk.REJECTED_AD}/appeal", data={"reasons": "Mine."}).status_code == 404
    (kept,) = house.vault.appeals.all()
    assert (kept.ad_id, kept.advertiser_id) == (ads[0], mine.id)


def test_a_refusal_is_appealed_against_once_and_somebody_else_decides(
    office: Office, browser: Browser, clock: StillClock
) -> None:
    anna, _ = enrolled(office, account_of(office, ANNA, clock()), clock())
    mine = apply(office, anna, Application("US", "legal-name"), clock())
    evidence = Evidence(
        id="shown--1",
        advertiser_id=mine.id,
        step="identity",
        kind=EvidenceKind.DOCUMENT,
        verdict=EvidenceVerdict.REVIEW,
        reason="A person must look.",
        given_at=clock(),
    )
    office.vault.advertisers.give(Given(evidence), Entry("test", "evidence.given", mine.id, {}, clock()))
    refused = Finding(verdict=EvidenceVerdict.REFUSED, reason="The picture is too dark.")
    person, address = browser(anna), f"/advertiser/of/{mine.id}"
    said = {"subject": evidence.id, "reasons": "It is dark in my house."}
    assert person.post(f"{address}/again", data=said).status_code == 400
    for name in ("rev", "kim"):
        clock.now += HALF_A_MINUTE
        by = office.vault.users.get(name)
        waits = office.vault.advertisers.waiting()[0]
        assert by
        decide_evidence(office, mine, waits, refused, by=by, now=clock())
        assert "Say why this is wrong" in person.get(f"{address}/steps/identity").text
        told = person.post(f"{address}/again", data=said, follow_redirects=True)
        if name == "kim":
            assert "Two people have looked at this." in told.text
            continue
        assert "It was refused: The picture is too dark. Somebody else must look" in told.text
        assert "rev" not in re.findall(r"\w+", told.text)
        with pytest.raises(NotAllowedError, match="somebody else decides"):
            decide_evidence(office, mine, evidence, refused, by=by, now=clock())
