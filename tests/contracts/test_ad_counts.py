"""Signed counts of the ad library: what was signed holds, and whoever takes an ad away is caught, on both databases."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.contracts.test_ad_history import ad, removed, restored
from watchbell.desk.ads.counts import HISTORY, SIGNED, make_counts, signed_days
from watchbell.desk.ads.counts_check import problems_of_ads, problems_of_days
from watchbell.desk.ads.counts_key import CountsKey
from watchbell.errors import InputError, UsageError
from watchbell.model.ad_counts import SignedDay
from watchbell.model.ads import RemovalReason
from watchbell.vault.vault import Vault

NIGHT = datetime(2026, 10, 1, 23, tzinfo=UTC)
TOLD = "2026-10-01T23:00:00.000000+00:00"
DAY = timedelta(days=1)
COLUMNS = "source, platform, advertiser, payer, country, declared_political, words, record"


@pytest.fixture
def key(tmp_path: Path) -> CountsKey:
    return CountsKey.make(tmp_path / "counts.pem")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "counts"


@pytest.fixture
def signed(vault: Vault, folder: Path, key: CountsKey) -> list[SignedDay]:
    """Three days: twelve ads come, one is told anew and one removed, and nothing happens."""
    vault.ads.add([ad(number, country="US" if number % 2 else "DE") for number in range(12)], NIGHT)
    days = [make_counts(vault, folder, key, "A house", NIGHT)]
    vault.ads.add([ad(3, text="Other words", country="US")], NIGHT + DAY)
    removed(vault, ad(4), RemovalReason.COURT_ORDER, NIGHT + DAY)
    days += [make_counts(vault, folder, key, "A house", NIGHT + number * DAY) for number in (1, 2)]
    return days


@pytest.fixture
def meddle(database_url: str) -> Callable[[str], None]:
    """Change the database behind the library's back."""

    def run(statement: str) -> None:
        url = make_url(database_url)
        engine = create_engine(url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    return run


def problems(vault: Vault, folder: Path, key: CountsKey) -> list[str]:
    return [*problems_of_days(folder, [key.public]), *problems_of_ads(vault, folder)]


def test_what_was_signed_holds(vault: Vault, folder: Path, key: CountsKey, signed: list[SignedDay]) -> None:
    assert problems(vault, folder, key) == []
    assert signed_days(folder) == signed
    assert [(day.counts.ads, day.counts.entries) for day in signed] == [(12, 12), (12, 14), (12, 14)]
    first, second, third = (day.counts for day in signed)
    assert first.by["country"] == {"de": 6, "us": 6}
    assert first.by["removed"] == {"no": 12, "yes": 0}
    assert second.by["removed"] == {"no": 11, "yes": 1}
    assert first.by["verdict"] == {"": 12}
    assert first.by["payer_country"] == {"": 12}
    assert all(sum(values.values()) == 12 for values in second.by.values())
    assert first.root != second.root == third.root


def test_an_ad_put_back_is_counted_again_and_what_was_signed_holds(
    vault: Vault, folder: Path, key: CountsKey, signed: list[SignedDay]
) -> None:
    restored(vault, ad(4), NIGHT + 2 * DAY)
    after = make_counts(vault, folder, key, "A house", NIGHT + 3 * DAY).counts
    assert (after.ads, after.entries, after.by["removed"]) == (12, 15, {"no": 12, "yes": 0})
    assert after.previous != signed[-1].counts.previous
    last = gzip.decompress((folder / f"{after.day}{HISTORY}").read_bytes()).splitlines()
    assert [(one["ad"], one["event"]) for one in map(json.loads, last)] == [("jsonl:4", "restored")]
    assert problems(vault, folder, key) == []


def test_a_day_is_signed_once(vault: Vault, folder: Path, key: CountsKey, signed: list[SignedDay]) -> None:
    vault.ads.add([ad(99)], NIGHT + 2 * DAY)
    assert make_counts(vault, folder, key, "A house", NIGHT + 2 * DAY) == signed[-1]
    assert make_counts(vault, folder, key, "A house", NIGHT) == signed[-1]


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM ads WHERE id = 'jsonl:7'", ["The ad jsonl:7 has vanished."]),
        (
            "UPDATE ads SET record = replace(record, 'number 7', 'nothing') WHERE id = 'jsonl:7'",
            ["The ad jsonl:7 was changed without a version of its own."],
        ),
        (
            "UPDATE ad_history SET digest = 'x' WHERE ad_id = 'jsonl:7'",
            [
                f"The ad jsonl:7: what was signed on 2026-10-01 (added, {TOLD}) is told otherwise by now.",
                "The ad jsonl:7 was changed without a version of its own.",
            ],
        ),
        (
            f"INSERT INTO ads (id, {COLUMNS}) SELECT 'jsonl:x', {COLUMNS} FROM ads WHERE id = 'jsonl:7'",
            ["The ad jsonl:x was slipped in: nothing tells how it came."],
        ),
    ],
)
def test_whoever_meddles_is_caught_and_the_ad_is_named(
    vault: Vault, folder: Path, key: CountsKey, meddle: Callable[[str], None], statement: str, said: list[str]
) -> None:
    meddle(statement)
    assert problems(vault, folder, key) == said


