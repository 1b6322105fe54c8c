"""Warning lists: what an indicator may be on, so that its hits are read with care. MISP's format is read as it is.

MISP's lists (MISP/misp-warninglists, `schema.json`) are JSON with a name, a version, a type and a list of values.
"""

import ipaddress
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from watchbell.errors import InputError
from watchbell.match.shared_hosts import parents
from watchbell.model.addresses import host_of
from watchbell.model.indicators import Indicator, IndicatorKind

MOST_VALUES = 2_000_000
"""Values of the longest list that is read; the longest of MISP's have a million."""
_TYPES = ("hostname", "string", "cidr", "substring")

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NamedList(NamedTuple):
    """A warning list."""

    name: str
    version: str
    type: str
    """How its values are compared, in MISP's words: a host and what lies below it, the same text, a network, a part."""
    values: frozenset[str]
    networks: tuple[_Network, ...] = ()

    def has(self, indicator: Indicator) -> bool:
        """Say whether an indicator is on the list."""
        match self.type:
            case "hostname":
                host = _host_of(indicator)
                return host is not None and any(name in self.values for name in (host, *parents(host)))
            case "cidr":
                return indicator.kind is IndicatorKind.IP and self._holds(indicator.value)
            case "substring":
                return any(value in indicator.value.lower() for value in self.values)
            case _:
                return indicator.value.lower() in self.values

    def _holds(self, address: str) -> bool:
        return any(ipaddress.ip_address(address) in network for network in self.networks)

    @property
    def remark(self) -> str:
        """Return the sentence that hits of an indicator on the list carry."""
        return f"On the warning list “{self.name}” (version {self.version})."


def remarks_on(indicator: Indicator, lists: Sequence[NamedList]) -> str | None:
    """Return what warning lists say of an indicator, or None where it is on none."""
    return " ".join(one.remark for one in lists if one.has(indicator)) or None


@cache
def bundled_lists() -> tuple[NamedList, ...]:
    """Return the warning lists that ship with Watchbell in MISP's format."""
    folder = files("watchbell.match") / "warninglists"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".json"))
    return tuple(_list_of(json.loads((folder / name).read_text("utf-8")), Path(name)) for name in names)


def read_warning_list(path: Path) -> NamedList:
    """Return the warning list in a file of MISP's format.

    Raises:
        InputError: the file cannot be read, or is no list of a type that is known.
    """
    try:
        told = json.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"The warning list {path} cannot be read as JSON: {error}.") from error
    return _list_of(told, path)


def _list_of(told: Any, path: Path) -> NamedList:
    values = told.get("list") if isinstance(told, dict) else None
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise InputError(f"{path} is no warning list in MISP's format: it needs a `list` of at most {MOST_VALUES:,}.")
    type_ = told.get("type", "string")
    if type_ not in _TYPES:
        raise InputError(f"The warning list {path} is of the type {type_!r:.40}; known are {', '.join(_TYPES)}.")
    words = frozenset(value.strip().lower() for value in values if isinstance(value, str) and value.strip())
    networks = tuple(_networks(words)) if type_ == "cidr" else ()
    return NamedList(str(told.get("name", path.stem)), str(told.get("version", "unknown")), type_, words, networks)


def _networks(values: Iterable[str]) -> Iterator[_Network]:
    for value in values:
        try:
            yield ipaddress.ip_network(value, strict=False)
        except ValueError:
            continue


def _host_of(indicator: Indicator) -> str | None:
    match indicator.kind:
        case IndicatorKind.DOMAIN:
            return indicator.value
        case IndicatorKind.URL:
            return host_of(indicator.value)
        case IndicatorKind.EMAIL:
            return indicator.value.rpartition("@")[2]
        case _:
            return None
