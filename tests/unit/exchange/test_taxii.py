"""TAXII's words: media types, filters, `next`, and envelopes read to the last byte."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.exchange.envelope import EnvelopeError, Sent, objects_of
from watchbell.exchange.taxii import RequestError, accepts, is_envelope, next_after, wanted_of
from watchbell.model.collections import HeldObject

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
OBJECTS = st.lists(st.dictionaries(st.text(), JSON, max_size=4), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("header", "is_accepted"),
    [
        (None, True),
        ("*/*", True),
        ("application/taxii+json", True),
        ("APPLICATION/TAXII+JSON; Version=2.1", True),
        ("text/html, application/taxii+json;version=2.1;q=0.1", True),
        ("application/taxii+json;version=2.1;q=0", False),
        ("application/taxii+json;version=2.0", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_accept_is_read_as_http_has_it(header: str | None, is_accepted: bool) -> None:
    assert accepts(header) is is_accepted


def test_only_an_envelope_is_an_envelope() -> None:
    assert is_envelope('application/taxii+json; version="2.1"')
    assert not is_envelope("application/stix+json;version=2.1")
    assert not is_envelope(None)


def test_filters_are_read() -> None:
    wanted = wanted_of(
        [("match[id]", "a,b"), ("match[version]", "first,2026-01-01T00:00:00Z"), ("limit", "5000"), ("x", "y")]
    )
    assert (wanted.ids, wanted.first, wanted.last, wanted.limit) == (("a", "b"), True, False, 1_000)
    assert wanted.versions == (1_767_225_600_000_000,)


@pytest.mark.parametrize(
    "parameter",
    [
        ("limit", "0"),
        ("limit", "٣"),
        ("next", "10"),
        ("next", "a" + "f" * 17),
        ("added_after", "2026-01-01"),
        ("match[version]", "x"),
        ("match[id]", "a," * 1_001),
    ],
)
def test_what_cannot_mean_anything_is_refused(parameter: tuple[str, str]) -> None:
    with pytest.raises(RequestError):
        wanted_of([parameter])


@given(added=st.integers(0, 2**62))
def test_next_says_where_a_page_ended(added: int) -> None:
    held = HeldObject(added, "id", "version", "partner", 0, is_new=True, body=b"")
    assert wanted_of([("next", next_after(held))]).after == added


@given(objects=OBJECTS, indent=st.none() | st.integers(0, 3), is_ascii=st.booleans())
def test_objects_come_out_of_an_envelope_as_they_went_in(
    objects: list[dict[str, object]], indent: int | None, is_ascii: bool
) -> None:
    text = json.dumps({"more": False, "objects": objects}, indent=indent, ensure_ascii=is_ascii)
    if "\\u0000" in text or "\\ud" in text:
        return
    sent = list(objects_of(text.encode("utf-8", "surrogatepass")))
    assert [item.values for item in sent if isinstance(item, Sent)] == objects
    assert [json.loads(item.body) for item in sent if isinstance(item, Sent)] == objects


@given(body=st.binary(max_size=60))
def test_whatever_is_sent_ends_in_objects_or_in_a_sentence(body: bytes) -> None:
    for envelope in (body, b'{"objects":[' + body, b'{"objects":[{"id":"a"},' + body):
        with suppress(EnvelopeError):
            assert list(objects_of(envelope))
