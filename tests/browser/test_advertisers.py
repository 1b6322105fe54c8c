"""Each of the five US routes in a real Chromium, with a real SMTP server and a real DNS server on this machine."""

import importlib
import io
import json
import re
import socket
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyotp
import pytest
import zxingcpp
from aiosmtpd.controller import Controller
from PIL import Image
from playwright.sync_api import Browser, expect
from typer.testing import CliRunner

from tests import passports
from tests.browser.conftest import CHECKS, Visit, served
from tests.unit.ads.advertisers.evidence.test_licence import card, picture_of
from watchbell.cli import advertiser
from watchbell.clock import system_clock
from watchbell.desk.advertisers import senders, website_marks
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.desk.advertisers.senders import Message, Way
from watchbell.errors import PeerError
from watchbell.vault.workspace import Workspace

pytestmark = pytest.mark.browser

dnslib: Any = importlib.import_module("dnslib")
dns_server: Any = importlib.import_module("dnslib.server")
NAME, EMAIL, PASSWORD = "Anna Eriksson", "anna@club.org", "correct horse battery staple"
ADDRESS = {"street": "1600 Pennsylvania Ave NW", "city": "Washington", "region": "DC", "postal_code": "20500"}
_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
COMMITTEES = (
    "C00575795|CLUB FOR AMERICA|ERIKSSON, ANNA|P.O. BOX 1||NEW YORK|NY|10185|P|P|DEM|M|||P00003392\n"
    "C00000059|CLUB FOR AMERICA|ERIKSSON, ANNA|P.O. BOX 1||NEW YORK|NY|10185|P|P|DEM|T|||\n"
)


class Post:
    """Everything that the house sends, by each way: a mailbox behind a real SMTP server, a phone, a letterbox."""

    is_real = True

    def __init__(self, letters: Path) -> None:
        self._letters = letters
        self.port = 0
        self.mails: list[str] = []
        self.texts: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append(envelope.content.decode())
        return "250 OK"

    def send(self, message: Message) -> None:
        self.texts.append(message.text)

    def mailed(self) -> str:
        return self._code(self.mails[-1])

    def texted(self) -> str:
        return self._code(self.texts[-1])

    def posted(self) -> str:
        """Return the code that is printed in the last letter."""
        letter = max(self._letters.iterdir(), key=lambda file: file.stat().st_mtime_ns).read_bytes()
        pages = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", letter, re.DOTALL)
        return self._code("".join(zlib.decompress(page).decode("latin-1") for page in pages))

    @staticmethod
    def _code(text: str) -> str:
        return str(_CODE.findall(text)[-1])


class Zone:
    """Answers every question with one TXT record."""

    def __init__(self) -> None:
        self.text = "something else"
        self.port = 0

    def resolve(self, request: Any, _handler: Any) -> Any:
        reply = request.reply()
        reply.add_answer(*dnslib.RR.fromZone(f'{request.q.qname} 0 IN TXT "{self.text}"'))
        return reply


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("counter")
    IdentityKey.make(root / "identity.key")
    (root / f"cm{system_clock().year}.txt").write_text(COMMITTEES)
    (root / "gov.csv").write_text("Domain name,Organization name\nclub.gov,City of Club\nother.gov,City of Club\n")
    return root


@pytest.fixture(scope="module")
def post(folder: Path) -> Iterator[Post]:
    post = Post(folder / "letters")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(post, hostname="127.0.0.1", port=port)
    server.start()
    post.port = port
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(senders._REAL, Way.SMS, lambda _: post)
        yield post
    server.stop()


@pytest.fixture(scope="module")
def zone() -> Iterator[Zone]:
    zone = Zone()
    server = dns_server.DNSServer(zone, address="127.0.0.1", port=0, logger=dns_server.DNSLogger(logf=lambda _: None))
    server.start_thread()
    zone.port = server.server.server_address[1]
    yield zone
    server.stop()
    server.server.server_close()


@pytest.fixture(scope="module")
def house(folder: Path, post: Post, zone: Zone) -> Iterator[str]:
    """Serve a house whose counter is open, and return its address."""
    root = folder / "workspace"
    Workspace.create(root).close()
    settings = {
        "operator": "Harbour Watch",
        "advertiser_pages": True,
        "identity_key_file": str(folder / "identity.key"),
        "committee_register": str(folder / f"cm{system_clock().year}.txt"),
        "government_domains": str(folder / "gov.csv"),
        "letters_folder": str(folder / "letters"),
        "smtp_host": "127.0.0.1",
        "smtp_port": post.port,
        "smtp_security": "none",
        "name_servers": [f"127.0.0.1:{zone.port}"],
    }
    (root / "watchbell.toml").write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items()))
    with served(root) as address:
        yield address


