"""MISP events out: one for each publisher and marking, so that each event is as wide as all that is in it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from watchbell.exchange import misp_words as words
from watchbell.ids import fact_id
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp

# The object template `user-account` of the project misp-objects.
_USER_ACCOUNT = {
    "name": "user-account",
    "meta-category": "misc",
    "template_uuid": "49606b06-22f0-4ac8-8eee-2f12ad46f3d3",
    "template_version": "6",
    "description": "An account on a platform.",
}
_NEEDS_TAG = {IndicatorKind.PDQ, IndicatorKind.HASHTAG, IndicatorKind.TEXT, IndicatorKind.PACKAGE}
"""Kinds that MISP's type does not tell: a machine tag of ours says them."""
# Undefined threat level and completed analysis (MISP core format, sections on these attributes).
_THREAT_LEVEL, _ANALYSIS = "4", "2"


def events_of(
    indicators: Iterable[Indicator],
    *,
    operator: str,
    now: datetime,
    technique_names: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return the indicators as MISP events, each once; the event of the same publisher and marking has the same UUID.

    Args:
        indicators: any.
        operator: the organisation that shares them; it is the creator of the events.
        now: when they are shared.
        technique_names: id of a technique → the name of its cluster in MISP's galaxy `disarm-techniques`.
    """
    once = sorted(
        {held.id: held for held in indicators}.values(), key=lambda held: (held.source, held.tlp.rank, held.id)
    )
    groups = groupby(once, key=lambda held: (held.source, held.tlp))
    names = technique_names or {}
    return [_event(source, label, list(held), (operator, now), names) for (source, label), held in groups]


def _event(
    source: str, label: Tlp, held: Sequence[Indicator], shared: tuple[str, datetime], names: Mapping[str, str]
) -> dict[str, Any]:
    operator, now = shared
    return {
        "uuid": _uuid("event", operator, source, label),
        "info": f"Indicators published by {source}, TLP:{label.upper()}",
        "date": min(item.created for item in held).date().isoformat(),
        "timestamp": _seconds(max(item.modified for item in held)),
        "publish_timestamp": _seconds(now),
        "published": True,
        "threat_level_id": _THREAT_LEVEL,
        "analysis": _ANALYSIS,
        "Orgc": {"name": operator, "uuid": _uuid("organisation", operator)},
        "Tag": _tags([f"tlp:{label}", f'watchbell:source="{_plain(source)}"']),
        "Attribute": [_attribute(item, names) for item in held if item.kind is not IndicatorKind.HANDLE],
        "Object": [_account(item, names) for item in held if item.kind is IndicatorKind.HANDLE],
    }


def _attribute(item: Indicator, names: Mapping[str, str]) -> dict[str, Any]:
    kind, category = words.WRITTEN[item.kind]
    return _told(item, names, type=kind, category=category, value=item.value)


def _account(item: Indicator, names: Mapping[str, str]) -> dict[str, Any]:
    """Return an account as an object: its name, by which it is looked for, and its platform."""
    name = _told(item, names, type="text", category="Other", value=item.value, object_relation="username")
    platform = {
        "uuid": _uuid("attribute", item.id, "account-type"),
        "type": "text",
        "category": "Other",
        "value": item.platform or "unknown",
        "object_relation": "account-type",
        "to_ids": False,
        "disable_correlation": True,
        "timestamp": name["timestamp"],
    }
    return {
        **_USER_ACCOUNT,
        "uuid": _uuid("object", item.id),
        "timestamp": name["timestamp"],
        "Attribute": [name, platform],
    }


def _told(item: Indicator, names: Mapping[str, str], **told: Any) -> dict[str, Any]:
    """Return an attribute with what every indicator says beside its value."""
    tags = [f"tlp:{item.tlp}", *words.confidence_tag(item.confidence)]
    tags += [words.technique_tag(names.get(technique, technique)) for technique in item.techniques]
    if item.kind in _NEEDS_TAG:
        tags.append(f'watchbell:kind="{item.kind}"')
    if item.kind is IndicatorKind.PACKAGE and item.platform:
        tags.append(f'watchbell:platform="{item.platform}"')
    if item.valid_until is not None:
        tags.append(f'watchbell:valid-until="{item.valid_until.isoformat()}"')
    return {
        **told,
        "uuid": item.id.partition("--")[2],
        "to_ids": True,
        "comment": item.description or "",
        "timestamp": _seconds(item.modified),
        "first_seen": item.valid_from.isoformat(),
        "deleted": item.revoked,
        "Tag": _tags(tags),
    }


def _tags(names: Iterable[str]) -> list[dict[str, str]]:
    return [{"name": name, "colour": _COLOURS.get(name, "#6b6b6b")} for name in names]


# FIRST's colours for TLP 2.0.
_COLOURS = {
    "tlp:clear": "#ffffff",
    "tlp:green": "#33ff00",
    "tlp:amber": "#ffc000",
    "tlp:amber+strict": "#ffc000",
    "tlp:red": "#ff2b2b",
}


def _plain(text: str) -> str:
    return text.replace('"', "'")


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def _uuid(*parts: str) -> str:
    return fact_id(*parts).partition("--")[2]
