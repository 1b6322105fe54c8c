"""What a published value is: a domain, a page, an account, a hash…, in the form that is compared.

Publishers write the same thing in many ways (`hxxps://www[.]example[.]com/`), and call an account a URL. Here the
value itself decides: an address that is an account's page is a HANDLE, one without a path is a DOMAIN, any other a URL.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from watchbell.model.addresses import (
    MAX_ADDRESS,
    account_of,
    canonical_host,
    canonical_url,
    host_of,
    is_hosting_suffix,
    normalise_handle,
    refang,
)
from watchbell.model.addresses import registrable_domain as registered
from watchbell.model.indicators import IndicatorKind

_HASH_KINDS = {32: IndicatorKind.MD5, 40: IndicatorKind.SHA1, 64: IndicatorKind.SHA256}
_HEX = re.compile(r"[0-9a-f]+")
# No slash, though RFC 5322 allows it: `tiktok.com/@name.md` is an account, and nobody's mailbox has one.
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+=?^_`{|}~-]{1,64}@([^\s@/]{3,253})", re.IGNORECASE)
_PHONE = re.compile(r"\+\d(?:[\s().-]{0,2}\d){6,14}")
_HASHTAG = re.compile(r"[#＃](\w{1,200})")  # noqa: RUF001  # the full-width sign that CJK keyboards give
_PACKAGE = re.compile(r"[a-z]\w*(?:\.\w+)+", re.IGNORECASE)
_APP_ID = re.compile(r"(?:id)?(\d{6,12})", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# What documents leave around a value: quotes, brackets, code marks, a list's comma; and signs that nobody sees.
_AROUND = " \t\r\n`\"'“”‘’«»<>,;"  # noqa: RUF001  # typographic quotes, as word processors put them
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PLATFORM_WORDS = {
    "facebook": "facebook",
    "instagram": "instagram",
    "twitter": "twitter",
    "youtube": "youtube",
    "tiktok": "tiktok",
    "telegram": "telegram",
    "reddit": "reddit",
    "threads": "threads",
    "pinterest": "pinterest",
    "mastodon": "mastodon",
    "bluesky": "bluesky",
    "vkontakte": "vk",
    "vk": "vk",
    "x": "twitter",
}


class Value(NamedTuple):
    """A value in the form that is compared."""

    kind: IndicatorKind
    value: str
    platform: str | None = None


class UnreadableValueError(ValueError):
    """The value is not what its publisher calls it. The message is a sentence for the person who imports."""


def read_value(kind: str, text: str, platform: str | None = None) -> Value:
    """Read one value that its publisher calls a `kind`, such as `domain_name`, `cib_url`, `Proxy IP` or `sha256`.

    Raises:
        UnreadableValueError: the kind is not known, or the value is none of that kind.
    """
    reader = _READERS.get(_plain_name(kind))
    if reader is None:
        surely = guess_value(text, platform or platform_in(kind))
        if surely is None:
            raise UnreadableValueError(f"the type {kind[:40]!r} is not known, and the value is not surely of any kind")
        return surely
    clean = text.strip() if reader is _text else _cleaned(text)
    if not clean:
        raise UnreadableValueError("the value is empty")
    if len(clean) > MAX_ADDRESS:
        raise UnreadableValueError(f"the value is longer than {MAX_ADDRESS:,} characters")
    if "\ufffd" in clean and reader is not _text:
        raise UnreadableValueError("the value has signs that were lost in a wrong encoding")
    if reader is _handle:
        return _handle_on(clean, platform)
    return reader(clean)


def platform_in(words: str) -> str | None:
    """Return the platform that a type or a procedure names, such as `0.9.4 Acquiring X / Twitter accounts`."""
    named = re.findall(r"[a-z]+", words.lower())
    return next((platform for word, platform in _PLATFORM_WORDS.items() if word in named), None)


def guess_value(text: str, platform: str | None = None) -> Value | None:
    """Read one value whose kind nobody gave, or return None where it is not surely one. `platform`: for `@name`."""
    clean = _cleaned(text)
    if not 0 < len(clean) <= MAX_ADDRESS or any(sign.isspace() or sign == "\ufffd" for sign in clean):
        return None
    for reader in (_any_hash, _email, _hashtag, _phone, _network, _address):
        try:
            return reader(clean)
        except UnreadableValueError:
            continue
    if clean.startswith("@") and platform:
        return Value(IndicatorKind.HANDLE, normalise_handle(clean), platform)
    return None


def bare_domain(host: str) -> str:
    """Return a host without the `www.` that stands before a registered domain and names the same site."""
    without = host.removeprefix("www.")
    return without if without != host and registered(without) == without else host


def _plain_name(kind: str) -> str:
    return re.sub(r"[\s_-]+", " ", kind).strip().lower()


def _cleaned(text: str) -> str:
    return refang(_UNSEEN.sub("", text)).strip(_AROUND).strip()


def _address(text: str) -> Value:
    if text.endswith(("…", "...")):
        raise UnreadableValueError(f"{text[:80]!r} was cut off by its publisher, so it names no page")
    written = text if _SCHEME.match(text) and "://" in text else f"http://{text}"
    url = canonical_url(written)
    if url is None:
        raise UnreadableValueError(f"{text[:80]!r} is no web address")
    host = host_of(url)
    has_page = bool(url.partition("://")[2].partition("/")[2])
    if host is None or not (registered(host) or _is_ip(host) or (has_page and is_hosting_suffix(host))):
        raise UnreadableValueError(_why_nobodys(text, host))
    account = account_of(url)
    if account is not None:
        return Value(IndicatorKind.HANDLE, account[1], account[0])
    if has_page:
        return Value(IndicatorKind.URL, url)
    if re.search(r"#[!/]", written):
        raise UnreadableValueError(f"{text[:80]!r} names its page after a '#', which posts do not carry reliably")
    return Value(IndicatorKind.IP, host.strip("[]")) if _is_ip(host) else Value(IndicatorKind.DOMAIN, bare_domain(host))


def _why_nobodys(text: str, host: str | None) -> str:
    if host is not None and is_hosting_suffix(host):
        return f"{text[:80]!r} is a service below which many have sites of their own, so it names none of them"
    return f"the host of {text[:80]!r} ends in no known public suffix, or is one"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _network(text: str) -> Value:
    try:
        if "/" in text:
            return Value(IndicatorKind.CIDR, str(ipaddress.ip_network(text, strict=False)))
        return Value(IndicatorKind.IP, str(ipaddress.ip_address(text)))
    except ValueError as error:
        raise UnreadableValueError(f"{text[:80]!r} is no IP address or network") from error


def _any_hash(text: str) -> Value:
    digits = text.lower()
    kind = _HASH_KINDS.get(len(digits))
    if kind is None or not _HEX.fullmatch(digits):
        raise UnreadableValueError(f"{text[:80]!r} is no MD5, SHA-1 or SHA-256 in hexadecimal")
    return Value(kind, digits)


def _hash_of(kind: IndicatorKind, length: int) -> Callable[[str], Value]:
    def reader(text: str) -> Value:
        digits = text.lower()
        if len(digits) != length or not _HEX.fullmatch(digits):
            raise UnreadableValueError(f"{text[:80]!r} is not {length} hexadecimal digits, as {kind.upper()} needs")
        return Value(kind, digits)

    return reader


def _email(text: str) -> Value:
    found = _EMAIL.fullmatch(text.removeprefix("mailto:"))
    host = canonical_host(found[1]) if found else None
    if found is None or host is None or registered(host) is None:
        raise UnreadableValueError(f"{text[:80]!r} is no e-mail address")
    return Value(IndicatorKind.EMAIL, f"{found[0].rpartition('@')[0].lower()}@{host}")


def _phone(text: str) -> Value:
    if not _PHONE.fullmatch(text):
        raise UnreadableValueError(f"{text[:80]!r} is no phone number with its country code (+…)")
    return Value(IndicatorKind.PHONE, "+" + re.sub(r"\D", "", text))


def _hashtag(text: str) -> Value:
    found = _HASHTAG.fullmatch(text)
    if found is None:
        raise UnreadableValueError(f"{text[:80]!r} is no hashtag")
    return Value(IndicatorKind.HASHTAG, found[1].lower())


def _named_hashtag(text: str) -> Value:
    return _hashtag(text if text[0] in "#＃" else f"#{text}")  # noqa: RUF001  # as above


def _android_package(text: str) -> Value:
    if not _PACKAGE.fullmatch(text):
        raise UnreadableValueError(f"{text[:80]!r} is no package name such as org.example.app")
    return Value(IndicatorKind.PACKAGE, text, "android")


def _ios_app(text: str) -> Value:
    found = _APP_ID.fullmatch(text)
    if found is None:
        raise UnreadableValueError(f"{text[:80]!r} is no App Store id, which is 6 to 12 digits")
    return Value(IndicatorKind.PACKAGE, found[1], "ios")


def _package(text: str) -> Value:
    return _ios_app(text) if _APP_ID.fullmatch(text) else _android_package(text)


def _handle(text: str) -> Value:
    return _handle_on(text, None)


def _handle_on(text: str, platform: str | None) -> Value:
    # A name may hold a slash (YouTube's `c/name`) where its platform is told apart from it.
    if "://" in text or ("/" in text and platform is None):
        return _address(text)
    if platform is None:
        platform, _, text = text.rpartition(":")
    handle = normalise_handle(text)
    if not platform or not handle:
        raise UnreadableValueError(f"{text[:80]!r} names no platform; write it as platform:name or as an address")
    return Value(IndicatorKind.HANDLE, handle, platform.strip().lower())


def _text(text: str) -> Value:
    return Value(IndicatorKind.TEXT, text)


_NAMED: Mapping[Callable[[str], Value], str] = {
    _address: "url, urls, cib url, phishing url, telegram url, uri, link, links, social media account, social media, "
    "domain name, domain, domains, host, hostname, fqdn, website, websites, web page, blog",
    _network: "ip, ips, ip address, ip addresses, ipv4, ipv6, ipv4 addr, ipv6 addr, proxy ip, c2 ip, cidr, ip range, "
    "network",
    _email: "email, emails, e mail, email address, e mail address",
    _phone: "phone, phone number, telephone",
    _named_hashtag: "hashtag",
    _android_package: "android package name, android package",
    _ios_app: "ios app id",
    _package: "package",
    _handle: "handle, username, user name, account",
    _text: "text",
    _any_hash: "hash, file hash",
    _hash_of(IndicatorKind.MD5, 32): "md5",
    _hash_of(IndicatorKind.SHA1, 40): "sha1, sha 1",
    _hash_of(IndicatorKind.SHA256, 64): "sha256, sha 256",
    _hash_of(IndicatorKind.PDQ, 64): "pdq",
}
_READERS: dict[str, Callable[[str], Value]] = {
    name: reader for reader, names in _NAMED.items() for name in names.split(", ") if name
}
"""What publishers call their values (Meta's files of 2020 to 2026, and the plain form) → how each is read."""
