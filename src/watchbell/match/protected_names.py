"""Names that others imitate: news outlets, institutions, parties, election offices, and an operator's own list."""

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from watchbell.errors import InputError
from watchbell.model.addresses import canonical_host, registrable_domain

MOST_OWN = 100_000
"""Names of the longest list of one's own; a longer one is no list of names to protect."""


class ProtectedName(NamedTuple):
    """A name that others imitate."""

    name: str
    domain: str
    """Its host in canonical form; what lies below is its own too."""
    source: str
    """The list it is on."""
    country: str = ""
    """ISO 3166-1 alpha-2, where it has one."""
    also: tuple[str, ...] = ()
    """Other domains of its own."""
    aliases: tuple[str, ...] = ()
    """What it is called besides: letters and digits only."""
    ordinary: str = ""
    """`yes`: the name is a word of its language, so that others may rightly bear it. `very`: at least two others do,
    among the 100,000 most visited domains (Cloudflare Radar's ranking, as MISP's warning lists carry it)."""

    @property
    def labels(self) -> Iterator[str]:
        """Yield what an imitation would copy: the name in its domain, its aliases, and `mfa-gov` of `mfa.gov.ua`."""
        first, second = self.domain.split(".")[:2]
        below = [f"{first}-{second}"] if self.domain.count(".") > 1 else []
        yield from dict.fromkeys([*_name_in(self.domain), *self.aliases, *below])


def _name_in(domain: str) -> tuple[str, ...]:
    """Return the label that names somebody: of a public suffix such as `gov.pl`, the first.

    None for a host below another's domain, such as `news.sky.com`: `sky` names more than the news.
    """
    registered = registrable_domain(domain) or domain
    return (registered.partition(".")[0],) if registered == domain else ()


@cache
def bundled_names() -> tuple[ProtectedName, ...]:
    """Return the names that ship with Watchbell; `match/protected/sources.toml` tells where they are from."""
    folder = files("watchbell.match") / "protected"
    lists = tomllib.loads((folder / "sources.toml").read_text("utf-8"))
    version = lists.pop("version")
    return tuple(
        _from_row(row, f"bundled {name} {version}")
        for name in lists
        for row in csv.DictReader((folder / f"{name}.csv").read_text("utf-8").splitlines())
    )


def own_names(path: Path) -> tuple[ProtectedName, ...]:
    """Return the names of a file: a domain on each line, or CSV with a column `domain` and any others of ours.

    Raises:
        InputError: the file cannot be read, is too long, or a line names no host.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The protected names in {path} cannot be read as UTF-8 text.") from error
    if len(lines) > MOST_OWN:
        raise InputError(f"{path} has {len(lines):,} lines; at most {MOST_OWN:,} names can be protected.")
    has_header = bool(lines) and "domain" in lines[0].lower().split(",")
    rows = csv.DictReader(lines) if has_header else ({"domain": line} for line in lines)
    return tuple(_own(rows, path, first=2 if has_header else 1))


def named(domains: Iterable[str]) -> tuple[ProtectedName, ...]:
    """Return names given as domains on a command line.

    Raises:
        InputError: one of them is no host.
    """
    return tuple(_own(({"domain": domain} for domain in domains), Path("--protect"), first=1))


def _own(rows: Iterable[Mapping[str, str | None]], path: Path, *, first: int) -> Iterator[ProtectedName]:
    for number, row in enumerate(rows, first):
        told = (row.get("domain") or "").strip()
        if not told or told.startswith("#"):
            continue
        host = canonical_host(told)
        if host is None or "." not in host:
            raise InputError(f"{path}, line {number}: {told!r:.80} is no domain. Write it as in example.org.")
        yield _from_row({**row, "domain": host}, str(path.name))


def _from_row(row: Mapping[str, str | None], source: str) -> ProtectedName:
    told = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    domain = told["domain"]
    return ProtectedName(
        name=told.get("name") or domain,
        domain=domain,
        source=source,
        country=told.get("country", "").upper(),
        also=tuple(told.get("also", "").split()),
        aliases=tuple(told.get("aliases", "").split()),
        ordinary=told.get("ordinary", "").lower(),
    )
