"""An operator's own rules on ads, without code: one expression in the Common Expression Language for each.

CEL (github.com/google/cel-spec) has no loops without end, changes nothing and reaches nothing: a rule can only look at
the ad and at what the review found. What an expression cannot answer for an ad holds that ad, and says so.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cel
from pydantic import Field, field_validator

from watchbell.ads.rules.policy import Judged
from watchbell.ads.written import entries_in, record_of, text_in
from watchbell.errors import InputError
from watchbell.ids import short_digest
from watchbell.model.ads import Ad, PolicyFinding, Verdict
from watchbell.model.record import Record

_LONGEST = 2_000
_MOST_NESTED = 2
"""Macros within macros: each one more multiplies an ad's lists with each other."""
_MACROS = (".all(", ".exists(", ".exists_one(", ".filter(", ".map(")
_MACRO_VARIABLE = re.compile(r"\.(?:all|exists|exists_one|filter|map)\(\s*(\w+)\s*,")
_MOST_ITEMS = 200
"""Of an ad's lists, what a rule sees: an ad with more targets is not decided by the two hundred and first."""


class HouseRule(Record):
    """One rule: when it holds, and what follows."""

    code: str = Field(pattern=r"^HOUSE-[A-Z0-9-]{2,40}$")
    title: str = Field(min_length=3, max_length=200)
    reason: str = Field(min_length=3, max_length=1000)
    """What the advertiser and the public are told."""
    verdict: Verdict
    when: str = Field(min_length=1, max_length=_LONGEST)
    """The expression; true means that the rule is touched."""

    @field_validator("verdict")
    @classmethod
    def _holds_or_rejects(cls, verdict: Verdict) -> Verdict:
        if verdict is Verdict.APPROVE:
            raise ValueError("a rule may hold (review) or reject; what no rule touches is approved")
        return verdict


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule can look at beside the ad."""

    political: bool
    probability: float | None
    codes: tuple[str, ...]
    """Codes of the rules that the review found touched."""


class HouseRules:
    """All rules of an operator, compiled."""

    def __init__(self, rules: Iterable[HouseRule], name: str) -> None:
        """Compile the expressions.

        Raises:
            InputError: one is no CEL, uses a name that is not there, or nests its loops too deep.
        """
        self.rules = tuple(rules)
        self.version = short_digest(*(rule.model_dump_json() for rule in self.rules))
        self._programs = tuple(_compiled(rule, name) for rule in self.rules)

    @classmethod
    def read(cls, path: Path) -> "HouseRules":
        """Return the rules of a YAML file with a list `rules`.

        Raises:
            InputError: it cannot be read, or an entry is no rule; names the entry and field.
        """
        what = f"The rules {path}"
        entries = entries_in(text_in(path, what), "rules", what)
        rules = [record_of(HouseRule, entry, f"{what}, rule {number}") for number, entry in enumerate(entries, 1)]
        return cls(rules, str(path))

    def judge(self, ad: Ad, seen: Seen) -> tuple[Judged, ...]:
        """Return a finding for each rule that an ad touches, or that cannot be told of it."""
        facts = facts_of(ad, seen)
        found = (_judged(rule, program, facts) for rule, program in zip(self.rules, self._programs, strict=True))
        return tuple(judged for judged in found if judged is not None)


def facts_of(ad: Ad, seen: Seen) -> dict[str, Any]:
    """Return what an expression sees: `ad`, `political`, `probability` (-1 where nobody asked the model) and `codes`.

    In `ad`, a text that is not there is empty and a number that is not there is -1, so that a rule need not ask first.
    """
    return {
        "ad": {
            **{name: getattr(ad, name) or "" for name in _TEXTS},
            "text_lower": (ad.text or "").lower(),
            "payer_disclosed": ad.payer is not None,
            "reports_payer": ad.reports_payer,
            "declared_political": ad.declared_political,
            "currency": ad.spend.currency if ad.spend else "",
            "spend_lower": float(ad.spend.lower) if ad.spend else -1.0,
            "impressions_lower": ad.impressions.lower if ad.impressions else -1,
            "started_on": f"{ad.started_at:%Y-%m-%d}" if ad.started_at else "",
            "links": list(ad.links[:_MOST_ITEMS]),
            "targeting": [target.model_dump() for target in ad.targeting[:_MOST_ITEMS]],
        },
        "political": seen.political,
        "probability": -1.0 if seen.probability is None else seen.probability,
        "codes": list(seen.codes),
    }


_TEXTS = (
    *("id", "source", "platform", "text", "advertiser", "payer", "payer_address", "registration_id", "disclaimer"),
    *("language", "country"),
)
_NAMES = frozenset({"ad", "political", "probability", "codes"})


def _compiled(rule: HouseRule, name: str) -> Any:
    if sum(map(rule.when.count, _MACROS)) > _MOST_NESTED:
        raise InputError(
            f"The rules {name}, {rule.code}: at most {_MOST_NESTED} of {', '.join(_MACROS)}…) in one rule."
        )
    try:
        program = cel.compile(rule.when)
    except ValueError as error:
        raise InputError(f"The rules {name}, {rule.code}: the expression cannot be read: {error}") from error
    own = set(_MACRO_VARIABLE.findall(rule.when))
    if unknown := sorted(set(program.variables()) - _NAMES - own):
        raise InputError(
            f"The rules {name}, {rule.code}: there is no {unknown[0]}; there are {', '.join(sorted(_NAMES))}."
        )
    return program


def _judged(rule: HouseRule, program: Any, facts: Mapping[str, Any]) -> Judged | None:
    try:
        answer = program.execute(facts)
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        return _unanswered(rule, str(error), facts)
    if not isinstance(answer, bool):
        return _unanswered(rule, f"it gives {type(answer).__name__}, not true or false", facts)
    return _finding(rule, rule.reason, rule.verdict, facts) if answer else None


def _unanswered(rule: HouseRule, why: str, facts: Mapping[str, Any]) -> Judged:
    return _finding(rule, f"The rule {rule.title!r} could not be asked of this ad ({why}).", Verdict.REVIEW, facts)


def _finding(rule: HouseRule, reason: str, verdict: Verdict, facts: Mapping[str, Any]) -> Judged:
    quote = str(facts["ad"]["text"])[:100] or "(no text)"
    return Judged(PolicyFinding(code=rule.code, quote=quote, reason=reason), verdict)
