"""Names that a payer may not bear by accident: of committees, members of Congress, agencies and other advertisers.

In 2018 reporters had "Paid for by" approved in the names of all 100 senators. A name that is or looks like one of these
is held for a person, unless the evidence shows that it is the advertiser's own.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml
from rapidfuzz import fuzz, process

from watchbell.ads.advertisers.evidence.names import mixes_scripts, skeleton
from watchbell.errors import InputError

ALIKE = 92
"""Names whose skeletons are less alike than this (rapidfuzz ratio, 0 to 100) are different."""
# What may stand before a name, or behind it in brackets, and makes it nobody else's: "Senator Ann Roe (D-WA)".
_BEFORE = re.compile(
    r"^(?:the|office\s+of|u\.?\s?s\.?|united\s+states|sen(?:\.|ator)|rep(?:\.|resentative)|congress(?:man|woman|member)"
    r"|hon(?:\.|ou?rable)|gov(?:\.|ernor)|(?:vice\s+)?president|m(?:r|rs|s)\.?|dr\.?)\s+",
    re.IGNORECASE,
)
_BEHIND = re.compile(r"\s*\([^()]{1,30}\)\s*$")
_FOR = re.compile(r"\b4\b")
# A reviewer reads them one by one; a name that so many bear is told by the first of them.
_MOST_NAMED = 12
# The list of members has 1.1 MB.
_MOST_BYTES = 32 * 1024 * 1024


class Bearer(NamedTuple):
    """Who bears a name."""

    name: str
    whose: str
    """What they are: `committee`, `member of Congress`, `agency`, `advertiser`."""


class KnownNames:
    """Names and who bears them."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """Keep names by what their bearers are; several may bear one name."""
        self._by_skeleton: dict[str, list[Bearer]] = {}
        for whose, some in names.items():
            for name in sorted(some):
                if shape := _shape(name):
                    self._by_skeleton.setdefault(shape, []).append(Bearer(name, whose))

    def like(self, payer: str, own: Iterable[str] = ()) -> list[Bearer]:
        """Return all who bear a name that is or looks like this one, the most alike first.

        Args:
            payer: the name.
            own: names that the advertiser was shown to bear.
        """
        mine = {_shape(name) for name in own}
        found = process.extract(
            _shape(payer), self._by_skeleton.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None
        )
        return [bearer for shape, _, _ in found if shape not in mine for bearer in self._by_skeleton[shape]]


def _shape(name: str) -> str:
    """Return the skeleton of a name without titles and brackets, `4` read as `for`.

    >>> _shape("Office of Sen. Ann Roe (D-WA)") == _shape("Ann Roe")
    True
    """
    bare = _FOR.sub("for", _BEHIND.sub("", name.strip()))
    while (shorter := _BEFORE.sub("", bare)) != bare:
        bare = shorter
    return skeleton(bare)


def collision(payer: str, known: KnownNames, own: Iterable[str] = ()) -> str | None:
    """Return all that speaks against a payer's name, so that it must be held; None if nothing does."""
    said = ["The name has letters of another script that only look like the others."] if mixes_scripts(payer) else []
    if bearers := known.like(payer, own):
        said.append(f"The name is like that of {_listed(bearers)}.")
    return " ".join(said) or None


def _listed(bearers: list[Bearer]) -> str:
    """Return who bears a name, as a sentence lists them."""
    told = [f"the {one.whose} {one.name}" for one in bearers[:_MOST_NAMED]]
    if len(bearers) > _MOST_NAMED:
        told.append(f"{len(bearers) - _MOST_NAMED:,} more")
    return " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))


def members_of_congress(path: Path) -> frozenset[str]:
    """Return the names in a list of legislators (unitedstates/congress-legislators, CC0), first and last, and official.

    Raises:
        InputError: the file cannot be read, or is no such list.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} holds more than 32 MB; the list of legislators does not.")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        listed = yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506  # the safe loader, in C where it is there
        names = [entry["name"] for entry in listed]
        return frozenset(
            name for one in names for name in (f"{one['first']} {one['last']}", one.get("official_full")) if name
        )
    except OSError as error:
        raise InputError(f"The list {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path.name} is no list of legislators, each with `name`, `first` and `last`.") from error
