"""Which column of a table of indicators is which, by its name or, where names do not tell, by what stands in it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

# Names of columns as `plain_name` makes them: Meta's own of all years, slips included, then those of other publishers
# and languages that hand the same tables on.
_VALUE_ALONE = (
    "indicator value|indicator|indicators|ioc|iocs|ioc value|indicator of compromise|threat indicator|observable|"
    "defanged indicator|indicateur|indicador|indikator|индикатор|指标"
)
_COLUMNS = {
    "value": f"{_VALUE_ALONE}|value|artifact|artefact|valeur|valor|wert|значение|值",
    "type": "indicator type|type of indicator|ioc type|type|kind|category|observable type|threat type|tipo|typ|тип|"
    "类型",
    "comment": "comment|comments|commernts|note|notes|description|details|context|remarks|translation|commentaire|"
    "commentaires|comentario|comentarios|kommentar|комментарий|备注",
    "procedure": "procedure|procedures|sub technique|ttp|procédure|procedimiento",
    "technique": "technique|techniques|técnica",
    "tactic": "tactic|tactics|phase|kill chain phase|tactique|táctica|taktik",
    "day": "ds|date|day|published|date added|first seen|fecha|datum|дата|日期",
}
_SPELLINGS = {column: tuple(names.split("|")) for column, names in _COLUMNS.items()}
_DEFANGED = re.compile(r"hxxp|\[\.\]|\(\.\)|\[dot\]|\[at\]|\[:\]", re.IGNORECASE)
# A column of a table whose names say nothing holds indicators if this share of its filled cells is defanged: nobody
# defangs the links of posts.
_LEAST_DEFANGED = 0.5


class Columns(NamedTuple):
    """Which of a file's columns is which; None where it has no such column."""

    value: str
    type: str | None
    comment: str | None
    procedure: str | None
    technique: str | None
    tactic: str | None
    day: str | None


def recognise(names: Iterable[str]) -> Columns | None:
    """Return the columns of a table of indicators by their names, or None where the names are not those of one.

    A column named as indicators are suffices; one named only `value` needs another that tells kind or procedure.
    """
    known = {plain_name(str(name)): name for name in names}
    found = {
        column: next((known[spelling] for spelling in spellings if spelling in known), None)
        for column, spellings in _SPELLINGS.items()
    }
    if found["value"] is None:
        return None
    alone = plain_name(str(found["value"])) in _VALUE_ALONE.split("|")
    return Columns(**found) if alone or found["type"] or found["procedure"] else None  # type: ignore[arg-type]  # value


def are_metas(names: Iterable[str]) -> bool:
    """Tell whether a table's columns are named as Meta names them, so that its file counts as one Meta published."""
    known = {plain_name(str(name)) for name in names}
    return {"indicator type", "indicator value"} <= known or {"procedure", "indicator"} <= known


def recognise_by_cells(rows: Sequence[Mapping[str, Any]]) -> Columns | None:
    """Return the columns of a table by what its first rows hold: that of the defanged values, and those named."""
    shares = {name: _defanged_share([row.get(name) for row in rows]) for name in (rows[0] if rows else ())}
    best = max(shares, key=lambda name: shares[name], default=None)
    if best is None or shares[best] < _LEAST_DEFANGED:
        return None
    known = {plain_name(str(name)): name for name in shares if name != best}
    found = {
        column: next((known[spelling] for spelling in spellings if spelling in known), None)
        for column, spellings in _SPELLINGS.items()
    }
    return Columns(**found | {"value": best})  # type: ignore[arg-type]


def plain_name(name: str) -> str:
    """Return a column's name or a kind's as it is compared: `Indicator_Value (defanged)` → `indicator value`."""
    without = re.sub(r"\([^)]*\)|[\u200b\ufeff]", "", name)
    return re.sub(r"[\W_]+", " ", without).strip().lower()


def _defanged_share(cells: Sequence[Any]) -> float:
    filled = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    return sum(bool(_DEFANGED.search(cell)) for cell in filled) / len(filled) if filled else 0.0
