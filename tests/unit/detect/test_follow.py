"""What became of groups from run to run, on runs small enough to follow by hand."""

from hypothesis import given
from hypothesis import strategies as st

from watchbell.detect.follow import Change, Groups, Lineage, follow


def run(**groups: str) -> Groups:
    """Return groups whose accounts are single letters."""
    return {name: frozenset(accounts) for name, accounts in groups.items()}


def told(lineage: Lineage) -> list[tuple[int, str, tuple[Change, ...], tuple[int, ...]]]:
    return [(seen.step, seen.group_id, seen.changes, seen.others) for seen in lineage.sightings]


def test_a_group_is_born_grows_shrinks_stays_and_dies() -> None:
    steps = [run(p="abcd"), run(q="abcdefgh"), run(r="abcdefgi"), run(s="abc"), run(t="xyz")]
    first, second = follow(steps)
    assert told(first) == [
        (0, "p", (Change.BORN,), ()),
        (1, "q", (Change.GREW,), ()),
        (2, "r", (Change.STEADY,), ()),
        (3, "s", (Change.SHRANK,), ()),
    ]
    assert [(seen.accounts, seen.joined, seen.left) for seen in first.sightings] == [
        (4, 4, 0), (8, 4, 0), (8, 1, 1), (3, 0, 5)
    ]  # fmt: skip
    assert (first.died, first.merged_into) == (4, None)
    assert (second.number, second.died) == (2, None)


def test_the_larger_goes_on_and_the_smaller_goes_up_in_it() -> None:
    large, small = follow([run(p="abcdef", q="xyz"), run(r="abcdefxyz")])
    assert told(large)[1] == (1, "r", (Change.MERGED, Change.GREW), (2,))
    assert (small.died, small.merged_into) == (1, 1)


def test_a_small_group_is_seen_to_go_up_in_one_too_large_for_jaccard() -> None:
    crowd = "".join(map(chr, range(200, 260)))
    large, small = follow([run(p=crowd, q="ab"), run(r=crowd + "ab")])
    assert large.sightings[1].others == (2,)
    assert small.merged_into == 1


def test_the_part_most_alike_goes_on_and_the_others_split_off() -> None:
    whole, part = follow([run(p="abcdefghi"), run(q="abcdef", r="ghi")])
    assert told(whole)[1] == (1, "q", (Change.SHRANK,), ())
    assert told(part) == [(1, "r", (Change.SPLIT_OFF,), (1,))]


def test_a_group_that_rested_comes_back() -> None:
    (lineage,) = follow([run(p="abcd"), run(), run(q="abcd")])
    assert told(lineage)[1] == (2, "q", (Change.RETURNED, Change.STEADY), ())
    assert lineage.died is None


def test_strangers_are_another_lineage() -> None:
    assert [lineage.died for lineage in follow([run(p="abcdefgh"), run(q="axyzuvwt")])] == [1, None]


GROUPS = st.dictionaries(st.sampled_from("abcdefghijkl"), st.sampled_from("pqr")).map(
    lambda home: {name: frozenset(a for a in home if home[a] == name) for name in sorted(set(home.values()))}
)


@given(st.lists(GROUPS, max_size=6))
def test_every_group_of_every_run_is_in_one_lineage_and_none_is_made_up(steps: list[Groups]) -> None:
    lineages = follow(steps)
    seen = [(sighting.step, sighting.group_id) for lineage in lineages for sighting in lineage.sightings]
    assert sorted(seen) == sorted((step, name) for step, groups in enumerate(steps) for name in groups)
    for lineage in lineages:
        places = [sighting.step for sighting in lineage.sightings]
        assert places == sorted(set(places))
        assert lineage.merged_into != lineage.number
        assert lineage.died is None or lineage.died > places[-1]
        for sighting in lineage.sightings:
            assert sighting.accounts == len(steps[sighting.step][sighting.group_id])
