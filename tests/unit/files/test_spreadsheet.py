"""Cells that a spreadsheet shows and never runs."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.files.spreadsheet import cell, write_csv


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"),
        ("plain = 1", "plain = 1"),
        (["-a", "b"], "'-a b"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (None, ""),
        (datetime(2021, 6, 8, tzinfo=UTC), "2021-06-08T00:00:00+00:00"),
    ],
)
def test_text_that_begins_like_a_formula_is_text_and_numbers_stay_numbers(value: Any, shown: str) -> None:
    assert cell(value) == shown


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_every_row_is_read_back_as_it_was_shown(row: list[str]) -> None:
    file = io.StringIO(newline="")
    write_csv(file, [f"c{at}" for at in range(len(row))], [row])
    read = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert read[1:] == [[cell(value) for value in row]]
