import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.desk.investigations.investigate import Question, investigate_workspace
from watchbell.desk.investigations.names import NAMES, names_of
from watchbell.desk.investigations.networks import (
    MOST_EDGES,
    MOST_NODES,
    Member,
    Network,
    draw,
    groups_of_run,
    latest_run,
    network_of,
)
from watchbell.desk.pictures.timeline import LANES, MARKED_OBJECTS, MOST_MARKS, MOST_TICKS, lay_out, timeline_of
from watchbell.model.actions import ACTIONS
from watchbell.model.posts import POSTS
from watchbell.vault.workspace import Workspace

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def repost(account: str, target: str, seconds: float, name: str | None = None) -> dict[str, object]:
    at = NOW + timedelta(seconds=seconds)
    return {
        "platform": "twitter",
        "account_id": f"twitter:{account}",
        "post_id": f"{account}-{target}-{seconds}",
        "created_at": at,
        "repost_of": target,
        "account_name": name,
    }


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Three accounts repost two posts within two seconds; two others repost two posts ten seconds apart."""
    rows = [repost(account, target, at + 100 * n) for n, target in enumerate("pq") for at, account in enumerate("abc")]
    rows += [repost(account, target, 1_000 + 10 * at) for target in "rs" for at, account in enumerate("de")]
    rows += [repost("a", "alone", 2_000, "renamed_later"), repost("z", "p", 5_000, "late")]
    with Workspace.create(tmp_path / "workspace") as opened:
        opened.posts.add(pa.Table.from_pylist(rows, schema=POSTS))
        investigate_workspace(opened, Question(("repost",), 10, 2), NOW)
        yield opened


@pytest.fixture
def network(workspace: Workspace) -> Network:
    run = latest_run(workspace)
    assert run
    found = network_of(run, groups_of_run(run)[0].group_id)
    assert found
    return found


def test_the_largest_group_comes_first_with_its_sums(workspace: Workspace) -> None:
    run = latest_run(workspace)
    assert run
    assert (run.window_s, run.min_shared, run.by) == (10, 2, ("repost",))
    shown = [(group.accounts, group.pairs, group.post_pairs, group.by) for group in groups_of_run(run)]
    assert shown == [(3, 3, 6, ("repost",)), (2, 1, 2, ("repost",))]


def test_two_accounts_alike_by_two_traces_are_two_pairs_and_one_pair_of_accounts(workspace: Workspace) -> None:
    again = [repost(account, "p", 1) | {"links": ["https://a.example/", "https://b.example/"], "post_id": f"l{account}"}
             for account in "ab"]  # fmt: skip
    workspace.posts.add(pa.Table.from_pylist(again, schema=POSTS))
    investigate_workspace(workspace, Question(("repost", "link"), 10, 2), NOW + timedelta(days=1))
    run = latest_run(workspace)
    assert run
    first = groups_of_run(run)[0]
    assert (first.accounts, first.ties, first.pairs) == (3, 3, 4)
    network = network_of(run, first.group_id)
    assert network
    assert len(network.pair_rows) == first.pairs


def test_a_run_that_was_not_finished_is_passed_over(workspace: Workspace) -> None:
    workspace.vault.runs.put("run-half", NOW + timedelta(days=1), {})
    (workspace.runs / "run-half").mkdir()
    run = latest_run(workspace)
    assert run
    assert run.run_id != "run-half"


def test_a_network_counts_only_pairs_inside_it(network: Network) -> None:
    assert {member.account_id for member in network.members} == {"twitter:a", "twitter:b", "twitter:c"}
    assert {member.pairs for member in network.members} == {2}
    assert [(pair.account_a, pair.account_b, pair.median_gap_s) for pair in network.pair_rows] == [
        ("twitter:a", "twitter:b", 1.0),
        ("twitter:a", "twitter:c", 2.0),
        ("twitter:b", "twitter:c", 1.0),
    ]
    assert network.rare_pairs + network.unjudged_pairs <= network.group.pairs


def test_there_is_no_network_of_an_unknown_name(workspace: Workspace) -> None:
    run = latest_run(workspace)
    assert run
    assert network_of(run, "group-none") is None


def test_an_account_has_the_name_it_had_last_and_is_looked_up_where_the_run_did_not(workspace: Workspace) -> None:
    run = latest_run(workspace)
    assert run
    asked, known = ["twitter:a", "twitter:b"], {"twitter:a": "renamed_later"}
    assert names_of(workspace, asked, run.folder) == known
    (run.folder / NAMES).unlink()
    assert names_of(workspace, asked, run.folder) == known


def test_the_timeline_shows_shared_things_only(network: Network) -> None:
    timeline = timeline_of(network)
    assert timeline
    assert [(thing.accounts, thing.spread.total_seconds()) for thing in timeline.objects] == [(3, 2.0), (3, 2.0)]
    assert len(timeline.marks) == 6
    assert (timeline.shared, timeline.not_drawn) == (2, 0)
    places = sorted(mark.x for mark in timeline.marks)
    assert (places[0], places[-1]) == (0, 1)


def test_the_timeline_of_one_thing_spans_that_thing(network: Network) -> None:
    whole = timeline_of(network)
    assert whole
    one = timeline_of(network, whole.objects[0].object_id)
    assert one
    assert sorted(mark.x for mark in one.marks) == [0, 0.5, 1]
    assert timeline_of(network, "nothing") is None


def actions(seconds: list[float]) -> pl.DataFrame:
    rows = [
        {"kind": "link", "account_id": f"a{n}", "object_id": "x", "at": NOW + timedelta(seconds=at), "post_id": None}
        for n, at in enumerate(seconds)
    ]
    frame = pl.from_arrow(pa.Table.from_pylist(rows, schema=ACTIONS))
    assert isinstance(frame, pl.DataFrame)
    return frame


@given(st.lists(st.floats(min_value=0, max_value=3e8), min_size=2, max_size=30))
def test_marks_and_ticks_stay_inside_the_picture(seconds: list[float]) -> None:
    table = actions(seconds)
    timeline = lay_out(table, sorted(set(table["account_id"])))
    assert timeline
    assert len(timeline.lanes) <= LANES
    assert 1 <= len(timeline.ticks) <= MOST_TICKS + 1
    assert all(0 <= x <= 1 for x in [mark.x for mark in timeline.marks] + [tick.x for tick in timeline.ticks])
    assert len(timeline.marks) + timeline.not_drawn == len(seconds)


def test_a_crowded_timeline_keeps_the_marks_of_what_most_accounts_share() -> None:
    crowd = pl.concat(
        [actions([0, 5, 9]).with_columns(object_id=pl.lit("shared by three"))]
        + [actions([n, n + 1]).with_columns(object_id=pl.lit(f"shared by two {n}")) for n in range(MOST_MARKS)]
    )
    timeline = lay_out(crowd, ["a0", "a1", "a2"])
    assert timeline
    assert (len(timeline.marks), timeline.not_drawn) == (MOST_MARKS, MOST_MARKS + 3)
    assert [mark.rank for mark in timeline.marks].count(0) == 3
    assert timeline.marks[-1].rank == MARKED_OBJECTS - 1


def test_ticks_are_round_times() -> None:
    timeline = lay_out(actions([0, 95 * 60]), ["a0", "a1"])
    assert timeline
    assert [tick.label for tick in timeline.ticks] == [
        "3 Nov 09:30",
        "3 Nov 10:00",
        "3 Nov 10:30",
        "3 Nov 11:00",
    ]


def ring(size: int) -> tuple[tuple[Member, ...], pl.DataFrame]:
    names = [f"a{n:04}" for n in range(size)]
    members = tuple(Member(name, None, None, None, 1 / size, None, NOW, NOW, 2) for name in names)
    pairs = pl.DataFrame(
        {"account_a": names, "account_b": [*names[1:], names[0]], "post_pairs": range(1, size + 1)},
        schema_overrides={"post_pairs": pl.Int64},
    )
    return members, pairs


def test_the_same_group_gives_the_same_picture() -> None:
    assert draw(*ring(40)) == draw(*ring(40))


def test_accounts_that_act_alike_stand_closer_than_those_that_do_not() -> None:
    picture = draw(*ring(20))
    places = [(node.x, node.y) for node in picture.nodes]
    beside = [math.dist(places[n], places[(n + 1) % 20]) for n in range(20)]
    across = [math.dist(places[n], places[(n + 10) % 20]) for n in range(20)]
    assert max(beside) < min(across)


def test_a_huge_group_is_drawn_in_part() -> None:
    picture = draw(*ring(MOST_NODES + 100))
    assert len(picture.nodes) == MOST_NODES
    assert len(picture.edges) == MOST_NODES - 1 <= MOST_EDGES


@pytest.mark.parametrize("size", [1, 2])
def test_a_tiny_group_has_a_picture(size: int) -> None:
    members, pairs = ring(2)
    picture = draw(members[:size], pairs)
    assert all(0 <= node.x <= 1 and 0 <= node.y <= 1 for node in picture.nodes)
