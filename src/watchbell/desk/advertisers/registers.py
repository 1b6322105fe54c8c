"""The registers that an operator's settings name, read when first asked for and again when the file is another."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from watchbell.ads.advertisers.evidence.government import GovernmentDomains
from watchbell.ads.advertisers.evidence.tax_id import TaxRegister
from watchbell.ads.payers.names import members_of_congress
from watchbell.ads.payers.register import Register
from watchbell.desk.advertisers.evidence_checks import Shown
from watchbell.errors import InputError
from watchbell.model.advertisers import EvidenceKind
from watchbell.settings import Settings

_VERSIONS_KEPT = 4


def committees(settings: Settings) -> Register | None:
    """Return the FEC's committees; None where no setting names the file.

    Raises:
        InputError: the file cannot be read.
    """
    if settings.committee_register is None:
        return None
    candidates = settings.candidate_register
    return _committees(
        settings.committee_register,
        _version(settings.committee_register),
        candidates,
        candidates and _version(candidates),
    )


def government_domains(settings: Settings) -> GovernmentDomains | None:
    """Return the registry of .gov domains; None where no setting names the file.

    Raises:
        InputError: the file cannot be read.
    """
    path = settings.government_domains
    return None if path is None else _domains(path, _version(path))


def tax_numbers(settings: Settings) -> TaxRegister | None:
    """Return the register of tax numbers; None where no setting names the file.

    Raises:
        InputError: the file cannot be read.
    """
    path = settings.tax_register
    return None if path is None else _tax_numbers(path, _version(path))


def looked_up(shown: Shown, settings: Settings) -> Shown:
    """Return what is shown with the settings' registers that its checker needs, where none was given.

    Raises:
        InputError: a file cannot be read.
    """
    if shown.kind is EvidenceKind.COMMITTEE and shown.register is None:
        return replace(shown, register=committees(settings))
    if shown.kind is EvidenceKind.GOVERNMENT_DOMAIN and shown.domains is None:
        return replace(shown, domains=government_domains(settings))
    if shown.kind is EvidenceKind.TAX_ID and shown.tax_numbers is None:
        return replace(shown, tax_numbers=tax_numbers(settings))
    return shown


def known_names(settings: Settings) -> dict[str, frozenset[str]]:
    """Return the names that no payer may bear by accident, by what their bearers are.

    Raises:
        InputError: a file cannot be read.
    """
    register, domains, members = committees(settings), government_domains(settings), settings.legislators
    return {
        "committee": register.names() if register else frozenset(),
        "agency": domains.names() if domains else frozenset(),
        "member of Congress": _members(members, _version(members)) if members else frozenset(),
    }


Version = tuple[int, int]


def _version(path: Path) -> Version:
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(f"The register {path} cannot be read: {error.strerror}.") from error
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=_VERSIONS_KEPT)
def _committees(path: Path, _: Version, candidates: Path | None, __: Version | None) -> Register:
    register = Register.read(path)
    if candidates is not None:
        register.read_candidates(candidates)
    return register


@lru_cache(maxsize=_VERSIONS_KEPT)
def _domains(path: Path, _: Version) -> GovernmentDomains:
    return GovernmentDomains.read(path)


@lru_cache(maxsize=_VERSIONS_KEPT)
def _members(path: Path, _: Version) -> frozenset[str]:
    return members_of_congress(path)


@lru_cache(maxsize=1)
def _tax_numbers(path: Path, _: Version) -> TaxRegister:
    return TaxRegister.read(path)
