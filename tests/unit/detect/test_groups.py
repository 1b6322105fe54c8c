"""Groups: who hangs together, by how much."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa

from watchbell.detect.groups import groups_of_pairs
from watchbell.model.actions import GROUPS, PAIRS

START = datetime(2021, 6, 8, tzinfo=UTC)


def pairs(*edges: tuple[str, str, str, int]) -> pa.Table:
    rows = [
        {
            "account_a": a,
            "account_b": b,
            "by": by,
            "window_s": 60.0,
            "post_pairs": 2 * objects,
            "objects": objects,
            "first_at": START + timedelta(hours=hour),
            "last_at": START + timedelta(hours=hour + 1),
            "median_gap_s": 1.0,
        }
        for hour, (a, b, by, objects) in enumerate(edges)
    ]
    return pa.Table.from_pylist(rows, PAIRS)


def clique(names: str, objects: int = 5) -> list[tuple[str, str, str, int]]:
    return [(a, b, "link", objects) for index, a in enumerate(names) for b in names[index + 1 :]]


def members(table: pa.Table) -> list[set[str]]:
    frame = pl.DataFrame(table).group_by("group_id", maintain_order=True).agg("account_id")
    return [set(names) for names in frame["account_id"]]


def test_two_cliques_joined_by_a_thread_are_two_groups_the_larger_first() -> None:
    found = groups_of_pairs(pairs(*clique("abcd"), *clique("xyz"), ("d", "x", "link", 1)))
    assert found.schema == GROUPS
    assert members(found) == [set("abcd"), set("xyz")]


def test_the_same_members_keep_their_id_and_the_order_of_pairs_does_not_matter() -> None:
    edges = [*clique("abcd"), *clique("xyz")]
    ids = set(groups_of_pairs(pairs(*edges))["group_id"].to_pylist())
    assert ids == set(groups_of_pairs(pairs(*reversed(edges)))["group_id"].to_pylist())


def test_a_member_row_says_by_what_when_and_how_much_of_the_weight_is_its() -> None:
    found = pl.DataFrame(groups_of_pairs(pairs(("a", "b", "link", 3), ("a", "b", "hashtag", 1), ("a", "c", "link", 4))))
    rows = {row["account_id"]: row for row in found.to_dicts()}
    assert rows["a"]["by"] == ["hashtag", "link"]
    assert {name: row["score"] for name, row in rows.items()} == {"a": 1.0, "b": 0.5, "c": 0.5}
    assert (rows["b"]["first_at"], rows["b"]["last_at"]) == (START, START + timedelta(hours=2))
    assert rows["a"]["role"] is None
    assert rows["a"]["q_value"] is None


def test_no_pairs_no_groups() -> None:
    assert groups_of_pairs(PAIRS.empty_table()).equals(GROUPS.empty_table())
