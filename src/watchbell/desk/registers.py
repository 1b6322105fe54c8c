"""The registers that an operator's settings name, read when first asked for and again when the file is another."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from watchbell.ads.evidence.government import GovernmentDomains
from watchbell.ads.payer_names import members_of_congress
from watchbell.ads.register import Register
from watchbell.errors import InputError
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


def known_names(settings: Settings) -> Mapping[str, frozenset[str]]:
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
