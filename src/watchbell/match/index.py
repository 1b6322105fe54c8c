"""Indicators laid out for looking up: what a post or an ad holds goes in, the indicators that name it come out."""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from watchbell.match.shared_hosts import parents, why_shared
from watchbell.model.addresses import author_of, canonical_url, host_of, normalise_handle
from watchbell.model.indicators import Indicator, IndicatorKind, Relation

_KINDS_IN_LINKS = {
    IndicatorKind.DOMAIN,
    IndicatorKind.URL,
    IndicatorKind.HANDLE,
    IndicatorKind.IP,
    IndicatorKind.CIDR,
    IndicatorKind.PACKAGE,
}
_APP_STORE_ID = re.compile(r"/id(\d{6,12})(?:[/?]|$)")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Match(NamedTuple):
    """An indicator, and how the words that were looked up relate to it."""

    indicator: Indicator
    relation: Relation


class IndicatorIndex:
    """The indicators in force at one time. Lookups are exact: nothing here guesses."""

    def __init__(self, by_key: Mapping[tuple[IndicatorKind, str], tuple[Indicator, ...]]) -> None:
        """Keep indicators by kind and key; `build` makes the keys."""
        self._by_key = by_key
        self.kinds = frozenset(kind for kind, _ in by_key)
        """The kinds there is anything of: the rest need not be looked for."""
        self.looks_at_links = not self.kinds.isdisjoint(_KINDS_IN_LINKS)
        self._networks = [
            (ipaddress.ip_network(key), held) for (kind, key), held in by_key.items() if kind is IndicatorKind.CIDR
        ]

    @classmethod
    def build(cls, indicators: Iterable[Indicator], *, now: datetime) -> "IndicatorIndex":
        """Return the index of the indicators that hold at `now`: neither revoked, nor past their `valid_until`.

        A domain that very many people share (`match/warninglists/shared_hosts.toml`) or that is a public suffix is
        left out, and so is TEXT, which has no exact form.
        """
        by_key: dict[tuple[IndicatorKind, str], list[Indicator]] = defaultdict(list)
        for indicator in indicators:
            expired = indicator.valid_until is not None and indicator.valid_until <= now
            if not indicator.revoked and not expired and _can_match(indicator):
                by_key[indicator.kind, _key(indicator)].append(indicator)
        return cls({key: tuple(held) for key, held in by_key.items()})

    def __len__(self) -> int:
        return sum(map(len, self._by_key.values()))

    def in_link(self, link: str) -> Iterator[Match]:
        """Yield what names the page, host, account, application or address that a link leads to."""
        url = canonical_url(link)
        host = None if url is None else host_of(url)
        if url is None or host is None:
            return
        yield from self._exact(IndicatorKind.URL, page_key(url))
        if host[-1].isdigit() or host[-1] == "]":
            yield from self._address(host.strip("[]"))
            return
        yield from self._exact(IndicatorKind.DOMAIN, host)
        for parent in parents(host):
            for held in self._by_key.get((IndicatorKind.DOMAIN, parent), ()):
                yield Match(held, Relation.EXACT if host == f"www.{parent}" else Relation.SUBDOMAIN)
        author = author_of(url)
        if author is not None:
            yield from self._account(*author)
        package = _package_in(url, host)
        if package is not None:
            yield from self._exact(IndicatorKind.PACKAGE, package)

    def in_name(self, platform: str, name: str) -> Iterator[Match]:
        """Yield what names the account that a post of `platform` mentions or was written by: a handle or an id."""
        name = name.strip().removeprefix(f"{platform}:")
        if not any(sign.isspace() for sign in name):
            yield from self._account(platform, normalise_handle(name))

    def in_words(self, kind: IndicatorKind, words: str) -> Iterator[Match]:
        """Yield what names an e-mail address, phone number, hashtag or hash found in a post."""
        yield from self._exact(kind, _word_key(kind, words))

    def _account(self, platform: str, handle: str) -> Iterator[Match]:
        for held in self._by_key.get((IndicatorKind.HANDLE, _account_key(platform, handle)), ()):
            yield Match(held, Relation.ACCOUNT)

    def _address(self, host: str) -> Iterator[Match]:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return
        yield from self._exact(IndicatorKind.IP, str(address))
        for network, held in self._networks:
            if address in network:
                yield from (Match(indicator, Relation.SUBDOMAIN) for indicator in held)

    def _exact(self, kind: IndicatorKind, key: str) -> Iterator[Match]:
        for held in self._by_key.get((kind, key), ()):
            yield Match(held, Relation.EXACT)


def page_key(url: str) -> str:
    """Return what makes a canonical address a page: no scheme, no `www.`, no slash at the end of the path."""
    path, question, query = url.partition("://")[2].removeprefix("www.").partition("?")
    return path.rstrip("/") + question + query


def _can_match(indicator: Indicator) -> bool:
    if indicator.kind is IndicatorKind.DOMAIN:
        return why_shared(indicator.value) is None
    return indicator.kind is not IndicatorKind.TEXT


def _account_key(platform: str, handle: str) -> str:
    return f"{platform} {handle}"


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


_WORD_KEYS: Mapping[IndicatorKind, Callable[[str], str]] = {
    IndicatorKind.PHONE: _digits,
    IndicatorKind.HASHTAG: lambda words: words.lstrip("#＃").lower(),  # noqa: RUF001  # full-width, as CJK keyboards give
}


def _word_key(kind: IndicatorKind, words: str) -> str:
    return _WORD_KEYS.get(kind, str.lower)(words)


def _key(indicator: Indicator) -> str:
    match indicator.kind:
        case IndicatorKind.URL:
            return page_key(indicator.value)
        case IndicatorKind.HANDLE:
            return _account_key(indicator.platform or "", indicator.value)
        case IndicatorKind.DOMAIN | IndicatorKind.IP | IndicatorKind.CIDR | IndicatorKind.PACKAGE:
            return indicator.value
        case _:
            return _word_key(indicator.kind, indicator.value)


def _package_in(url: str, host: str) -> str | None:
    """Return the application that a store's page is about."""
    if host == "play.google.com":
        return next(iter(parse_qs(urlsplit(url).query).get("id", ())), None)
    if host in ("apps.apple.com", "itunes.apple.com"):
        found = _APP_STORE_ID.search(url)
        return found[1] if found else None
    return None
