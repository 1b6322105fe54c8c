"""STIX 1 packages: what stands in them, and what cannot get in by them."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.exchange import stix1
from watchbell.exchange.stix1 import MAX_DEPTH, read_package
from watchbell.files import Reject, Row
from watchbell.model.tlp import Tlp

_OPEN = (
    '<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1" xmlns:indicator="http://stix.mitre.org/Indicator-2" '
    'xmlns:cybox="http://cybox.mitre.org/cybox-2" xmlns:o="http://cybox.mitre.org/objects#X-1" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="1.2"><stix:Indicators>'
)
_CLOSE = "</stix:Indicators></stix:STIX_Package>"


def _indicator(kind: str, value: str, more: str = "") -> str:
    return (
        f"<stix:Indicator><indicator:Title>Why</indicator:Title><indicator:Observable {more}><cybox:Object>"
        f'<cybox:Properties xsi:type="o:{kind}">{value}</cybox:Properties>'
        "</cybox:Object></indicator:Observable></stix:Indicator>"
    )


def _rows(text: str) -> list[tuple[str, str]]:
    package = read_package("p.xml", [text.encode()])
    assert package is not None
    return [
        (row.values["indicator_type"], row.values["indicator_value"]) for row in package.rows if isinstance(row, Row)
    ]


def _rejects(text: str) -> list[str]:
    package = read_package("p.xml", [text.encode()])
    assert package is not None
    return [item.reason for item in package.rows if isinstance(item, Reject)]


@pytest.mark.parametrize(
    ("kind", "inner", "told"),
    [
        ("DomainNameObjectType", "<o:Value>bad.example</o:Value>", ("domain name", "bad.example")),
        ("URIObjectType", "<o:Value>http://bad.example/a</o:Value>", ("url", "http://bad.example/a")),
        ("AddressObjectType", "<o:Address_Value>192.0.2.7</o:Address_Value>", ("ip", "192.0.2.7")),
        ("FileObjectType", "<o:File_Name>com.abs.Editor</o:File_Name>", ("package", "com.abs.Editor")),
        ("FileObjectType", "<o:File_Name>invoice.exe</o:File_Name>", ("file name", "invoice.exe")),
        ("WinRegistryKeyObjectType", "<o:Value>7</o:Value>", ("WinRegistryKey", "7")),
    ],
)
def test_each_object_gives_its_value(kind: str, inner: str, told: tuple[str, str]) -> None:
    assert _rows(_OPEN + _indicator(kind, inner) + _CLOSE) == [told]


def test_several_values_of_one_property_are_parted() -> None:
    text = _OPEN + _indicator("DomainNameObjectType", "<o:Value>a.example##comma##b.example</o:Value>") + _CLOSE
    assert [value for _, value in _rows(text)] == ["a.example", "b.example"]


@pytest.mark.parametrize("more", ['negate="true"', 'operator="AND"'])
def test_what_means_more_than_a_value_is_refused(more: str) -> None:
    text = _OPEN + _indicator("DomainNameObjectType", "<o:Value>a.example</o:Value>", more) + _CLOSE
    assert _rows(text) == []
    assert len(_rejects(text)) == 1


@pytest.mark.parametrize(("color", "label"), [("AMBER", Tlp.AMBER), ("WHITE", Tlp.CLEAR), ("MAUVE", Tlp.RED)])
def test_the_marking_of_a_package_is_that_of_its_handling(color: str, label: Tlp) -> None:
    handling = (
        '<stix:STIX_Header><stix:Handling xmlns:marking="http://data-marking.mitre.org/Marking-1"><marking:Marking>'
        f'<marking:Marking_Structure color="{color}"/></marking:Marking></stix:Handling></stix:STIX_Header>'
    )
    package = read_package("p.xml", [_OPEN.replace("<stix:Indicators>", handling).encode(), b"</stix:STIX_Package>"])
    assert package is not None
    assert package.tlp is label


def test_no_entity_is_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + _OPEN + _CLOSE
    assert read_package("p.xml", [bomb.encode()]) is None
    late = _OPEN + _indicator("URIObjectType", "<o:Value>&file;</o:Value>") + _CLOSE
    assert "could not be read" in _rejects(late)[0]


def test_depth_and_length_are_bounded() -> None:
    deep = _OPEN + "<a>" * (MAX_DEPTH + 5)
    assert "nested" in _rejects(deep)[0]
    assert "characters" in _rejects(_OPEN + "<a>" + "x" * 100_000)[0]


def test_a_million_levels_end_at_once() -> None:
    def pieces() -> Iterator[bytes]:
        yield _OPEN.encode()
        for _ in range(1_000):
            yield b"<a>" * 1_000

    package = read_package("p.xml", pieces())
    assert package is not None
    assert len(package.rows) == 1


def test_a_package_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stix1, "MAX_BYTES", 10_000)
    filler = b"<a/>" * 1_000
    package = read_package("p.xml", itertools.chain([_OPEN.encode()], itertools.repeat(filler)))
    assert package is not None
    assert [item.reason for item in package.rows if isinstance(item, Reject)] == [
        "The rest of the file could not be read: it has more than 10,000 bytes."
    ]


def test_a_truncated_package_gives_what_it_holds_and_says_so() -> None:
    text = _OPEN + _indicator("DomainNameObjectType", "<o:Value>a.example</o:Value>") + "<stix:Indicator><ind"
    assert [value for _, value in _rows(text)] == ["a.example"]
    assert len(_rejects(text)) == 1


def test_other_xml_is_no_package() -> None:
    assert read_package("p.xml", [b"<rss><channel/></rss>"]) is None


@settings(deadline=None, max_examples=80)
@given(st.text(alphabet="<>/=\"' abStixIndicator:&;!-", max_size=80))
def test_any_text_is_read_or_told(text: str) -> None:
    package = read_package("p.xml", [(_OPEN + text).encode()])
    assert package is None or len(package.rows) >= 1
