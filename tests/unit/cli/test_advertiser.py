"""Each route from the command line, with a real SMTP server and a real DNS server on loopback, and its forgeries."""

import importlib
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from typer.testing import CliRunner

from watchbell.cli import advertiser
from watchbell.clock import system_clock
from watchbell.desk.advertisers import steps as advertisers
from watchbell.desk.advertisers import website_marks
from watchbell.errors import PeerError, UsageError
from watchbell.vault.workspace import Workspace

dnslib: Any = importlib.import_module("dnslib")
dns_server: Any = importlib.import_module("dnslib.server")
NAME = "Anna Eriksson"
HOUSE = ["--address", "1600 Pennsylvania Ave NW", "Washington", "DC", "20500"]
# The specimen of ICAO Doc 9303 with another day of expiry, 31 December 2030, and the check digits that follow from it.
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F3012316ZE184226B<<<<<18"
COMMITTEE = "C00575795|CLUB FOR AMERICA|ERIKSSON, ANNA|P.O. BOX 1||NEW YORK|NY|10185|P|P|DEM|{}|||P00003392\n"


class Mailbox:
    """Keeps the codes that a real SMTP server receives."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.codes += re.findall(r"is ([0-9A-Z]{4}-[0-9A-Z]{4})\.", envelope.content.decode())
        return "250 OK"


def nothing_there(url: str, *_: object, **__: object) -> bytes:
    raise PeerError(f"{url} answers with status 404.")


class Zone:
    """Answers every question with one TXT record."""

    def __init__(self) -> None:
        self.text = "something else"

    def resolve(self, request: Any, _handler: Any) -> Any:
        reply = request.reply()
        reply.add_answer(*dnslib.RR.fromZone(f'{request.q.qname} 60 IN TXT "{self.text}"'))
        return reply


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    for name, value in (("HOST", "127.0.0.1"), ("PORT", str(port)), ("SECURITY", "none")):
        monkeypatch.setenv(f"WATCHBELL_SMTP_{name}", value)
    yield mailbox
    server.stop()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    Workspace.create(tmp_path / "workspace").close()
    CliRunner().invoke(advertiser.app, ["key", str(tmp_path / "identity.key")], catch_exceptions=False)
    monkeypatch.setenv("WATCHBELL_IDENTITY_KEY_FILE", str(tmp_path / "identity.key"))
    monkeypatch.setenv("WATCHBELL_LETTERS_FOLDER", str(tmp_path / "letters"))
    (tmp_path / "passport.txt").write_text(ZONE)
    (tmp_path / "scan.png").write_bytes(b"a scan")
    (tmp_path / "gov.csv").write_text("Domain name,Organization name\nclub.gov,City of Club\nother.gov,City of Club\n")
    year = system_clock().year
    (tmp_path / f"cm{year}.txt").write_text(COMMITTEE.format("M"))
    (tmp_path / f"over{year}.txt").write_text(COMMITTEE.format("T"))
    return tmp_path


def told(folder: Path, *arguments: str) -> Any:
    command = [*arguments, "--workspace", str(folder / "workspace"), "--json"]
    result = CliRunner().invoke(advertiser.app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def verdict(folder: Path, step: str, kind: str, *more: str) -> tuple[str, str]:
    found = told(folder, "evidence", NAME, step, "--kind", kind, *more)
    return found["verdict"], found["reason"]


def come_in(
    folder: Path, route: str, monkeypatch: pytest.MonkeyPatch, organisation: str | None = "Club for America"
) -> None:
    """Add an advertiser and bring the two steps of the person behind them."""
    named = ["--organisation", organisation] if organisation else []
    added = told(folder, "add", NAME, "--email", "ann@club.org", "--route", route, *named)
    assert (added["may_run"], added["state"]) == (False, "incomplete")
    passport = str(folder / "passport.txt")
    assert verdict(folder, "identity", "passport", "--file", passport)[0] == "review"
    assert told(folder, "decide", NAME, "identity", "--accept", "--reason", "Seen.")["verdict"] == "accepted"
    monkeypatch.setattr(advertisers, "new_code", lambda: "ABCD2345")
    assert verdict(folder, "location", "letter", *HOUSE)[0] == "code"
    assert [one.suffix for one in (folder / "letters").iterdir()] == [".pdf"]
    assert told(folder, "confirm", NAME, "location", "--code", "abcd 2345")["verdict"] == "accepted"
    monkeypatch.undo()


def test_the_persons_own_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        come_in(folder, "legal-name", patch, organisation=None)
    found = told(folder, "status", NAME)
    assert (found["state"], found["label"]) == ("authorized", "About this ad")
    with pytest.raises(UsageError, match="used before"):
        told(folder, "confirm", NAME, "location", "--code", "ABCD2345")
    assert [one["person"] for one in told(folder, "show")] == [NAME]
    own = told(folder, "disclaimer", "make", NAME, "--authority", "own")
    assert (own["verdict"], "no register shows" in own["reason"]) == ("held", True)
    claimed = "1 Main St for Biden for President, authorized by Joe Biden"
    none = told(folder, "disclaimer", "make", NAME, "--authority", "none", "--contact", claimed)
    assert (none["verdict"], "is more than a telephone number" in none["reason"]) == ("held", True)
    given = told(folder, "show", NAME)["evidence"]
    assert [one["step"] for one in given] == ["identity", "location"]
    assert given[1]["facts"] == {"place": "WASHINGTON, DC, US"}
    assert told(folder, "expire") == {"changed": {}, "told": 0, "deleted": 0, "untold": {}}


@pytest.mark.parametrize(
    ("person", "jurisdiction", "words"),
    [
        (NAME, "us", "field jurisdiction"),
        (NAME, "ZZ", "No routes are known"),
        ("\udcff", "US", "Say it in words"),
        (" ", "US", "Say it in words"),
        ("A\0nna", "US", "printable"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(folder: Path, person: str, jurisdiction: str, words: str) -> None:
    rest = ["--email", "ann@club.org", "--route", "legal-name", "--jurisdiction", jurisdiction]
    with pytest.raises(UsageError, match=words):
        told(folder, "add", person, *rest)


def test_a_committee(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        come_in(folder, "committee", patch)
    year = system_clock().year
    committee = ("committee", "committee", "--text", "C00575795", "--register")
    assert "terminated" in verdict(folder, *committee, str(folder / f"over{year}.txt"))[1]
    assert told(folder, "status", NAME)["state"] == "refused"
    assert verdict(folder, *committee, str(folder / f"cm{year}.txt"))[0] == "accepted"
    assert told(folder, "status", NAME)["label"] == "Confirmed Organization"


def test_a_tax_number(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        come_in(folder, "tax-id", patch)
    scan = str(folder / "scan.png")
    assert verdict(folder, "tax-number", "tax_id", "--text", "91-1144442")[0] == "accepted"
    assert "own word" in verdict(folder, "tax-letter", "tax_letter", "--text", "W-9", "--file", scan)[1]
    assert verdict(folder, "tax-letter", "tax_letter", "--text", "CP 575", "--file", scan)[0] == "review"
    seen = folder / "seen.png"
    where = ["--workspace", str(folder / "workspace")]
    shown = CliRunner().invoke(
        advertiser.app, ["document", NAME, "tax-letter", "--out", str(seen), *where, "--json"], catch_exceptions=False
    )
    assert json.loads(shown.stdout) == {"document": str(seen), "bytes": len(b"a scan")}
    assert seen.read_bytes() == b"a scan"
    assert told(folder, "decide", NAME, "tax-letter", "--accept", "--reason", "It is theirs.")["verdict"] == "accepted"
    assert told(folder, "status", NAME)["label"] == "Confirmed Organization"


def test_a_governmental_host(folder: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    host = ("--domains", str(folder / "gov.csv"), "--text", "https://www.club.gov", "--email")
    with monkeypatch.context() as patch:
        patch.setenv("WATCHBELL_SMTP_HOST", "127.0.0.1")
        come_in(folder, "government", patch)
    step = ("government-domain", "government_domain")
    assert "one host" in verdict(folder, *step, *host, "clerk@other.gov")[1]
    assert verdict(folder, *step, *host, "clerk@club.gov")[0] == "code"
    assert told(folder, "confirm", NAME, step[0], "--code", mailbox.codes[-1])["verdict"] == "accepted"
    assert told(folder, "status", NAME)["label"] == "Confirmed Organization"


def test_a_small_organisation(folder: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        come_in(folder, "small-organisation", patch)
    with monkeypatch.context() as patch:
        patch.setattr(advertisers, "new_code", lambda: "WXYZ6789")
        with pytest.warns(UserWarning, match="No text message was sent"):
            verdict(folder, "phone", "phone", "--text", "(202) 456-1111")
    assert told(folder, "confirm", NAME, "phone", "--code", "WXYZ-6789")["verdict"] == "accepted"
    assert "Anyone" in verdict(folder, "business-email", "business_email", "--text", "ann@gmail.com")[1]
    assert verdict(folder, "business-email", "business_email", "--text", "ann@club.org")[0] == "code"
    assert told(folder, "confirm", NAME, "business-email", "--code", mailbox.codes[-1])["verdict"] == "accepted"
    assert verdict(folder, "business-address", "address", *HOUSE)[0] == "accepted"
    found = told(folder, "evidence", NAME, "website", "--kind", "website", "--text", "https://www.club.org")
    zone = Zone()
    quiet = dns_server.DNSLogger(logf=lambda _: None)
    server = dns_server.DNSServer(zone, address="127.0.0.1", port=0, logger=quiet)
    server.start_thread()
    resolver = ["--resolver", f"127.0.0.1:{server.server.server_address[1]}"]
    with monkeypatch.context() as patch:
        patch.setattr(website_marks, "published_at", nothing_there)
        with pytest.raises(UsageError, match="Neither a TXT record"):
            told(folder, "confirm", NAME, "website", *resolver)
    zone.text = found["publish"]
    assert told(folder, "confirm", NAME, "website", *resolver)["verdict"] == "accepted"
    server.stop()
    server.server.server_close()
    assert told(folder, "status", NAME)["label"] == "About this ad"


def test_a_disclaimer_is_bound_to_the_verified_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disclaimer(*arguments: str) -> Any:
        return told(folder, "disclaimer", *arguments)

    with monkeypatch.context() as patch:
        come_in(folder, "committee", patch)
    make = ("make", NAME, "--authority", "none", "--contact", "www.club.org")
    with pytest.raises(UsageError, match="who is authorised"):
        disclaimer(*make)
    year = system_clock().year
    register = ("--register", str(folder / f"cm{year}.txt"))
    verdict(folder, "committee", "committee", "--text", "C00575795", *register)
    made = disclaimer(*make, *register, "--room", "90")
    assert (made["verdict"], made["on_ad"]) == ("approved", "Paid for by Club for America")
    assert made["text"].startswith("Paid for by Club for America, www.club.org. Not authorized by any candidate")
    assert disclaimer(*make, "--picture", "720", "300", "12")["on_ad"] == made["text"]
    assert disclaimer(*make, "--picture", "88", "31", "12")["on_ad"] == "Paid for by Club for America"
    assert disclaimer("make", NAME, "--authority", "own", *register)["verdict"] == "approved"
    with pytest.raises(UsageError, match="whole numbers of pixels"):
        disclaimer(*make, "--picture", "88", "0", "12")
    with pytest.raises(UsageError, match="'our office' is none"):
        disclaimer(*make, "--contact", "our office")
    (folder / "members.yaml").write_text("- name: {first: Clubs for, last: Arnerica}\n")
    held = disclaimer(*make, "--contact", "1 Main St", "--members", str(folder / "members.yaml"))
    assert (held["verdict"], "member of Congress" in held["reason"]) == ("held", True)
    assert made["id"] in [one["id"] for one in disclaimer("list", NAME)["enabled"]]
    decided = disclaimer("decide", NAME, held["id"], "--approve", "--reason", "Another of the same name.")
    assert decided["verdict"] == "approved"
    assert {one["id"] for one in disclaimer("list", NAME)["enabled"]} >= {made["id"], held["id"]}