@pytest.mark.usefixtures("signed")
def test_an_ad_that_vanished_with_its_history_is_named(
    vault: Vault, folder: Path, key: CountsKey, meddle: Callable[[str], None]
) -> None:
    meddle("DELETE FROM ads WHERE id = 'jsonl:3'")
    meddle("DELETE FROM ad_history WHERE ad_id = 'jsonl:3'")
    found = problems(vault, folder, key)
    assert len(found) == 2
    assert all(one.startswith("The ad jsonl:3: what was signed on 2026-10-0") for one in found)
    assert all("is not in the library's history any more" in one for one in found)


@pytest.mark.usefixtures("signed")
def test_a_changed_day_breaks_its_signature_and_the_chain(folder: Path, key: CountsKey) -> None:
    file = folder / f"2026-10-01{SIGNED}"
    told = json.loads(file.read_text())
    told["counts"]["ads"] = 11
    file.write_text(json.dumps(told))
    assert list(problems_of_days(folder, [key.public])) == [
        "2026-10-01: the signature is not over these counts.",
        "2026-10-02: the day before is missing, or was changed.",
    ]


@pytest.mark.usefixtures("signed")
def test_changed_entries_do_not_fit_the_signed_root(folder: Path, key: CountsKey) -> None:
    file = folder / f"2026-10-01{HISTORY}"
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(b"".join(lines[1:])))
    assert next(problems_of_days(folder, [key.public])) == (
        "2026-10-01: the entries kept beside it are not those that were signed."
    )
    file.unlink()
    with pytest.raises(InputError, match=r"2026-10-01\.history\.jsonl\.gz cannot be read"):
        list(problems_of_days(folder, [key.public]))


def test_a_stranger_cannot_sign_for_the_house(
    vault: Vault, folder: Path, key: CountsKey, signed: list[SignedDay], tmp_path: Path
) -> None:
    stranger = CountsKey.make(tmp_path / "stranger.pem")
    make_counts(vault, folder, stranger, "A house", NIGHT + 3 * DAY)
    assert list(problems_of_days(folder, [key.public])) == [
        f"2026-10-04: signed with {stranger.public}, which is no key of the house."
    ]
    assert signed[-1].counts.day == date(2026, 10, 3)


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "counts.pem"
    made = CountsKey.make(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert CountsKey.read(file).public == made.public
    with pytest.raises(UsageError, match="No key can be made"):
        CountsKey.make(file)
    with pytest.raises(UsageError, match="counts_key_file"):
        CountsKey.read(None)
    file.write_text("no key")
    with pytest.raises(InputError, match="is no key for counts"):
        CountsKey.read(file)


def test_earlier_days_that_cannot_be_read_are_not_signed_over(vault: Vault, folder: Path, key: CountsKey) -> None:
    folder.mkdir()
    (folder / f"2026-09-30{SIGNED}").write_text("{}")
    with pytest.raises(InputError, match="is not the signed counts of a day"):
        make_counts(vault, folder, key, "A house", NIGHT)
