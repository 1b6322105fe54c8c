"""Rules from papers, against their formulas worked out apart and what peers make of real data."""

import math
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import comb
from pathlib import Path
from statistics import mean

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.rules import centrality, disparity, svn, tfidf
from watchbell.model.actions import ACTIONS
from watchbell.sources.action_table import ActionColumns, read_actions

START = datetime(2021, 6, 8, tzinfo=UTC)
COLUMNS = ActionColumns("account_id", "object_id", "timestamp_share", "content_id")


def holding(**objects: str) -> pa.Table:
    """Accounts and the objects each shares, all at one time."""
    rows = [(account, held) for account, every in objects.items() for held in every]
    return pa.Table.from_pylist(
        [
            {"kind": "link", "account_id": a, "object_id": o, "at": START + timedelta(seconds=1), "post_id": a + o}
            for a, o in rows
        ],
        ACTIONS,
    )


def pairs_of(actions: pa.Table) -> pl.DataFrame:
    return pl.DataFrame(pairs_of_actions(actions, window_s=60, min_shared=1))


def ends(*edges: str) -> pl.DataFrame:
    return pl.DataFrame({"account_a": [edge[0] for edge in edges], "account_b": [edge[1] for edge in edges]})


def weighted(**edges: int) -> pl.DataFrame:
    return ends(*edges).with_columns(post_pairs=pl.Series(list(edges.values())))


@pytest.fixture(scope="module")
def retweets(shared_data: Path) -> pa.Table:
    return read_actions(shared_data / "posts" / "russian_coord_tweets.parquet", COLUMNS, "repost")[0]


# TF-IDF


@pytest.mark.shared
def test_cosines_are_those_of_scikit_learn(retweets: pa.Table) -> None:
    """scikit-learn 1.9.1: TfidfTransformer over the binary matrix, objects with two holders or more."""
    found = tfidf.cosines(pairs_of(retweets), pl.DataFrame(retweets)).to_numpy()
    assert found.sum() == pytest.approx(1602.7741903505248, abs=1e-8)
    assert found.min() == pytest.approx(0.007846726917616306, abs=1e-12)
    assert np.quantile(found, 0.9) == pytest.approx(0.6318283869663527, abs=1e-12)
    assert tfidf.keep(pairs_of(retweets), retweets, 0.995).sum() == 484


def test_a_shared_rare_object_ties_closer_than_a_shared_common_one() -> None:
    actions = holding(a="rq", b="rs", c="qs", d="qs", e="qs")
    kept = pairs_of(actions).with_columns(cosine=tfidf.cosines(pairs_of(actions), pl.DataFrame(actions)))
    cosine = {(a, b): value for a, b, value in kept.select("account_a", "account_b", "cosine").iter_rows()}
    rare, common = math.log(6 / 3) + 1, math.log(6 / 5) + 1
    assert cosine["a", "b"] == pytest.approx(rare**2 / (rare**2 + common**2))
    assert cosine["c", "d"] == pytest.approx(1)
    assert cosine["a", "c"] == pytest.approx(common / math.hypot(rare, common) / math.sqrt(2))


# Centrality


@pytest.mark.shared
def test_centralities_are_those_of_networkx(retweets: pa.Table) -> None:
    """networkx 3.6.1, eigenvector_centrality_numpy, scaled to the highest."""
    top = centrality.centralities(pairs_of(retweets))["centrality"].sort(descending=True)
    assert top.head(5).to_list() == pytest.approx([1.0, 0.97346, 0.894786, 0.837875, 0.832173], abs=2e-6)


def test_pruning_leaves_the_core_and_nothing_of_the_groups_apart() -> None:
    core = [a + b for i, a in enumerate("abcde") for b in "abcde"[i + 1 :]]
    pairs = ends(*core, "ef", "xy").with_columns(by=pl.lit("link"), window_s=60.0)
    kept = pairs.filter(centrality.keep(pairs, ACTIONS.empty_table(), 0.3))
    assert set(kept.select("account_a", "account_b").iter_rows()) == {(edge[0], edge[1]) for edge in core}
    everything = pairs.filter(centrality.keep(pairs, ACTIONS.empty_table(), 0.0))
    assert ("x", "y") not in set(everything.select("account_a", "account_b").iter_rows())


