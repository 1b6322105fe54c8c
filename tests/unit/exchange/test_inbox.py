"""The inbox: whose form a file has is told by its content, and nothing in a file stops the rest."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from watchbell.errors import InputError
from watchbell.exchange.inbox import read_indicators, read_published
from watchbell.exchange.published import Note
from watchbell.files import Reject
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_TYPED = "indicator_type,indicator_value,comment,ds\ndomain_name,bad.example,x,2024-05-01\n"
_BUNDLE: dict[str, Any] = {
    "type": "bundle",
    "id": "bundle--d1df503e-d48e-4b78-a40e-67b30fbd5a56",
    "objects": [
        {
            "type": "indicator",
            "spec_version": "2.1",
            "id": "indicator--d1df503e-d48e-4b78-a40e-67b30fbd5a56",
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "pattern": "[domain-name:value = 'bad.example']",
            "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z",
        }
    ],
}
_FORMS = {
    "typed.csv": _TYPED.encode(),
    "mark.csv": b"\xef\xbb\xbf" + _TYPED.encode(),
    "typed.tsv": _TYPED.replace(",", "\t").encode(),
    "typed.csv.gz": gzip.compress(_TYPED.encode()),
    "typed.json": json.dumps([{"indicator_type": "domain_name", "indicator_value": "bad.example"}]).encode(),
    "chain.csv": b"Tactic ,Technique,Procedure,Indicator\n0,0.6,0.6.2,bad[.]example\n,,,\n0,0.9,0.9.1,9 Pages\n",
    "report.md": b"# IOCs\n\n| Indicator Type | Indicator Value |\n| :--- | :--- |\n| Domain | `bad[.]example` |\n",
    "plain.csv": b"type,value\ndomain,bad.example\n",
    "plain.jsonl": b'{"type":"domain","value":"bad.example"}\n{"type":"domain","value":"bad.example"}\n',
    "bundle.json": json.dumps(_BUNDLE).encode(),
    "pretty.json": json.dumps(_BUNDLE, indent=2).encode(),
}  # fmt: skip


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _read(path: Path, tlp: Tlp | None = None, source: str | None = None) -> list[Indicator | Reject]:
    return list(read_indicators(path, tlp=tlp, source=source, now=_NOW))


@pytest.mark.parametrize("name", list(_FORMS))
def test_every_form_is_told_by_its_content(tmp_path: Path, name: str) -> None:
    found = _read(_file(tmp_path, name, _FORMS[name]))
    assert {item.value for item in found if isinstance(item, Indicator)} == {"bad.example"}
    assert not [item for item in found if isinstance(item, Reject)]


@pytest.mark.parametrize(
    ("name", "source", "label"),
    [
        ("typed.csv", "Meta", Tlp.CLEAR),
        ("plain.csv", "plain.csv", Tlp.AMBER),
        ("bundle.json", "unnamed partner", Tlp.AMBER),
    ],
)
def test_a_file_that_does_not_say_gets_a_careful_marking(tmp_path: Path, name: str, source: str, label: Tlp) -> None:
    [found] = _read(_file(tmp_path, name, _FORMS[name]))
    assert isinstance(found, Indicator)
    assert (found.source, found.tlp) == (source, label)
    [found] = _read(tmp_path / name, Tlp.GREEN, "Harbour Watch")
    assert isinstance(found, Indicator)
    assert (found.source, found.tlp) == ("Harbour Watch", Tlp.GREEN)


def test_notes_are_told_apart_and_not_among_the_indicators(tmp_path: Path) -> None:
    path = _file(tmp_path, "chain.csv", _FORMS["chain.csv"])
    items = list(read_published(path, tlp=None, source=None, now=_NOW))
    assert [type(item) for item in items] == [Indicator, Note]
    assert len(_read(path)) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("posts.csv", b"id,text\n1,hello\n", "'id', 'text'"),
        ("empty.csv", b"", "empty"),
        ("prose.md", b"# Nothing here\n\nno table\n", "no table"),
        ("report.xml", b"<stix><indicator/></stix>", "report.xml"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        _read(_file(tmp_path, name, content))


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for name in ("none.csv", "none.md"):
        with pytest.raises(InputError, match=name):
            _read(tmp_path / name)


def test_a_damaged_file_loses_no_good_row(tmp_path: Path) -> None:
    rows = (
        b"indicator_type,indicator_value,comment,ds\n"
        b"domain_name,first.example,,2024-05-01\n"
        b"domain_name,nul\x00.example,,2024-05-01\n"
        b"domain_name,\xff\xfe.example,,2024-05-01\n"
        b"domain_name," + b"a" * 17_000_000 + b",,2024-05-01\n"
        b"domain_name,year.example,,0000-00-00\n"
        b"domain_name,last.example,,2024-05-01\n"
    )
    found = _read(_file(tmp_path, "typed.csv", rows))
    values = [item.value for item in found if isinstance(item, Indicator)]
    assert values == ["first.example", "year.example", "last.example"]
    assert len(found) == 6


def test_a_hostile_bundle_gives_what_is_good_in_it(tmp_path: Path) -> None:
    good = json.dumps(_BUNDLE["objects"][0])
    deep = '{"type":"indicator","id":"x","pattern":' + "[" * 1_000_000 + "]" * 1_000_000 + "}"
    bad = b'{"type":"indicator","id":"\xff\xfe"}'
    content = b'{"type":"bundle","objects":[' + b",".join([deep.encode(), bad, b"7", good.encode()]) + b"]}"
    found = _read(_file(tmp_path, "bundle.json", content))
    assert [item.value for item in found if isinstance(item, Indicator)] == ["bad.example"]
    assert len([item for item in found if isinstance(item, Reject)]) >= 3


def test_what_a_bundle_holds_besides_is_told(tmp_path: Path) -> None:
    others = [{"type": "malware", "id": "malware--1"}, {"type": "malware", "id": "malware--2"}, {"type": "x"}]
    content = json.dumps({**_BUNDLE, "objects": [*others, *_BUNDLE["objects"]]}).encode()
    items = list(read_published(_file(tmp_path, "bundle.json", content), tlp=None, source=None, now=_NOW))
    assert [item.text for item in items if isinstance(item, Note)] == ["2 of type malware", "1 of type x"]


def test_a_truncated_bundle_gives_what_it_holds_and_says_so(tmp_path: Path) -> None:
    content = json.dumps({**_BUNDLE, "objects": _BUNDLE["objects"] * 2}).encode()
    found = _read(_file(tmp_path, "bundle.json", content[:-40]))
    assert [item.value for item in found if isinstance(item, Indicator)] == ["bad.example"]
    assert [item for item in found if isinstance(item, Reject)]
