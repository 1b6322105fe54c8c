"""Registrations: what a government's register says of those who may pay for political ads."""

from datetime import date

from watchbell.model.record import Record


class Registration(Record):
    """One entry of a public register, such as a committee in the FEC's committee master file."""

    registry: str
    """Which register, and its edition: `FEC committee master 2016`."""
    id: str
    name: str
    covers_from: date
    """First day for which this edition can say that an id does not exist."""
    covers_until: date
