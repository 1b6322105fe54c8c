"""Indicators out of the house, in the form that a partner's tools speak, and the end of their validity.

Whatever the form, what leaves is what the audience may hear, by the one rule of `model.audiences`; STIX objects pass
`exchange.marking` besides. Each export and each end is written into the ledger.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from watchbell.desk.exchange.disarm import framework_of
from watchbell.desk.exchange.releases import Parcel, needs_two
from watchbell.desk.exchange.sending import Recipient, demand_release, recipient_named
from watchbell.errors import NotAllowedError, UsageError
from watchbell.exchange import hash_lists, misp_feed, plain
from watchbell.exchange.disarm import Framework
from watchbell.exchange.marking import bundle_for
from watchbell.exchange.misp_warning_lists import warning_lists_of
from watchbell.exchange.misp_writing import Sharing
from watchbell.exchange.stix import bundle_of_indicators
from watchbell.exchange.stix_parts import instant
from watchbell.files.spreadsheet import write_csv
from watchbell.files.whole import replacing
from watchbell.ids import short_digest
from watchbell.model.audiences import Audience
from watchbell.model.collections import HOUSE
from watchbell.model.decay import fades_at
from watchbell.model.feedback import Dispute, Opinion, Sighting
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.releases import INDICATORS
from watchbell.model.tlp import Tlp, strictest
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace


class Form(StrEnum):
    """A form in which indicators leave."""

    STIX = "stix"
    """A STIX 2.1 bundle."""
    CSV = "csv"
    JSONL = "jsonl"
    MISP_FEED = "misp-feed"
    """A folder: manifest, events, hashes."""
    MISP_WARNING_LISTS = "misp-warninglists"
    """A folder for each list of what was taken back: hosts, and other values."""
    THREATEXCHANGE = "threatexchange"
    """A document of descriptors; accounts, phone numbers, packages and hashtags have no type there."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which indicators are meant; what is None bounds nothing."""

    kinds: Collection[IndicatorKind] | None = None
    source: str | None = None
    since: datetime | None = None
    """Changed at or after."""
    before: datetime | None = None
    """Valid from before."""
    faded_by: datetime | None = None
    """Only those whose confidence has fallen under its threshold by this moment (`model.decay`)."""

    def of(self, indicators: Iterable[Indicator]) -> Iterator[Indicator]:
        """Yield those that are meant."""
        return filter(self._has, indicators)

    def _has(self, held: Indicator) -> bool:
        return (
            (self.kinds is None or held.kind in self.kinds)
            and (self.source is None or held.source == self.source)
            and (self.since is None or held.modified >= self.since)
            and (self.before is None or held.valid_from < self.before)
        )

    @property
    def is_everything(self) -> bool:
        """Tell whether nothing bounds it."""
        return self == Selection()


class Exported(NamedTuple):
    """What left."""

    files: Mapping[str, str]
    """Name → text, in the order in which they are to appear."""
    shared: int
    held_back: int
    """Those meant that are marked narrower than the audience may hear, or of a kind that the form has no word for."""


class Addressee(NamedTuple):
    """For whom indicators leave."""

    up_to: Tlp
    """The narrowest marking that may leave."""
    name: str | None = None
    """The partner who receives them, who hears what they are cleared for and no more. Without one they go to nobody in
    particular, and nothing of a trust group is among them."""


class _Writing(NamedTuple):
    operator: str
    now: datetime
    framework: Framework
    audience: Audience
    said: Mapping[str, Sequence[Sighting | Opinion | Dispute]]
    """Id of an indicator → what we said of it."""


def export_indicators(
    workspace: Workspace, form: Form, selection: Selection, *, to: Addressee, by: str, now: datetime
) -> Exported:
    """Return the workspace's indicators for whoever may hear them, as files, and write down that they left.

    Raises:
        NotAllowedError: one of them is marked so narrowly that it needs a recipient and a second person's word.
        UsageError: the recipient is no partner who can be told.
    """
    vault = workspace.vault
    recipient = None if to.name is None else recipient_named(vault, to.name, now)
    audience = Audience(to.up_to) if recipient is None else recipient.audience.up_to(to.up_to)
    heard = list(selection.of(vault.indicators.heard_by(audience).all(kinds=selection.kinds)))
    parcel = parcel_of_indicators(heard, recipient)
    _demand_word(vault, parcel)
    kept = [held for held in heard if _has_word_for(form, held)]
    writing = _Writing(workspace.settings.operator, now, framework_of(workspace), audience, _said(vault))
    files = _WRITERS[form](heard if form is Form.MISP_WARNING_LISTS else kept, writing)
    if recipient is not None:
        vault.deliveries.note(recipient.id, str(form), [(held.id, instant(held.modified)) for held in kept], now)
    details = {"format": form, "up_to": to.up_to, "indicators": len(kept), "recipient": recipient and recipient.id}
    vault.ledger.append(by, "indicators.exported", parcel.version, details, now)
    meant = sum(1 for _ in selection.of(vault.indicators.all(kinds=selection.kinds)))
    return Exported(files, len(kept), meant - len(kept))


