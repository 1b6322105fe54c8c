"""Hosts that imitate protected names: found by a few lookups each, scored, and explained in words.

A score is 0 to 100: how rarely such a host is anything but an imitation. It starts from the trick and is lowered where
others may rightly bear the name: short names, ordinary words, endings of other countries.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from watchbell.match.appearance import appearance, has_lookalike_letters, latin, spelled_in_ascii
from watchbell.match.endings import WORDS, is_country, is_legacy, is_verified
from watchbell.match.protected_names import ProtectedName
from watchbell.match.slips import Slip, slip_between, without_one
from watchbell.model.addresses import canonical_host, registrable_domain

FLOOR = 60
"""What is told without being asked for: below it, most are somebody else's own name."""


_SERVED_FOR = (
    ".translate.goog", ".ampproject.org", ".fastly.net", ".azureedge.net", ".cloudfront.net", ".googleapis.com",
    ".akamaized.net", ".akamai.net", ".edgesuite.net", ".edgekey.net", ".cdn77.org", ".b-cdn.net",
)  # fmt: skip
"""Below these, translators and content networks name hosts after the customer whose pages they serve."""


class Trick(StrEnum):
    """How a host imitates a name."""

    ENDING = "ending"
    LOOKS = "looks"
    HYPHEN = "hyphen"
    SLIP = "slip"
    WORDS = "words"
    DOMAIN_INSIDE = "domain inside"
    NAME_BELOW = "name below"


class Lookalike(NamedTuple):
    """A host that imitates a protected name."""

    host: str
    protected: ProtectedName
    trick: Trick
    score: int
    reason: str


class _Named(NamedTuple):
    """A label that names a protected one."""

    label: str
    bare: str
    """Without hyphens."""
    protected: ProtectedName


class _Finding(NamedTuple):
    trick: Trick
    start: int
    words: str
    ordinary: int = 20
    """What the score loses where the name is an ordinary word."""


class _SlipSaid(NamedTuple):
    start: int
    shortest: int
    """Letters of the shortest name in which it counts."""
    words: str


# One slip makes another word of a short name: only what the eye passes over counts there.
_SLIPS = {
    Slip.DOUBLED: _SlipSaid(85, 3, "a letter is doubled"),
    Slip.SWAPPED: _SlipSaid(80, 5, "two letters are swapped"),
    Slip.OMITTED: _SlipSaid(78, 7, "a letter is left out"),
    Slip.CUT: _SlipSaid(63, 7, "the last letter is left out"),
    Slip.KEY: _SlipSaid(75, 7, "a letter is its neighbour on the keyboard"),
    Slip.ADDED: _SlipSaid(68, 7, "a letter is added"),
    Slip.REPLACED: _SlipSaid(66, 7, "a letter is another"),
}
_SHORT = {3: 25, 4: 10, 5: 6, 6: 6, 7: 3}
"""What the score of a name loses for its few letters."""
_SHORTEST = 3
"""Letters of a name that is looked for: two letters name too much."""


_SHORTEST_ACCOUNT = 7
"""Letters of a name that is looked for in accounts' names: a slip makes a person's name of a shorter one."""


