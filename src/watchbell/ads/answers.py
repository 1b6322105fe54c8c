"""The lines that `watchbell ads review` reads and writes: a lenient record in, a decision out."""

from collections.abc import Mapping
from typing import Any

from watchbell.ads.readers import lines
from watchbell.ads.readers.fields import FieldError, id_text
from watchbell.files import Row
from watchbell.model.ads import Ad, AdDecision


def ad_of_record(row: Row) -> tuple[Ad, tuple[str, ...]]:
    """Return the ad of a record of which only `id` and `text` must be sound, and its fields that cannot be read.

    Other fields are used where they can be read (`payer`, `disclaimer`, `registration_id`, `media` … as in
    `ads/readers/lines.py`) and passed over where not; an import sets such a record aside.

    Raises:
        FieldError: there is no id, no text and no picture, or one of them is no text.
    """
    id_text(row.values.get("id"), "id")
    values = {name: value for name, value in row.values.items() if name in lines.KNOWN and name != "source"}
    if not values.keys() & {"text", "media"}:
        raise FieldError(
            "text", "`text` is missing; each ad needs its words, or `media` with the names of its pictures."
        )
    return _read_without_what_fails(values, row.number)


def _read_without_what_fails(values: dict[str, Any], number: int) -> tuple[Ad, tuple[str, ...]]:
    unread: tuple[str, ...] = ()
    while True:
        try:
            return lines.read_ad(Row(number, values)), unread
        except FieldError as error:
            if error.field in {"id", "text"}:
                raise
            values = {name: value for name, value in values.items() if name not in _belonging(error.field)}
            unread += (error.field,)


def _belonging(field: str) -> set[str]:
    """Return the fields that fall together: a sum is nothing without its currency."""
    return {"spend", "currency"} if field in {"spend", "currency"} else {field}


def answer_of(decision: AdDecision, given: Mapping[str, Any], unread: tuple[str, ...]) -> dict[str, Any]:
    """Return the line that answers a record; its `id` is echoed as it came in, and what was not read is named."""
    told = {
        "id": given["id"],
        "decision": decision.verdict.value,
        "political": decision.political,
        "political_probability": decision.political_probability,
        "policies": [finding.model_dump(mode="json") for finding in decision.policies],
        "disclaimer": decision.disclaimer.model_dump(mode="json"),
    }
    return told | {"unread": list(unread)} if unread else told
