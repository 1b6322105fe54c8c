"""What a value says: ids, numbers, lists and text as exports write them."""

import json
import math
import re
from html.parser import HTMLParser
from typing import Any

HASHTAG = re.compile(r"(?<![\w&/])[#\uff03](\w*[^\W\d_]\w*)")
# A mention is no e-mail address, so no word stands before it; Mastodon's carry a host.
MENTION = re.compile(r"(?<![\w@./])@(\w+(?:[.-]\w+)*(?:@[\w.-]+\w)?)")
INT64 = 2**63 - 1
_SEPARATORS = re.compile(r"[\s,;|]+")
_BEFORE_LINK = re.compile(r"[\s,;|]+(?=['\"]?https?://)", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_NOTHING = frozenset({"", "none", "null", "nan", "n/a", "[]"})


def text_of(value: Any) -> str | None:
    """Return text as it stands, None where there is none."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    return value if isinstance(value, str) else str(value)


def id_of(value: Any) -> str | None:
    """Return an id as text; one that went through a column of floats (`1505034921.0`) loses what that added."""
    if value is None:
        return None
    text = text_of(value)
    if text is None or (text := text.strip()).lower() in _NOTHING:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    whole = _WHOLE_FLOAT.fullmatch(text)
    return whole[1] if whole else text


def number_of(value: Any) -> int | None:
    """Return a whole number; None where there is none, for a count is never worth a post."""
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) <= INT64 else None


def names_of(value: Any, sign: str = "") -> tuple[str, ...]:
    """Return the names in a list, a list written as text (`[a, b]`), or text with separators; without `sign`."""
    names = (name.strip().lstrip(sign) if sign else name.strip() for name in _items(value, _SEPARATORS))
    return tuple(dict.fromkeys(name for name in names if name))


def links_of(value: Any) -> tuple[str, ...]:
    """Return the addresses in a list, a list written as text, or text with separators."""
    return tuple(dict.fromkeys(link for item in _items(value, _BEFORE_LINK) if (link := item.strip("'\" ,"))))


def _items(value: Any, separators: re.Pattern[str]) -> list[str]:
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value if item is not None]
    text = (text_of(value) or "").strip()
    if text.lower() in _NOTHING:
        return []
    if text.startswith("[") and text.endswith("]"):
        try:
            return [str(item) for item in json.loads(text)]
        except (ValueError, RecursionError):
            return [item.strip("'\" ") for item in separators.split(text[1:-1])]
    return separators.split(text)


def member(values: Any, name: str) -> dict[str, Any]:
    """Return the object that is a member of another; an empty one where there is none."""
    found = values.get(name) if isinstance(values, dict) else None
    return found if isinstance(found, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list; none where there is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def hashtags_in(text: str) -> tuple[str, ...]:
    """Return the hashtags in running text, without the sign; one of digits alone is none, as on the platforms."""
    return tuple(dict.fromkeys(HASHTAG.findall(text)))


def mentions_in(text: str) -> tuple[str, ...]:
    """Return the accounts that running text mentions, without the sign."""
    return tuple(dict.fromkeys(MENTION.findall(text)))


class _PlainText(HTMLParser):
    """Collects the words of HTML and the addresses it links to, save those of mentions and hashtags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" or (tag == "p" and self.words):
            self.words.append("\n" if tag == "br" else "\n\n")
        given = dict(attrs)
        is_name = {"mention", "hashtag"} & set((given.get("class") or "").split())
        if tag == "a" and not is_name and (given.get("href") or "").startswith(("http://", "https://")):
            self.links[given["href"] or ""] = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def plain_text(html: str) -> tuple[str, tuple[str, ...]]:
    """Return the words of a piece of HTML and the addresses it links to."""
    parser = _PlainText()
    parser.feed(html)
    parser.close()
    return "".join(parser.words), tuple(parser.links)
