"""Web addresses, hosts and account pages: one canonical form, so that the same page is the same text everywhere.

Pure functions over text. Hostile text (broken brackets, impossible ports, megabytes) gives None or is passed over,
never an exception. The canonical form follows the WHATWG URL standard where browsers do, and RFC 3986 section 6.2.2
for percent-encoding.
"""

import importlib
import ipaddress
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

import idna

from watchbell.model.platforms import FEDIVERSE, NO_ACCOUNT_SUBDOMAINS, PREFIX, SITES, SUBDOMAIN_SITES, TABS, Site

MAX_ADDRESS = 4096
"""Characters of the longest address looked at: what an indicator's value can hold. No site needs more."""

# Added to addresses by ad and mail systems to tell where a click came from; the page is the same without them.
# From the systems' own documentation: Google (utm_, gclid, gbraid, wbraid, dclid, _gl, _ga), Meta (fbclid, igsh,
# igshid, fb_*), Microsoft (msclkid), Yandex (yclid, ysclid), X (twclid, ref_src, ref_url), TikTok (ttclid), LinkedIn
# (li_fat_id), Mailchimp (mc_cid, mc_eid), HubSpot (_hs*, __hs*), Marketo (mkt_tok), Adobe (s_cid), Matomo.
_TRACKING = re.compile(
    r"(?:utm_\w*|mtm_\w*|_hs\w*|__hs\w*|fb_(?:action_ids|action_types|source|ref)|fbclid|gclid|gclsrc|gbraid|wbraid|"
    r"dclid|_gl|_ga|igsh|igshid|msclkid|ysclid|yclid|twclid|ref_src|ref_url|ttclid|li_fat_id|mc_cid|mc_eid|mkt_tok|"
    r"s_cid)(?:=|$)",
    re.IGNORECASE,
)
# The four parts of an address as RFC 3986 appendix B takes them; `\` counts as `/`, as in browsers.
_PARTS = re.compile(r"(https?):[/\\]{2}([^/\\?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE | re.DOTALL)
# An address that is canonical already but for the lack of a path; most are, and skip all further work.
_PLAIN = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[A-Za-z0-9/_~,:@!$&()*+;=-]*)?")
_CONTROLS = re.compile(r"[\t\r\n]")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNSAFE = re.compile(r"[^!#-;=?-\[\]_a-z~]+")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ASCII_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
# Top-level names that RFC 2606 keeps for examples and tests: made-up scenarios live there.
_RESERVED = ("example", "test", "invalid")
_DEFAULT_PORT = {"http": "80", "https": "443"}
_MAX_HOST = 253
_MAX_PORT = 65535

_DEFANGED = (
    (re.compile(r"\b(?:hxxp|h\*\*p|htxp|hppt|meow)(s?)(?=\s?[\[({]?:)", re.IGNORECASE), r"http\1"),
    (re.compile(r"\[\s?://\s?\]|[\[({]\s?:\s?[\])}]//|:\[\s?//\s?\]"), "://"),
    (re.compile(r"\b(https?):\\\\", re.IGNORECASE), r"\1://"),
    (re.compile(r"(?<=\w) \[\.\] (?=\w)|\s?[\[({]\s?(?:dot|punto|punkt|point)\s?[\])}]\s?", re.IGNORECASE), "."),
    (re.compile(r"[\[({<]\s?[.,]\s?[\])}>]|\[\.|\.\]|\\\."), "."),
    (re.compile(r"\s?[\[({]\s?(?:@|at)\s?[\])}]\s?", re.IGNORECASE), "@"),
    (re.compile(r"\[\s?:\s?\]"), ":"),
    (re.compile(r"\[\s?/\s?\]"), "/"),
)


def refang(text: str) -> str:
    """Undo what publishers do to keep an address from being clicked.

    >>> refang("hxxps://news[.]example[dot]org/a, info[at]example(.)org")
    'https://news.example.org/a, info@example.org'
    """
    for pattern, plain in _DEFANGED:
        text = pattern.sub(plain, text)
    return text


