from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest

from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.rules.catalogue import RULES
from watchbell.model.actions import ACTIONS, PAIRS

START = datetime(2021, 6, 8, tzinfo=UTC)


def two_kinds() -> pa.Table:
    """Accounts that meet on links again and again, and others on hashtags once each."""
    rows = [("link", a, f"l{i}", 600 * i + n) for i in range(6) for n, a in enumerate("abc")]
    rows += [("hashtag", a, f"h{n // 2}", n) for n, a in enumerate("dedfefgh")]
    return pa.Table.from_pylist(
        [
            {"kind": k, "account_id": a, "object_id": o, "at": START + timedelta(seconds=s), "post_id": f"p{i}"}
            for i, (k, a, o, s) in enumerate(rows)
        ],
        ACTIONS,
    )


def test_every_file_of_the_folder_is_a_rule_under_its_own_name() -> None:
    assert {"shared", "quantile", "toolkit", "tfidf", "centrality", "svn", "disparity"} <= set(RULES)
    assert all(name == rule.name and rule.says.endswith(".") for name, rule in RULES.items())


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_rule_keeps_nothing_of_no_pairs(name: str) -> None:
    kept = RULES[name].keep(pl.DataFrame(PAIRS.empty_table()), ACTIONS.empty_table(), 1.0)
    assert kept.dtype == pl.Boolean
    assert kept.len() == 0


@pytest.mark.parametrize("name", ["quantile", "toolkit", "tfidf", "centrality", "svn", "disparity"])
def test_each_kind_of_action_is_judged_by_itself_and_answers_stand_in_the_order_of_the_pairs(name: str) -> None:
    actions = two_kinds()
    pairs = pl.DataFrame(pairs_of_actions(actions, window_s=60, min_shared=1)).sample(fraction=1, shuffle=True, seed=3)
    level = {"toolkit": 2.0}.get(name, 0.5)
    together = pairs.with_columns(kept=RULES[name].keep(pairs, actions, level))
    for kind in ("link", "hashtag"):
        alone = together.filter(by=kind)
        mine = pl.DataFrame(actions).filter(kind=kind).to_arrow().cast(ACTIONS)
        assert RULES[name].keep(alone.drop("kept"), mine, level).to_list() == alone["kept"].to_list()
