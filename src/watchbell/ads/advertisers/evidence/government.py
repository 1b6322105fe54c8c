"""Governmental hosts: the registry of .gov domains, and whether a website and an e-mail address share one host."""

import csv
from collections.abc import Mapping
from pathlib import Path

from watchbell.ads.advertisers.evidence.finding import awaits_code, refused
from watchbell.ads.advertisers.evidence.organisation import host_of_email, host_of_website
from watchbell.errors import InputError
from watchbell.model.advertisers import Finding

_COLUMNS = {"Domain name", "Organization name"}
# The whole registry has 1.4 MB.
_MOST_BYTES = 64 * 1024 * 1024


class GovernmentDomains:
    """The registry of .gov domains (get.gov, "current-full.csv", CC0)."""

    def __init__(self, owners: Mapping[str, str]) -> None:
        """Keep who has which domain."""
        self._owners = owners

    def __len__(self) -> int:
        return len(self._owners)

    @classmethod
    def read(cls, path: Path) -> "GovernmentDomains":
        """Read the registry.

        Raises:
            InputError: the file cannot be read, or is not the registry.
        """
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise InputError(f"{path} holds more than 64 MB; the registry of .gov domains does not.")
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file)
                if not set(rows.fieldnames or ()) >= _COLUMNS:
                    raise InputError(
                        f"{path.name} is not the registry of .gov domains: it lacks a column `Domain name`."
                    )
                return cls({row["Domain name"].strip().lower(): row["Organization name"] or "" for row in rows})
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise InputError(f"The registry {path} cannot be read: {error}.") from error

    def owner(self, host: str) -> str | None:
        """Return who registered the domain that a host stands under; None if nobody did."""
        parts = host.split(".")
        names = (".".join(parts[start:]) for start in range(len(parts) - 1))
        return next((self._owners[name] for name in names if name in self._owners), None)

    def entries(self) -> dict[str, str]:
        """Return who registered each domain."""
        return dict(self._owners)

    def names(self) -> frozenset[str]:
        """Return the names of the registrants."""
        return frozenset(name for name in self._owners.values() if name)


def government_domain(website: str, email: str, domains: GovernmentDomains) -> Finding:
    """Check that a website and an e-mail address are on the same governmental host.

    The whole host must be the same: many agencies share one registrant, and one of them does not speak for another.
    """
    site, mail = host_of_website(website), host_of_email(email)
    if site is None:
        return refused(f"{website!r} is no address of a website.")
    if mail is None:
        return refused(f"{email!r} is no e-mail address.")
    if not site.endswith((".gov", ".mil")):
        return refused(f"{site} is not under .gov or .mil.")
    if site != mail:
        return refused(f"The website is on {site} and the e-mail address on {mail}; they must be on one host.")
    owner = "United States Department of Defense" if site.endswith(".mil") else domains.owner(site)
    if owner is None:
        return refused(f"{site} is not in the registry of .gov domains.")
    return awaits_code(
        "A code goes to the e-mail address.", {"host": site, "email": email.strip(), "registered by": owner}
    )