def canonical_url(text: str) -> str | None:
    """Return the one form of an http(s) address, or None where `text` is not one.

    Scheme and host in lower case, the host in punycode; no user name, default port, fragment, or tracking parameter;
    the other parameters sorted; percent-encoding as RFC 3986 section 6.2.2 has it. `www.` and the scheme stay.
    """
    text = text.strip()
    if len(text) > MAX_ADDRESS:
        return None
    plain = _PLAIN.fullmatch(text)
    if plain is not None and _canonical_host(plain[1]) == plain[1]:
        return text if plain[2] else text + "/"
    parts = _PARTS.match(_CONTROLS.sub("", text))
    if parts is None:
        return None
    scheme = parts[1].lower()
    authority = _canonical_authority(parts[2], _DEFAULT_PORT[scheme])
    if authority is None:
        return None
    url = f"{scheme}://{authority}{_canonical_path(parts[3])}{_canonical_query(parts[4])}"
    return url if len(url) <= MAX_ADDRESS else None


def host_of(url: str) -> str | None:
    """Return the host of an http(s) address in canonical form (lower case, punycode), or None."""
    if len(url) > MAX_ADDRESS:
        return None
    plain = _PLAIN.fullmatch(url)
    if plain is not None:
        return _canonical_host(plain[1])
    parts = _PARTS.match(_CONTROLS.sub("", url.strip()))
    if parts is None:
        return None
    host, _, _ = _split_port(parts[2].rpartition("@")[2])
    return canonical_host(host)


def canonical_host(text: str) -> str | None:
    """Return a host name or IP address in the form addresses carry it, or None where it cannot be one."""
    return _canonical_host(text) if len(text) <= MAX_ADDRESS else None


@lru_cache(maxsize=200_000)
def registrable_domain(host: str) -> str | None:
    """Return the part of a host that someone registered: `a.b.example.co.uk` → `example.co.uk`.

    By the Public Suffix List that tldextract ships, its private part included: what stands on a hosting service
    (`name.blogspot.com`) belongs to the person who opened it. None for IP addresses and for suffixes themselves.
    """
    canonical = canonical_host(host)
    if canonical is None:
        return None
    return _suffix_list()(canonical).top_domain_under_public_suffix or None


def is_hosting_suffix(host: str) -> bool:
    """Tell whether a host is a service below which its customers have hosts of their own: `github.io`.

    That is a suffix of the private part of the Public Suffix List. Unlike `co.uk` it can be a site itself.
    """
    canonical = canonical_host(host)
    found = None if canonical is None else _suffix_list()(canonical)
    return found is not None and found.is_private and not found.domain


@cache
def _suffix_list() -> Callable[[str], Any]:
    # Loaded by name on first use: it brings an HTTP client that Watchbell has no use for and that slows every start.
    tldextract = importlib.import_module("tldextract")
    extract: Callable[[str], Any] = tldextract.TLDExtract(
        cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True, extra_suffixes=_RESERVED
    )
    return extract


@lru_cache(maxsize=200_000)
def _canonical_host(text: str) -> str | None:
    host = text.lower().removesuffix(".")
    if host.startswith("["):
        return _canonical_ipv6(host)
    if not host.isascii() or "%" in host:
        return _punycode(host)
    return host if len(host) <= _MAX_HOST and _ASCII_HOST.fullmatch(host) else None


def _canonical_ipv6(host: str) -> str | None:
    try:
        return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]" if host.endswith("]") else None
    except ValueError:
        return None


def _punycode(host: str) -> str | None:
    if len(host) > _MAX_HOST or "%" in host:
        return None
    try:
        name = idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        # IDNA 2008 refuses signs such as emoji that some registries sell and browsers open; IDNA 2003 does not.
        try:
            name = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    name = name.removesuffix(".")
    return name if _ASCII_HOST.fullmatch(name) else None


def _split_port(authority: str) -> tuple[str, str, bool]:
    """Return host, port ('' for none) and whether the port can be one."""
    host, colon, port = authority.rpartition(":")
    if not colon or "]" in port:
        return authority, "", True
    return host, port, not port or (port.isascii() and port.isdigit() and int(port[:6]) <= _MAX_PORT)


def _canonical_authority(authority: str, default_port: str) -> str | None:
    host, port, possible = _split_port(authority.rpartition("@")[2])
    name = _canonical_host(host)
    if name is None or not possible:
        return None
    number = port.lstrip("0")
    return name if number in ("", default_port) else f"{name}:{number}"


def _canonical_path(path: str) -> str:
    path = _percent_encoded(path.replace("\\", "/"))
    if "/." in path:
        path = _without_dots(path)
    return path or "/"


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _canonical_query(query: str | None) -> str:
    if not query:
        return ""
    kept = sorted(part for part in _percent_encoded(query).split("&") if part and not _TRACKING.match(part))
    return "?" + "&".join(kept) if kept else ""


def _percent_encoded(text: str) -> str:
    if "%" in text:
        text = _PERCENT.sub(_one_percent, text)
    return _UNSAFE.sub(_encoded, text)


