"""What an advertiser fills in, as data: the fields of each kind of evidence, and of each jurisdiction's disclaimer."""

from collections.abc import Mapping
from typing import NamedTuple

from watchbell.ads.advertisers.evidence.address import Address
from watchbell.ads.advertisers.routebook import Step
from watchbell.ads.payers.statements import Authority, Statement
from watchbell.desk.advertisers.evidence_checks import Shown
from watchbell.errors import UsageError
from watchbell.model.advertisers import Advertiser, EvidenceKind
from watchbell.web.advertiser.pages import Problems


class Field(NamedTuple):
    """One field of a form."""

    name: str
    label: str
    hint: str = ""
    type: str = "text"
    """Of HTML's input, or `lines` for a box of several lines."""
    needed: bool = True
    autocomplete: str = "off"


class Told(NamedTuple):
    """A form as it came in."""

    words: Mapping[str, str]
    document: bytes = b""


_PICTURE = Field(
    "document", "Picture or scan", "Up to 20 MB. It is encrypted, and seen only by who must decide.", "file"
)
_ADDRESS = (
    Field("street", "Street and house number", autocomplete="address-line1"),
    Field("city", "City", autocomplete="address-level2"),
    Field(
        "region",
        "State or province",
        "Where the country's post asks for it.",
        needed=False,
        autocomplete="address-level1",
    ),
    Field("postal_code", "Postal code", needed=False, autocomplete="postal-code"),
)

EVIDENCE_FORMS: dict[EvidenceKind, tuple[Field, ...]] = {
    EvidenceKind.PASSPORT: (
        Field(
            "document",
            "Picture of the page with your photograph",
            "Flat and in light, both lines at its foot whole.",
            "file",
            needed=False,
        ),
        Field(
            "text",
            "Its two lines at the foot, typed, where the picture could not be read",
            "44 signs each: letters, digits and <. A person then looks at the picture.",
            "lines",
            needed=False,
        ),
    ),
    EvidenceKind.IDENTITY_CARD: (
        Field(
            "document",
            "Picture of the side with lines of capitals and <",
            "Mostly the back. Flat and in light, the lines whole.",
            "file",
            needed=False,
        ),
        Field(
            "text",
            "These lines, typed, where the picture could not be read",
            "Three lines of 30 signs, or two of 36: letters, digits and <. A person then looks at the picture.",
            "lines",
            needed=False,
        ),
    ),
    EvidenceKind.US_DRIVER_LICENCE: (
        Field("document", "Picture of the card's back", "Flat and in light, the bar code whole.", "file"),
    ),
    EvidenceKind.DOCUMENT: (Field("text", "What it is", "Such as: extract of the register of associations."), _PICTURE),
    EvidenceKind.LETTER: _ADDRESS,
    EvidenceKind.TAX_ID: (Field("text", "Employer identification number", "Nine digits, such as 91-1144442."),),
    EvidenceKind.TAX_LETTER: (
        Field("text", "Title of the letter", "Such as CP 575 or 147C; not a form W-9."),
        _PICTURE,
    ),
    EvidenceKind.GOVERNMENT_DOMAIN: (
        Field("text", "Website", "Under .gov or .mil.", "url"),
        Field("email", "E-mail address on the same host", "A code goes there.", "email", autocomplete="email"),
    ),
    EvidenceKind.COMMITTEE: (Field("text", "Id at the FEC", "Such as C00575795."),),
    EvidenceKind.PHONE: (
        Field("text", "Mobile phone number", "A code goes there as a text message.", "tel", autocomplete="tel"),
    ),
    EvidenceKind.BUSINESS_EMAIL: (
        Field(
            "text",
            "E-mail address under the organisation's own domain",
            "A code goes there.",
            "email",
            autocomplete="email",
        ),
    ),
    EvidenceKind.ADDRESS: _ADDRESS,
    EvidenceKind.WEBSITE: (
        Field("text", "Website", "Under the domain of the business e-mail; you publish a code there.", "url"),
    ),
}

DISCLAIMER_FORMS: dict[str, tuple[Field, ...]] = {
    "US": (
        Field("candidate", "Candidate or committee that authorised it, and did not pay", needed=False),
        Field(
            "contact",
            "Street address, telephone number or website",
            "Needed where no candidate authorised it (11 CFR 110.11(b)(3)).",
            needed=False,
        ),
        Field(
            "room",
            "Characters that the ad holds",
            "Tells which form it bears: the short one where the whole would take more than a quarter.",
            needed=False,
        ),
    ),
    "GB": (
        Field("contact", "Postal address of the promoter"),
        Field("behind_contact", "Postal address of whom they act for", "Where it is another one.", needed=False),
    ),
    "EU": (Field("behind", "Who ultimately controls the sponsor", needed=False),),
    "CA": (Field("contact", "Telephone and address; third parties only", needed=False),),
}
"""Of jurisdictions for which disclaimers can be composed."""


def lacking(fields: tuple[Field, ...], told: Told) -> Problems:
    """Return which fields must be filled in and are not."""
    filled = _filled(told)
    return {
        field.name: "Choose a file." if field.type == "file" else "Fill this in."
        for field in fields
        if field.needed and field.name not in filled
    }


def answered(fields: tuple[Field, ...], told: Told) -> str:
    """Return beside which field stands what came of the form: the first that was filled in."""
    filled = _filled(told)
    return next((field.name for field in fields if field.name in filled), fields[0].name)


def _filled(told: Told) -> set[str]:
    return {name for name, value in told.words.items() if value.strip()} | ({"document"} if told.document else set())


def shown_by(kind: EvidenceKind, told: Told, step: Step, advertiser: Advertiser) -> Shown:
    """Return what an advertiser shows with a form.

    Raises:
        UsageError: an address cannot be one.
    """
    words = told.words
    address = None
    if EVIDENCE_FORMS[kind] is _ADDRESS:
        parts = {field.name: words.get(field.name, "").strip() for field in _ADDRESS}
        try:
            address = Address(**parts, country=step.country or advertiser.jurisdiction)
        except ValueError as error:
            raise UsageError("A part of the address is too long.") from error
    return Shown(
        kind=kind,
        text=words.get("text", ""),
        email=words.get("email", ""),
        document=told.document,
        address=address,
    )


_NAMED = ("candidate", "contact", "behind", "behind_contact")


def statement_of(words: Mapping[str, str], advertiser: Advertiser) -> Statement:
    """Return what a disclaimer is to say, beside the name that was verified.

    Raises:
        UsageError: whether a candidate authorised the ad is none of the known answers.
    """
    given = {name: words.get(name, "").strip() or None for name in _NAMED}
    authority = words.get("authority")
    if authority and authority not in set(Authority):
        raise UsageError("Say whether a candidate authorised the ad: own, other or none (11 CFR 110.11(b)).")
    return Statement(
        jurisdiction=advertiser.jurisdiction,
        payer=advertiser.organisation or advertiser.person,
        authority=Authority(authority) if authority else None,
        language=words.get("language") or "en",
        **given,
    )
