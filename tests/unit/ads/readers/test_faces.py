"""Logs of who manages pages, and CrowdTangle's tables, read for what accounts showed of themselves."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchbell.ads.readers.faces import read_faces
from watchbell.files import Reject
from watchbell.model.payers import AccountFace

LOG = """platform,account,name,countries,at
facebook,77,Examples,US,2026-01-01T00:00:00Z
facebook,77,Patriots for Examples,"mk; US",2026-10-01T00:00:00Z
"""
# The columns of a CrowdTangle export of Facebook posts; the row is made up.
CROWDTANGLE = """Page Name,User Name,Facebook Id,Page Category,Page Admin Top Country,Page Created,Post Created,Type,URL
Examples,examples,77,POLITICAL,MK,2015-01-01 00:00:00,2020-08-01 12:00:00 EDT,Link,https://www.facebook.com/77/posts/1
"""


def face(name: str, countries: tuple[str, ...], at: datetime) -> AccountFace:
    return AccountFace(platform="facebook", account="77", name=name, countries=countries, first_at=at)


def test_a_log_and_an_export_say_who_runs_a_page_since_when(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    (tmp_path / "posts.csv").write_text(CROWDTANGLE)
    assert list(read_faces(tmp_path / "log.csv")) == [
        face("Examples", ("US",), datetime(2026, 1, 1, tzinfo=UTC)),
        face("Patriots for Examples", ("MK", "US"), datetime(2026, 10, 1, tzinfo=UTC)),
    ]
    assert list(read_faces(tmp_path / "posts.csv")) == [face("Examples", ("MK",), datetime(2020, 8, 1, 16, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("row", "field", "said"),
    [
        (",77,Examples,US,2026-01-01T00:00:00Z", "platform", "missing"),
        ("facebook,,Examples,US,2026-01-01T00:00:00Z", "account", "missing or empty"),
        ("facebook,77,Examples,US,", "at", "missing"),
        ("facebook,77,Examples,US,yesterday", "at", "not a time"),
        ("facebook,77,,,2026-01-01T00:00:00Z", "name", "at least one"),
        ("facebook,77,Examples,Macedonia,2026-01-01T00:00:00Z", "countries", "two letters"),
    ],
)
def test_a_row_that_says_nothing_for_sure_is_kept_aside(tmp_path: Path, row: str, field: str, said: str) -> None:
    (tmp_path / "log.csv").write_text(f"{LOG.splitlines()[0]}\n{row}\n")
    [found] = read_faces(tmp_path / "log.csv")
    assert isinstance(found, Reject)
    assert found.field == field
    assert said in found.reason
