"""Imitations of protected names: in what is named, in lists of domains and certificates, and in posts and ads."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from watchbell.errors import UsageError
from watchbell.match.lookalikes import FLOOR, Lookalike, LookalikeIndex
from watchbell.match.protected_names import bundled_names, own_names

BUNDLED = "bundled"
_MOST_OF_LINE = 1_000_000
"""Characters of a line that are read: a certificate's names are a few thousand."""
_HOST = re.compile(r"(?:[\w-]{1,63}\.)+[\w-]{2,63}")


def lookalike_index(against: Sequence[str]) -> LookalikeIndex:
    """Return the protected names to hold against: `bundled`, and files of one's own.

    Raises:
        InputError: a file cannot be read, or a line of it is no domain.
        UsageError: there is no name at all.
    """
    lists = [bundled_names() if one == BUNDLED else own_names(Path(one)) for one in against]
    index = LookalikeIndex(chain.from_iterable(lists))
    if not index.names:
        raise UsageError(f"There is not one protected name in {', '.join(against)}.")
    return index


def lookalikes_in_lines(lines: Iterable[str], index: LookalikeIndex, *, floor: int = FLOOR) -> Iterator[Lookalike]:
    """Yield the lookalikes among the hosts that stand anywhere in lines, each host once in a line.

    So a plain list, CSV, and JSON lines of a certificate log are all read alike.
    """
    for line in lines:
        hosts = dict.fromkeys(found[0].lower() for found in _HOST.finditer(line[:_MOST_OF_LINE]))
        yield from index.in_hosts(hosts, floor=floor)