class Counter:
    """An advertiser's person at the counter."""

    def __init__(self, visit: Visit, post: Post) -> None:
        self.visit, self.page, self.post = visit, visit.page, post
        self.recovery_codes: list[str] = []

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def look(self) -> None:
        """See that everybody can use the page as it is."""
        assert self.faults() == [], self.page.url

    def faults(self) -> list[str]:
        """Return what keeps people from using the page: narrow and in the dark, then wide and in the light."""
        self.page.wait_for_load_state("load")
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size({"width": 360, "height": 900})
        faults: list[str] = self.page.evaluate(CHECKS)
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append("the page is wider than its window")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1280, "height": 900})
        return [*faults, *self.page.evaluate(CHECKS)]

    def sign_up(self) -> None:
        """Sign up, prove the address, and set the second factor up from the picture on the page."""
        self.page.goto("/advertiser")
        self.look()
        self.page.get_by_role("link", name="Sign up").click()
        self.look()
        self.fill(person=NAME, email=EMAIL, password=PASSWORD)
        self.press("Send me the code")
        self.look()
        self.fill(code=self.post.mailed())
        self.press("Go on")
        self.look()
        picture = self.page.get_by_role("img", name="QR code").screenshot()
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
        self.fill(code=pyotp.TOTP(pyotp.parse_uri(found.text).secret).now())
        self.press("Set it up")
        self.look()
        self.recovery_codes = self.page.get_by_role("list", name="Recovery codes").locator("code").all_inner_texts()

    def begin(self, route: str, organisation: str = "") -> None:
        self.page.goto("/advertiser/new")
        self.page.get_by_label(route, exact=True).check()
        self.fill(organisation=organisation)
        self.press("Begin")

    def open_step(self, title: str) -> None:
        self.page.get_by_role("navigation", name=re.compile("Club|Anna")).get_by_role("link", name="Steps").click()
        self.page.get_by_role("link", name=title, exact=True).click()

    def show(self, kind: str, *files: bytes, **fields: str) -> None:
        """Fill one form of the step and send it."""
        form = self.page.get_by_role("region", name=kind, exact=True)
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        for content in files:
            form.locator("[name=document]").set_input_files(
                {"name": "picture.png", "mimeType": "image/png", "buffer": content}
            )
        form.locator("button").click()

    def enter(self, code: str) -> None:
        self.fill(code=code)
        self.press("Confirm")

    def live_here(self) -> None:
        """Show where the person lives: a letter goes there, and its code comes back."""
        self.open_step("Where the person lives")
        self.show("A letter with a code", **ADDRESS)
        self.enter(self.post.posted())
        self.is_done()

    def show_licence(self) -> None:
        self.open_step("Who the person is")
        self.show("US or Canadian driver's licence", picture_of(card()))
        self.is_done()

    def is_done(self) -> None:
        expect(self.page.locator(".decided")).to_contain_text("Done")

    def is_refused(self, sentence: str) -> None:
        """What was shown is refused with a sentence beside its field."""
        expect(self.page.locator("[aria-invalid=true]")).to_have_count(1)
        expect(self.page.locator(".problem")).to_contain_text(sentence)
        self.look()

    def label(self) -> str:
        """Return what people read on the advertiser's ads, once it is authorised."""
        self.page.get_by_role("link", name="Steps").click()
        expect(self.page.locator(".decided")).to_contain_text("Authorized")
        (label,) = re.findall("People read “(.+)” on them", self.page.get_by_role("main").inner_text())
        return str(label)


