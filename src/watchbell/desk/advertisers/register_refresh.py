"""Registers kept fresh: taken from their publishers or from a file, and looked at before they replace what is there.

What replaces a register is read first by whatever reads it later, and compared with what is there: half a download
never becomes the register, and a killed process leaves the old one or the new one.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from watchbell.ads.advertisers.evidence.government import GovernmentDomains
from watchbell.ads.advertisers.evidence.tax_id import TaxRegister
from watchbell.ads.payers.names import members_of_congress
from watchbell.ads.payers.register import Register, read_candidates
from watchbell.desk.exchange.outgoing import Bounds, networks_named, published_at
from watchbell.errors import InputError, UsageError
from watchbell.files.whole import replacing
from watchbell.settings import Settings
from watchbell.vault.ledger import Entry
from watchbell.vault.workspace import Workspace

_DOWNLOAD = Bounds(bytes=64 * 1024 * 1024, seconds=300)
_MOST_UNPACKED = 64 * 1024 * 1024
# An edition with fewer entries than this part of the last one is half a download, or another file.
_SHRUNK = 0.5


class Kind(NamedTuple):
    """One register: how it is read, and where its publisher has it."""

    entries: Callable[[Path], Mapping[str, str]]
    """Returns what is said of each thing that it lists; raises InputError where it is another file."""
    url: str | None
    """`{cycle}` is the even year that ends the two-year cycle in the file's name, `{yy}` its last digits."""


KINDS: Mapping[str, Kind] = {
    "committee_register": Kind(
        lambda path: Register.read(path).entries(),
        "https://www.fec.gov/files/bulk-downloads/{cycle}/cm{yy}.zip",
    ),
    "candidate_register": Kind(read_candidates, "https://www.fec.gov/files/bulk-downloads/{cycle}/cn{yy}.zip"),
    "government_domains": Kind(
        lambda path: GovernmentDomains.read(path).entries(),
        "https://raw.githubusercontent.com/cisagov/dotgov-data/main/current-full.csv",
    ),
    "legislators": Kind(
        lambda path: dict.fromkeys(members_of_congress(path), ""),
        "https://unitedstates.github.io/congress-legislators/legislators-current.yaml",
    ),
    "tax_register": Kind(lambda path: TaxRegister.read(path).entries(), None),
}
"""Registers by the setting that names their file."""


class Refreshed(NamedTuple):
    """What became of one register."""

    register: str
    file: Path
    source: str
    """Where it was taken from."""
    entries: int
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    """Of which something else is said than before, such as another name."""
    sha256: str


def refresh_register(
    workspace: Workspace, register: str, now: datetime, *, by: str, file: Path | None = None, takes_fewer: bool = False
) -> Refreshed:
    """Replace a register by a newer edition, and write down what changed.

    Args:
        workspace: its settings name the register's file.
        register: one of `KINDS`.
        now: the present.
        by: who does it, for the ledger.
        file: the newer edition; None: it is asked for at its publisher's, or where the settings say.
        takes_fewer: whether an edition with far fewer entries is taken all the same.

    Raises:
        UsageError: there is no such register, or no setting names its file or where to take it from.
        PeerError: it cannot be had.
        InputError: what was had is no such register, or has far fewer entries.
    """
    path = _file_of(workspace.settings, register)
    content, source = (_read(file), str(file)) if file else _downloaded(workspace.settings, register, path)
    kind = KINDS[register]
    before = kind.entries(path) if path.is_file() else {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as part:
            part.write_bytes(content)
            after = kind.entries(part)
            if len(after) < _SHRUNK * len(before) and not takes_fewer:
                raise InputError(
                    f"The new edition of {path.name} has {len(after):,} entries, and the one that is there "
                    f"{len(before):,}: half a download, or another file. Take it all the same with --takes-fewer."
                )
    except OSError as error:
        raise UsageError(f"The register {path} cannot be written: {error.strerror}.") from error
    done = _compared(Refreshed(register, path, source, len(after), (), (), (), _digest(content)), before, after)
    _note(workspace, done, now, by)
    return done


def _file_of(settings: Settings, register: str) -> Path:
    if register not in KINDS:
        raise UsageError(f"There is no register {register!r}; there are {', '.join(KINDS)}.")
    path: Path | None = getattr(settings, register)
    if path is None:
        raise UsageError(f"No file is named for this register. Name it in the setting {register}.")
    return path


def named_registers(settings: Settings) -> list[str]:
    """Return the registers whose file a setting names and for which it is known where they are had."""
    urls = settings.register_urls
    return [name for name, kind in KINDS.items() if getattr(settings, name) is not None and (kind.url or name in urls)]


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(_MOST_UNPACKED + 1)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    return _unpacked(content, str(file))


def _downloaded(settings: Settings, register: str, path: Path) -> tuple[bytes, str]:
    url = settings.register_urls.get(register) or KINDS[register].url
    if url is None:
        raise UsageError(
            f"Nobody publishes this register at one address. Give --file, or name it in register_urls.{register}."
        )
    if "{" in url:
        year = _cycle(path)
        url = url.replace("{cycle}", str(year)).replace("{yy}", f"{year % 100:02}")
    content = published_at(url, _DOWNLOAD, inside=networks_named(settings.peer_networks))
    return _unpacked(content, url), url


def _cycle(path: Path) -> int:
    found = re.search(r"(?<!\d)(?:20)?(\d\d)(?!\d)", path.stem)
    if found is None:
        raise UsageError(
            f"{path.name} does not say of which years it is. Name the file as the FEC does, such as cm26.txt."
        )
    year = 2000 + int(found[1])
    return year + year % 2


def _unpacked(content: bytes, name: str) -> bytes:
    """Return a register as its publisher packed it: the FEC's are ZIP archives of one text."""
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                texts = [info for info in archive.infolist() if info.filename.endswith(".txt")]
                if len(texts) != 1:
                    raise InputError(f"{name} is a ZIP archive of {len(texts)} texts; a register is one.")
                with archive.open(texts[0]) as member:
                    content = member.read(_MOST_UNPACKED + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise InputError(f"{name} is no ZIP archive that can be unpacked: {error}.") from error
    if len(content) > _MOST_UNPACKED:
        raise InputError(f"{name} holds more than 64 MB; a register does not.")
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _compared(done: Refreshed, before: Mapping[str, str], after: Mapping[str, str]) -> Refreshed:
    both = before.keys() & after.keys()
    return done._replace(
        added=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(key for key in both if before[key] != after[key])),
    )


def _note(workspace: Workspace, done: Refreshed, now: datetime, by: str) -> None:
    """Write beside the register where it is from, and into the ledger what changed."""
    told = {"source": done.source, "at": now.isoformat(), "sha256": done.sha256, "entries": done.entries}
    try:
        with replacing(done.file.with_name(f"{done.file.name}.source.json")) as part:
            part.write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"What is known of {done.file} cannot be written beside it: {error.strerror}.") from error
    counts = {"added": len(done.added), "gone": len(done.gone), "changed": len(done.changed)}
    entry = Entry(by, "register.refreshed", done.register, told | counts, now)
    workspace.vault.ledger.append(entry.actor, entry.event, entry.subject, entry.details, entry.at)
