"""How much memory there is, how much is taken, and how people write it."""

import os
import re
import resource
import sys
from pathlib import Path

from watchbell.errors import UsageError

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_STATM = Path("/proc/self/statm")
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def usual() -> int:
    """Return half the memory of this machine, or of the container that this process is in, in bytes."""
    of_machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = [Path(place).read_text("ascii").strip() for place in _LIMITS if Path(place).exists()]
    return min([of_machine, *(int(limit) for limit in limits if limit.isdecimal())]) // 2


def in_use() -> int:
    """Return what this process has in memory, in bytes; where the system does not say it, the most that it ever had."""
    if _STATM.exists():
        return int(_STATM.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def amount(text: str) -> int:
    """Read an amount of memory such as `4GiB`, `500MB` or `3G` (10^9), in bytes.

    Raises:
        UsageError: it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?", text.strip().lower())
    if found is None or found[2] not in _UNITS:
        raise UsageError(f"{text!r} is no amount of memory. Write it as 4GiB or 500MB.")
    return int(float(found[1]) * _UNITS[found[2]])
