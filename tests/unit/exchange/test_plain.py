"""The plain form: what a spreadsheet or a script hands in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from watchbell.exchange.plain import indicators_of_rows, is_plain
from watchbell.exchange.published import Publication
from watchbell.files import Reject, Row
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp

_NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _read(values: dict[str, Any], tlp: Tlp = Tlp.GREEN) -> Indicator | Reject:
    [found] = indicators_of_rows([Row(2, values)], Publication("list.csv", "A partner", tlp, _NOW))
    return found


def test_a_full_row_is_read_whole() -> None:
    found = _read(
        {
            "Type": "handle", "value": "@Some_One", "platform": "Twitter", "comment": "May", "source": "Harbour",
            "tlp": "TLP:AMBER", "confidence": "80", "techniques": "T0090; 0.9.4", "valid_from": "2024-05-01",
            "valid_until": "2025-05-01T12:00:00+02:00", "revoked": "false",
        }
    )  # fmt: skip
    assert isinstance(found, Indicator)
    assert (found.kind, found.platform, found.value) == (IndicatorKind.HANDLE, "twitter", "some_one")
    assert (found.source, found.tlp, found.confidence) == ("Harbour", Tlp.AMBER, 80)
    assert found.techniques == ("T0090", "0.9.4")
    assert found.valid_until == datetime(2025, 5, 1, 10, tzinfo=UTC)


def test_type_and_value_are_enough() -> None:
    found = _read({"type": "domain", "value": "bad.example"})
    assert isinstance(found, Indicator)
    assert (found.source, found.tlp, found.valid_from, found.revoked) == ("A partner", Tlp.GREEN, _NOW, False)


def test_a_row_cannot_widen_the_marking_of_its_file() -> None:
    found = _read({"type": "domain", "value": "bad.example", "tlp": "clear"}, Tlp.AMBER)
    assert isinstance(found, Indicator)
    assert found.tlp is Tlp.AMBER


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("confidence", "101"), ("confidence", "high"), ("valid_until", "0000-00-00"),
        ("valid_from", "0001-01-01T00:00:00+05:00"), ("tlp", "purple"),
        ("revoked", "perhaps"), ("value", "no domain"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(field: str, text: str) -> None:
    found = _read({"type": "domain", "value": "bad.example", field: text})
    assert isinstance(found, Reject)
    assert (found.file, found.row, found.field) == ("list.csv", 2, field)
    assert text in found.reason


def test_what_was_over_before_it_began_is_a_reject() -> None:
    row = {"type": "domain", "value": "bad.example", "valid_until": "2025-01-01"}
    found = _read(row)
    assert isinstance(found, Reject)
    assert found.field == "valid_until"
    assert isinstance(_read(row | {"valid_from": "2024-01-01"}), Indicator)


def test_a_value_too_long_to_keep_is_a_reject() -> None:
    for kind in ("text", "package", "domain"):
        assert isinstance(_read({"type": kind, "value": "a." * 3000 + "com"}), Reject)


def test_values_of_json_need_no_text() -> None:
    found = _read(
        {"type": "ios_app_id", "value": 1555651942, "techniques": ["a", "b"], "confidence": 0, "comment": None}
    )
    assert isinstance(found, Indicator)
    assert (found.value, found.techniques, found.confidence) == ("1555651942", ("a", "b"), 0)


def test_the_form_is_told_by_its_columns() -> None:
    assert is_plain(["Value", " type "])
    assert not is_plain(["indicator_type", "indicator_value"])
