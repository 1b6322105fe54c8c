"""Endings of domains, by who may register below them; and words that imitations put beside a name."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Country endings that are sold to everybody and mean no country: those that Google Search treats as generic (Search
# Central, "Managing multi-regional sites"), and others whose registries advertise them so.
_SOLD_AS_GENERIC = _listed(
    "ad ai as bz cc cd cf co cx dj fm ga gd gg gl gq gs gy icu im io la lc link me ml ms mu nf nu pm pw re sc sh so sr "
    "st su sx tf tk tl to tv vc vg wf ws yt"
)
_LEGACY = frozenset({"com", "net", "org", "int"})
_VERIFIED = frozenset({"gov", "mil", "edu", "int", "bank"})

WORDS = _listed(
    "news online web site live today daily press media tv radio info net org com co 24 24h 365 digital world global "
    "international europe eu official real true truth breaking update updates latest now post times journal magazine "
    "mag paper newspaper report reports blog portal plus premium pro app mobile login secure support "
    "zeitung nachrichten aktuell heute politik welt deutschland presse actu actualite actualites infos france "
    "noticias notizie oggi diario espana italia polska wiadomosci ukraine ukraina novosti novyny usa uk us america "
    "american israel vote votes voting voter voters election elections ballot polls results register registration gov "
    "party campaign donate fund"
)
"""What imitations put beside a name, in the languages of the bundled names."""


def is_verified(suffix: str) -> bool:
    """Say whether a registry checks who registers below a suffix: governments, armed forces, universities, banks.

    Below a country, `gov.xx` and its like are run by that government.
    """
    parts = suffix.split(".")
    return not _VERIFIED.isdisjoint(parts[:1]) or (len(parts) > 1 and parts[0] in {"gouv", "gob", "gub", "go"})


def is_country(suffix: str) -> bool:
    """Say whether a suffix is a country's own, in which others may rightly bear the name."""
    last = suffix.rpartition(".")[2]
    return len(last) == 2 and last not in _SOLD_AS_GENERIC  # noqa: PLR2004  # ISO 3166-1 alpha-2


def is_legacy(suffix: str) -> bool:
    """Say whether a suffix is one of the first, in which most words were taken long ago and by anybody."""
    return suffix in _LEGACY
