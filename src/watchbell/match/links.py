"""Links in bulk: canonical form, and every key under which an indicator may name one. Each distinct link once.

What Rust can tell of a whole column it tells; what is left over goes through `model.addresses` one by one.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

import polars as pl

from watchbell.match.shared_hosts import parents
from watchbell.model.addresses import author_of, canonical_url, links_in
from watchbell.model.indicators import IndicatorKind, Relation
from watchbell.model.platforms import PREFIX, SITES, SUBDOMAIN_SITES

KEYS = {"words": pl.String, "kind": pl.String, "key": pl.String, "relation": pl.String}
"""Columns of looked-up words: the words, and a kind and a key under which an indicator names them."""

_HOST = r"[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63})+"
# What is canonical as it stands: host in lower case, a path of unreserved signs, no query.
_CANONICAL = rf"^https?://{_HOST}(?:/[A-Za-z0-9/_~,:@!$&'()*+;=.-]*)?$"
# What a text holds from white space to white space, and is one link and nothing else.
_ONE_LINK = rf"^https?://{_HOST}/[A-Za-z0-9/_~-]*[A-Za-z0-9/_~-]$"
_MOST_OF_HOST = 253
_STORES = ("play.google.com", "apps.apple.com", "itunes.apple.com")
# Where a link leads to a chat with a phone number (faq.whatsapp.com, "How to use click to chat").
_CHATS = ("wa.me", "api.whatsapp.com", "web.whatsapp.com")
_DIGITS = re.compile(r"\+?(\d{7,15})")
_APP_STORE_ID = re.compile(r"/id(\d{6,12})(?:[/?]|$)")

_URL, _HOST_COLUMN = pl.col("url"), pl.col("host")


def canonical_links(links: pl.Series) -> pl.DataFrame:
    """Return (words, url, host) for those of some distinct links that are addresses, as `canonical_url` has them."""
    frame = links.alias("words").to_frame()
    plain = pl.col("words").str.contains(_CANONICAL) & ~pl.col("words").str.contains("/.", literal=True)
    split = frame.with_columns(plain=plain & (pl.col("words").str.len_bytes() <= _MOST_OF_HOST))
    as_is = split.filter("plain").select(
        "words",
        url=pl.when(pl.col("words").str.count_matches("/") > 2)  # noqa: PLR2004  # those of `://`
        .then("words")
        .otherwise(pl.col("words") + "/"),
    )
    rest = split.filter(~pl.col("plain"))["words"]
    read = pl.DataFrame({"words": rest, "url": pl.Series([canonical_url(link) for link in rest], dtype=pl.String)})
    host = _URL.str.extract(r"^https?://(\[[^\]]*\]|[^/:]*)")
    return pl.concat([as_is, read.filter(_URL.is_not_null())]).with_columns(host=host)


def links_of_words(words: pl.Series) -> pl.DataFrame:
    """Return (words, link) for the links in some distinct stretches of text, as `links_in` has them."""
    frame = words.alias("words").to_frame().with_columns(plain=pl.col("words").str.contains(_ONE_LINK))
    whole = frame.filter("plain").select("words", link="words")
    rest = [(text, link) for text in frame.filter(~pl.col("plain"))["words"] for link in links_in(text)]
    return pl.concat([whole, pl.DataFrame(rest, schema={"words": pl.String, "link": pl.String}, orient="row")])


def keys_of_links(links: pl.Series, kinds: frozenset[str]) -> pl.DataFrame:
    """Return the keys (KEYS) of some distinct links: of the page, host, account, application or address."""
    found = canonical_links(links)
    numeric = _HOST_COLUMN.str.contains(r"[0-9\]]$")
    named = found.filter(~numeric)
    keys = [pl.DataFrame(schema=KEYS)]
    if IndicatorKind.URL in kinds:
        keys.append(_keys(found, IndicatorKind.URL, page_key(_URL), Relation.EXACT))
    if not kinds.isdisjoint({IndicatorKind.IP, IndicatorKind.CIDR}):
        address = _HOST_COLUMN.str.strip_chars("[]")
        keys.append(_keys(found.filter(numeric), IndicatorKind.IP, address, Relation.EXACT))
    if IndicatorKind.DOMAIN in kinds:
        keys.append(_by_host(named, IndicatorKind.DOMAIN))
    if IndicatorKind.HANDLE in kinds:
        keys.append(_accounts(named))
    if IndicatorKind.PACKAGE in kinds:
        keys.append(_packages(named))
    if IndicatorKind.PHONE in kinds:
        keys.append(_phones(named))
    return pl.concat(keys)


def page_key(url: pl.Expr) -> pl.Expr:
    """Return what makes a canonical address a page: no scheme, no `www.`, no slash at the end of the path."""
    bare = url.str.replace(r"^https?://(?:www\.)?", "")
    return bare.str.replace(r"^([^?]*?)/*(\?.*)?$", "${1}${2}")


def _keys(frame: pl.DataFrame, kind: str, key: pl.Expr, relation: str) -> pl.DataFrame:
    return frame.select("words", kind=pl.lit(str(kind)), key=key, relation=pl.lit(str(relation)))


def _by_host(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return the keys of each host, and of the hosts above it."""
    rows = [row for host in frame["host"].unique() for row in _above(host)]
    table = pl.DataFrame(rows, schema={"host": pl.String, "key": pl.String, "relation": pl.String}, orient="row")
    return frame.join(table, on="host").select("words", pl.lit(str(kind)).alias("kind"), "key", "relation")


