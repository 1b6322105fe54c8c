"""Registers of those who may pay for political ads, and whether an ad's claimed registration stands in one.

Reads the FEC's committee master file: pipe-separated, no header, columns CMTE_ID, CMTE_NM, TRES_NM, CMTE_ST1, CMTE_ST2,
CMTE_CITY, CMTE_ST, CMTE_ZIP, CMTE_DSGN, CMTE_TP, CMTE_PTY_AFFILIATION, CMTE_FILING_FREQ, ORG_TP, CONNECTED_ORG_NM,
CAND_ID (fec.gov, "Committee master file description").
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz, utils

from watchbell.errors import InputError
from watchbell.ids import short_digest
from watchbell.model.ads import Ad, PolicyFinding
from watchbell.model.advertisers import Registration

CODE_UNKNOWN = "PAYER-UNKNOWN"
CODE_MISMATCH = "PAYER-MISMATCH"

# Names less alike than this (rapidfuzz token_set_ratio, 0 to 100) are different names.
_SAME_NAME = 75
# Words that half of all committees' names share and that tell none from another.
_COMMON_WORDS = frozenset(
    {"a", "action", "and", "by", "citizens", "committee", "elect", "for", "friends", "fund", "inc", "llc", "of", "our"}
    | {"pac", "paid", "people", "political", "super", "team", "the", "to", "us", "vote", "voters"}
)
_COMMITTEE_ID = re.compile(r"C\d{8}")
_CANDIDATE_ID = re.compile(r"[HPS]\w{8}")
_COLUMNS = 15
_FREQUENCY, _CANDIDATE = 11, 14
# Filing frequency A: terminated by the FEC; T: terminated by the committee.
_OVER = frozenset("AT")
# The largest edition is 4 MB; a file far beyond is no committee master.
_MAX_BYTES = 64 * 1024 * 1024


class Register:
    """One edition of a register and the days for which it can say that an id does not exist."""

    candidates: Mapping[str, str]
    """Names of candidates by id, where their file was read too."""

    def __init__(self, name: str, registrations: Iterable[Registration], covers_from: date, covers_until: date) -> None:
        """Keep the registrations by id."""
        self.candidates = {}
        self.name = name
        self.covers_from = covers_from
        self.covers_until = covers_until
        self._by_id: Mapping[str, Registration] = {entry.id: entry for entry in registrations}

    @cached_property
    def version(self) -> str:
        """Return a digest of all that the register says."""
        said = (entry.model_dump_json() for entry in self._by_id.values())
        return short_digest(self.name, f"{self.covers_from}/{self.covers_until}", *said)

    def __len__(self) -> int:
        return len(self._by_id)

    @classmethod
    def read(
        cls,
        path: Path,
        *,
        name: str | None = None,
        covers_from: date | None = None,
        covers_until: date | None = None,
    ) -> "Register":
        """Read an FEC committee master file.

        The days covered default to the two-year cycle of the year in the file's name: `fec_cm_2016.txt`, `cm16.txt`
        cover 1 January 2015 to 31 December 2016.

        Raises:
            InputError: the file is not a committee master, or its days are not given and its name has no year.
        """
        first, last = covers_from, covers_until
        if first is None or last is None:
            year = _cycle(path)
            first, last = first or date(year - 1, 1, 1), last or date(year, 12, 31)
        name = name or f"FEC committee master {last.year}"
        entries = [
            Registration(
                registry=name,
                id=cells[0],
                name=cells[1].strip(),
                covers_from=first,
                covers_until=last,
                terminated=cells[_FREQUENCY] in _OVER,
                treasurer=cells[2].strip() or None,
                candidate_id=cells[_CANDIDATE].strip() or None,
            )
            for cells in _committees(path)
        ]
        return cls(name, entries, first, last)

    def read_candidates(self, path: Path) -> None:
        """Read the names of candidates from the FEC's candidate master (CAND_ID, CAND_NAME, then 13 more columns).

        Raises:
            InputError: the file is not a candidate master.
        """
        self.candidates = read_candidates(path)

    def names(self) -> frozenset[str]:
        """Return the names of all that are registered."""
        return frozenset(entry.name for entry in self._by_id.values() if entry.name)

    def entries(self) -> dict[str, str]:
        """Return what is said of each id, in a line."""
        return {one.id: one.name + (", terminated" if one.terminated else "") for one in self._by_id.values()}

    def find(self, registration_id: str) -> Registration | None:
        """Return the registration with this id."""
        return self._by_id.get(registration_id.strip().upper())

    def covers(self, day: date) -> bool:
        """Tell whether this edition can speak about a day."""
        return self.covers_from <= day <= self.covers_until


def read_candidates(path: Path) -> dict[str, str]:
    """Return the names of candidates by id from the FEC's candidate master.

    Raises:
        InputError: the file is not a candidate master.
    """
    rows = [line.split("|") for line in _lines(path)]
    if not rows or not all(_CANDIDATE_ID.fullmatch(cells[0]) and len(cells) == _COLUMNS for cells in rows):
        raise InputError(f"{path.name} is no FEC candidate master, whose rows begin with an id such as P00003392.")
    return {cells[0]: cells[1].strip() for cells in rows}


def payer_findings(ad: Ad, register: Register, now: datetime) -> tuple[PolicyFinding, ...]:
    """Return what a register says against the registration an ad claims; outside its days, it says nothing."""
    claimed = (ad.registration_id or "").strip()
    if not claimed or not register.covers((ad.started_at or now).astimezone(UTC).date()):
        return ()
    registration = register.find(claimed)
    if registration is None:
        reason = f"The ad claims this registration, and the {register.name} has no such id for the day the ad ran."
        return (PolicyFinding(code=CODE_UNKNOWN, quote=claimed, reason=reason),)
    if ad.payer is None or alike(ad.payer, registration.name):
        return ()
    reason = f"The {register.name} knows {registration.id} as {registration.name}, not as the payer the ad names."
    return (PolicyFinding(code=CODE_MISMATCH, quote=ad.payer, reason=reason),)


def alike(one: str, other: str) -> bool:
    """Tell whether two names may be one payer's: compared by the words that tell committees apart."""
    return fuzz.token_set_ratio(_telling(one), _telling(other)) >= _SAME_NAME


