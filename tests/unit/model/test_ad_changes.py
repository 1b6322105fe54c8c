"""What a person decided about an ad holds while the ad shows the same."""

import pytest

from watchbell.model.ad_changes import Change, change_between
from watchbell.model.ads import Ad, Picture

SIGNED = "https://scontent.example/v/1_2_n.jpg?id=7&_nc_ht=a&oh={0}&oe={0}"


def ad(**told: object) -> Ad:
    facts = {"id": "a:1", "source": "a", "platform": "facebook", "text": "Vote", "payer": "Friends"}
    return Ad.model_validate(facts | told)


def with_picture(name: str, sha256: str | None = None) -> Ad:
    return ad(media=(name,), pictures=(Picture(name=name, sha256=sha256),) if sha256 else ())


@pytest.mark.parametrize(
    "told",
    [{"account_id": "12"}, {"country": "US"}, {"payer_address": "1 Main St"}, {"registration_id": "C1"}, {"clicks": 3}],
)
def test_what_a_later_reader_finds_beside_it_changes_nothing(told: dict[str, object]) -> None:
    assert change_between(ad(), ad(**told)) is None


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({"account_id": "12"}, {"account_id": "13"}),
        ({"account_id": "12"}, {}),
        ({"country": "US"}, {"country": "CA"}),
        ({}, {"links": ("https://elsewhere.example",)}),
        ({}, {"advertiser": "Election Office"}),
        ({}, {"disclaimer": "Paid for by Foes"}),
        ({}, {"media": ("a.png",)}),
        ({"media": ("a.png", "b.png")}, {"media": ("b.png", "a.png")}),
        ({}, {"account_id": "12", "text": "Stay home"}),
    ],
)
def test_what_it_shows_otherwise_is_a_change(was: dict[str, object], now: dict[str, object]) -> None:
    assert change_between(ad(**was), ad(**now)) is Change.CONTENT


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        (with_picture("a.png"), with_picture("a.png", "0" * 64), Change.PICTURES),
        (with_picture("a.png?oe=1"), with_picture("a.png?oe=2", "0" * 64), Change.PICTURES),
        (with_picture("a.png", "0" * 64), with_picture("a.png"), None),
        (with_picture("a.png?oe=1", "0" * 64), with_picture("b.png", "0" * 64), None),
        (with_picture("a.png", "0" * 64), with_picture("a.png", "1" * 64), Change.CONTENT),
        (with_picture(SIGNED.format(1)), with_picture(SIGNED.format(2)), None),
        (with_picture("https://h.example/show?id=1"), with_picture("https://h.example/show?id=2"), Change.CONTENT),
        (with_picture("https://[h/?oe=1"), with_picture("https://[h/?oe=2"), Change.CONTENT),
    ],
)
def test_a_picture_is_known_by_its_bytes_else_by_its_unsigned_address(was: Ad, now: Ad, change: Change | None) -> None:
    assert change_between(was, now) is change
