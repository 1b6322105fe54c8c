"""What is told of a group, on groups whose habits are known because they are made."""

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from watchbell.detect.bursts import with_roles
from watchbell.detect.facts import GroupFacts, as_json, facts_of_groups
from watchbell.detect.groups import groups_of_pairs
from watchbell.detect.outlets import Outlet, Outlets
from watchbell.detect.pairs import pairs_of_actions
from watchbell.detect.rhythm import LEAST_PAUSES, MOST_BITS, rhythms
from watchbell.detect.seats import seats_of
from watchbell.detect.stability import stability_of
from watchbell.detect.techniques import techniques_of
from watchbell.model.actions import ACTIONS, GROUPS, PAIRS
from watchbell.model.posts import POSTS
from watchbell.sources.action_table import ActionColumns, read_actions

START = datetime(2021, 6, 8, tzinfo=UTC)
Row = tuple[str, str, str, float]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def actions(rows: Iterable[Row]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"kind": kind, "account_id": account, "object_id": thing, "at": at(second), "post_id": f"{account}/{i}"}
            for i, (kind, account, thing, second) in enumerate(rows)
        ],
        ACTIONS,
    )


def facts(acts: pa.Table, posts: pa.Table | None = None, outlets: Outlets | None = None) -> list[GroupFacts]:
    pairs = pairs_of_actions(acts, window_s=60, min_shared=1)
    groups = with_roles(groups_of_pairs(pairs), pairs, seats_of(acts))
    return facts_of_groups(groups, pairs, acts, posts, outlets)


def led(bursts: int) -> list[Row]:
    """One account opens each burst, three follow after 5, 10 and 15 seconds."""
    return [
        ("link", f"twitter:{account}", f"l{burst}", 3_600 * burst + 5 * place)
        for burst in range(bursts)
        for place, account in enumerate(("lead", "x", "y", "z"))
    ]


def test_who_opens_the_bursts_is_the_seeder_and_who_follows_amplifies() -> None:
    (group,) = facts(actions(led(12)))
    told = {member.account_id: (member.role, member.opened, member.bursts) for member in group.members}
    assert told == {
        "twitter:lead": ("seeder", 12, 12),
        "twitter:x": ("amplifier", 0, 12),
        "twitter:y": ("amplifier", 0, 12),
        "twitter:z": ("amplifier", 0, 12),
    }
    assert group.members[0].account_id == "twitter:lead"
    assert (group.bursts, group.tempo_s) == (12, 5)
    assert (group.traces, group.platforms) == (("link",), ("twitter",))
    assert (group.first_at, group.last_at) == (at(0), at(11 * 3_600 + 15))


def test_a_group_row_holds_the_role_and_its_counts() -> None:
    acts = actions(led(12))
    pairs = pairs_of_actions(acts, window_s=60, min_shared=1)
    told = pl.DataFrame(with_roles(groups_of_pairs(pairs), pairs, seats_of(acts)))
    assert told.schema == pl.DataFrame(GROUPS.empty_table()).schema
    assert set(told.select("account_id", "role", "opened", "bursts").rows()) == {
        ("twitter:lead", "seeder", 12, 12),
        ("twitter:x", "amplifier", 0, 12),
        ("twitter:y", "amplifier", 0, 12),
        ("twitter:z", "amplifier", 0, 12),
    }
    assert with_roles(GROUPS.empty_table(), pairs, []).num_rows == 0


def test_a_few_bursts_and_a_shared_first_moment_name_no_seeder() -> None:
    assert {member.role for group in facts(actions(led(4))) for member in group.members} == {None}
    together = [("link", account, f"l{burst}", 3_600.0 * burst) for burst in range(30) for account in "abc"]
    (group,) = facts(actions(together))
    assert [(member.role, member.opened) for member in group.members] == [(None, 30)] * 3


def test_an_order_left_to_chance_names_hardly_a_role() -> None:
    chance = random.Random(5)
    named = 0
    for _ in range(30):
        orders = [chance.sample("abcde", 5) for _ in range(20)]
        rows = [("link", a, f"l{i}", 3_600.0 * i + p) for i, order in enumerate(orders) for p, a in enumerate(order)]
        (group,) = facts(actions(rows))
        named += sum(member.role is not None for member in group.members)
    # 150 members at one-sided 5% each way.
    assert named <= 15


