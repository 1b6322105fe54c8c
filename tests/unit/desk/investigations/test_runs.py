"""A run is read back, compared with another, and leads to the posts it was made of."""

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from watchbell.desk.investigations.explain import explain, material_of_run
from watchbell.desk.investigations.inputs import PostFiles, actions_in_posts, actions_in_tables, reading_said
from watchbell.desk.investigations.investigate import Question, description, investigate, write_run
from watchbell.desk.investigations.runs import compare, read_run
from watchbell.errors import InputError, UsageError
from watchbell.sources.action_table import ActionColumns

NOW = datetime(2021, 6, 9, tzinfo=UTC)
POSTS = """author_id,id,created_at,text,url
a,1,2021-06-08T10:00:00Z,Vote now for the people of the city,https://news.example/1
b,2,2021-06-08T10:00:05Z,"vote NOW, for the people of the city",https://news.example/1?utm_source=x
a,3,2021-06-08T11:00:00Z,three,https://news.example/2
b,4,2021-06-08T11:00:09Z,four,https://news.example/2
c,5,2021-06-08T12:00:00Z,five,https://news.example/3
d,6,2021-06-08T12:00:20Z,six,https://news.example/3
"""


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    path = tmp_path / "posts.csv"
    path.write_text(POSTS)
    return path


def run_on(posts: Path, name: str, by: tuple[str, ...] = ("link",), window_s: float = 60) -> Path:
    reading = PostFiles(platform="twitter")
    actions, _ = actions_in_posts([posts], reading, by)
    findings = investigate(actions, Question(by, window_s, 1))
    described = {**description(findings, [str(posts)], 0, NOW), "reading": reading_said(reading)}
    write_run(posts.parent / name, findings, described)
    return posts.parent / name


def test_the_posts_behind_a_pair_are_read_again_with_their_texts(posts: Path) -> None:
    run = read_run(run_on(posts, "run", ("link", "text")))
    found = explain(run, material_of_run(run, ("twitter:a", "twitter:b")), "twitter:b", "twitter:a")
    assert found.evidence.select("by", "post_a", "post_b", "gap_s", "text_a", "text_b").rows() == [
        ("link", "twitter:1", "twitter:2", 5.0, *(_texts := (row(1), row(2)))),
        ("text", "twitter:1", "twitter:2", 5.0, *_texts),
        ("link", "twitter:3", "twitter:4", 9.0, "three", "four"),
    ]
    assert found.is_as_counted


def row(number: int) -> str:
    return pl.read_csv(POSTS.encode())["text"][number - 1]  # type: ignore[no-any-return]


def test_it_is_said_when_the_posts_are_no_longer_what_was_counted(posts: Path) -> None:
    run = read_run(run_on(posts, "run"))
    posts.write_text("\n".join(POSTS.splitlines()[:3]))
    found = explain(run, material_of_run(run, None), "twitter:a", "twitter:b")
    assert (found.counted, found.evidence.height, found.is_as_counted) == (2, 1, False)


def test_a_run_of_actions_has_evidence_without_texts(tmp_path: Path) -> None:
    table = tmp_path / "actions.csv"
    table.write_text("u,o,t\na,x,1\nb,x,4\n")
    columns = ActionColumns("u", "o", "t")
    actions, _ = actions_in_tables([table], columns, "object")
    findings = investigate(actions, Question(("object",), 5, 1))
    described = {**description(findings, [str(table)], 0, NOW), "reading": reading_said(columns)}
    write_run(tmp_path / "run", findings, described)
    run = read_run(tmp_path / "run")
    found = explain(run, material_of_run(run, None), "a", "b")
    assert found.evidence.select("object_id", "gap_s", "text_a").rows() == [("x", 3.0, None)]


def test_it_is_said_which_input_is_gone(posts: Path) -> None:
    run = read_run(run_on(posts, "run"))
    posts.unlink()
    with pytest.raises(InputError, match=r"posts\.csv, which cannot be found"):
        material_of_run(run, None)


def test_a_run_that_does_not_say_how_it_read_its_input_cannot_be_explained(posts: Path) -> None:
    folder = run_on(posts, "run")
    described = json.loads((folder / "run.json").read_text())
    del described["reading"]
    (folder / "run.json").write_text(json.dumps(described))
    with pytest.raises(InputError, match="does not say what it was made of"):
        material_of_run(read_run(folder), None)


@pytest.mark.parametrize(
    ("pair", "said"), [(("twitter:a", "twitter:a"), "two different"), (("twitter:a", "nobody"), "nobody did nothing")]
)
def test_a_pair_that_cannot_be_is_said(pair: tuple[str, str], said: str, posts: Path) -> None:
    run = read_run(run_on(posts, "run"))
    with pytest.raises(UsageError, match=said):
        explain(run, material_of_run(run, None), *pair)


def test_two_runs_are_compared(posts: Path) -> None:
    first, second = read_run(run_on(posts, "one")), read_run(run_on(posts, "two", window_s=7))
    found = compare(first, second)
    assert found.parameters == {"window_s": (60, 7)}
    assert found.is_same_input
    # Within 7 s only a and b met, on one link; c and d were 20 s apart.
    assert (found.pairs.both, found.pairs.only_first, found.pairs.only_second) == (1, 1, 0)
    assert found.pairs.jaccard == 0.5
    assert (found.groups.both, found.groups.only_first) == (1, 1)
    lone = [match for match in found.matches if match.second is None]
    assert [(match.accounts_first, match.accounts_both, match.jaccard) for match in lone] == [(2, 0, 0.0)]


def test_a_group_is_matched_with_the_one_that_shares_most_of_its_accounts(posts: Path) -> None:
    first = read_run(run_on(posts, "one"))
    posts.write_text(POSTS + "e,7,2021-06-08T12:00:30Z,seven,https://news.example/3\n")
    found = compare(first, read_run(run_on(posts, "two")))
    assert not found.is_same_input
    changed = next(match for match in found.matches if match.jaccard < 1)
    assert (changed.accounts_first, changed.accounts_second, changed.accounts_both) == (2, 3, 2)
    assert changed.jaccard == pytest.approx(2 / 3)


def test_a_run_is_as_itself(posts: Path) -> None:
    run = read_run(run_on(posts, "one"))
    found = compare(run, run)
    assert found.parameters == {}
    assert (found.pairs.jaccard, found.accounts.jaccard, found.groups.jaccard) == (1, 1, 1)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"run_id": 1'])
def test_what_is_no_run_is_said(content: str, posts: Path) -> None:
    folder = run_on(posts, "run")
    (folder / "run.json").write_text(content)
    with pytest.raises(InputError, match="run"):
        read_run(folder)
    (folder / "run.json").unlink()
    with pytest.raises(InputError, match="no finished run"):
        read_run(folder)