def _telling(name: str) -> str:
    words = utils.default_process(name).split()
    return " ".join(word for word in words if word not in _COMMON_WORDS) or " ".join(words)


def _lines(path: Path) -> list[str]:
    """Return the lines of a text file, plain or gzip, refusing one beyond all measure."""
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as content:
            read = content.read(_MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"The register {path} cannot be read: {error}.") from error
    if len(read) > _MAX_BYTES:
        raise InputError(f"{path} holds more than 64 MB; a committee master file does not.")
    return read.decode("utf-8", errors="replace").splitlines()


def _cycle(path: Path) -> int:
    """Return the even year at the end of a two-year cycle from a file name."""
    found = re.search(r"(?:19|20)\d\d", path.stem) or re.search(r"(?<!\d)\d\d(?!\d)", path.stem)
    if found is None:
        raise InputError(f"{path.name} does not say which years it covers; give the first and last day.")
    year = int(found.group())
    if len(found.group()) == len("16"):
        year += 2000
    return year + year % 2


def _committees(path: Path) -> Iterator[list[str]]:
    """Yield the cells of each row."""
    for row, line in enumerate(_lines(path), 1):
        cells = line.split("|")
        if len(cells) < _COLUMNS or not _COMMITTEE_ID.fullmatch(cells[0]):
            raise InputError(
                f"{path.name}, row {row}: this is no FEC committee master, whose rows have {_COLUMNS} cells between "
                "`|` and begin with an id such as C00401224."
            )
        yield cells
