"""Codes that a website publishes: found in its file, sought nowhere inside the house and never without bounds."""

from collections.abc import Iterator

import pytest

from tests.loopback_site import Site, site_of
from watchbell.desk.advertisers import website_marks
from watchbell.desk.advertisers.website_marks import MARK, WELL_KNOWN, published_marks, well_known_lines
from watchbell.desk.exchange.outgoing import Bounds, networks_named, published_at
from watchbell.errors import PeerError, UsageError

LOOPBACK = networks_named(["127.0.0.0/8"])
SMALL = Bounds(bytes=100, seconds=5)
WEBSITE = {"host": "club.example", "domain": "club.example"}


@pytest.fixture
def site() -> Iterator[Site]:
    pages = {
        WELL_KNOWN: (200, {}, f"# ours\n{MARK}ABCD2345\n".encode()),
        "/long": (200, {}, b"x" * 101),
        "/near": (302, {"location": WELL_KNOWN}, b""),
        "/far": (302, {"location": "https://elsewhere.example/"}, b""),
        "/circle": (302, {"location": "/circle"}, b""),
        "/gone": (410, {}, b""),
    }
    with site_of(pages) as found:
        yield found


@pytest.mark.parametrize("path", [WELL_KNOWN, "/near"])
def test_a_file_is_read_also_where_the_site_leads_to_another_place_of_its_own(site: Site, path: str) -> None:
    content = published_at(site.url(path), SMALL, inside=LOOPBACK, stays=lambda host: host == "127.0.0.1")
    assert f"{MARK}ABCD2345" in content.decode()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/long", "more than 100 bytes"),
        ("/far", "elsewhere"),
        ("/circle", "in circles"),
        ("/gone", "status 410"),
        ("/absent", "status 404"),
    ],
)
def test_what_is_not_so_is_refused_in_a_sentence(site: Site, path: str, words: str) -> None:
    with pytest.raises(PeerError, match=words):
        published_at(site.url(path), SMALL, inside=LOOPBACK, stays=lambda host: host == "127.0.0.1")


def test_nothing_inside_the_house_is_asked_for_an_advertiser(site: Site) -> None:
    with pytest.raises(PeerError, match="inside the house"):
        published_at(site.url(WELL_KNOWN), SMALL)
    assert well_known_lines(site.url(WELL_KNOWN), "club.example") == []
    assert site.asked == []


def test_whoever_asks_is_not_told(site: Site) -> None:
    published_at(site.url(WELL_KNOWN), SMALL, inside=LOOPBACK)
    assert {"authorization", "cookie"}.isdisjoint(site.asked[0].headers)


def test_a_record_comes_before_the_file_and_either_will_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def from_loopback(url: str, domain: str) -> list[str]:
        assert url.startswith("https://")
        return well_known_lines(site.url(WELL_KNOWN), domain, inside=LOOPBACK) if "www" in url else []

    monkeypatch.setattr(website_marks, "well_known_lines", from_loopback)
    monkeypatch.setattr(website_marks, "txt_records", lambda *_: ["v=spf1 -all", f"{MARK}WXYZ2345"])
    assert published_marks(WEBSITE) == ["WXYZ2345"]
    monkeypatch.setattr(website_marks, "txt_records", lambda *_: ["v=spf1 -all"])
    assert published_marks(WEBSITE) == ["ABCD2345"]


def test_a_domain_for_which_nobody_answers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> list[str]:
        raise UsageError("The TXT records of club.example cannot be asked for.")

    monkeypatch.setattr(website_marks, "txt_records", nobody)
    monkeypatch.setattr(website_marks, "well_known_lines", lambda *_: [])
    with pytest.raises(UsageError, match="cannot be asked for"):
        published_marks(WEBSITE)
    monkeypatch.setattr(website_marks, "well_known_lines", lambda *_: [f"{MARK}ABCD2345"])
    assert published_marks(WEBSITE) == ["ABCD2345"]
