"""Lists of hashes: descriptors of ThreatExchange, tables of signals, bare lists; in and out."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.exchange.hash_lists import can_hold, document_of
from watchbell.exchange.inbox import read_published
from watchbell.exchange.published import Note
from watchbell.files import Reject
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id
from watchbell.model.tlp import Tlp

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_MD5, _PDQ = "10c1f38305792a0f925e8a2cf9482ce3", "f8" * 32
_DESCRIPTOR = {
    "id": "1",
    "type": "HASH_PDQ",
    "indicator": _PDQ,
    "status": "MALICIOUS",
    "share_level": "GREEN",
    "confidence": 90,
    "description": "A made-up notice",
    "added_on": "2026-05-01T00:00:00+0000",
    "expired_on": 4_000_000_000,
    "tags": ["election", {"text": "notice"}],
    "owner": {"name": "Harbour Watch"},
}


def _read(folder: Path, name: str, content: Any) -> list[Any]:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return list(read_published(path, tlp=None, source=None, now=_NOW))


def test_a_descriptor_becomes_an_indicator_with_all_it_tells(tmp_path: Path) -> None:
    [held] = _read(tmp_path, "page.json", {"data": [_DESCRIPTOR]})
    assert isinstance(held, Indicator)
    assert (held.kind, held.value, held.source) == (IndicatorKind.PDQ, _PDQ, "Harbour Watch")
    assert (held.tlp, held.confidence) == (Tlp.AMBER, 90), "what the file says narrows, but never widens, what holds"
    assert held.techniques == ("election", "notice")
    assert held.created == datetime(2026, 5, 1, tzinfo=UTC)
    assert held.valid_until == datetime.fromtimestamp(4_000_000_000, tz=UTC)


@pytest.mark.parametrize(
    ("name", "content", "values"),
    [
        ("a.csv", f"signal_type,signal_str\npdq,{_PDQ}\nvideo_md5,{_MD5}\n", [("pdq", _PDQ), ("md5", _MD5)]),
        ("b.csv", f"pdq_hash,md5,comment\n{_PDQ},{_MD5},x\n{_PDQ},,y\n", [("pdq", _PDQ), ("md5", _MD5), ("pdq", _PDQ)]),
        ("c.txt", f"{_MD5}\n{_MD5[::-1]}\n", [("md5", _MD5), ("md5", _MD5[::-1])]),
        ("known-pdq.txt", f"{_PDQ}\n", []),
        ("d.txt", f"{_MD5}\nhttps://bad.example/x\n", [("md5", _MD5), ("url", "https://bad.example/x")]),
        ("e.jsonl", json.dumps({"type": "URI", "raw_indicator": "https://bad.example/x"}) + "\n",
         [("url", "https://bad.example/x")]),
        ("f.jsonl", json.dumps({"type": "TEXT_STRING", "indicator": "Polls are closed", "status": "UNKNOWN"}) + "\n",
         [("text", "Polls are closed")]),
    ],
)  # fmt: skip
def test_each_form_of_a_list_is_told_by_its_content(
    tmp_path: Path, name: str, content: str, values: list[tuple[str, str]]
) -> None:
    items = _read(tmp_path, name, content + (f"{_PDQ[::-1]}\n" if name == "known-pdq.txt" else ""))
    assert not [item for item in items if isinstance(item, Reject)]
    expected = values or [("pdq", _PDQ), ("pdq", _PDQ[::-1])]
    assert [(str(item.kind), item.value) for item in items if isinstance(item, Indicator)] == expected


def test_bad_descriptors_cost_no_good_one(tmp_path: Path) -> None:
    bad: list[Any] = [
        _DESCRIPTOR | {"indicator": "zz"},
        _DESCRIPTOR | {"type": "HASH_TMK"},
        5,
        None,
        _DESCRIPTOR | {"indicator": {"type": "HASH_MD5", "indicator": ["x"]}},
    ]
    items = _read(tmp_path, "page.json", {"data": [*bad, _DESCRIPTOR]})
    assert len([item for item in items if isinstance(item, Indicator)]) == 1
    assert len([item for item in items if isinstance(item, Reject)]) == len(bad)


def test_what_is_harmless_is_only_noted(tmp_path: Path) -> None:
    [item] = _read(tmp_path, "page.json", {"data": [_DESCRIPTOR | {"status": "NON_MALICIOUS"}]})
    assert isinstance(item, Note)


def _indicator(kind: IndicatorKind, value: str, tlp: Tlp) -> Indicator:
    return Indicator(
        id=indicator_id(kind, None, value, "Us"),
        kind=kind,
        value=value,
        published_as=value,
        source="Us",
        tlp=tlp,
        valid_from=_NOW,
        created=_NOW,
        modified=_NOW,
    )


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([(IndicatorKind.PDQ, _PDQ), (IndicatorKind.TEXT, "a b c"), (IndicatorKind.MD5, _MD5)]),
            st.sampled_from(list(Tlp)),
        ),
        unique_by=lambda drawn: drawn[0][0],
        min_size=1,
    )
)
def test_what_leaves_reads_back_no_wider(tmp_path_factory: pytest.TempPathFactory, drawn: list[Any]) -> None:
    ours = [_indicator(kind, value, tlp) for (kind, value), tlp in drawn]
    items = _read(tmp_path_factory.mktemp("out"), "list.json", document_of(ours))
    again = {item.value: item for item in items}
    assert again.keys() == {held.value for held in ours}
    assert all(again[held.value].tlp.rank >= held.tlp.rank and again[held.value].kind is held.kind for held in ours)


def test_accounts_have_no_type_there() -> None:
    assert not can_hold(_indicator(IndicatorKind.HANDLE, "x", Tlp.CLEAR))
    assert document_of([_indicator(IndicatorKind.HANDLE, "x", Tlp.CLEAR)]) == {"data": []}