def _above(host: str) -> Iterator[tuple[str, str, str]]:
    yield host, host, Relation.EXACT
    for parent in parents(host):
        if "." in parent:
            yield host, parent, Relation.EXACT if host == f"www.{parent}" else Relation.SUBDOMAIN


def _accounts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of the accounts whose page, or whose post, a link is."""
    bare = _HOST_COLUMN.str.replace(rf"^{PREFIX.pattern}", "")
    above = _HOST_COLUMN.str.replace(r"^[^.]*\.", "")
    fediverse = _URL.str.contains(r"^https?://[^/]*/(?:@|(?i:users)/)")
    maybe = _HOST_COLUMN.is_in(list(SITES)) | bare.is_in(list(SITES)) | above.is_in(list(SUBDOMAIN_SITES)) | fediverse
    distinct = frame.filter(maybe)["url"].unique()
    read = [(url, account) for url in distinct if (account := _account_of(url)) is not None]
    table = pl.DataFrame(read, schema={"url": pl.String, "key": pl.String}, orient="row")
    return _keys(frame.join(table, on="url"), IndicatorKind.HANDLE, pl.col("key"), Relation.ACCOUNT)


@lru_cache(maxsize=200_000)
def _account_of(url: str) -> str | None:
    """Return the key of the account whose page or post a canonical address is; what is popular is asked for often."""
    author = author_of(url)
    return None if author is None else account_key(*author)


def account_key(platform: str, handle: str) -> str:
    """Return under which key an account is looked up."""
    return f"{platform} {handle}"


def _packages(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of the applications that a store's pages are about."""
    mine = frame.filter(_HOST_COLUMN.is_in(_STORES))
    packages = pl.Series(
        [_package_in(url, host) for url, host in mine.select("url", "host").iter_rows()], dtype=pl.String
    )
    found = mine.with_columns(package=packages).filter(pl.col("package").is_not_null())
    return _keys(found, IndicatorKind.PACKAGE, pl.col("package"), Relation.EXACT)


def _phones(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the keys of the phone numbers to which links open a chat."""
    mine = frame.filter(_HOST_COLUMN.is_in(_CHATS))
    phones = pl.Series([_phone_in(url) for url in mine["url"]], dtype=pl.String)
    found = mine.with_columns(phone=phones).filter(pl.col("phone").is_not_null())
    return _keys(found, IndicatorKind.PHONE, pl.col("phone"), Relation.EXACT)


def _phone_in(url: str) -> str | None:
    split = urlsplit(url)
    named = parse_qs(split.query).get("phone", [split.path.strip("/")])[0]
    found = _DIGITS.fullmatch(named.strip())
    return found[1] if found else None


def _package_in(url: str, host: str) -> str | None:
    if host == "play.google.com":
        return next(iter(parse_qs(urlsplit(url).query).get("id", ())), None)
    found = _APP_STORE_ID.search(url)
    return found[1] if found else None
