"""What pages and accounts showed of themselves, out of a log of who manages them or a platform's export.

Read are rows with `platform`, `account` (its id), `name`, `countries` (of those who run it: ISO 3166-1 alpha-2, parted
by spaces, commas or semicolons) and `at` (since when, ISO 8601); and CrowdTangle's tables of Facebook posts, whose
`Page Admin Top Country` is the country from which most of a page's administrators work.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from watchbell.ads.readers.fields import FieldError, id_text, rejected, text_of, time_of
from watchbell.files import Reject, Row, read_rows
from watchbell.model.payers import AccountFace

_PARTED = re.compile(r"[\s,;]+")
_CODE = re.compile("[A-Z]{2}")
# CrowdTangle writes New York's time with its abbreviation.
_ZONES = {" EST": "-05:00", " EDT": "-04:00"}
_CROWDTANGLE = frozenset({"Facebook Id", "Page Name", "Page Admin Top Country", "Post Created"})


def read_faces(path: Path) -> Iterator[AccountFace | Reject]:
    """Yield what each row says of an account, or a Reject in its place.

    Raises:
        InputError: the whole file cannot be read.
    """
    for row in read_rows(path):
        yield row if isinstance(row, Reject) else _face_or_reject(path, row)


def _face_or_reject(path: Path, row: Row) -> AccountFace | Reject:
    try:
        return _of_crowdtangle(row.values) if row.values.keys() >= _CROWDTANGLE else _of_log(row.values)
    except FieldError as error:
        return rejected(str(path), row, error)


def _of_log(values: Mapping[str, Any]) -> AccountFace:
    platform, at = text_of(values, "platform"), time_of(values, "at")
    if platform is None or at is None:
        field = "at" if platform else "platform"
        raise FieldError(
            field, f"`{field}` is missing; each row needs platform, account and at, and name or countries."
        )
    account, name = id_text(values.get("account"), "account"), text_of(values, "name") or ""
    countries = _countries(values, "countries")
    if not name and not countries:
        raise FieldError("name", "`name` and `countries` are both empty; a row says at least one of them.")
    return AccountFace(platform=platform, account=account, name=name, countries=countries, first_at=at)


def _of_crowdtangle(values: Mapping[str, Any]) -> AccountFace:
    written = text_of(values, "Post Created") or ""
    for abbreviation, zone in _ZONES.items():
        written = written.replace(abbreviation, zone)
    at = time_of({"Post Created": written}, "Post Created")
    if at is None:
        raise FieldError("Post Created", "`Post Created` is missing; without it nobody knows since when that was so.")
    return AccountFace(
        platform="facebook",
        account=id_text(values.get("Facebook Id"), "Facebook Id"),
        name=text_of(values, "Page Name") or "",
        countries=_countries(values, "Page Admin Top Country"),
        first_at=at,
    )


def _countries(values: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = values.get(field)
    written = " ".join(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else None
    codes = _PARTED.split((written or text_of(values, field) or "").upper())
    wrong = next((code for code in codes if code and not _CODE.fullmatch(code)), None)
    if wrong is not None:
        raise FieldError(field, f"`{field}` has {wrong[:20]!r}; write countries as two letters each, such as US MK.")
    return tuple(sorted({code for code in codes if code}))
