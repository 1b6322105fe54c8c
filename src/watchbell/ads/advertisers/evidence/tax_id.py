"""A US employer identification number, and the tax office's letter about it."""

import csv
import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from watchbell.ads.advertisers.evidence.finding import accepted, for_review, refused
from watchbell.ads.advertisers.evidence.names import same_organisation
from watchbell.errors import InputError
from watchbell.model.advertisers import Finding

# What organisations write themselves, which proves nothing: they ask for a number, or tell it to others.
_OWN_WORD = re.compile(r"\b(?:W|SS)[\s\-\u2010-\u2015\u2212]*(?:9|4)\b|\brequest for taxpayer\b", re.IGNORECASE)


# The IRS's extract of all exempt organisations has 300 MB in four files.
_MOST_BYTES = 512 * 1024 * 1024


class TaxRegister:
    """Numbers and whose they are, as an operator has them; it need not be complete."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Keep names by number, nine digits."""
        self._names = names

    def __len__(self) -> int:
        return len(self._names)

    @classmethod
    def read(cls, path: Path) -> "TaxRegister":
        """Read a CSV with the columns EIN and NAME, such as the IRS's "Exempt Organizations Business Master File".

        Raises:
            InputError: the file cannot be read, or lacks a column.
        """
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise InputError(f"{path} holds more than 512 MB; give a part of it.")
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                rows = csv.DictReader(file)
                if not {"EIN", "NAME"} <= set(rows.fieldnames or ()):
                    raise InputError(f"{path.name} is no register of tax numbers: it lacks a column `EIN` or `NAME`.")
                return cls({_plain(row["EIN"] or ""): (row["NAME"] or "").strip() for row in rows})
        except (OSError, csv.Error) as error:
            raise InputError(f"The register {path} cannot be read: {error}.") from error

    def entries(self) -> dict[str, str]:
        """Return whose each number is."""
        return dict(self._names)

    def find(self, number: str) -> str | None:
        """Return whose a number is; None where the register does not know it."""
        return self._names.get(_plain(number))


def _plain(number: str) -> str:
    return number.replace("-", "").strip().zfill(9)


def tax_id(number: str, organisation: str, register: TaxRegister | None = None) -> Finding:
    """Check the form of a number, that its first two digits are given out, and whose it is where a register knows it.

    The two digits: IRS, "How EINs are assigned".
    """
    ein: Any = importlib.import_module("stdnum.us.ein")
    try:
        plain = ein.validate(number)
    except ValueError:
        return refused("This is no employer identification number: nine digits, whose first two the IRS gives out.")
    facts = {"number": ein.format(plain)}
    holder = register.find(plain) if register is not None else None
    if holder is None:
        return accepted("The number has the right form; whose it is, the tax office's letter must show.", facts)
    if not same_organisation(organisation, holder):
        return refused(f"The register of tax numbers knows this one as {holder}'s, not as {organisation}'s.")
    return accepted("The register of tax numbers has it under this name.", facts | {"register": holder})


def tax_letter(title: str, organisation: str) -> Finding:
    """Take in the tax office's letter, by the title it bears. A form W-9 is refused: it is the advertiser's word."""
    if _OWN_WORD.search(title):
        return refused("This form is the organisation's own word. Send the IRS's letter CP 575 or 147C.")
    reason = f"A person must see that the letter is the tax office's, and names {organisation} and the number."
    return for_review(reason, {"letter": title})
