"""The words of transparency notices in each language: titles, sentences and how numbers are written.

Regulation (EU) 2024/900, article 12(3): a notice is in the language of its ad. Beside this module stands one file for
each language; it says which titles are those of Implementing Regulation (EU) 2025/1410 and which are our translation.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from importlib import resources

from pydantic import Field

from watchbell.ads.written import record_of, yaml_in
from watchbell.model.record import Record

HEADINGS = 16
_CODE = re.compile(r"([a-z]{2})(?:[-_][a-z0-9]{2,8})*")
_NAMES = {
    "english": "en",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "français": "fr",
    "spanish": "es",
    "español": "es",
}
# Where an ad says nothing of its language: member states in which one of ours is the only official one of all.
_SPOKEN = {"DE": "de", "AT": "de", "FR": "fr", "ES": "es", "IE": "en", "MT": "en"}


class PageWords(Record):
    """What stands around the headings."""

    notice: str
    not_told: str = Field(alias="not-told")
    incomplete: str
    lacking: str


class NoticeWords(Record):
    """One language."""

    language: str = Field(pattern="^[a-z]{2}$")
    name: str
    """What its speakers call it."""
    thousands: str = Field(max_length=1)
    decimal: str = Field(max_length=1)
    titles: tuple[str, ...] = Field(min_length=HEADINGS, max_length=HEADINGS)
    own_titles: tuple[int, ...]
    """Numbers of the titles that are our own translation."""
    page: PageWords
    label: dict[str, str]
    says: dict[str, str] = Field(alias="say")
    lacks: dict[str, str]
    removals: dict[str, str]
    elections: dict[str, str]
    """Names of elections by their ids in the calendar; of the others the calendar's own stands."""

    def say(self, sentence: str, /, **told: object) -> str:
        """Return a sentence, by its key, with what is told in it."""
        return self.says[sentence].format(**told)

    def number(self, number: Decimal | int) -> str:
        """Return a number as the language writes it."""
        return f"{number:,}".translate({ord(","): self.thousands, ord("."): self.decimal})

    def label_of(self, sponsor: str | None, controller: str | None, also: Iterable[str] = ()) -> str:
        """Return the label that stands on the ad itself (article 11(1); annex II, point 1).

        Args:
            sponsor: their name; None: not known.
            controller: who ultimately controls them.
            also: more sentences.
        """
        if sponsor is None:
            return " ".join([self.label["unknown"], *map(_ended, also)])
        said = [self.label["advertisement"], self.label["sponsor"].format(name=sponsor)]
        if controller:
            said.append(self.label["controlled"].format(name=controller))
        return " ".join(_ended(sentence) for sentence in (*said, *also))


@lru_cache(maxsize=1)
def notice_languages() -> dict[str, NoticeWords]:
    """Return the languages in which notices are written, by their codes (ISO 639-1), English first."""
    folder = resources.files("watchbell.ads.notices")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    read = (record_of(NoticeWords, yaml_in(file.read_text("utf-8"), file.name), file.name) for file in files)
    return {one.language: one for one in sorted(read, key=lambda one: (one.language != "en", one.language))}


def language_of(written: str | None, country: str | None) -> str | None:
    """Return the code of an ad's language, as its source writes it or as its country alone tells; None: not known.

    >>> language_of("de-AT", None), language_of("German", None), language_of(None, "FR"), language_of(None, "BE")
    ('de', 'de', 'fr', None)
    """
    if not written:
        return _SPOKEN.get(country or "")
    plain = written.split(",")[0].strip().casefold()
    code = _CODE.fullmatch(plain)
    return _NAMES.get(plain) or (code[1] if code else plain)


def _ended(sentence: str) -> str:
    """Return a sentence with its full stop, which the name of a company at its end may bring along."""
    return sentence if sentence.endswith(".") else f"{sentence}."
