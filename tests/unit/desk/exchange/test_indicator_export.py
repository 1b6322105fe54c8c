"""Indicators out in every form: nothing narrower leaves, what leaves comes back, and what is ended holds no more."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchbell.desk.exchange.indicator_export import (
    Addressee,
    Exported,
    Form,
    Selection,
    end_validity,
    export_indicators,
    write_files,
)
from watchbell.errors import UsageError
from watchbell.exchange.inbox import read_published
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

_NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def _indicator(number: int, tlp: Tlp = Tlp.CLEAR, source: str = "Harbour Watch", days: int = 1) -> Indicator:
    value, at = f"secret{number}.example", _NOW - timedelta(days=days)
    return Indicator(
        id=indicator_id(IndicatorKind.DOMAIN, None, value, source),
        kind=IndicatorKind.DOMAIN,
        value=value,
        published_as=value,
        source=source,
        tlp=tlp,
        valid_from=at,
        created=at,
        modified=at,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.create(tmp_path / "ws")
    yield opened
    opened.close()


def _export(workspace: Workspace, form: Form, up_to: Tlp, selection: Selection | None = None) -> Exported:
    return export_indicators(workspace, form, selection or Selection(), to=Addressee(up_to), by="test", now=_NOW)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(Tlp)), min_size=1, max_size=6), st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]))
def test_no_byte_of_what_is_marked_narrower_leaves_in_any_form(
    tmp_path_factory: pytest.TempPathFactory, labels: list[Tlp], up_to: Tlp
) -> None:
    ours = [_indicator(number, label) for number, label in enumerate(labels)]
    with Workspace.create(tmp_path_factory.mktemp("ws")) as opened:
        opened.vault.indicators.add(ours)
        for form in Form:
            exported = _export(opened, form, up_to)
            text = "".join(exported.files.values())
            narrow = [held for held in ours if held.tlp.rank > up_to.rank]
            assert not any(held.value in text or held.id.partition("--")[2] in text for held in narrow)
            # Warning lists have a word for what was taken back only.
            shared = 0 if form is Form.MISP_WARNING_LISTS else len(ours) - len(narrow)
            assert (exported.shared, exported.held_back) == (shared, len(ours) - shared)


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.MISP_WARNING_LISTS])
def test_what_leaves_in_a_form_comes_back_from_it(workspace: Workspace, tmp_path: Path, form: Form) -> None:
    ours = [_indicator(number) for number in range(3)]
    workspace.vault.indicators.add(ours)
    names = {Form.CSV: "out.csv", Form.JSONL: "out.jsonl", Form.MISP_FEED: "feed"}
    out = tmp_path / names.get(form, "out.json")
    write_files(out, _export(workspace, form, Tlp.CLEAR))
    again = list(read_published(out, tlp=Tlp.CLEAR, source=None, now=_NOW))
    assert {item.value for item in again if isinstance(item, Indicator)} == {held.value for held in ours}
    assert {item.id for item in again if isinstance(item, Indicator)} == {held.id for held in ours}


def test_warning_lists_hold_what_was_taken_back_and_the_rest_is_counted(workspace: Workspace, tmp_path: Path) -> None:
    first, *rest = (_indicator(number) for number in range(3))
    workspace.vault.indicators.add([first.model_copy(update={"revoked": True}), *rest])
    told = _export(workspace, Form.MISP_WARNING_LISTS, Tlp.CLEAR)
    write_files(tmp_path / "lists", told)
    hosts = json.loads((tmp_path / "lists" / "retracted-hosts" / "list.json").read_text("utf-8"))
    assert (hosts["list"], told.shared, told.held_back) == ([first.value], 1, 2)


def test_a_table_is_safe_in_a_spreadsheet_and_comes_back(workspace: Workspace, tmp_path: Path) -> None:
    words = '=HYPERLINK("https://bad.example")'
    held = _indicator(1).model_copy(update={"kind": IndicatorKind.TEXT, "value": words, "description": "+1"})
    workspace.vault.indicators.add([held])
    out = tmp_path / "out.csv"
    write_files(out, _export(workspace, Form.CSV, Tlp.CLEAR))
    assert "\n=" not in out.read_text("utf-8")
    assert ",=" not in out.read_text("utf-8")
    [again] = read_published(out, tlp=Tlp.CLEAR, source=None, now=_NOW)
    assert isinstance(again, Indicator)
    assert (again.value, again.description) == (words, "+1")


def test_a_selection_bounds_what_leaves(workspace: Workspace) -> None:
    workspace.vault.indicators.add([_indicator(1), _indicator(2, source="Meta"), _indicator(3, days=40)])
    assert _export(workspace, Form.CSV, Tlp.RED, Selection(source="Meta")).shared == 1
    assert _export(workspace, Form.CSV, Tlp.RED, Selection(since=_NOW - timedelta(days=30))).shared == 2
    assert _export(workspace, Form.CSV, Tlp.RED, Selection(kinds=[IndicatorKind.PDQ])).shared == 0


def test_a_failed_write_leaves_no_half_of_a_feed(workspace: Workspace, tmp_path: Path) -> None:
    workspace.vault.indicators.add([_indicator(1)])
    write_files(tmp_path / "feed", _export(workspace, Form.MISP_FEED, Tlp.CLEAR))
    assert not list((tmp_path / "feed").glob(".*.part"))
    assert (tmp_path / "feed" / "manifest.json").exists()


def test_what_is_ended_holds_no_more_and_stays_on_record(workspace: Workspace) -> None:
    shelf = workspace.vault.indicators
    shelf.add([_indicator(1, days=40), _indicator(2)])
    assert end_validity(workspace, Selection(before=_NOW - timedelta(days=30)), by="test", now=_NOW) == 1
    ended = shelf.get(_indicator(1, days=40).id)
    assert ended is not None
    assert ended.valid_until == _NOW
    assert len(shelf.versions(ended.id)) == 2
    assert end_validity(workspace, Selection(before=_NOW - timedelta(days=30)), by="test", now=_NOW) == 0
    assert [entry.event for entry in workspace.vault.ledger.entries()] == ["indicators.expired"]


def test_not_everything_is_ended_by_mistake(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="which indicators"):
        end_validity(workspace, Selection(), by="test", now=_NOW)
