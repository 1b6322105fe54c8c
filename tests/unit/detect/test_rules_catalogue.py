import polars as pl
import pytest

from watchbell.detect.rules.catalogue import RULES
from watchbell.model.actions import ACTIONS, PAIRS


def test_every_file_of_the_folder_is_a_rule_under_its_own_name() -> None:
    assert "shared" in RULES
    assert all(name == rule.name and rule.says.endswith(".") for name, rule in RULES.items())


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_keeps_nothing_of_no_pairs(name: str) -> None:
    kept = RULES[name].keep(pl.DataFrame(PAIRS.empty_table()), ACTIONS.empty_table(), 0.5)
    assert kept.dtype == pl.Boolean
    assert kept.len() == 0
