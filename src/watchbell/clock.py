"""The time. Everything inside Watchbell is an aware datetime in UTC."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time; tests and the demo bring a still one."""

    def __call__(self) -> datetime:
        """Return the present as an aware datetime in UTC."""
        ...


def system_clock() -> datetime:
    """Return the machine's time, in UTC."""
    return datetime.now(UTC)


def utc_text(at: datetime) -> str:
    """Write a time as STIX 2.1 does (section 2.13): RFC 3339, milliseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
