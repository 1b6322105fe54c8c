"""The time. Everything inside Watchbell is an aware datetime in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time; tests and the demo bring a still one."""

    def __call__(self) -> datetime:
        """Return the present as an aware datetime in UTC."""
        ...


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def system_clock() -> datetime:
    """Return the machine's time, in UTC."""
    return datetime.now(UTC)


def utc_text(at: datetime) -> str:
    """Write a time as STIX 2.1 does (section 2.13): RFC 3339, milliseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def microseconds(at: datetime) -> int:
    """Return a moment in microseconds since 1970, exactly."""
    return (at - EPOCH) // _MICROSECOND


def moment_text(microseconds_since_1970: int) -> str:
    """Write a moment as TAXII 2.1 does (section 3.4): RFC 3339, all six digits of the second, `Z`."""
    at = EPOCH + timedelta(microseconds=microseconds_since_1970)
    return at.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