# Disparity filter


def test_alpha_is_the_chance_that_a_piece_of_a_broken_stick_is_as_large() -> None:
    """Drawn instead of worked out: k uniform pieces of a stick, and how often the first is at least w/s."""
    pairs = weighted(ab=6, ac=2, ad=1, ae=1)
    chance = np.random.default_rng(1).dirichlet(np.ones(4), 200_000)[:, 0]
    drawn = [np.mean(chance >= share) for share in (0.6, 0.2, 0.1, 0.1)]
    assert disparity.alphas(pairs).to_list() == pytest.approx(drawn, abs=0.005)


def test_a_pair_is_kept_for_either_end_and_two_accounts_alone_never_are() -> None:
    pairs = weighted(ab=60, ac=1, ad=1, ae=1, bg=60, bh=60, bi=60, xy=1_000).with_columns(
        by=pl.lit("link"), window_s=60.0
    )
    kept = pairs.filter(disparity.keep(pairs, ACTIONS.empty_table(), 0.05))
    assert kept.select(pl.concat_str("account_a", "account_b")).to_series().to_list() == ["ab"]


# Statistically validated networks


@pytest.mark.shared
def test_p_values_are_those_of_scipy(retweets: pa.Table) -> None:
    """SciPy 1.17.1: hypergeom.sf in each subsystem of objects with equally many holders."""
    tested, tests = svn.p_values(pairs_of(retweets), pl.DataFrame(retweets))
    assert (tested.height, tests) == (9_066, 4_816_898)
    assert tested["p_value"].log().sum() == pytest.approx(-5195.890668626442, rel=1e-12)
    assert tested["p_value"].min() == pytest.approx(6.115788131801405e-05, rel=1e-12)


@given(st.data())
def test_the_tail_equals_the_sum_in_whole_numbers(data: st.DataObject) -> None:
    objects = data.draw(st.integers(1, 300))
    of_a, of_b = (data.draw(st.integers(1, objects)) for _ in range(2))
    shared = data.draw(st.integers(max(1, of_a + of_b - objects), min(of_a, of_b)))
    terms = range(shared, min(of_a, of_b) + 1)
    exact = Fraction(sum(comb(of_a, x) * comb(objects - of_a, of_b - x) for x in terms), comb(objects, of_b))
    numbers = (np.array([number]) for number in (shared, objects, of_a, of_b))
    assert svn.hypergeometric_tail(*numbers)[0] == pytest.approx(float(exact), rel=1e-9)


def test_a_tail_far_below_the_mode_is_one_and_far_above_is_tiny() -> None:
    objects, of_a, of_b = (np.full(2, number) for number in (1_000_000, 20_000, 20_000))
    low, high = svn.hypergeometric_tail(np.array([1, 5_000]), objects, of_a, of_b)
    assert low == 1
    assert high == 0


def test_benjamini_hochberg_counts_the_tests_that_were_not_seen() -> None:
    p = np.array([0.0004, 0.03, 0.0009])
    assert svn.rejected(p, tests=100, level=0.05).tolist() == [True, False, True]
    assert svn.rejected(p, tests=3, level=0.05).tolist() == [True, True, True]
    assert svn.rejected(p, tests=10_000, level=0.05).tolist() == [False, False, False]


def test_in_random_worlds_false_links_stay_at_the_rate_and_a_planted_pair_is_found() -> None:
    chance = np.random.default_rng(7)
    false = []
    for _ in range(20):
        shares = {f"u{i}": {f"o{o}" for o in chance.choice(400, 20, replace=False)} for i in range(40)}
        shares["v1"] = shares["v2"] = {f"o{o}" for o in chance.choice(400, 20, replace=False)}
        rows = [(account, held) for account, every in shares.items() for held in every]
        actions = pa.Table.from_pylist(
            [{"kind": "link", "account_id": a, "object_id": o, "at": START, "post_id": a + o} for a, o in rows],
            ACTIONS,
        )
        pairs = pairs_of(actions)
        kept = set(pairs.filter(svn.keep(pairs, actions, 0.05)).select("account_a", "account_b").iter_rows())
        assert ("v1", "v2") in kept
        false.append(len(kept) > 1)
    assert mean(false) <= 0.1