def test_an_action_alone_or_after_the_window_is_in_no_burst() -> None:
    rows = [("link", "a", "l", 0), ("link", "b", "l", 60), ("link", "a", "l", 121), ("link", "a", "m", 0)]
    (group,) = facts(actions(rows))
    assert group.bursts == 1
    assert [(thing.object_id, thing.accounts, thing.actions) for thing in group.top_objects] == [("l", 2, 2)]
    assert group.tempo_s == 60


def test_a_clock_looks_automated_a_random_poster_does_not_and_a_quiet_one_is_not_judged() -> None:
    chance = random.Random(2)
    clock = [600 * i + chance.uniform(-20, 20) for i in range(40)]
    erratic = [0.0]
    for _ in range(40):
        erratic.append(erratic[-1] + chance.expovariate(1 / 600))
    quiet = [600.0 * i for i in range(LEAST_PAUSES)]
    rows = [("clock", t) for t in clock] + [("erratic", t) for t in erratic] + [("quiet", t) for t in quiet]
    moments = pl.DataFrame({"account_id": [a for a, _ in rows], "at": [at(t) for _, t in rows]})
    bits = {
        account: value for account, _, value in rhythms(moments.sample(fraction=1, shuffle=True, seed=1)).iter_rows()
    }
    assert set(bits) == {"clock", "erratic"}
    assert bits["clock"] <= MOST_BITS < bits["erratic"]


def test_posts_at_one_moment_are_one() -> None:
    """A channel that publishes its albums picture by picture is no clock."""
    times = [3_600.0 * i**2 for i in range(30) for _ in range(10)]
    moments = pl.DataFrame({"account_id": ["a"] * 300, "at": [at(t) for t in times]})
    ((_, pauses, bits),) = rhythms(moments).rows()
    assert pauses == 29
    assert bits > MOST_BITS


def test_entropy_is_that_of_the_bins() -> None:
    """Pauses of 4 to 7 s, 8 to 15 s and 1,024 to 2,047 s, as 2 : 1 : 1, are 1.5 bits."""
    pauses = [4, 7.9, 9, 1_100] * 6
    moments = pl.DataFrame({"account_id": ["a"] * 25, "at": [at(sum(pauses[:i])) for i in range(25)]})
    assert rhythms(moments).rows() == [("a", 24, pytest.approx(1.5))]


def test_rhythm_and_languages_are_told_from_posts_where_there_are_posts() -> None:
    acts = actions(led(6))
    posts = pa.Table.from_pylist(
        [
            {
                "platform": "twitter",
                "account_id": f"twitter:{account}",
                "post_id": f"{account}{i}",
                "created_at": at(600 * i),
                "lang": "ru" if i % 3 else "en",
            }
            for account in ("lead", "x", "stranger")
            for i in range(30)
        ],
        POSTS,
    )
    (group,) = facts(acts, posts)
    assert (group.judged, group.automated) == (2, 2)
    assert [(told.lang, told.posts) for told in group.languages] == [("ru", 40), ("en", 20)]
    assert {member.account_id: member.posts for member in group.members}["twitter:lead"] == 30
    (without,) = facts(acts)
    assert (without.judged, without.languages) == (0, ())


def test_a_group_of_declared_outlets_is_told_apart_and_a_mixed_one_is_only_marked() -> None:
    agency = Outlets("1", "made up", {"twitter:lead": Outlet("Agency", "news agency")})
    (mixed,) = facts(actions(led(6)), outlets=agency)
    assert {member.account_id: member.outlet for member in mixed.members} == {
        "twitter:lead": "Agency", "twitter:x": None, "twitter:y": None, "twitter:z": None
    }  # fmt: skip
    assert not mixed.declared
    every = Outlets("1", "made up", {f"twitter:{a}": Outlet(a, "newspaper") for a in ("lead", "x", "y", "z")})
    assert facts(actions(led(6)), outlets=every)[0].declared


def test_stability_is_one_for_cliques_apart_and_less_where_chance_decides() -> None:
    clique = [
        ("link", f"{side}{n}", f"{side}-l{i}", 9_000.0 * i + n) for side in "pq" for i in range(4) for n in range(5)
    ]
    assert [group.stability.seeds for group in facts(actions(clique))] == [1, 1]
    ring = [("link", f"{(i + end) % 60:02}", f"l{i}", 9_000.0 * i) for i in range(60) for end in (0, 1)]
    pairs = pairs_of_actions(actions(ring), window_s=60, min_shared=1)
    apart = stability_of(groups_of_pairs(pairs), pairs)
    assert 0.3 < sum(apart.values()) / len(apart) < 0.95


