"""Lookalikes: each trick is told with its reason, what is somebody's own is not, and Doppelganger's real clones are."""

import csv
import hashlib
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.errors import InputError
from watchbell.match.lookalikes import FLOOR, LookalikeIndex, Trick
from watchbell.match.protected_names import bundled_names, own_names
from watchbell.match.slips import slip_between, without_one
from watchbell.model.addresses import canonical_host, host_of, registrable_domain

DATA = Path(__file__).parent / "data"
INDEX = LookalikeIndex(bundled_names())


@pytest.mark.parametrize(
    ("host", "imitates", "trick"),
    [
        ("spiegel.ltd", "spiegel.de", Trick.ENDING),
        ("www.spiegel.de.example.ltd", "spiegel.de", Trick.DOMAIN_INSIDE),
        ("spiegel-de.example.org", "spiegel.de", Trick.DOMAIN_INSIDE),
        ("washingtonp0st.com", "washingtonpost.com", Trick.LOOKS),
        ("xn--lemnde-yqf.com", "lemonde.fr", Trick.ENDING),
        ("blld.live", "bild.de", Trick.LOOKS),
        ("mfa-qov.info", "mfa.gov.ua", Trick.LOOKS),
        ("tonline.life", "t-online.de", Trick.HYPHEN),
        ("spiegell.beauty", "spiegel.de", Trick.SLIP),
        ("lemodne.fr", "lemonde.fr", Trick.SLIP),
        ("20minuts.com", "20minutes.fr", Trick.SLIP),
        ("pravda-ua.com", "pravda.com.ua", Trick.WORDS),
        ("spiegel-news.com", "spiegel.de", Trick.WORDS),
        ("washingtonpost24.top", "washingtonpost.com", Trick.WORDS),
        ("lemonde.example.top", "lemonde.fr", Trick.NAME_BELOW),
        ("votetravis.com", "votetravis.gov", Trick.ENDING),
    ],
)
def test_a_trick_is_told(host: str, imitates: str, trick: Trick) -> None:
    canonical = canonical_host(host)
    assert canonical is not None
    found = INDEX.of_host(canonical)
    assert found is not None
    assert (found.protected.domain, found.trick) == (imitates, trick)
    assert found.score >= FLOOR
    assert found.reason.startswith(f"{host} imitates {imitates} (")


@pytest.mark.parametrize(
    "host",
    [
        "spiegel.de", "www.spiegel.de", "a.b.spiegel.de", "bbc.com", "votetravis.gov", "example.org", "focus.ua",
        "timeout.com", "channel5.com", "www-stern-de.translate.goog", "nytimes.map.fastly.net", "express.com",
        "votelake.gov", "de", "com", "192.0.2.7",
    ],
)  # fmt: skip
def test_what_is_somebodys_own_is_not_told(host: str) -> None:
    assert list(INDEX.in_hosts([host])) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Washington Pоst", True),  # noqa: RUF001  # with a Cyrillic o
        ("Washingtom Post", True),
        ("The Washington Post", False),
        ("Washington Post", False),
        ("Вашингтон", False),
        ("Bild", False),
        ("", False),
    ],
)
def test_an_accounts_name_is_told_when_it_is_dressed_up(name: str, *, told: bool) -> None:
    assert (INDEX.of_name(name) is not None) is told


def test_names_of_ones_own_are_read_from_a_list_and_from_a_table(tmp_path: Path) -> None:
    plain, table = tmp_path / "plain.txt", tmp_path / "table.csv"
    plain.write_text("# ours\nHarbour-Courier.example\n\n", "utf-8")
    table.write_text("domain,name,ordinary\nharbour-courier.example,The Courier,yes\n", "utf-8")
    assert [name.domain for name in own_names(plain)] == ["harbour-courier.example"]
    assert own_names(table)[0][:2] == ("The Courier", "harbour-courier.example")
    assert [one.host for one in LookalikeIndex(own_names(plain)).in_hosts(["harbourcourier.top"])] == [
        "harbourcourier.top"
    ]
    plain.write_text("fine.example\nnot a domain\n", "utf-8")
    with pytest.raises(InputError, match=r"plain\.txt, line 2: 'not a domain' is no domain"):
        own_names(plain)


