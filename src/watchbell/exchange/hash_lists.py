"""Lists of hashes, addresses and texts as signal-sharing tools exchange them, in and out.

In: descriptors of Meta's ThreatExchange (`{"data": [{"type": "HASH_PDQ", "indicator": …}]}`, or rows with these
columns), tables of signals (`signal_type, signal_str`, or one column named after the kind), and bare lists. Out: a
document of descriptors. Types are those of ThreatExchange's reference, `IndicatorType`; what may be shared on stands in
`share_level`, which knows four of TLP's five labels.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from watchbell.exchange.published import Note, Publication, Published, day, indicator_of, reject
from watchbell.exchange.values import UnreadableValueError, Value, guess_value, read_value
from watchbell.files import Reject, Row
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp, strictest

TYPES = {
    IndicatorKind.DOMAIN: "DOMAIN",
    IndicatorKind.URL: "URI",
    IndicatorKind.EMAIL: "EMAIL_ADDRESS",
    IndicatorKind.IP: "IP_ADDRESS",
    IndicatorKind.CIDR: "IP_SUBNET",
    IndicatorKind.MD5: "HASH_MD5",
    IndicatorKind.SHA1: "HASH_SHA1",
    IndicatorKind.SHA256: "HASH_SHA256",
    IndicatorKind.PDQ: "HASH_PDQ",
    IndicatorKind.TEXT: "TEXT_STRING",
}
_KINDS = {name: kind for kind, name in TYPES.items()} | {"HASH_VIDEO_MD5": IndicatorKind.MD5}
_LEVELS = {Tlp.CLEAR: "WHITE", Tlp.GREEN: "GREEN", Tlp.AMBER: "AMBER", Tlp.AMBER_STRICT: "RED", Tlp.RED: "RED"}
_HARMLESS = frozenset({"NON_MALICIOUS"})
_SIGNAL_TYPES = ("signal_type", "hash_type", "algorithm")
_SIGNALS = ("signal", "signal_value", "signal_str", "hash", "hash_value")
_NAMED_AFTER_KIND = {
    "pdq": "pdq", "pdq_hash": "pdq", "md5": "md5", "video_md5": "md5", "md5_hash": "md5", "sha1": "sha1",
    "sha256": "sha256", "sha256_hash": "sha256", "raw_text": "text",
}  # fmt: skip


def is_hash_list(names: Iterable[str]) -> bool:
    """Tell whether the columns of a table, or the members of a document, are those of a list of hashes."""
    known = {str(name).strip().lower() for name in names}
    return (
        {"type", "indicator", "status"} <= known
        or {"type", "raw_indicator"} <= known
        or ("data" in known and known <= {"data", "paging", "next", "count"})
        or not known.isdisjoint(_NAMED_AFTER_KIND)
        or (not known.isdisjoint(_SIGNAL_TYPES) and not known.isdisjoint(_SIGNALS))
    )


def is_bare_list(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Tell a table of one column whose name is a value itself: a list without a header."""
    names = list(rows[0]) if rows else []
    return len(names) == 1 and guess_value(str(names[0])) is not None


def with_header(held: Iterable[Row | Reject], rest: Iterable[Row | Reject]) -> Iterator[Row | Reject]:
    """Yield the rows of a bare list with the value that was taken for its header."""
    first = True
    for row in chain(held, rest):
        if isinstance(row, Reject):
            yield row
            continue
        name, cell = next(iter(row.values.items()))
        if first:
            yield Row(1, {"signal": str(name)})
        first = False
        yield Row(row.number, {"signal": cell})


def indicators_of_rows(rows: Iterable[Row | Reject], publication: Publication) -> Iterator[Published]:
    """Yield what each row or descriptor holds; rejects among the rows pass through."""
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        data = row.values.get("data")
        for values in data if isinstance(data, list) else [row.values]:
            if isinstance(values, dict):
                yield from _items(Row(row.number, values), publication)
            else:
                yield reject(publication, row.number, "data", "it is no descriptor", {"data": values})


def document_of(indicators: Iterable[Indicator]) -> dict[str, Any]:
    """Return the indicators as a document of descriptors, each once; `kinds` says which can stand in one."""
    once = {held.id: held for held in indicators if held.kind in TYPES}
    return {"data": [_descriptor(held) for _, held in sorted(once.items())]}


