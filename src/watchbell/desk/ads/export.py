"""Ads on their way out in other libraries' forms: which of them go, what is left out, and the file they go into."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watchbell.ads.writers import meta_report
from watchbell.ads.writers.forms import META_API, META_REPORT, Form, forms, report_form
from watchbell.errors import UsageError
from watchbell.files.spreadsheet import cell
from watchbell.files.whole import replacing
from watchbell.model.ads import Ad, AdDecision
from watchbell.vault.ads import AdQuery
from watchbell.vault.vault import Vault

FORMS = ("google", META_API, META_REPORT, "snap", "standard")
"""Names of the forms, as the readers of the same files are called."""

Told = tuple[Ad, AdDecision | None]
_PAGE = 1_000
_TOMBSTONE = "they were taken out of the library, and the form has no place for a tombstone"
_MADE_UP = "they are made up, and the form has no place to say so"


@dataclass(slots=True)
class Exported:
    """What an export did."""

    ads: int = 0
    """Written; of Meta's report, its rows."""
    summed: int = 0
    """How many single ads Meta's report sums up."""
    kept_back: Counter[str] = field(default_factory=Counter)
    """How many ads are not in the file, by the reason: a sentence without its full stop."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Of how many ads a field is not in the file, or not as it was, by the field's name in `model.ads.Ad`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export."""

    form: str
    """One of `FORMS`."""
    query: AdQuery
    currency: str | None = None
    """Only ads whose spend is in this currency, ISO 4217."""


def export_ads(vault: Vault, wanted: Wanted, out: Path, page_of: Callable[[str], str]) -> Exported:
    """Write the ads that a query finds into a file of another library's form; it appears when it is complete.

    An ad whose content a removal hides is told, if at all, as the public library tells it.

    Args:
        vault: holds the ads.
        wanted: which ads, in which form.
        out: the file.
        page_of: the address of an ad's page in this library, by the ad's id.

    Raises:
        UsageError: there is no such form; or the ads do not fit into one report of Meta's.
        OSError: the file cannot be written.
    """
    done = Exported()
    found = _in_currency(_found(vault, wanted.query), wanted.currency, done)
    told: Iterable[Told]
    if wanted.form == META_REPORT:
        sums = _sums(found, done)
        form, told = report_form(_one_currency(sums)), [(one, None) for one in sums]
    else:
        form = _form(wanted.form, page_of)
        told = _fitting(found, form, done)
    with replacing(out) as part:
        write = _write_csv if form.columns else _write_json
        write(part, form, told, done)
    return done


def _form(name: str, page_of: Callable[[str], str]) -> Form:
    form = forms(page_of).get(name)
    if form is None:
        raise UsageError(f"There is no form {name!r} to export ads in; choose one of {', '.join(FORMS)}.")
    return form


def _found(vault: Vault, query: AdQuery) -> Iterator[Told]:
    cursor: str | None = None
    while True:
        page = vault.ads.search(query.model_copy(update={"limit": _PAGE, "cursor": cursor}))
        yield from page.ads
        cursor = page.next_cursor
        if cursor is None:
            return


def _in_currency(found: Iterable[Told], currency: str | None, done: Exported) -> Iterator[Told]:
    for ad, decision in found:
        if currency is None or (ad.spend is not None and ad.spend.currency == currency.upper()):
            yield ad, decision
        else:
            done.kept_back["their spend is in another currency, or not known"] += 1


def _fitting(found: Iterable[Told], form: Form, done: Exported) -> Iterator[Told]:
    """Yield the ads of which the form does not say what is not so."""
    for ad, decision in found:
        reason = None if form.complete else _unfit(ad, decision)
        if reason is None:
            yield ad, decision
        else:
            done.kept_back[reason] += 1


def _unfit(ad: Ad, decision: AdDecision | None) -> str | None:
    of_many = None if ad.sums_up is None else "they sum up ads, and the form is of single ones"
    return _untellable(ad) or of_many or _not_political(ad, decision)


def _untellable(ad: Ad) -> str | None:
    return _TOMBSTONE if ad.removed else _MADE_UP if ad.synthetic else None


def _not_political(ad: Ad, decision: AdDecision | None) -> str | None:
    political = decision.political if decision else ad.declared_political
    return None if political else "nobody takes them for political, and the form says that all in it are"


def _sums(found: Iterable[Told], done: Exported) -> list[Ad]:
    """Return the rows of Meta's report.

    Raises:
        UsageError: there are both single ads and sums, which may be of the same ads.
    """
    sums: list[Ad] = []
    of_single = meta_report.summed(_single(found, sums, done))
    done.summed = sum(one.sums_up or 0 for one in of_single)
    if done.summed and sums:
        raise UsageError(
            f"Here are {done.summed:,} single ads and {len(sums):,} sums of ads, which may be the same ones. "
            "Choose one kind by its source, such as --source meta-report."
        )
    return sums or of_single


def _single(found: Iterable[Told], sums: list[Ad], done: Exported) -> Iterator[Ad]:
    """Yield the single ads that a report can tell of, and put what sums up ads into `sums`."""
    for ad, decision in found:
        reason = _untellable(ad) or (None if ad.sums_up is not None else _not_political(ad, decision))
        reason = reason or (None if meta_report.fits(ad) else "nobody says what was spent, or at most")
        if reason:
            done.kept_back[reason] += 1
        elif ad.sums_up is None:
            yield ad
        else:
            sums.append(ad)


def _one_currency(sums: Iterable[Ad]) -> str:
    found = Counter(one.spend.currency for one in sums if one.spend)
    if len(found) > 1:
        told = ", ".join(f"{currency} ({rows:,} rows)" for currency, rows in found.most_common())
        raise UsageError(f"A report of Meta's is in one currency; these ads are in {told}. Choose one by --currency.")
    return next(iter(found), "USD")


def _write_csv(part: Path, form: Form, told: Iterable[Told], done: Exported) -> None:
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, form.columns)
        writer.writeheader()
        for ad, decision in told:
            row = {column: cell(value) for column, value in form.told(ad, decision).items()}
            writer.writerow(row)
            _note(ad, form, row, done)


def _write_json(part: Path, form: Form, told: Iterable[Told], done: Exported) -> None:
    before, after = form.around
    with part.open("w", encoding="utf-8") as file:
        file.write(before)
        for ad, decision in told:
            document = json.dumps(form.told(ad, decision), ensure_ascii=False)
            file.write((",\n " if done.ads else "\n ") + document)
            _note(ad, form, json.loads(document), done)
        file.write(f"\n{after}\n")


def _note(ad: Ad, form: Form, written: Mapping[str, object], done: Exported) -> None:
    done.ads += 1
    done.left_out.update(form.differing(ad, written))
