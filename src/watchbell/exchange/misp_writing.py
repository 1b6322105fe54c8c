"""MISP events out: one for each publisher and marking, so that each event is as wide as all that is in it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple

from watchbell.exchange import misp_words as words
from watchbell.exchange.disarm import NO_FRAMEWORK, Framework
from watchbell.exchange.misp_sightings import sightings_of
from watchbell.ids import fact_id
from watchbell.model.feedback import Dispute, Opinion, Sighting
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


class Sharing(NamedTuple):
    """What holds for all events that are written at once."""

    operator: str
    """The organisation that shares them; it is the creator of the events."""
    now: datetime
    framework: Framework = NO_FRAMEWORK
    """Names the clusters of MISP's galaxy `disarm-techniques`, and has their UUIDs where MISP's file was brought in."""
    said: Mapping[str, Sequence[Sighting | Opinion | Dispute]] = MappingProxyType({})
    """Id of an indicator → what we said of it."""


def events_of(indicators: Iterable[Indicator], sharing: Sharing) -> list[dict[str, Any]]:
    """Return the indicators as MISP events, each once; that of the same publisher and marking has the same UUID."""
    once = sorted(
        {held.id: held for held in indicators}.values(), key=lambda held: (held.source, held.tlp.rank, held.id)
    )
    groups = groupby(once, key=lambda held: (held.source, held.tlp))
    return [_event(source, label, list(held), sharing) for (source, label), held in groups]


def _event(source: str, label: Tlp, held: Sequence[Indicator], sharing: Sharing) -> dict[str, Any]:
    operator, now = sharing.operator, sharing.now
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
        "Attribute": [_attribute(item, sharing) for item in held if item.kind is not IndicatorKind.HANDLE],
        "Object": [_account(item, sharing) for item in held if item.kind is IndicatorKind.HANDLE],
    }


def _attribute(item: Indicator, sharing: Sharing) -> dict[str, Any]:
    kind, category = words.WRITTEN[item.kind]
    return _told(item, sharing, type=kind, category=category, value=item.value)


def _account(item: Indicator, sharing: Sharing) -> dict[str, Any]:
    """Return an account as an object: its name, by which it is looked for, and its platform."""
    name = _told(item, sharing, type="text", category="Other", value=item.value, object_relation="username")
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


def _told(item: Indicator, sharing: Sharing, **told: Any) -> dict[str, Any]:
    """Return an attribute with what every indicator says beside its value."""
    tags = [f"tlp:{item.tlp}", *words.confidence_tag(item.confidence)]
    entries = sharing.framework.entries
    named = [(technique, entries.get(technique)) for technique in item.techniques]
    tags += [words.technique_tag(entry.misp_name or entry.name if entry else name) for name, entry in named]
    if item.kind in _NEEDS_TAG:
        tags.append(f'watchbell:kind="{item.kind}"')
    if item.kind is IndicatorKind.PACKAGE and item.platform:
        tags.append(f'watchbell:platform="{item.platform}"')
    if item.valid_until is not None:
        tags.append(f'watchbell:valid-until="{item.valid_until.isoformat()}"')
    clusters = [words.cluster_of(entry) for _, entry in named if entry is not None and entry.misp_uuid]
    sightings = sightings_of(sharing.said.get(item.id, ()), sharing.operator)
    return {
        **told,
        "uuid": item.id.partition("--")[2],
        "to_ids": True,
        "comment": item.description or "",
        "timestamp": _seconds(item.modified),
        "first_seen": item.valid_from.isoformat(),
        "deleted": item.revoked,
        "Tag": _tags(tags),
        **({"Galaxy": [words.galaxy_of(clusters)]} if clusters else {}),
        **({"Sighting": sightings} if sightings else {}),
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
