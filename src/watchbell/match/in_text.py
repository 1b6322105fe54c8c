"""What stands in a text and is no link: bare hosts, IP addresses, phone numbers, e-mail addresses, hashes, hashtags.

Patterns find in all texts at once what may be one; what it really is, is looked up exactly.
"""

import ipaddress
from collections.abc import Iterator

import polars as pl

from watchbell.match.links import KEYS, keys_of_links
from watchbell.match.spelling import digits_of
from watchbell.model.indicators import IndicatorKind, Relation

_TEXT = pl.col("text")
# A link has something else before its host, and so has an e-mail address.
_LEAD = r"[\s(\[{<|,;„“”«»\"']"
_BEFORE = rf"(?:^|{_LEAD})"
_HOST = rf"{_BEFORE}(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z]{{2,24}}@?"
_IP = rf"{_BEFORE}(?:(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}|[0-9a-fA-F]{{1,4}}(?::[0-9a-fA-F]{{0,4}}){{2,7}})\b"
_EMAIL = r"[^\s@<>()\[\],;:]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+"
# With its country code only: other numbers are everybody's.
_PHONE = r"(?:\+|\b00)[1-9](?:[ ().-]{0,2}[0-9]){6,14}"

HASHES = _TEXT.str.extract_all(r"[0-9a-fA-F]{32,128}")
HASHTAGS = _TEXT.str.extract_all(r"[#＃][\p{L}\p{M}\p{N}_]+")  # noqa: RUF001  # the full-width sign that CJK keyboards give


def _in_texts_with(sign: str, pattern: str) -> pl.Expr:
    """Return what matches the pattern in texts that have the sign: most have not, and that is told faster."""
    return pl.when(_TEXT.str.contains(sign)).then(_TEXT.str.extract_all(pattern))


def _bare(words: pl.Expr) -> pl.Expr:
    """Return words without what stands before them."""
    return words.list.eval(pl.element().str.replace(f"^{_LEAD}", ""))


EMAILS = _in_texts_with("@", _EMAIL)
PHONES = _in_texts_with(r"\+|\b00[1-9]", _PHONE)
IPS = _bare(_in_texts_with(r"[0-9]\.[0-9]+\.|:[0-9a-fA-F]*:", _IP))
HOSTS = _bare(_in_texts_with(r"[a-zA-Z0-9]\.[a-zA-Z]{2}", _HOST)).list.eval(
    pl.element().filter(~pl.element().str.ends_with("@"))
)


def keys_of_hosts(hosts: pl.Series) -> pl.DataFrame:
    """Return the keys (KEYS) of some distinct bare hosts, and of the hosts above each."""
    named = pl.DataFrame({"host": hosts, "words": "http://" + hosts.str.to_lowercase()})
    keys = keys_of_links(named["words"].unique(), frozenset({IndicatorKind.DOMAIN}))
    return keys.join(named, on="words").select(words="host", kind="kind", key="key", relation="relation")


def keys_of_ips(words: pl.Series) -> pl.DataFrame:
    """Return the keys (KEYS) of those of some distinct words that are IP addresses."""
    return _keys(IndicatorKind.IP, ((word, address) for word in words if (address := _address(word)) is not None))


def keys_of_phones(words: pl.Series) -> pl.DataFrame:
    """Return the keys (KEYS) of some distinct phone numbers with their country codes, dialled with `+` or `00`."""
    return _keys(
        IndicatorKind.PHONE,
        ((word, digits_of(f"+{word[2:]}" if word.startswith("00") else word)) for word in words),
    )


def _address(word: str) -> str | None:
    try:
        return str(ipaddress.ip_address(word))
    except ValueError:
        return None


def _keys(kind: IndicatorKind, found: Iterator[tuple[str, str]]) -> pl.DataFrame:
    rows = [(word, kind.value, key, Relation.EXACT.value) for word, key in found]
    return pl.DataFrame(rows, schema=KEYS, orient="row")
