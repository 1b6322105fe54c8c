"""Folders of a MISP feed: `manifest.json`, a file for each event, and `hashes.csv`. In from a folder, out as texts."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from watchbell.errors import InputError
from watchbell.exchange import misp
from watchbell.exchange.misp_writing import Sharing, events_of
from watchbell.exchange.published import Publication, Published
from watchbell.files import Reject, read_rows
from watchbell.model.indicators import Indicator

MANIFEST = "manifest.json"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_IN_MANIFEST = ("Orgc", "Tag", "info", "date", "analysis", "threat_level_id", "timestamp")


def read_folder(folder: Path, publication: Publication) -> Iterator[Published]:
    """Yield what the events of a feed's folder hold, those that the manifest lists.

    An event that the manifest names and the folder lacks, or that cannot be read, is a Reject; so is a name that is no
    UUID, for it could be a way out of the folder.

    Raises:
        InputError: the folder has no manifest that can be read.
    """
    for name in _listed(folder):
        path = folder / f"{name}.json"
        if not _UUID.fullmatch(name):
            yield Reject(
                str(folder / MANIFEST), None, name[:60], "The name of the event is no UUID, so it is not read."
            )
            continue
        try:
            yield from misp.indicators_of_rows(read_rows(path, spread=("response",)), publication)
        except InputError as error:
            yield Reject(str(path), None, None, f"The manifest names this event. {error}")


def files_of(indicators: Iterable[Indicator], sharing: Sharing) -> dict[str, str]:
    """Return the files of a feed, name → text, the manifest last: who writes them in order never shows half a feed."""
    events = events_of(indicators, sharing)
    files = {f"{event['uuid']}.json": json.dumps({"Event": event}, ensure_ascii=False, indent=1) for event in events}
    hashes = (f"{digest},{event['uuid']}" for event in events for digest in _hashes(event))
    manifest = {event["uuid"]: {name: event[name] for name in _IN_MANIFEST} for event in events}
    files["hashes.csv"] = "".join(f"{line}\n" for line in hashes)
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1)
    return files


def _listed(folder: Path) -> list[str]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"{folder} is a folder without a readable {MANIFEST}, so it is no MISP feed: {error.strerror or error}."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no JSON: {error}.") from error
    if not isinstance(manifest, dict):
        raise InputError(f"{path} is no manifest of a MISP feed, which is an object of events by UUID.")
    return [str(name) for name in manifest]


def _hashes(event: Mapping[str, Any]) -> Iterator[str]:
    """Yield the MD5 of each value, by which MISP looks a value up in a feed without fetching its events."""
    attributes = [*event["Attribute"], *(held for part in event["Object"] for held in part["Attribute"])]
    for attribute in attributes:
        yield hashlib.md5(attribute["value"].encode(), usedforsecurity=False).hexdigest()
