"""The forms in which ads leave for those who read other libraries' files: how one is told, and what stands around."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from watchbell.ads.library import document
from watchbell.ads.readers.sources import READERS
from watchbell.ads.writers import google, meta_report, snap, standard
from watchbell.files import Row
from watchbell.model.ads import Ad, AdDecision

META_API, META_REPORT = "meta-api", meta_report.SOURCE


@dataclass(frozen=True, slots=True)
class Form:
    """A form of another library's files."""

    name: str
    """As the reader of the same form is called."""
    told: Callable[[Ad, AdDecision | None], Mapping[str, Any]]
    """What is written of one ad."""
    columns: tuple[str, ...] = ()
    """Of a CSV; none: one JSON document for all ads."""
    around: tuple[str, str] = ("[", "]")
    """What stands around the ads of a JSON document."""
    complete: bool = False
    """It has a place for everything: for tombstones, for sums, for ads that are not political."""

    def differing(self, ad: Ad, written: Mapping[str, Any]) -> Iterable[str]:
        """Return the fields in which the ad, read back from what is written, is another than it was."""
        back = READERS[self.name](Row(1, dict(written)))
        return [name for name in Ad.model_fields if getattr(back, name) != getattr(ad, name)]


def forms(page_of: Callable[[str], str]) -> dict[str, Form]:
    """Return the forms by name; that of Meta's report needs a currency, so `report_form` makes it.

    Args:
        page_of: the address of an ad's page in this library, by the ad's id.
    """
    return {
        META_API: Form(
            META_API,
            lambda ad, decision: document(ad, decision, page_address=page_of(ad.id)),
            around=('{"data": [', "]}"),
            complete=True,
        ),
        "google": Form("google", lambda ad, _: google.row(ad), google.COLUMNS),
        "snap": Form("snap", lambda ad, _: snap.row(ad), snap.COLUMNS),
        "standard": Form("standard", standard.document),
    }


def report_form(currency: str) -> Form:
    """Return the form of Meta's report in a currency."""
    return Form(META_REPORT, lambda ad, _: meta_report.row(ad), meta_report.columns(currency))
