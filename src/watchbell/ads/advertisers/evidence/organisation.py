"""What a small organisation can show: a phone, a business e-mail, and a website under the same domain."""

import importlib
from typing import Any
from urllib.parse import urlsplit

from watchbell.ads.advertisers.evidence.finding import awaits_code, refused
from watchbell.model.addresses import canonical_host, registrable_domain
from watchbell.model.advertisers import Finding

# Anyone can open an address there, so that it says nothing of an organisation.
_FREE_MAIL_HOSTS = """
aol.com bluewin.ch duck.com fastmail.com free.fr gmail.com gmx.at gmx.com gmx.de gmx.net googlemail.com hey.com
hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr icloud.com inbox.com inbox.ru laposte.net libero.it
live.com mac.com mail.com mail.ru me.com msn.com naver.com orange.fr outlook.com outlook.de outlook.es outlook.fr
pm.me posteo.de proton.me protonmail.com qq.com rediffmail.com rocketmail.com seznam.cz t-online.de tutanota.com
tuta.io virgilio.it web.de wp.pl yahoo.co.uk yahoo.com yahoo.de yahoo.es yahoo.fr yandex.com yandex.ru ymail.com
zoho.com 126.com 163.com
"""
_FREE_MAIL = frozenset(_FREE_MAIL_HOSTS.split())


def phone(number: str, country: str) -> Finding:
    """Check that a number can exist in a country (ITU-T E.164, Google's numbering plans) and may receive a code."""
    library: Any = importlib.import_module("phonenumbers")
    try:
        parsed = library.parse(number, country)
    except library.NumberParseException:
        return refused(f"{number!r} is no telephone number.")
    if not library.is_valid_number(parsed):
        return refused("No such number is given out in any country.")
    if library.region_code_for_number(parsed) != country:
        return refused(f"The number must be in {country}.")
    if library.number_type(parsed) not in {
        library.PhoneNumberType.MOBILE,
        library.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }:
        return refused("No text message can be sent to a number of this kind.")
    shown = library.format_number(parsed, library.PhoneNumberFormat.E164)
    return awaits_code("A code goes to the number.", {"phone": shown})


def business_email(email: str) -> Finding:
    """Check that an address can exist (RFC 5321, 6531) and is on a domain of an organisation's own."""
    host = host_of_email(email)
    if host is None:
        return refused(f"{email!r} is no e-mail address.")
    if host in _FREE_MAIL or registrable_domain(host) in _FREE_MAIL:
        return refused(f"Anyone can have an address at {host}. Use one under the organisation's own domain.")
    return awaits_code("A code goes to the e-mail address.", {"email": email.strip(), "host": host})


def website(address: str, email: str) -> Finding:
    """Check that a website is under the domain of the business e-mail; a code published there must then show it."""
    site, mail = host_of_website(address), host_of_email(email)
    domain = registrable_domain(site) if site else None
    if site is None or domain is None:
        return refused(f"{address!r} is no address of a website.")
    if mail is None or registrable_domain(mail) != domain:
        return refused(f"The website is under {domain}, and the business e-mail is not.")
    return awaits_code("A code must be published under the domain.", {"host": site, "domain": domain})


def host_of_website(address: str) -> str | None:
    """Return the host of a website's address, without `www.`; None where it is none."""
    try:
        split = urlsplit(address if "://" in address else f"https://{address}")
        host = split.hostname
    except ValueError:
        return None
    found = canonical_host(host) if host and split.scheme in {"http", "https"} else None
    return found.removeprefix("www.") if found and "." in found else None


def host_of_email(email: str) -> str | None:
    """Return the host of an e-mail address in lower case; None where it is none."""
    checked = _checked(email)
    return None if checked is None else str(checked.ascii_domain).lower()


def mailbox(email: str) -> str | None:
    """Return an e-mail address as it is known again, in lower case; None where it is none."""
    checked = _checked(email)
    return None if checked is None else str(checked.normalized).lower()


def _checked(email: str) -> Any:
    library: Any = importlib.import_module("email_validator")
    try:
        return library.validate_email(email.strip(), check_deliverability=False)
    except library.EmailNotValidError:
        return None