@pytest.fixture(scope="module")
def counter(browser: Browser, house: str, post: Post) -> Iterator[Counter]:
    """One person who has signed up, in one window for all routes."""
    visit = Visit(browser, house, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    # A picture is read in a second, and in many on a machine with much else to do.
    visit.context.set_default_timeout(60_000)
    counter = Counter(visit, post)
    counter.sign_up()
    yield counter
    visit.context.close()
    # A form that is refused is answered 422, which Chromium also writes to its console.
    assert [told for told in visit.wrong if "422" not in told] == []


def test_a_person_comes_back_with_a_recovery_code_once(browser: Browser, house: str, counter: Counter) -> None:
    assert len(counter.recovery_codes) == 10
    again = Counter(Visit(browser, house), counter.post)
    for heading in ("Your advertisers", "Advertisers sign in"):
        again.page.goto("/advertiser/new")
        again.fill(email=EMAIL, password=PASSWORD, code=counter.recovery_codes[0])
        again.press("Sign in")
        if heading == "Your advertisers":
            expect(again.page.get_by_role("heading", name="Choose a way")).to_be_visible()
            again.press("Sign out")
    expect(again.page.get_by_role("alert")).to_contain_text("do not belong together")
    again.visit.context.close()


def test_the_persons_own_name(counter: Counter) -> None:
    counter.begin("A person's own name")
    counter.open_step("Who the person is")
    good = passports.zone("ERIKSSON", "ANNA MARIA", date(2035, 12, 31))
    counter.show("Passport", text=passports.zone("ERIKSSON", "ANNA MARIA", date(2020, 12, 31)))
    counter.is_refused("expired on 2020-12-31")
    counter.show("Passport", text=good.replace("740812", "740813"))
    counter.is_refused("check digit of the day of birth")
    counter.show("Passport", passports.as_file(passports.page(good)), text="")
    counter.is_done()
    counter.live_here()
    assert counter.label() == "About this ad"


def test_a_committee(counter: Counter) -> None:
    counter.begin("Committee registered with the FEC", "Club for America")
    counter.show_licence()
    counter.live_here()
    counter.open_step("Committee registered with the FEC")
    counter.show("Committee of the FEC", text="C00000059")
    counter.is_refused("was terminated")
    counter.show("Committee of the FEC", text="C00575795")
    counter.is_done()
    assert counter.label() == "Confirmed Organization"
    compose(counter)


def compose(counter: Counter) -> None:
    """Compose a disclaimer: seen first, refused without what the law asks for, then kept."""
    counter.page.get_by_role("link", name="Disclaimers").click()
    counter.page.get_by_label("No candidate authorised it").check()
    counter.press("Show how it reads")
    counter.is_refused("11 CFR 110.11(b)(3)")
    counter.fill(contact="www.club.org")
    counter.press("Show how it reads")
    expect(counter.page.locator("blockquote")).to_contain_text("Paid for by Club for America, www.club.org.")
    counter.press("Keep it")
    expect(counter.page.get_by_text("may stand on ads")).to_be_visible()


def test_a_tax_number(counter: Counter, folder: Path) -> None:
    counter.begin("Organisation with a tax number", "Club for America")
    counter.open_step("Who the person is")
    counter.show("US or Canadian driver's licence", picture_of(card(DCS="CLINTON")))
    counter.is_refused("The name on the licence is not Anna Eriksson")
    counter.show_licence()
    counter.live_here()
    counter.open_step("Employer identification number")
    counter.show("Tax number", text="00-1144442")
    counter.is_refused("no employer identification number")
    counter.show("Tax number", text="91-1144442")
    counter.is_done()
    counter.open_step("The tax office's letter about the number")
    counter.show("The tax office's letter", b"a scan", text="Form W-9")
    counter.is_refused("own word")
    counter.show("The tax office's letter", b"a scan", text="CP 575")
    expect(counter.page.locator(".decided")).to_contain_text("Waits for a person")
    (mine,) = re.findall("advertiser--[0-9a-f-]+", counter.page.url)
    told = ["--accept", "--reason", "It is theirs.", "--workspace", str(folder / "workspace")]
    CliRunner().invoke(advertiser.app, ["decide", mine, "tax-letter", *told], catch_exceptions=False)
    assert counter.label() == "Confirmed Organization"


def test_a_governmental_host(counter: Counter) -> None:
    counter.begin("Governmental body", "City of Club")
    counter.show_licence()
    counter.live_here()
    counter.open_step("Website and e-mail on one governmental host")
    site = {"text": "https://www.club.gov"}
    counter.show("Governmental website and e-mail", **site, email="clerk@other.gov")
    counter.is_refused("they must be on one host")
    counter.show("Governmental website and e-mail", **site, email="clerk@club.gov")
    counter.enter("AAAA-AAAA")
    counter.is_refused("can be tried 4 times more")
    counter.enter(counter.post.mailed())
    counter.is_done()
    assert counter.label() == "Confirmed Organization"


def nothing_there(url: str, *_: object, **__: object) -> bytes:
    raise PeerError(f"{url} answers with status 404.")


def test_a_small_organisation(counter: Counter, zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(website_marks, "published_at", nothing_there)
    counter.begin("Small organisation", "Club for America")
    counter.show_licence()
    counter.live_here()
    counter.open_step("Phone")
    counter.show("Phone", text="(202) 456-1111")
    counter.enter(counter.post.texted())
    counter.is_done()
    counter.open_step("Business e-mail")
    counter.show("Business e-mail", text="anna@gmail.com")
    counter.is_refused("Anyone can have an address at gmail.com")
    counter.show("Business e-mail", text="anna@club.org")
    counter.enter(counter.post.mailed())
    counter.is_done()
    counter.open_step("Address to which mail can be delivered")
    counter.show("Address", **ADDRESS)
    counter.is_done()
    counter.open_step("Website whose domain is the e-mail's")
    counter.show("Website", text="www.chub.org")
    counter.is_refused("the business e-mail is not")
    counter.show("Website", text="www.club.org")
    record = counter.page.locator("#record").inner_text()
    counter.press("Look for it")
    expect(counter.page.get_by_role("alert").filter(has_text="Neither a TXT record")).to_be_visible()
    zone.text = record
    counter.press("Look for it")
    counter.is_done()
    assert counter.label() == "About this ad"


def test_everybody_can_use_what_is_left(counter: Counter) -> None:
    counter.begin("Small organisation", "Club of readers")
    counter.page.get_by_role("link", name="Ads", exact=True).click()
    assert counter.faults() == []
    for page in ("", "/new?jurisdiction=EU", "/sign-in", "/password"):
        counter.page.goto(f"/advertiser{page}")
        assert counter.faults() == [], page
    counter.page.goto("/advertiser")
    counter.page.locator("tbody a").first.click()
    assert counter.faults() == []