def can_hold(indicator: Indicator) -> bool:
    """Tell whether a descriptor can say what an indicator is."""
    return indicator.kind in TYPES


def _descriptor(held: Indicator) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": held.id,
        "type": TYPES[held.kind],
        "indicator": held.value,
        "status": "UNKNOWN" if held.revoked else "MALICIOUS",
        "share_level": _LEVELS[held.tlp],
        "confidence": held.confidence,
        "description": held.description,
        "tags": list(held.techniques),
        "owner": {"name": held.source},
        "added_on": held.created.isoformat(),
        "last_updated": held.modified.isoformat(),
        "expired_on": held.valid_until.isoformat() if held.valid_until else None,
    }
    return {name: value for name, value in told.items() if value not in (None, [])}


def _items(row: Row, publication: Publication) -> Iterator[Published]:
    cells = {str(name).strip().lower(): value for name, value in row.values.items()}
    if str(cells.get("status", "")).upper() in _HARMLESS:
        yield Note(publication.file, row.number, str(cells)[:200], "its owner says that it is harmless")
        return
    for field, kind, written in _signals(cells, publication):
        if not written.strip():
            continue
        try:
            value = _value(kind, written)
            yield indicator_of(value, publication, row.number, published_as=written, **_context(cells, publication))
        except (UnreadableValueError, ValueError, TypeError, OverflowError) as error:
            yield reject(publication, row.number, field, str(error), row.values)


def _signals(cells: Mapping[str, Any], publication: Publication) -> Iterator[tuple[str, str, str]]:
    """Yield the column, the kind and the text of each signal of a row."""
    field = next((name for name in ("indicator", "raw_indicator", *_SIGNALS) if name in cells), None)
    kind = next((str(cells[name]) for name in ("type", *_SIGNAL_TYPES) if name in cells), "")
    if field is not None:
        told = cells[field]
        if isinstance(told, dict):  # a descriptor with its indicator unfolded
            kind, told = str(told.get("type", kind)), told.get("indicator")
        yield field, kind or _kind_by_name(publication.file), str(told or "")
        return
    for name, named in _NAMED_AFTER_KIND.items():
        if name in cells:
            yield name, named, str(cells[name] or "")


def _kind_by_name(file: str) -> str:
    """Return `pdq` for a file that says so: such hashes look like SHA-256."""
    return "pdq" if "pdq" in file.rpartition("/")[2].lower() else "signal"


def _value(kind: str, written: str) -> Value:
    known = _KINDS.get(kind.upper())
    if known is None and kind.upper().startswith("HASH_"):
        raise UnreadableValueError(f"hashes of type {kind[:40]!r} are not matched here")
    return read_value(str(known) if known else _NAMED_AFTER_KIND.get(kind.lower(), kind), written)


def _context(cells: Mapping[str, Any], publication: Publication) -> dict[str, Any]:
    """Return the further fields of Indicator that a descriptor tells."""
    owner = cells.get("owner")
    tags = cells.get("tags")
    published, ends = _moment(cells.get("added_on")), _moment(cells.get("expired_on"))
    told = {
        "published": published,
        "source": owner.get("name") if isinstance(owner, dict) else None,
        "description": str(cells["description"]) if cells.get("description") else None,
        "confidence": _confidence(cells.get("confidence")),
        "techniques": tuple(_tag(tag) for tag in tags) if isinstance(tags, list) else None,
        "tlp": strictest((publication.tlp, _label(cells["share_level"]))) if cells.get("share_level") else None,
    }
    if ends is not None and ends > (published or publication.published):
        told["valid_until"] = ends
    return {name: value for name, value in told.items() if value is not None}


def _tag(tag: Any) -> str:
    return str(tag.get("text", "")) if isinstance(tag, dict) else str(tag)


def _label(level: Any) -> Tlp:
    try:
        return Tlp.parse(str(level))
    except ValueError:
        return Tlp.RED


def _confidence(told: Any) -> int | None:
    return min(100, max(0, int(told))) if isinstance(told, int | float) and not isinstance(told, bool) else None


def _moment(told: Any) -> datetime | None:
    """Read a time as ThreatExchange writes it: ISO 8601, or seconds since 1970."""
    if isinstance(told, int | float) and 0 < told < 2**33:
        return datetime.fromtimestamp(told, tz=UTC)
    return day(str(told)) if told else None
