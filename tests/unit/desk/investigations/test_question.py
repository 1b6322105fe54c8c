"""Lengths of time as people write them."""

import pytest

from watchbell.desk.investigations.question import seconds
from watchbell.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [("60", 60), ("60s", 60), ("250ms", 0.25), ("1.5m", 90), ("5 min", 300), ("1h", 3600), ("2D", 172_800)],
)
def test_lengths_of_time(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "soon", "-1s", "1y", "1s2"])
def test_what_is_no_length_of_time_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="no length of time"):
        seconds(text)
