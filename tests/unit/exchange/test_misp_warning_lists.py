"""Warning lists of MISP out: what was taken back, in the form that MISP's schema asks for, and read again."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from watchbell.exchange.misp_warning_lists import warning_lists_of
from watchbell.match.warning_lists import read_warning_list
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
# MISP/misp-warninglists at 3c8294e, schema.json.
REQUIRED = {"list": list, "description": str, "version": int, "name": str, "type": str}
ALLOWED = {*REQUIRED, "matching_attributes"}


def indicator(kind: IndicatorKind, value: str, source: str = "A partner", **more: Any) -> Indicator:
    times = {"valid_from": NOW, "created": NOW, "modified": NOW}
    return Indicator(id=indicator_id(kind, None, value, source), kind=kind, value=value, published_as=value,
                     source=source, **times, **more)  # fmt: skip


def test_what_was_taken_back_warns_and_what_others_still_publish_does_not(tmp_path: Path) -> None:
    wrong, page = indicator(IndicatorKind.DOMAIN, "herald.example", revoked=True), "https://other.example/a"
    held = [
        wrong,
        indicator(IndicatorKind.URL, page, revoked=True),
        indicator(IndicatorKind.DOMAIN, "contested.example", revoked=True),
        indicator(IndicatorKind.DOMAIN, "contested.example", "Another"),
        indicator(IndicatorKind.DOMAIN, "standing.example"),
    ]
    files = warning_lists_of(held, operator="Us", now=NOW)
    lists = {name: json.loads(text) for name, text in files.items()}
    assert {name: told["list"] for name, told in lists.items()} == {
        "retracted-hosts/list.json": ["herald.example"],
        "retracted-values/list.json": [page],
    }
    for told in lists.values():
        assert set(told) <= ALLOWED
        assert all(type(told[name]) is kind for name, kind in REQUIRED.items())
        assert len(set(told["list"])) == len(told["list"])
    path = tmp_path / "list.json"
    path.write_text(files["retracted-hosts/list.json"], "utf-8")
    read = read_warning_list(path)
    assert (read.type, read.version) == ("hostname", "20261124")
    assert read.has(wrong)
    assert read.has(indicator(IndicatorKind.URL, "https://www.herald.example/a"))
    assert not read.has(held[-1])