def test_bundled_names_are_canonical_and_none_imitates_another() -> None:
    names = bundled_names()
    assert len(names) > 500
    for name in names:
        assert all(canonical_host(domain) == domain for domain in (name.domain, *name.also)), name
        assert name.ordinary in {"", "yes", "very"}
    assert list(INDEX.in_hosts(domain for name in names for domain in (name.domain, *name.also))) == []


@given(st.text(alphabet="abcde", min_size=4, max_size=8), st.data())
def test_one_slip_is_found_by_its_shared_deletes(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(name) - 1))
    for slipped in (
        name[:place] + name[place + 1 :],
        name[:place] + "x" + name[place:],
        name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],
    ):
        assert not set(without_one(name)).isdisjoint(without_one(slipped))
        assert slipped == name or slip_between(name, slipped) is not None


@given(st.text(max_size=80))
def test_hostile_hosts_and_names_never_raise(text: str) -> None:
    list(INDEX.in_hosts([text, f"xn--{text}.com", f"{text}.spiegel.de.example"]))
    INDEX.of_name(text)


# From here on: Doppelganger's real clones, and registered domains that have nothing to do with them.


def _fixture(name: str, column: str) -> dict[str, str]:
    with (DATA / name).open(encoding="utf-8") as file:
        return {row[column]: row["imitates"] for row in csv.DictReader(file)}


def _names_the_imitated(host: str, imitates: str) -> bool:
    found = next(INDEX.in_hosts([host]), None)
    return found is not None and not set(found.protected.labels).isdisjoint(
        label for name in bundled_names() if imitates in (name.domain, *name.also) for label in name.labels
    )


@pytest.mark.shared
def test_doppelgangers_clones_are_told_and_unrelated_domains_are_not(shared_data: Path) -> None:
    listed = {domain for name in bundled_names() for domain in (name.domain, *name.also)}
    clones = {clone: it for clone, it in _fixture("doppelganger_clones.csv", "clone").items() if it in listed}
    assert len(clones) > 125
    told = [clone for clone, imitates in clones.items() if _names_the_imitated(clone, imitates)]
    known = {*_fixture("doppelganger_clones.csv", "clone"), *_fixture("other_imitations.csv", "domain")}
    unrelated = _unrelated(shared_data) - known
    assert len(unrelated) > 26_000
    wrong = list(INDEX.in_hosts(sorted(unrelated)))
    assert len(told) >= 0.95 * len(clones)
    assert len(told) >= 0.98 * (len(told) + len(wrong))
    # The names were tuned on one half of the clones; the other must be told as well.
    unseen = [clone for clone in clones if int(hashlib.sha256(clone.encode()).hexdigest(), 16) % 2]
    assert len(set(told) & set(unseen)) >= 0.95 * len(unseen)


def _unrelated(shared_data: Path) -> set[str]:
    """Registered domains: of links in Telegram, of Meta's indicators, of American governments."""
    links = pl.read_parquet(shared_data / "posts" / "telegram_channels.parquet", columns=["url"])["url"]
    hosts = {host for link in links.drop_nulls().unique() if (host := host_of(link))}
    for path in (shared_data / "indicators" / "meta" / "indicators" / "csv").rglob("*.csv"):
        hosts.update(re.findall(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", path.read_text("utf-8-sig").replace("[.]", ".").lower()))
    with (shared_data / "ads" / "registries" / "dotgov-current-full.csv").open(encoding="utf-8") as file:
        hosts.update(row["Domain name"].lower() for row in csv.DictReader(file))
    return {domain for host in hosts if (domain := registrable_domain(host))}
