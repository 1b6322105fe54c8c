"""What the law of a jurisdiction says of the rules' codes: its text and source, and where it goes another way.

A law file names one jurisdiction. What it does not name, the rule's own source covers everywhere.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from pydantic import Field, field_validator

from watchbell.ads.elections.calendar import EU_STATES, Code, Jurisdiction
from watchbell.ads.normalise import normalise
from watchbell.model.ads import Verdict
from watchbell.model.record import Record


class Law(Record):
    """What a jurisdiction's law says of some codes."""

    codes: tuple[Code, ...] = Field(min_length=1)
    source: str = Field(min_length=3)
    text: str = Field(min_length=10)
    """What it forbids or asks for, in our words: one sentence."""
    verdict: Verdict | None = None
    """How far a finding goes here at most; None: as far as the rule says."""
    allowed: str | None = None
    """An expression for plain words: a finding that quotes them says what is so, in an ad without `asked_too`."""
    asked_too: str | None = None

    @field_validator("allowed", "asked_too")
    @classmethod
    def _is_expression(cls, written: str | None) -> str | None:
        try:
            re.compile(written or "")
        except re.error as error:
            raise ValueError(f"it is no regular expression: {error}") from error
        return written

    @cached_property
    def _allowed(self) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
        if self.allowed is None:
            return None
        return re.compile(rf"\b(?:{self.allowed})\b"), re.compile(rf"\b(?:{self.asked_too or '(?!)'})\b")

    def is_so(self, quote: str, plain: str) -> bool:
        """Tell whether an ad's words ask for no more than the law here does.

        Args:
            quote: the finding's, in the ad's own words.
            plain: all the ad's words, in plain form.
        """
        if self._allowed is None:
            return False
        allowed, asked_too = self._allowed
        return allowed.search(normalise(quote).text) is not None and asked_too.search(plain) is None


class Laws(Record):
    """One jurisdiction's laws, a file."""

    jurisdiction: Jurisdiction
    laws: tuple[Law, ...]


class LawBook:
    """The laws of all jurisdictions that are known, by jurisdiction and code."""

    def __init__(self, laws: Iterable[Laws], sources: Mapping[str, str]) -> None:
        """Sort them.

        Args:
            laws: what the jurisdictions' files say.
            sources: the source of each code's rule, which stands where no law is known.
        """
        self._sources = sources
        self._laws = {(one.jurisdiction, code): law for one in laws for law in one.laws for code in law.codes}

    def source(self, code: str) -> str | None:
        """Return what a rule rests on where no law is known; None: there is no such rule."""
        return self._sources.get(code)

    def law(self, place: str, code: str) -> Law | None:
        """Return what is in force on a code in a country or a part of one: the nearest that says something."""
        union = ("EU",) if place[:2] in EU_STATES else ()
        found = (self._laws.get((jurisdiction, code)) for jurisdiction in (place, place[:2], *union))
        return next((law for law in found if law is not None), None)

    def of_code(self, code: str) -> Mapping[str, Law]:
        """Return the laws on a code by jurisdiction."""
        return {jurisdiction: law for (jurisdiction, of), law in sorted(self._laws.items()) if of == code}
