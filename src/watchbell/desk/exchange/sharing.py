"""Partners' indicators in; what is new leaves an entry in the ledger."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from watchbell.desk.exchange.partners import known_group
from watchbell.desk.exchange.told import keep_said, take_up
from watchbell.exchange.inbox import read_published
from watchbell.exchange.published import Note, ToldBy
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
    told: list[ToldBy] = field(default_factory=list)
    """What others say of them in the same file: the sightings of MISP."""

    def kinds(self) -> Mapping[str, int]:
        """Return how many different indicators there are of each kind."""
        kinds = {indicator.id: str(indicator.kind) for indicator in self.indicators}
        return dict(Counter(kinds.values()).most_common())


class Stated(NamedTuple):
    """What the person who imports a file says of all that is in it; None says nothing."""

    tlp: Tlp | None = None
    source: str | None = None
    group: str | None = None
    """Name of the trust group that it belongs to."""


NOTHING = Stated()


class ImportedIndicators(NamedTuple):
    """What became of a file of indicators."""

    new: int
    known: int
    rejected: int
    feedback: int
    """Sightings and opinions of others, those told before among them."""
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
            case ToldBy():
                read.told.append(item)
    return read


def import_indicators(
    workspace: Workspace,
    path: File,
    stated: Stated = NOTHING,
    *,
    by: str,
    now: datetime,
) -> ImportedIndicators:
    """Bring a file of indicators into the workspace. Doing it again changes nothing.

    Raises:
        InputError, MissingExtraError: as `read_indicator_file` does.
        UsageError: there is no such trust group.
    """
    vault, days = workspace.vault, workspace.settings.dispute_days
    group = None if stated.group is None else known_group(vault, stated.group).id
    read = read_indicator_file(path, tlp=stated.tlp, source=stated.source, now=now)
    added = vault.indicators.add(
        read.indicators if group is None else [held.model_copy(update={"group": group}) for held in read.indicators]
    )
    said = keep_said(vault, read.told, workspace.settings.operator, by=by, file=str(path), due=(now, days))
    take_up(vault, answer_days=days, now=now)
    place = rejects_file(workspace.rejects, path)
    rejected = write_rejects(place, [*read.rejects, *said.rejects])
    if added.new:
        details = {"new": added.new, "known": added.known, "rejected": rejected}
        vault.ledger.append(by, "indicators.imported", path.name, details, now)
    told = said.sightings + said.opinions
    return ImportedIndicators(*added, rejected, told, len(read.notes), read.kinds(), place if rejected else None)
