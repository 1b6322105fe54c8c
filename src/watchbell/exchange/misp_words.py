"""MISP's words for what Watchbell compares: attribute types and categories, machine tags, and how sure one is."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from watchbell.exchange.disarm import LICENCE, Entry
from watchbell.model.indicators import IndicatorKind
from watchbell.model.tlp import Tlp, strictest

WRITTEN = {
    IndicatorKind.DOMAIN: ("domain", "Network activity"),
    IndicatorKind.URL: ("url", "Network activity"),
    IndicatorKind.EMAIL: ("email", "Network activity"),
    IndicatorKind.PHONE: ("phone-number", "Person"),
    IndicatorKind.IP: ("ip-dst", "Network activity"),
    IndicatorKind.CIDR: ("ip-dst", "Network activity"),
    IndicatorKind.MD5: ("md5", "Payload delivery"),
    IndicatorKind.SHA1: ("sha1", "Payload delivery"),
    IndicatorKind.SHA256: ("sha256", "Payload delivery"),
    IndicatorKind.PDQ: ("text", "Other"),
    IndicatorKind.PACKAGE: ("mobile-application-id", "Payload delivery"),
    IndicatorKind.HASHTAG: ("text", "Other"),
    IndicatorKind.TEXT: ("text", "Other"),
}
"""Kind → attribute type and category (MISP core format, the table of types and categories). Accounts are objects."""

READ = {
    **dict.fromkeys(("domain", "hostname"), ("domain",)),
    **dict.fromkeys(("url", "uri", "link"), ("url",)),
    **dict.fromkeys(("email", "email-src", "email-reply-to", "whois-registrant-email", "dns-soa-email"), ("email",)),
    **dict.fromkeys(("ip-src", "ip-dst"), ("ip",)),
    **dict.fromkeys(("phone-number", "whois-registrant-phone"), ("phone",)),
    **{name: (name,) for name in ("md5", "sha1", "sha256")},
    "mobile-application-id": ("package",),
    "twitter-id": ("handle twitter",),
    "github-username": ("handle github",),
    "domain|ip": ("domain", "ip"),
    **dict.fromkeys(("ip-src|port", "ip-dst|port"), ("ip", "")),
    "hostname|port": ("domain", ""),
    **{f"filename|{name}": ("", name) for name in ("md5", "sha1", "sha256")},
}
"""Attribute type → kind of each part of its value (parts are joined by `|`); '' for a part that is not looked for."""

ACCOUNT_OBJECTS = {
    "twitter-account": ("twitter", ("name",)),
    "facebook-account": ("facebook", ("account-name", "account-id")),
    "instagram-account": ("instagram", ("account-name", "username", "account-id")),
    "telegram-account": ("telegram", ("username",)),
    "reddit-account": ("reddit", ("account-name", "username")),
    "youtube-channel": ("youtube", ("channel-name", "channel-id")),
    "parler-account": ("parler", ("account-name", "username")),
    "user-account": (None, ("username",)),
}
"""Object name → platform, and the relations that name the account; `user-account` has its platform beside the name."""

_CONFIDENCE = {
    "completely-confident": 100, "usually-confident": 75, "fairly-confident": 50, "rarely-confident": 25,
    "unconfident": 0,
}  # fmt: skip
"""The taxonomy `misp`, predicate `confidence-level`, with its own numerical values."""
_TAG = re.compile(r'(?P<space>[\w-]+):(?P<predicate>[\w-]+)="(?P<value>[^"]*)"')
_TECHNIQUES = "disarm-techniques"
# MISP/misp-galaxy at 217e3eb: galaxies/disarm-techniques.json and clusters/disarm-techniques.json.
_GALAXY_UUID = "a90f2bb6-11e1-58a7-9962-ba37886720ec"
_CLUSTERS_UUID = "fb0e6978-2647-5a95-8324-7ebfd2f88b67"


def tag_names(holder: Mapping[str, Any]) -> list[str]:
    """Return the names of the tags of an event or attribute."""
    tags = holder.get("Tag")
    return [str(tag.get("name", "")) for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []


def label_of(tags: Iterable[str]) -> Tlp | None:
    """Return the strictest TLP label among tags; a `tlp:` that is no label could be any, so it counts as RED."""
    labels = []
    for tag in tags:
        if tag.lower().startswith("tlp:"):
            try:
                labels.append(Tlp.parse(tag.lower().replace("ex:chr", "red").replace("unclear", "red")))
            except ValueError:
                labels.append(Tlp.RED)
    return strictest(labels) if labels else None


def tag_value(tags: Iterable[str], space: str, predicate: str) -> str | None:
    """Return the value of a machine tag such as `watchbell:kind="pdq"`, or None."""
    for tag in tags:
        found = _TAG.fullmatch(tag)
        if found is not None and (found["space"], found["predicate"]) == (space, predicate):
            return found["value"]
    return None


def confidence_of(tags: Iterable[str]) -> int | None:
    """Return the confidence that a tag of the taxonomy `misp` states, from 0 to 100, or None."""
    return _CONFIDENCE.get(tag_value(tags, "misp", "confidence-level") or "")


def confidence_tag(confidence: int | None) -> list[str]:
    """Return the tag nearest to a confidence; none where there is no confidence."""
    if confidence is None:
        return []
    nearest = min(_CONFIDENCE, key=lambda word: abs(_CONFIDENCE[word] - confidence))
    return [f'misp:confidence-level="{nearest}"']


def techniques_of(holder: Mapping[str, Any], tags: Iterable[str]) -> tuple[str, ...]:
    """Return the DISARM techniques of an event or attribute: ids where a cluster tells them, names otherwise."""
    by_name = {name: name for tag in tags if (name := _technique_in(tag))}
    galaxies = holder.get("Galaxy")
    for galaxy in galaxies if isinstance(galaxies, list) else ():
        clusters = galaxy.get("GalaxyCluster") if isinstance(galaxy, dict) else None
        for cluster in clusters if isinstance(clusters, list) else ():
            if isinstance(cluster, dict) and cluster.get("type") == _TECHNIQUES:
                name = str(cluster.get("value", ""))
                by_name[name] = _external_id(cluster) or name
    return tuple(dict.fromkeys(filter(None, by_name.values())))


def technique_tag(name: str) -> str:
    """Return the tag by which MISP names a technique of DISARM."""
    return f'misp-galaxy:{_TECHNIQUES}="{name.replace(chr(34), chr(39))}"'


def cluster_of(entry: Entry) -> dict[str, Any]:
    """Return a technique as a cluster of MISP's galaxy, by the name and the UUID that it has there."""
    name = entry.misp_name or entry.name
    return {
        "uuid": entry.misp_uuid,
        "collection_uuid": _CLUSTERS_UUID,
        "type": _TECHNIQUES,
        "value": name,
        "tag_name": technique_tag(name),
        "description": f"{entry.id} of the DISARM Framework, {LICENCE}.",
        "source": "https://github.com/DISARMFoundation/DISARMframeworks",
        "authors": ["DISARM Project"],
        "meta": {"external_id": [entry.id]},
    }


def galaxy_of(clusters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the galaxy of DISARM's techniques with some of its clusters."""
    return {
        "uuid": _GALAXY_UUID,
        "name": "DISARM Techniques",
        "type": _TECHNIQUES,
        "description": "DISARM is a framework designed for describing and understanding disinformation incidents.",
        "version": "1",
        "namespace": "disarm",
        "GalaxyCluster": clusters,
    }


def _technique_in(tag: str) -> str | None:
    return tag_value([tag], "misp-galaxy", _TECHNIQUES)


def _external_id(cluster: Mapping[str, Any]) -> str | None:
    meta = cluster.get("meta")
    told = meta.get("external_id") if isinstance(meta, dict) else None
    return str(told[0]) if isinstance(told, list) and told else str(told) if told else None
