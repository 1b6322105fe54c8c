"""Partners' indicators in; what is new leaves an entry in the ledger."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from watchbell.desk.told import take_up
from watchbell.exchange.inbox import read_published
from watchbell.exchange.published import Note
from watchbell.files import File, Reject, write_rejects
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp
from watchbell.sources.importing import rejects_file
from watchbell.vault.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ReadIndicators:
    """What a file of indicators held."""

    indicators: list[Indicator] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def kinds(self) -> Mapping[str, int]:
        """Return how many different indicators there are of each kind."""
        kinds = {indicator.id: str(indicator.kind) for indicator in self.indicators}
        return dict(Counter(kinds.values()).most_common())


class ImportedIndicators(NamedTuple):
    """What became of a file of indicators."""

    new: int
    known: int
    rejected: int
    notes: int
    """Rows that were read and hold no indicator: counts, and words about how an operation works."""
    kinds: Mapping[str, int]
    rejects: Path | None
    """Where the rejects are; None where there are none."""


def read_indicator_file(path: File, *, tlp: Tlp | None, source: str | None, now: datetime) -> ReadIndicators:
    """Read a file of indicators in any form that `exchange/inbox.py` knows.

    Raises:
        InputError: the file cannot be read, or has no known form.
        MissingExtraError: it is a STIX bundle, and the parts that read patterns are not installed.
    """
    read = ReadIndicators()
    for item in read_published(path, tlp=tlp, source=source, now=now):
        match item:
            case Indicator():
                read.indicators.append(item)
            case Reject():
                read.rejects.append(item)
            case Note():
                read.notes.append(item)
    return read


def import_indicators(
    workspace: Workspace, path: File, *, tlp: Tlp | None, source: str | None, by: str, now: datetime
) -> ImportedIndicators:
    """Bring a file of indicators into the workspace. Doing it again changes nothing.

    Raises:
        InputError, MissingExtraError: as `read_indicator_file` does.
    """
    read = read_indicator_file(path, tlp=tlp, source=source, now=now)
    added = workspace.vault.indicators.add(read.indicators)
    take_up(workspace.vault, answer_days=workspace.settings.dispute_days, now=now)
    place = rejects_file(workspace.rejects, path)
    rejected = write_rejects(place, read.rejects)
    if added.new:
        details = {"new": added.new, "known": added.known, "rejected": rejected}
        workspace.vault.ledger.append(by, "indicators.imported", path.name, details, now)
    return ImportedIndicators(*added, rejected, len(read.notes), read.kinds(), place if rejected else None)