def _has_word_for(form: Form, held: Indicator) -> bool:
    match form:
        case Form.THREATEXCHANGE:
            return hash_lists.can_hold(held)
        case Form.MISP_WARNING_LISTS:
            return held.revoked
        case _:
            return True


def _said(vault: Vault) -> Mapping[str, Sequence[Sighting | Opinion | Dispute]]:
    found: dict[str, list[Sighting | Opinion | Dispute]] = {}
    for one in vault.feedback.all_of(HOUSE):
        found.setdefault(one.indicator_id, []).append(one)
    return found


def parcel_of_indicators(heard: Iterable[Indicator], recipient: Recipient | None) -> Parcel:
    """Return indicators on their way to a recipient, in the versions that they have now."""
    held = list(heard)
    version = short_digest(*(f"{one.id} {one.modified.isoformat()}" for one in held))
    return Parcel(INDICATORS, version, strictest(one.tlp for one in held), "" if recipient is None else recipient.id)


def _demand_word(vault: Vault, parcel: Parcel) -> None:
    if needs_two(parcel.tlp) and not parcel.recipient:
        raise NotAllowedError(
            f"Among these is one marked TLP:{parcel.tlp.upper()}, which is for its recipients only. Say who receives "
            "it with --to, or export up to TLP:AMBER."
        )
    demand_release(vault, parcel)


def write_files(out: Path, exported: Exported) -> None:
    """Write what left to `out`: a file, or a folder where there are several; each appears only when it is whole."""
    if list(exported.files) == [""]:
        _write(out, exported.files[""])
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, text in exported.files.items():
        _write(out / name, text)


def end_validity(workspace: Workspace, selection: Selection, *, by: str, now: datetime) -> int:
    """End the validity of the indicators that are meant, as a later version of each; return how many there were.

    Raises:
        UsageError: the selection names everything.
    """
    if selection.is_everything:
        raise UsageError("Say which indicators are meant: by source, kind, or how old they are.")
    shelf = workspace.vault.indicators
    meant = [held for held in selection.of(shelf.all(kinds=selection.kinds)) if _is_in_force(held, now)]
    if selection.faded_by is not None:
        meant = list(_faded(workspace.vault, meant, selection.faded_by))
    ended = [_ended(held, now) for held in meant]
    shelf.add(ended)
    if ended:
        details = {"indicators": len(ended), "source": selection.source}
        workspace.vault.ledger.append(
            by, "indicators.expired", short_digest(*(held.id for held in ended)), details, now
        )
    return len(ended)


def _faded(vault: Vault, indicators: Sequence[Indicator], by: datetime) -> Iterator[Indicator]:
    seen = vault.feedback.last_seen([held.id for held in indicators])
    for held in indicators:
        falls = fades_at(held, seen.get(held.id))
        if falls is not None and falls <= by:
            yield held


def _is_in_force(held: Indicator, now: datetime) -> bool:
    return not held.revoked and (held.valid_until is None or held.valid_until > now)


def _ended(held: Indicator, now: datetime) -> Indicator:
    # STIX 2.1 section 4.7: valid_until lies after valid_from; and each version is later than the one before.
    ends = max(now, held.valid_from + timedelta(milliseconds=1))
    modified = max(now, held.modified + timedelta(milliseconds=1))
    return held.model_copy(update={"valid_until": ends, "modified": modified})


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8", newline="")


def _stix(kept: list[Indicator], writing: _Writing) -> dict[str, str]:
    bundle = bundle_of_indicators(kept, operator=writing.operator, up_to=strictest(held.tlp for held in kept))
    groups = {held.id: [held.group] for held in kept if held.group is not None}
    return {"": json.dumps(bundle_for(bundle, writing.audience, groups), ensure_ascii=False)}


def _csv(kept: list[Indicator], _: _Writing) -> dict[str, str]:
    text = StringIO(newline="")
    write_csv(text, plain.COLUMNS, (plain.row_of(held).values() for held in kept))
    return {"": text.getvalue()}


def _jsonl(kept: list[Indicator], _: _Writing) -> dict[str, str]:
    rows = ({name: value for name, value in plain.row_of(held).items() if value not in (None, False)} for held in kept)
    return {"": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)}


def _misp(kept: list[Indicator], writing: _Writing) -> dict[str, str]:
    sharing = Sharing(writing.operator, writing.now, writing.framework, writing.said)
    return misp_feed.files_of(kept, sharing)


def _misp_warning_lists(heard: list[Indicator], writing: _Writing) -> dict[str, str]:
    return warning_lists_of(heard, operator=writing.operator, now=writing.now)


def _threatexchange(kept: list[Indicator], _: _Writing) -> dict[str, str]:
    return {"": json.dumps(hash_lists.document_of(kept), ensure_ascii=False)}


_WRITERS: Mapping[Form, Callable[[list[Indicator], _Writing], dict[str, str]]] = {
    Form.STIX: _stix,
    Form.CSV: _csv,
    Form.JSONL: _jsonl,
    Form.MISP_FEED: _misp,
    Form.MISP_WARNING_LISTS: _misp_warning_lists,
    Form.THREATEXCHANGE: _threatexchange,
}
