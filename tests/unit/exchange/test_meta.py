"""Meta's files: every shape of ten years, counted beside an independent count."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from watchbell.exchange.inbox import read_published
from watchbell.exchange.markdown import rows_of_markdown
from watchbell.exchange.meta import indicators_of_rows
from watchbell.exchange.meta_cells import values_in_cell
from watchbell.exchange.meta_columns import recognise
from watchbell.exchange.published import Note, Publication, Published, published_in
from watchbell.files import Reject, Row
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_PUBLISHED = datetime(2024, 7, 1, tzinfo=UTC)
_ACCOUNTS = "0.9.4 Acquiring X / Twitter accounts"
_DOMAINS = "0.6.2 Acquiring domains to support influence operations"


def _read(*rows: dict[str, Any]) -> list[Published]:
    numbered = [Row(number, values) for number, values in enumerate(rows, start=2)]
    return list(indicators_of_rows(numbered, Publication("Q2_2024.csv", "Meta", Tlp.CLEAR, _PUBLISHED)))


def _step(procedure: str, cell: str, **more: str) -> dict[str, Any]:
    return {"Tactic ": "0. Acquiring assets", "Technique": "0.9", "Procedure": procedure, "Indicator": cell} | more


def _values(items: list[Published]) -> list[tuple[str, str, str | None]]:
    return [(item.kind, item.value, item.platform) for item in items if isinstance(item, Indicator)]


def test_a_typed_row_becomes_an_indicator_with_its_day_and_comment() -> None:
    row = {"indicator_type": "domain_name", "indicator_value": "bild[.]pics", "comment": "Germany", "ds": "2022-09-27"}
    [found] = _read(row)
    assert isinstance(found, Indicator)
    assert (found.kind, found.value, found.published_as) == (IndicatorKind.DOMAIN, "bild.pics", "bild[.]pics")
    assert found.valid_from == found.created == datetime(2022, 9, 27, tzinfo=UTC)
    assert (found.description, found.source, found.tlp) == ("Germany", "Meta", Tlp.CLEAR)
    assert found.reference == "Q2_2024.csv, row 2"


def test_a_typed_row_that_cannot_be_read_names_its_row_and_field() -> None:
    [found] = _read(
        {"indicator_type": "md5", "indicator_value": "v21b4327d6881be1893fd2a8431317f6b", "ds": "2021-11-16"}
    )
    assert isinstance(found, Reject)
    assert (found.file, found.row, found.field) == ("Q2_2024.csv", 2, "indicator_value")
    assert "32 hexadecimal digits" in found.reason


def test_an_account_address_is_an_account_and_not_its_platform() -> None:
    found = _read(_step(_ACCOUNTS, "https://twitter[.]com/SaraSil39636921"), _step(_ACCOUNTS, "x[.]com/YamoahFestus"))
    assert _values(found) == [("handle", "sarasil39636921", "twitter"), ("handle", "yamoahfestus", "twitter")]


@pytest.mark.parametrize("comments", ["Comments", "Commernts", "Note", "Notes", "comment"])
def test_the_column_of_comments_is_found_under_all_its_names(comments: str) -> None:
    [found] = _read(_step(_DOMAINS, "toolkitapi[.]xyz", **{comments: " PJobRAT\nand Panther "}))
    assert isinstance(found, Indicator)
    assert found.description == "PJobRAT and Panther"
    assert found.techniques == (_DOMAINS,)


@pytest.mark.parametrize(
    ("procedure", "cell"),
    [
        ("0.9.1 Acquiring Facebook assets", "63 accounts"),
        ("0.9.1 Acquiring Facebook assets", "4,789 accounts "),
        ("5.2.1 Using link shortening services", "Using bit[.]ly to hide the ultimate destination of malicious links"),
        ("5.1.1 Privacy protecting website registrations", "Registering domain with privacyprotect[.]org"),
        ("8.2.1 Defacing websites ", "Tehillim-center[.]co[.]il"),
        ("8.3.1 Extracting data ", "7brachot[.]co[.]il"),
        ("6.3.1 Posting common or generic hashtags", "#news"),
        ("0.9.8 Acquiring accounts on online forums", "https://www[.]indiatimes[.]com/news-569022[.]html [comment]"),
        ("1.2.4 Posing as fictional hacktivist", "Holy Souls"),
    ],
)
def test_counts_prose_services_and_victims_are_notes(procedure: str, cell: str) -> None:
    [found] = _read(_step(procedure, cell))
    assert isinstance(found, Note)
    assert found.row == 2


def test_empty_rows_are_nothing() -> None:
    assert _read({"Tactic": "", "Technique": "", "Procedure": "", "Indicator": None}) == []


@pytest.mark.parametrize(
    ("cell", "values", "annotation"),
    [
        ("a[.]com, b[.]org", ["a.com", "b.org"], ""),
        ("a[.]com\nb[.]org and c[.]net", ["a.com", "b.org", "c.net"], ""),
        ("info[at]amc239[.]com, hosted with Titan.email", ["info@amc239.com"], "hosted with Titan.email"),
        ("jiraboom[.]pro (Hosted a spoof of Der Spiegel)", ["jiraboom.pro"], "Hosted a spoof of Der Spiegel"),
        ("https://tinyurl[.]com/google-vpn\nredirects to: ", ["https://tinyurl.com/google-vpn"], "redirects to:"),
        ("https://twitter[.]com/new_observation/status/1562640310273 921025",
         ["https://twitter.com/new_observation/status/1562640310273921025"], ""),
        ("http://89ijlop.blogspot[.]com/2021/12/why-boycott-beijing-win ter-olympics_5.html",
         ["http://89ijlop.blogspot.com/2021/12/why-boycott-beijing-winter-olympics_5.html"], ""),
        ("#americathethief", ["americathethief"], ""),
        ("Sharing on safechat[.]com", [], "Sharing on safechat[.]com"),
    ],
)  # fmt: skip
def test_a_cell_holds_one_value_several_or_one_with_words(cell: str, values: list[str], annotation: str) -> None:
    found = values_in_cell(cell)
    assert [value.value for _, value in found.values] == values
    assert found.annotation == annotation


def test_an_address_that_cannot_be_read_is_a_reject() -> None:
    [found] = _read(_step(_ACCOUNTS, "https://[.]/someone"))
    assert isinstance(found, Reject)
    assert found.field == "Indicator"


def test_markdown_tables_are_read_line_by_line() -> None:
    text = (
        "# Indicators\n\n| Indicator Type | Indicator Value |\n| :--- | :--- |\n| Domain | `newgenreb[.]com` |\n"
        "| Social Media Account | `youtube[.]com/@NewGen` |\n\nA text | with a bar.\n"
    )
    rows = list(rows_of_markdown(text))
    assert [row.number for row in rows] == [5, 6]
    found = list(indicators_of_rows(rows, Publication("a.md", "Meta", Tlp.CLEAR, _PUBLISHED)))
    assert _values(found) == [("domain", "newgenreb.com", None), ("handle", "newgen", "youtube")]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Q2_2023 /Q2 2023 Türkiye-based CIB network 1.csv", (2023, 7, 1)),
        ("Q4_2024/ Q4_2024 CHINA_BASED_CIB_NETWORK.csv", (2025, 1, 1)),
        ("Q2-3_2025/Q2-3_2025_GithubIOCs.csv", (2025, 10, 1)),
        ("indicators/meta-h1-2026-china-based-cib-network.md", (2026, 7, 1)),
        ("csv/2022_malicious_mobile_apps.csv", (2022, 1, 1)),
    ],
)
def test_the_period_of_a_report_is_told_by_its_name(name: str, day: tuple[int, int, int]) -> None:
    assert published_in(name) == datetime(*day, tzinfo=UTC)
    assert published_in("notes.csv") is None


# From here on: Meta's own files, read beside counts that share no code with the reader.


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "indicators" / "meta" / "indicators"


@cache
def _items(path: Path) -> list[Published]:
    return list(read_published(path, tlp=None, source=None, now=_NOW))


def _all(paths: Iterator[Path]) -> dict[Path, list[Published]]:
    return {path: _items(path) for path in sorted(paths)}


def _csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
def test_typed_files_lose_no_row(folder: Path) -> None:
    seen: Counter[str] = Counter()
    read: Counter[str] = Counter()
    rejects = []
    for path, items in _all(folder.glob("csv/20*.csv")).items():
        rows = _csv_rows(path)
        assert len(items) == len(rows)
        seen.update(row["indicator_type"] for row in rows)
        read.update(item.kind for item in items if isinstance(item, Indicator))
        rejects += [(path.name, item.row) for item in items if isinstance(item, Reject)]
    # A typo of Meta's: a hash that begins with a v.
    assert rejects == [("2021_11_action_against_hackers_in_pakistan_and_syria.csv", 17)]
    assert read["md5"] == seen["md5"] - 1
    assert read["sha256"] == seen["sha256"]
    assert read["ip"] == seen["ip"]
    assert read["package"] == seen["android_package_name"] + seen["ios_app_id"]
    addresses = ("url", "cib_url", "phishing_url", "telegram_url", "domain_name")
    assert read["domain"] + read["url"] + read["handle"] == sum(seen[name] for name in addresses)
    assert read["handle"] >= seen["telegram_url"]
    assert read["url"] > seen["url"] / 2


@pytest.mark.shared
def test_the_same_report_as_csv_tsv_and_json_is_the_same_indicators(folder: Path) -> None:
    reports = sorted(path.stem for path in folder.glob("json/*.json"))
    assert len(reports) == 10
    for report in reports:
        ids = [
            {item.id for item in items if isinstance(item, Indicator)}
            for items in (
                list(read_published(folder / form / f"{report}.{form}", tlp=None, source=None, now=_NOW))
                for form in ("csv", "tsv", "json")
            )
        ]
        assert ids[0] == ids[1] == ids[2]
        assert ids[0]


@pytest.mark.shared
def test_kill_chain_files_yield_every_address_and_no_prose(folder: Path) -> None:
    address = re.compile(r"(?:https?://)?[\w.\[\]-]+\[?\.\]?[A-Za-z]{2,}(?:[/?]\S*)?")
    for path, items in _all(folder.glob("csv/Q*/*.csv")).items():
        cells = [" ".join((row["Indicator"] or "").split()) for row in _csv_rows(path)]
        whole = [cell for cell in cells if address.fullmatch(cell) and re.search(r"\[\.\]|://", cell)]
        read = {item.published_as for item in items if isinstance(item, Indicator)}
        noted = {" ".join(item.text.split()) for item in items if isinstance(item, Note)}
        rejected = [item for item in items if isinstance(item, Reject)]
        missing = set(whole) - read - noted
        assert not missing, (path.name, missing)
        # Two victims of the operation, and a page of others on which it commented, are the only addresses among notes.
        assert {cell for cell in whole if cell in noted} <= {"Tehillim-center[.]co[.]il", "7brachot[.]co[.]il"}
        assert not rejected
        assert not any(re.match(r"(?:about )?[\d,]+ \w", cell, re.IGNORECASE) for cell in read)


@pytest.mark.shared
def test_every_file_says_when_it_was_published(folder: Path) -> None:
    items = [item for found in _all(folder.glob("*/**/*.?sv")).values() for item in found]
    days = {item.valid_from for item in items if isinstance(item, Indicator)}
    assert min(days) == datetime(2020, 12, 10, tzinfo=UTC)
    assert max(days) == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.shared
def test_columns_of_every_file_are_recognised(folder: Path) -> None:
    headers = [path.read_text("utf-8-sig").splitlines()[0].split(",") for path in folder.glob("csv/**/*.csv")]
    assert len(headers) > 30
    assert all(recognise(header) is not None for header in headers)
