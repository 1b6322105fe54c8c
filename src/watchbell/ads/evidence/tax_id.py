"""A US employer identification number, and the tax office's letter about it."""

import importlib
import re
from typing import Any

from watchbell.ads.evidence.finding import accepted, for_review, refused
from watchbell.model.advertisers import Finding

# What organisations write themselves, which proves nothing: they ask for a number, or tell it to others.
_OWN_WORD = re.compile(r"\b(?:W|SS)-?\s?(?:9|4)\b|\brequest for taxpayer\b", re.IGNORECASE)


def tax_id(number: str) -> Finding:
    """Check the form of a number and that its first two digits are given out (IRS, "How EINs are assigned")."""
    ein: Any = importlib.import_module("stdnum.us.ein")
    try:
        plain = ein.validate(number)
    except ValueError:
        return refused("This is no employer identification number: nine digits, whose first two the IRS gives out.")
    facts = {"number": ein.format(plain)}
    return accepted("The number has the right form; whose it is, the tax office's letter must show.", facts)


def tax_letter(title: str, organisation: str) -> Finding:
    """Take in the tax office's letter, by the title it bears. A form W-9 is refused: it is the advertiser's word."""
    if _OWN_WORD.search(title):
        return refused("This form is the organisation's own word. Send the IRS's letter CP 575 or 147C.")
    reason = f"A person must see that the letter is the tax office's, and names {organisation} and the number."
    return for_review(reason, {"letter": title})