class LookalikeIndex:
    """Protected names laid out for looking up."""

    def __init__(self, names: Iterable[ProtectedName]) -> None:
        """Lay out `names`."""
        self.names = tuple(dict.fromkeys(names))
        self._own = frozenset(domain for name in self.names for domain in (name.domain, *name.also))
        self._domains = {domain: name for name in self.names for domain in (name.domain, *name.also)}
        self._dashed = {domain.replace(".", "-"): domain for domain in self._domains}
        self._by_bare: dict[str, list[_Named]] = defaultdict(list)
        self._by_look: dict[str, list[_Named]] = defaultdict(list)
        self._by_slip: dict[str, list[_Named]] = defaultdict(list)
        for name in self.names:
            for label in name.labels:
                self._add(_Named(label, label.replace("-", ""), name))
        words = sorted(WORDS | self._countries() | {"the", "my"}, key=len, reverse=True)
        self._before = re.compile("|".join(words))
        # Read from the end: most labels then fail at their first letter.
        self._after = re.compile("|".join(word[::-1] for word in words))

    def _countries(self) -> frozenset[str]:
        return frozenset(name.country.lower() for name in self.names if name.country)

    def _add(self, named: _Named) -> None:
        if len(named.bare) < _SHORTEST:
            return
        self._by_bare[named.bare].append(named)
        self._by_look[appearance(named.bare)].append(named)
        for form in without_one(named.bare):
            self._by_slip[form].append(named)

    def of_host(self, host: str) -> Lookalike | None:
        """Return the protected name that a canonical host imitates most, or None.

        What belongs to a protected name, and what stands below an ending whose registry checks who registers, imitates
        nobody.
        """
        labels = host.split(".")
        maybe = [label for label in labels[:-1] if label != "www" and self._may_name(label)]
        inside = self._domain_inside(labels) if len(labels) > 2 or "-" in host else None  # noqa: PLR2004  # name and ending
        if not maybe and inside is None:
            return None
        registered = registrable_domain(host)
        if registered is None or host.endswith(_SERVED_FOR) or self._is_own(host):
            return None
        name, _, suffix = registered.partition(".")
        if is_verified(suffix):
            return None
        found = [self._scored(host, suffix, named, finding) for named, finding in self._findings(maybe, name, suffix)]
        # `elpais.com.uy` is the name with another ending.
        if inside is not None and not registered.startswith(f"{inside}."):
            found.append(self._with_domain_inside(host, inside))
        return max(found, key=lambda one: (one.score, len(one.protected.domain), one.protected.domain), default=None)

    def in_hosts(self, hosts: Iterable[str], *, floor: int = FLOOR) -> Iterator[Lookalike]:
        """Yield what each host imitates with at least `floor`; text that is no host is passed over."""
        for text in hosts:
            host = canonical_host(text)
            found = None if host is None else self.of_host(host)
            if found is not None and found.score >= floor:
                yield found

    def of_name(self, name: str) -> Lookalike | None:
        """Return the protected name that an account or advertiser imitates by letters of another script or by a slip.

        A name that is written the same may be the protected one's own account, and is none.
        """
        typed = "".join(sign for sign in name.lower() if sign.isalnum())
        bare = latin(typed)
        if not bare.isascii():
            return None
        found = [
            _lookalike(name, named.protected, finding.trick, finding.start, finding.words)
            for named, finding in self._of_label(bare, "")
            if finding.trick in {Trick.LOOKS, Trick.SLIP} and len(named.bare) >= _SHORTEST_ACCOUNT
        ]
        if bare in self._by_bare and has_lookalike_letters(typed) and len(bare) >= _SHORTEST_ACCOUNT:
            protected = self._by_bare[bare][0].protected
            found.append(_lookalike(name, protected, Trick.LOOKS, 95, "letters of another script stand among its own"))
        return max(found, key=lambda one: (one.score, one.protected.domain), default=None)

    def _is_own(self, host: str) -> bool:
        labels = host.split(".")
        return any(".".join(labels[start:]) in self._own for start in range(len(labels) - 1))

    def _may_name(self, label: str) -> bool:
        shown = spelled_in_ascii(label) if label.startswith("xn--") else label
        bare = shown.replace("-", "")
        slipped = not self._by_slip.keys().isdisjoint(without_one(bare))  # the name itself is among them
        return (
            slipped or appearance(bare) in self._by_look or any(stem in self._by_bare for stem, _ in self._stems(shown))
        )

    def _findings(self, labels: list[str], name: str, suffix: str) -> Iterator[tuple[_Named, _Finding]]:
        for label in labels:
            shown = spelled_in_ascii(label)
            for named, finding in self._of_label(shown, suffix):
                if label == name:
                    yield named, finding
                elif finding.trick in {Trick.ENDING, Trick.HYPHEN, Trick.LOOKS}:
                    yield named, _Finding(Trick.NAME_BELOW, 55, f"“{label}” stands below a domain that is another's")

    def _of_label(self, label: str, suffix: str) -> Iterator[tuple[_Named, _Finding]]:
        bare = label.replace("-", "")
        for named in self._by_bare.get(bare, ()):
            if named.label == label:
                yield named, _Finding(Trick.ENDING, 85, f"the same name with the ending .{suffix}")
            else:
                yield named, _Finding(Trick.HYPHEN, 85, "the same name but for a hyphen")
        look = appearance(bare)
        for named in self._by_look.get(look, ()):
            if named.bare != bare and len(bare) > _SHORTEST:
                yield named, _Finding(Trick.LOOKS, 95, f"“{label}” looks like “{named.label}”")
        for form in without_one(bare):
            for named in self._by_slip.get(form, ()):
                slip = slip_between(named.bare, bare)
                if slip is not None and len(named.bare) >= _SLIPS[slip].shortest and bare not in WORDS:
                    yield named, _Finding(Trick.SLIP, _SLIPS[slip].start, f"in “{label}” {_SLIPS[slip].words}")
        for stem, added in self._stems(label):
            for named in self._by_bare.get(stem, ()):
                yield named, _with_words(named, added, joined="-" not in label)

    def _stems(self, label: str) -> Iterator[tuple[str, str]]:
        """Yield what is left of a label when a word beside a name is taken off, and that word."""
        first, dash, rest = label.partition("-")
        if dash:
            yield rest.replace("-", ""), first
            stem, _, last = label.rpartition("-")
            yield stem.replace("-", ""), last
        bare = label.replace("-", "")
        after = self._after.match(bare[::-1])
        if after is not None:
            yield bare[: -after.end()], after[0][::-1]
        before = self._before.match(bare)
        if before is not None:
            yield bare[before.end() :], before[0]

    def _domain_inside(self, labels: list[str]) -> str | None:
        """Return the protected domain that stands inside a host, or before a hyphen in it, and not at its end."""
        for start, label in enumerate(labels):
            label = label.removeprefix("www-")  # noqa: PLW2901  # a dress, not a name
            if label in self._dashed:
                return self._dashed[label]
            for count in (2, 3):
                domain = ".".join(labels[start : start + count])
                if domain in self._domains and start + count < len(labels):
                    return domain
        return None

    def _with_domain_inside(self, host: str, domain: str) -> Lookalike:
        words = f"{domain} stands inside a host that is another's"
        return _lookalike(host, self._domains[domain], Trick.DOMAIN_INSIDE, 95, words)

    def _scored(self, host: str, suffix: str, named: _Named, finding: _Finding) -> Lookalike:
        score = finding.start
        if named.protected.domain.endswith(f".{suffix}") and is_country(suffix):
            pass  # below its own country a slip is no foreigner's name
        elif is_country(suffix):
            score -= 20
        elif is_legacy(suffix):
            score -= 10
        else:
            score += 10
        score -= _SHORT.get(len(named.bare), 0)
        if named.protected.ordinary:
            score -= finding.ordinary
        # A word beside the name, such as its country's, says which of its bearers is meant.
        if named.protected.ordinary == "very" and finding.trick is not Trick.WORDS:
            score -= 15
        return _lookalike(host, named.protected, finding.trick, max(0, min(score, 100)), finding.words)


def _with_words(named: _Named, added: str, *, joined: bool) -> _Finding:
    country = named.protected.country.lower()
    if added == country or added in named.protected.domain.split("."):
        return _Finding(Trick.WORDS, 88, f"“{added}”, its own country or ending, is put beside the name", 10)
    if added in WORDS:
        # Without a hyphen, many outlets name their own branches so.
        return _Finding(Trick.WORDS, 68 if joined else 75, f"“{added}” is put beside the name")
    return _Finding(Trick.WORDS, 62, f"“{added}” is joined to the name")


def _lookalike(host: str, protected: ProtectedName, trick: Trick, score: int, words: str) -> Lookalike:
    reason = f"{host} imitates {protected.domain} ({protected.name}): {words}."
    return Lookalike(host, protected, trick, score, reason)
