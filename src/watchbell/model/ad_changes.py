"""Whether an ad shows something else than before, so that what a person decided about it holds no longer."""

import re
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit

from watchbell.model.ads import Ad


class Change(StrEnum):
    """How an ad shows something else than before."""

    CONTENT = "content"
    PICTURES = "pictures"
    """All that differs is that pictures are at hand, which it named before too."""


_ALIKE = (
    *("text", "disclaimer", "links", "advertiser", "declared_political", "payer", "targeting"),
    *("account_id", "payer_address", "registration_id", "country"),
)
# Not what an ad shows, but more about it: a later version of a reader finds them in the same file.
_MAY_COME_LATER = {"account_id", "payer_address", "registration_id", "country"}

# What addresses are signed with, anew for each export: Meta's network, Amazon S3 and CloudFront, Google Cloud Storage.
# All else in a query may say which picture is meant.
_SIGNATURE = re.compile(
    r"oe|oh|ccb|_nc_\w+|x-amz-[\w-]+|x-goog-[\w-]+|expires|signature|key-pair-id|policy", re.IGNORECASE
)


def change_between(before: Ad, now: Ad) -> Change | None:
    """Return how an ad shows something else than before; None where a decision about it then holds now.

    A field that was empty and only tells more of whose ad it is may have come in since. A picture is known by its bytes
    where they are at hand both times, else by its address without its signature.
    """
    for name in _ALIKE:
        earlier, later = getattr(before, name), getattr(now, name)
        if earlier != later and not (earlier is None and name in _MAY_COME_LATER):
            return Change.CONTENT
    return _change_of_pictures(before, now)


def _change_of_pictures(before: Ad, now: Ad) -> Change | None:
    if len(before.media) != len(now.media):
        return Change.CONTENT
    had, has = _bytes_of(before), _bytes_of(now)
    change = None
    for name_then, name_now in zip(before.media, now.media, strict=True):
        then, shown = had.get(name_then), has.get(name_now)
        is_same = then == shown if then and shown else _unsigned(name_then) == _unsigned(name_now)
        if not is_same:
            return Change.CONTENT
        if shown and not then:
            change = Change.PICTURES
    return change


def _bytes_of(ad: Ad) -> dict[str, str]:
    """Return the SHA-256 of the pictures that are at hand, by their names."""
    return {one.name: one.sha256 for one in ad.pictures if one.sha256}


def _unsigned(address: str) -> str:
    """Return a picture's address without what it is signed with."""
    if "?" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:  # no address, so nothing signs it
        return address
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _SIGNATURE.fullmatch(pair[0])]
    return parts._replace(query=urlencode(kept)).geturl()