def _one_percent(found: re.Match[str]) -> str:
    if found[1] is None:
        return "%25"
    sign = chr(int(found[1], 16))
    return sign if sign in _UNRESERVED else f"%{found[1].upper()}"


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


# An address in running text ends at white space, quotes, angle brackets and the brackets of CJK prose.
_IN_TEXT = re.compile(
    r"""https?://[^\s<>"'`«»“”「」『』【】、。\uff0c]+
      | (?<![\w@./:-])(?:[a-z0-9-]+\.)+[a-z]{2,24}/[^\s<>"'`«»“”「」『』【】、。\uff0c]*
      | (?<![\w@./:-])www\.[^\s<>"'`«»“”「」『』【】、。\uff0c/]+""",
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = {")": "(", "]": "[", "}": "{"}


def links_in(text: str) -> list[str]:
    """Return the web addresses that stand in running text, in order, each once.

    Those with a scheme, those that begin with `www.`, and bare ones with a path below a real public suffix
    (`t.me/name`), to which `http://` is added. Punctuation of the sentence around them is left out.
    """
    found: dict[str, None] = {}
    for match in _IN_TEXT.finditer(text):
        address = _without_sentence(match[0][: MAX_ADDRESS + 1])
        if not address.lower().startswith(("http://", "https://")):
            address = f"http://{address}"
        host = host_of(address)
        if host is not None and "." in host and (match[0] == address or registrable_domain(host)):
            found[address] = None
    return list(found)


def _without_sentence(address: str) -> str:
    while address:
        last = address[-1]
        unopened = last in _CLOSING and address.count(last) > address.count(_CLOSING[last])
        if not unopened and last not in ".,;:!?*|…":
            break
        address = address[:-1]
    return address


class _Account(NamedTuple):
    platform: str
    handle: str
    is_page: bool
    """The address is the account's own page, not one of its posts."""


def account_of(url: str) -> tuple[str, str] | None:
    """Return (platform, handle) where an http(s) address is the page of an account on a known platform.

    >>> account_of("https://twitter.com/SomeOne"), account_of("https://t.me/s/some_channel")
    (('twitter', 'someone'), ('telegram', 'some_channel'))
    """
    account = _account_at(url)
    return (account.platform, account.handle) if account is not None and account.is_page else None


def author_of(url: str) -> tuple[str, str] | None:
    """Return (platform, handle) of the account whose page, or whose post, an http(s) address is.

    >>> author_of("https://twitter.com/SomeOne/status/1"), account_of("https://twitter.com/SomeOne/status/1")
    (('twitter', 'someone'), None)
    """
    account = _account_at(url)
    return None if account is None else (account.platform, account.handle)


def _account_at(url: str) -> _Account | None:
    canonical = canonical_url(url)
    if canonical is None:
        return None
    host, slash, path = canonical.partition("://")[2].partition("/")
    path = slash + path
    prefix = PREFIX.match(host)
    site = SITES.get(host) or (SITES.get(host[prefix.end() :]) if prefix else None)
    if site is not None:
        return _account_on(site, path)
    name, _, parent = host.partition(".")
    if parent in SUBDOMAIN_SITES:
        page = path.partition("?")[0] == "/"
        return None if name in NO_ACCOUNT_SUBDOMAINS else _Account(SUBDOMAIN_SITES[parent], name, page)
    return _fediverse_account(host, path)


def _account_on(site: Site, path: str) -> _Account | None:
    found = site.path.fullmatch(path)
    if found is None:
        return None
    groups = found.groupdict()
    kind, name = groups.get("kind"), unquote(groups["name"] or groups.get("name2") or "")
    handle = normalise_handle(name)
    if not handle or handle in site.no_account:
        return None
    return _Account(site.platform, f"{kind}/{handle}" if kind else handle, _is_tab(found["rest"]))


def _fediverse_account(host: str, path: str) -> _Account | None:
    found = FEDIVERSE.fullmatch(path)
    if found is None:
        return None
    return _Account("mastodon", f"{found['name']}@{found['home'] or host}".lower(), _is_tab(found["rest"]))


def _is_tab(rest: str | None) -> bool:
    return (rest or "").partition("?")[0].strip("/").lower() in TABS


_HANDLE_NOISE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def normalise_handle(text: str) -> str:
    """Return an account's public name as it is compared: lower case, no `@`, no blanks or invisible signs."""
    return _HANDLE_NOISE.sub("", text).removeprefix("@").lower()