def test_a_group_that_many_things_show_is_found_again_on_either_half_and_one_of_a_single_thing_on_one() -> None:
    many = [("link", f"p{n}", f"l{i}", 9_000.0 * i + n) for i in range(12) for n in range(5)]
    once = [("link", f"q{n}", "one", 999_000.0 + n) for n in range(5)]
    found = {group.members[0].account_id[0]: group.stability.halves for group in facts(actions([*many, *once]))}
    assert found == {"p": 1.0, "q": 0.5}


def test_the_facts_are_json() -> None:
    (told,) = as_json(facts(actions(led(6))))
    again = json.loads(json.dumps(told))
    assert again["first_at"] == "2021-06-08T00:00:00.000Z"
    assert again["members"][0]["account_id"] == "twitter:lead"
    assert set(again) == set(GroupFacts.__dataclass_fields__)


def test_no_groups_no_facts() -> None:
    assert facts_of_groups(GROUPS.empty_table(), PAIRS.empty_table(), ACTIONS.empty_table()) == []


def bursts(kind: str, accounts: list[str], objects: int) -> pl.DataFrame:
    rows = [(n, f"o{n}", account, account.split(":")[0]) for n in range(objects) for account in accounts]
    frame = pl.DataFrame(rows, ["burst", "object_id", "account_id", "platform"], orient="row")
    return frame.with_columns(kind=pl.lit(kind))


@pytest.mark.parametrize(
    ("kind", "accounts", "automated", "suggested"),
    [
        ("text", ["twitter:a", "twitter:b"], 0, ["T0084.001"]),
        ("link", ["twitter:a", "telegram:b"], 0, ["T0119.002"]),
        ("repost", ["twitter:a", "twitter:b"], 2, ["T0049.003"]),
        ("repost", ["twitter:a", "twitter:b"], 0, []),
        ("link", ["twitter:a", "twitter:b"], 2, []),
    ],
)
def test_techniques_follow_from_what_was_done(
    kind: str, accounts: list[str], automated: int, suggested: list[str]
) -> None:
    found = techniques_of(bursts(kind, accounts, 3), automated=automated, judged=3)
    assert [technique.disarm_id for technique in found] == suggested
    assert techniques_of(bursts(kind, accounts, 1), automated=automated, judged=3) == ()


@pytest.mark.shared
def test_techniques_bear_the_names_that_disarm_gives_them(shared_data: Path) -> None:
    bundle = json.loads((shared_data / "disarm" / "DISARM.json").read_text("utf-8"))
    names = {
        reference["external_id"]: thing["name"]
        for thing in bundle["objects"]
        if thing["type"] == "attack-pattern"
        for reference in thing["external_references"]
        if "external_id" in reference
    }
    every = [
        technique
        for kind in ("text", "repost")
        for technique in techniques_of(bursts(kind, ["twitter:a", "telegram:b"], 2), automated=2, judged=2)
    ]
    assert {technique.disarm_id for technique in every} == {"T0084.001", "T0119.002", "T0049.003"}
    assert all(names[technique.disarm_id] == technique.name for technique in every)


@pytest.mark.shared
def test_every_group_of_the_russian_retweets_is_told_whole(shared_data: Path) -> None:
    columns = ActionColumns("account_id", "object_id", "timestamp_share", "content_id")
    acts, _ = read_actions(shared_data / "posts" / "russian_coord_tweets.parquet", columns, "repost")
    pairs = pairs_of_actions(acts, window_s=60, min_shared=2)
    groups = with_roles(groups_of_pairs(pairs), pairs, seats_of(acts))
    told = facts_of_groups(groups, pairs, acts)
    assert [group.group_id for group in told] == list(dict.fromkeys(groups["group_id"].to_pylist()))
    assert sum(len(group.members) for group in told) == groups.num_rows
    for group in told:
        assert group.bursts >= 1
        assert group.tempo_s is not None
        assert 0 <= group.tempo_s <= 60
        assert 0 < group.stability.seeds <= 1
        assert 0 <= group.stability.halves <= 1
        assert sum(member.opened for member in group.members) >= group.bursts
