"""Which indicators have been looked for already, so that new ones can be looked for alone."""

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

import numpy as np

from watchbell.files.whole import replacing
from watchbell.model.indicators import Indicator
from watchbell.vault.workspace import Workspace

_FILE = "searched.npy"


class Searched:
    """The versions of indicators that a search has looked for: eight bytes each, in the workspace's folder `runs`."""

    def __init__(self, file: Path) -> None:
        """Read `file`, which need not exist."""
        self._file = file
        self._known = np.load(file) if file.exists() else np.empty(0, np.uint64)
        self._noted = array("Q")

    @classmethod
    def of(cls, workspace: Workspace) -> "Searched":
        """Return those of a workspace."""
        return cls(workspace.runs / _FILE)

    def noting(self, indicators: Iterable[Indicator], *, new_only: bool = False) -> Iterator[Indicator]:
        """Yield the indicators, or only those that no search has looked for, and note them for `keep`."""
        for held in indicators:
            mark = _mark(held)
            if not new_only or not self._has(mark):
                self._noted.append(mark)
                yield held

    def keep(self) -> None:
        """Remember what was noted; the file changes only as a whole."""
        self._known = np.union1d(self._known, np.array(self._noted, np.uint64))
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self._file) as part, part.open("wb") as file:
            np.save(file, self._known)

    def _has(self, mark: int) -> bool:
        place = np.searchsorted(self._known, np.uint64(mark))
        return bool(place < len(self._known) and self._known[place] == mark)


def _mark(indicator: Indicator) -> int:
    version = f"{indicator.id} {indicator.modified.isoformat()}".encode()
    return int.from_bytes(blake2b(version, digest_size=8).digest(), "big")
