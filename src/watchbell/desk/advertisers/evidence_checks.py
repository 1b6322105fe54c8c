"""Which checker looks at which kind of evidence, and what each needs beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from watchbell.ads.advertisers.evidence.address import Address, deliverable, letter_address
from watchbell.ads.advertisers.evidence.committee import committee
from watchbell.ads.advertisers.evidence.finding import for_review
from watchbell.ads.advertisers.evidence.government import GovernmentDomains, government_domain
from watchbell.ads.advertisers.evidence.licence import driver_licence
from watchbell.ads.advertisers.evidence.organisation import business_email, phone, website
from watchbell.ads.advertisers.evidence.tax_id import TaxRegister, tax_id, tax_letter
from watchbell.ads.advertisers.evidence.travel_document import (
    IDENTITY_CARD,
    PASSPORT,
    Document,
    by_picture,
    by_typed_lines,
)
from watchbell.ads.advertisers.routebook import Step
from watchbell.ads.payers.register import Register
from watchbell.desk.advertisers.senders import Way
from watchbell.errors import UsageError
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind, EvidenceVerdict, Finding


@dataclass(frozen=True, slots=True)
class Shown:
    """What an advertiser shows."""

    kind: EvidenceKind
    text: str = ""
    """A zone, a number, an id, a website, an e-mail address, or the title of a document: what the kind needs."""
    email: str = ""
    document: bytes = b""
    """A picture or a scan."""
    address: Address | None = None
    register: Register | None = None
    domains: GovernmentDomains | None = None
    tax_numbers: TaxRegister | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked for what, and when."""

    advertiser: Advertiser
    step: Step
    known: tuple[Evidence, ...]
    """What they have shown so far."""
    today: date

    @property
    def country(self) -> str:
        """Where an address or a phone must be."""
        return self.step.country or self.advertiser.jurisdiction

    @property
    def organisation(self) -> str:
        """The name that is to be shown to be theirs."""
        return self.advertiser.organisation or self.advertiser.person


WAYS = {
    EvidenceKind.LETTER: Way.POST,
    EvidenceKind.PHONE: Way.SMS,
    EvidenceKind.GOVERNMENT_DOMAIN: Way.EMAIL,
    EvidenceKind.BUSINESS_EMAIL: Way.EMAIL,
}
"""By which way the code of a kind travels. A website's is published by the advertiser."""


def check(asked: Asked, shown: Shown) -> Finding:
    """Return what evidence is worth.

    Raises:
        UsageError: the step takes no evidence of this kind, or something that the kind needs is missing.
    """
    if shown.kind not in asked.step.accepts:
        raise UsageError(f"This step takes {', '.join(asked.step.accepts)}, not {shown.kind}.")
    return _CHECKS[shown.kind](asked, shown)


def _with_zone(document: Document, asked: Asked, shown: Shown) -> Finding:
    if shown.document and not shown.text.strip():
        return by_picture(document, shown.document, asked.advertiser.person, asked.today)
    lines = _text(shown, f"a picture of the {document.name}, or the lines on it that machines read")
    return by_typed_lines(document, lines, asked.advertiser.person, asked.today)


def _licence(asked: Asked, shown: Shown) -> Finding:
    return driver_licence(_document(shown), asked.advertiser.person, asked.today)


def _paper(asked: Asked, shown: Shown) -> Finding:
    title = _text(shown, "the title of the document")
    _document(shown)
    return for_review(f"A person must look whether it shows: {asked.step.title}.", {"document": title})


def _tax_letter(asked: Asked, shown: Shown) -> Finding:
    _document(shown)
    return tax_letter(_text(shown, "the title of the letter, such as CP 575"), asked.organisation)


def _government(_asked: Asked, shown: Shown) -> Finding:
    if shown.domains is None:
        raise UsageError("A governmental host is looked up in the registry of .gov domains. Give its file.")
    return government_domain(_text(shown, "the address of the website"), shown.email, shown.domains)


def _committee(asked: Asked, shown: Shown) -> Finding:
    if shown.register is None:
        raise UsageError("A committee is looked up in the FEC's committee master. Give its file.")
    given, person = _text(shown, "the committee's id"), asked.advertiser.person
    return committee(given, asked.organisation, person, shown.register, asked.today)


def _website(asked: Asked, shown: Shown) -> Finding:
    mails = [
        one.facts["email"]
        for one in asked.known
        if one.kind is EvidenceKind.BUSINESS_EMAIL and one.verdict is EvidenceVerdict.ACCEPTED
    ]
    if not mails:
        raise UsageError("The website must be under the domain of the business e-mail. Show that one first.")
    return website(_text(shown, "the address of the website"), mails[-1])


_CHECKS: dict[EvidenceKind, Callable[[Asked, Shown], Finding]] = {
    EvidenceKind.PASSPORT: partial(_with_zone, PASSPORT),
    EvidenceKind.IDENTITY_CARD: partial(_with_zone, IDENTITY_CARD),
    EvidenceKind.US_DRIVER_LICENCE: _licence,
    EvidenceKind.DOCUMENT: _paper,
    EvidenceKind.LETTER: lambda asked, shown: letter_address(_address(shown), asked.country),
    EvidenceKind.TAX_ID: lambda asked, shown: tax_id(_text(shown, "the number"), asked.organisation, shown.tax_numbers),
    EvidenceKind.TAX_LETTER: _tax_letter,
    EvidenceKind.GOVERNMENT_DOMAIN: _government,
    EvidenceKind.COMMITTEE: _committee,
    EvidenceKind.PHONE: lambda asked, shown: phone(_text(shown, "the number"), asked.country),
    EvidenceKind.BUSINESS_EMAIL: lambda _, shown: business_email(_text(shown, "the e-mail address")),
    EvidenceKind.ADDRESS: lambda asked, shown: deliverable(_address(shown), asked.country),
    EvidenceKind.WEBSITE: _website,
}


def storable(text: str) -> str:
    """Return text that can be kept: a command line hands bytes in that are no UTF-8 as lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def _text(shown: Shown, what: str) -> str:
    if not shown.text.strip():
        raise UsageError(f"Evidence of the kind {shown.kind} needs {what}.")
    return storable(shown.text)


def _document(shown: Shown) -> bytes:
    if not shown.document:
        raise UsageError(f"Evidence of the kind {shown.kind} needs a picture or scan.")
    return shown.document


def _address(shown: Shown) -> Address:
    if shown.address is None:
        raise UsageError(f"Evidence of the kind {shown.kind} needs an address.")
    return shown.address
