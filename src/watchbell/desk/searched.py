"""Which indicators have been looked for already, so that new ones can be looked for alone."""

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import numpy as np

from watchbell.model.indicators import Indicator
from watchbell.vault.workspace import Workspace

_FILE = "searched.npy"


class Searched:
    """The versions of indicators that a search has looked for: eight bytes each, in the workspace's folder `runs`."""

    def __init__(self, file: Path) -> None:
        """Read `file`, which need not exist."""
        self._file = file
        self._known = np.load(file) if file.exists() else np.empty(0, np.uint64)

    @classmethod
    def of(cls, workspace: Workspace) -> "Searched":
        """Return those of a workspace."""
        return cls(workspace.runs / _FILE)

    def __contains__(self, indicator: object) -> bool:
        if not isinstance(indicator, Indicator):
            return False
        mark = _mark(indicator)
        place = np.searchsorted(self._known, mark)
        return bool(place < len(self._known) and self._known[place] == mark)

    def add(self, indicators: Iterable[Indicator]) -> None:
        """Remember indicators; the file changes only as a whole."""
        marks = np.fromiter(map(_mark, indicators), np.uint64)
        self._known = np.union1d(self._known, marks)
        part = self._file.with_name(f".{_FILE}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.save(file, self._known)
        part.replace(self._file)


def _mark(indicator: Indicator) -> np.uint64:
    version = f"{indicator.id} {indicator.modified.isoformat()}".encode()
    return np.uint64(int.from_bytes(blake2b(version, digest_size=8).digest(), "big"))
