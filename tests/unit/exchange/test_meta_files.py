"""Meta's own files, each counted by type beside a count that shares no code with the reader.

The count here knows nothing of canonical forms or of the kill chain: it looks at each cell of the column `Indicator`
with the expressions below. Where the reader rightly differs, the table `_DIFFERS` says so, file by file.
"""

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from watchbell.exchange.inbox import read_indicators, read_published
from watchbell.exchange.published import Note
from watchbell.files import Reject
from watchbell.model.indicators import Indicator

pytestmark = pytest.mark.shared

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_ACCOUNT = re.compile(
    r"""(?:https?://)?(?:www\.|m\.|mobile\.|[a-z]{2}\.)?(?:
      (?:twitter|x)\.com/@?\w+ | facebook\.com/(?:people/[^/]+/|profile\.php\?id=)?[\w.-]+ | instagram\.com/[\w.]+
    | youtube\.com/(?:@|c/|channel/|user/)[^/\s]+(?:/(?:featured|videos|about))? | t\.me/(?:s/)?[a-z]\w+
    | tiktok\.com/@[\w.]+ | vk\.com/[\w.]+ | reddit\.com/(?:u|user)/[\w-]+(?:/comments)? | medium\.com/@[^/]+
    | [\w-]+\.(?:medium|livejournal|tumblr|substack)\.com | tumblr\.com/(?:blog/view/)?[\w-]+
    | quora\.com/profile/[^/]+(?:/answers)? | linkedin\.com/(?:in|company)/[^/]+ | gettr\.com/user/\w+
    | pinterest\.(?:com|de|fr|es|co\.uk|ca)/[\w-]+ | vimeo\.com/user\d+ | soundcloud\.com/[\w-]+ | github\.com/\w+
    | (?:cont\.ws|steemit\.com|truthsocial\.com|threads\.net)/@\w+ | ok\.ru/profile/\d+ | gab\.com/\w+
    | flickr\.com/(?:people|photos)/[^/]+
    )/?(?:\?\S*)?""",
    re.VERBOSE | re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(/\S*)?", re.IGNORECASE)
_FORMS = {
    "sha256": re.compile("[0-9a-fA-F]{64}"),
    "md5": re.compile("[0-9a-fA-F]{32}"),
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "hashtag": re.compile(r"#\w+"),
    "ip": re.compile(r"\d+\.\d+\.\d+\.\d+"),
    "handle": _ACCOUNT,
}
_DIFFERS: dict[str, dict[str, int]] = {
    # "info[at]amc239[.]com, hosted with Titan.email service" is a mailbox; two domains are victims it defaced.
    "Q1_2023_ Iran-based_CIB_network.csv": {"email": 1, "domain": -2},
    # "https://tinyurl[.]com/google-vpn-download", a line break, "redirects to:" and nothing.
    "Q1_2023_ Patchwork_APT.csv": {"url": 1},
    # Five addresses that a line break of the PDF tore apart, and the mailbox that the network gave to freelancers.
    "Q1_2023_China-based CIB network_2.csv": {"url": 5, "email": 1},
    # "jiraboom[.]pro (Hosted a spoof of Der Spiegel)".
    "Q2_2023_Doppelganger_Russia_based_CIB_network_updated.csv": {"domain": 1},
    # Headlines that the operation posted; 19 more are too short to be nobody else's.
    "Q2_2023_Spamouflage_China_based_CIB_updated.csv": {"text": 254},
    # "#news" and three more that everybody uses.
    "Q3_2023_ Russia-based_CIB_network.csv": {"hashtag": -4},
    # "https{:}//t[.]me/…".
    "Q4_2023_Myanmar_based_CIB_network.csv": {"handle": 1},
}


def _kind_of(cell: str) -> str | None:
    text = cell.strip().replace("[.]", ".").replace("[at]", "@").replace("hxxp", "http").replace("[:]", ":")
    for kind, form in _FORMS.items():
        if form.fullmatch(text):
            return kind
    address = _ADDRESS.fullmatch(text)
    return None if address is None else "url" if (address[1] or "/") != "/" else "domain"


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "indicators" / "meta" / "indicators"


@cache
def _read(path: Path) -> list[Indicator]:
    items = list(read_published(path, tlp=None, source=None, now=_NOW))
    assert not [item for item in items if isinstance(item, Reject)], path.name
    return [item for item in items if isinstance(item, Indicator)]


def test_every_kill_chain_file_has_as_many_of_each_type_as_its_cells_tell(folder: Path) -> None:
    paths = sorted(folder.glob("csv/Q*/*.csv"))
    assert len(paths) == 32
    total: Counter[str] = Counter()
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            told = Counter(filter(None, (_kind_of(row["Indicator"] or "") for row in csv.DictReader(file))))
        for kind, more in _DIFFERS.get(path.name, {}).items():
            told[kind] += more
        read = Counter(str(item.kind) for item in _read(path))
        assert +told == read, path.name
        total += read
    assert total["domain"] > 6_300
    assert total["handle"] > 400


def test_as_csv_and_as_tsv_a_report_is_the_same(folder: Path) -> None:
    there = {item.id for path in folder.glob("csv/Q*/*.csv") for item in _read(path)}
    assert there == {item.id for path in folder.glob("tsv/Q*/*.tsv") for item in _read(path)}


def test_as_stix_1_a_report_is_the_same_as_in_csv(folder: Path) -> None:
    paths = sorted(folder.glob("stix1/*.xml"))
    assert len(paths) == 10
    for path in paths:
        ids = [
            {item.id for item in read_indicators(form, tlp=None, source=None, now=_NOW) if isinstance(item, Indicator)}
            for form in (path, folder / "csv" / f"{path.stem}.csv")
        ]
        assert ids[0] == ids[1], path.name
        # Each package has exactly as many indicators as `<stix:Indicator `; one hash is misspelt in all forms.
        items = list(read_published(path, tlp=None, source=None, now=_NOW))
        assert len(items) == path.read_text("utf-8").count("<stix:Indicator "), path.name


def test_headlines_are_quoted_and_what_is_told_of_an_operation_is_not(folder: Path) -> None:
    texts = [item for path in folder.glob("csv/Q*/*.csv") for item in _read(path) if item.kind == "text"]
    assert "The analysis of the truth of Lin Ruiyou" in {item.value[:39] for item in texts}
    cut_off = [item for item in texts if item.published_as.endswith("…")]
    assert len(cut_off) == 3
    assert not any(item.value.endswith("…") for item in cut_off)
    assert not any("network" in item.value.lower().split()[:3] for item in texts)


def test_words_beside_the_files_of_indicators_are_no_indicators(folder: Path) -> None:
    notes = [
        item
        for path in folder.glob("csv/Q2_2024/*.csv")
        for item in read_published(path, tlp=None, source=None, now=_NOW)
        if isinstance(item, Note)
    ]
    assert len(notes) == 96
