"""Indicators go in and come out whole, once each, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp
from watchbell.vault.added import Added
from watchbell.vault.vault import Vault

DAY = datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=UTC)


def indicator(number: int, **changes: object) -> Indicator:
    facts: dict[str, object] = {
        "id": f"indicator--{number:06}",
        "kind": IndicatorKind.DOMAIN,
        "value": f"news{number}.example",
        "published_as": f"news{number}[.]example",
        "source": "A partner",
        "valid_from": DAY,
        "created": DAY,
        "modified": DAY,
    }
    return Indicator.model_validate(facts | changes)


def test_an_indicator_comes_back_as_it_went_in(vault: Vault) -> None:
    full = indicator(
        1,
        kind=IndicatorKind.HANDLE,
        value="ПРИМЕР 🗳",
        platform="vk",
        tlp=Tlp.AMBER_STRICT,
        confidence=0,
        description="two\nlines and a \x00",
        techniques=("T0049", "T0072"),
        reference="file.csv:3",
        valid_from=datetime(1, 1, 1, tzinfo=UTC),
        valid_until=datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        created=datetime(2024, 2, 29, 23, 0, tzinfo=timezone(timedelta(hours=-5))),
        revoked=True,
    )
    assert vault.indicators.add([full]) == Added(new=1, known=0)
    assert vault.indicators.get(full.id) == full
    assert list(vault.indicators.all()) == [full]
    assert vault.indicators.get("indicator--none") is None


def test_adding_again_changes_nothing(vault: Vault) -> None:
    items = [indicator(number) for number in range(20)]
    assert vault.indicators.add(items) == Added(20, 0)
    assert vault.indicators.add(reversed(items)) == Added(0, 20)
    assert list(vault.indicators.all()) == items
    assert vault.indicators.count() == 20


@pytest.mark.parametrize(("days", "stays"), [(-1, "old"), (0, "old"), (1, "new")])
def test_only_a_later_version_takes_the_place_of_a_known_one(vault: Vault, days: int, stays: str) -> None:
    vault.indicators.add([indicator(1, description="old")])
    later = indicator(1, description="new", modified=DAY + timedelta(days=days))
    assert vault.indicators.add([later, indicator(2)]) == Added(1, 1)
    found = vault.indicators.get(later.id)
    assert found is not None
    assert found.description == stays


def test_one_file_may_hold_two_versions(vault: Vault) -> None:
    later = indicator(1, description="new", modified=DAY + timedelta(days=1))
    assert vault.indicators.add([indicator(1), later]) == Added(1, 1)
    assert list(vault.indicators.all()) == [later]


def test_all_can_be_narrowed_to_kinds_and_markings(vault: Vault) -> None:
    marked = [indicator(rank, tlp=tlp) for rank, tlp in enumerate(Tlp)]
    handle = indicator(9, kind=IndicatorKind.HANDLE, tlp=Tlp.CLEAR)
    vault.indicators.add([*marked, handle])
    assert list(vault.indicators.all(up_to=Tlp.AMBER)) == [*marked[:3], handle]
    assert list(vault.indicators.all(kinds=[IndicatorKind.HANDLE])) == [handle]
    assert list(vault.indicators.all(kinds=[IndicatorKind.DOMAIN], up_to=Tlp.CLEAR)) == marked[:1]
    assert list(vault.indicators.all(kinds=[])) == []


def test_pages_follow_one_another(vault: Vault) -> None:
    items = [indicator(number) for number in range(7)]
    vault.indicators.add(items)
    first = vault.indicators.page(limit=3)
    assert first == items[:3]
    assert vault.indicators.page(after=first[-1].id, limit=3) == items[3:6]
    assert vault.indicators.page(after=items[-1].id) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NEWS2", [2]),
        ("news3[.]example", [3]),
        ("выборы", [4]),
        ("ВЫБОРЫ partner", [4]),
        ("100%", [5]),
        ("_", []),
        (" ", [2, 3, 4, 5]),
    ],
)
def test_pages_can_be_searched(vault: Vault, text: str, found: list[int]) -> None:
    vault.indicators.add(
        [
            indicator(2),
            indicator(3),
            indicator(4, description="Наши выборы"),
            indicator(5, description="100% sure"),
        ]
    )
    assert [item.id for item in vault.indicators.page(text=text)] == [indicator(number).id for number in found]


def test_all_may_be_read_while_others_write(vault: Vault, open_again: Callable[[], Vault]) -> None:
    vault.indicators.add(indicator(number) for number in range(10))
    reading = vault.indicators.all()
    next(reading)
    open_again().indicators.add([indicator(99)])
    assert len(list(reading)) >= 9


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(value=st.text(min_size=1, max_size=200), description=st.none() | st.text(max_size=50), at=st.datetimes())
def test_any_text_and_time_comes_back(vault: Vault, value: str, description: str | None, at: datetime) -> None:
    given = indicator(1, value=value, description=description, modified=at.replace(tzinfo=UTC))
    before = vault.indicators.get(given.id)
    vault.indicators.add([given])
    newer = before is None or before.modified < given.modified
    assert vault.indicators.get(given.id) == (given if newer else before)


def test_a_hundred_thousand_go_in_and_come_out(vault: Vault) -> None:
    items = [indicator(number) for number in range(100_000)]
    assert vault.indicators.add(items) == Added(100_000, 0)
    assert sum(1 for _ in vault.indicators.all()) == 100_000
